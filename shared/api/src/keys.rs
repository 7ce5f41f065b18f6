//! The deployment's own secrets: keys that sign tokens, and the key behind ids made of ClientTokens.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The shortest secret that is taken, in bytes.
const SHORTEST: usize = 32;
/// The longest key id, in bytes; it is part of every token.
const LONGEST_ID: usize = 16;

/// Why keys are not taken; never shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("no key is given")]
    None,
    /// An entry is not `id:secret`.
    #[error("a key must be written as id:secret, with an id of 1 to 16 characters")]
    NoPair,
    /// Two keys have one id.
    #[error("two keys have the same id")]
    Twice,
    /// A reference to a secret that nobody has put the secret in the place of.
    #[error("a secret must be given itself, not a reference to it that was not resolved")]
    Unresolved,
    /// A secret is shorter than 32 bytes.
    #[error("a secret must have at least 32 characters")]
    TooShort,
    /// The key that is to sign is none of the keys.
    #[error("the key that signs must be one of the keys")]
    NoSigner,
}

/// The keys that sign tokens: the first signs, every one verifies. To rotate, let a new one verify, then sign, and
/// take the old one away when the chats that it signed for are over.
#[derive(Clone)]
pub struct SigningKeys(Vec<(String, Vec<u8>)>);

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(id, _)| id))
            .finish()
    }
}

impl SigningKeys {
    /// Reads keys written as `id:secret`, separated by commas.
    ///
    /// # Errors
    /// When there is none, or one that could not sign safely.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        resolved(text)?;
        let entries = text.split(',').map(str::trim);
        let pairs = entries
            .filter(|entry| !entry.is_empty())
            .map(|entry| entry.split_once(':').ok_or(KeyError::NoPair));
        Self::of(pairs)
    }

    /// The keys of these ids and secrets, of which the one with the id `signs_with` signs.
    ///
    /// # Errors
    /// When there is no such key, or one that could not sign safely.
    pub fn new<'a>(
        signs_with: &str,
        keys: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, KeyError> {
        let mut keys = Self::of(keys.into_iter().map(Ok))?;
        let signer = keys.0.iter().position(|(id, _)| id == signs_with);
        keys.0.swap(0, signer.ok_or(KeyError::NoSigner)?);
        Ok(keys)
    }

    fn of<'a>(
        pairs: impl Iterator<Item = Result<(&'a str, &'a str), KeyError>>,
    ) -> Result<Self, KeyError> {
        let mut keys: Vec<(String, Vec<u8>)> = Vec::new();
        for pair in pairs {
            let (id, secret) = pair?;
            if id.is_empty() || id.len() > LONGEST_ID {
                return Err(KeyError::NoPair);
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(KeyError::Twice);
            }
            keys.push((id.to_owned(), long_enough(secret)?));
        }
        if keys.is_empty() {
            return Err(KeyError::None);
        }
        Ok(Self(keys))
    }

    /// The id of the key that signs.
    pub(crate) fn current(&self) -> &str {
        &self.0[0].0
    }

    /// The signature of `parts` under the key `id`.
    pub(crate) fn sign(&self, id: &str, parts: &[&[u8]]) -> Option<[u8; 32]> {
        Some(self.mac(id, parts)?.finalize().into_bytes().into())
    }

    /// Whether `signature` is that of `parts` under the key `id`; takes the same time for every wrong one.
    pub(crate) fn verify(&self, id: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
        std::str::from_utf8(id)
            .ok()
            .and_then(|id| self.mac(id, parts))
            .is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }

    /// Whether there is a key of this id.
    pub(crate) fn has(&self, id: &[u8]) -> bool {
        self.0.iter().any(|(each, _)| each.as_bytes() == id)
    }

    fn mac(&self, id: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let (_, secret) = self.0.iter().find(|(each, _)| each == id)?;
        keyed(secret, parts)
    }
}

/// The key behind the session ids that stand for ClientTokens. It never changes: a retry must find its chat.
#[derive(Clone)]
pub struct SessionIdKey(Vec<u8>);

impl fmt::Debug for SessionIdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionIdKey(…)")
    }
}

impl SessionIdKey {
    /// The key of this secret.
    ///
    /// # Errors
    /// When it has less than 32 bytes.
    pub fn parse(secret: &str) -> Result<Self, KeyError> {
        Ok(Self(long_enough(secret.trim())?))
    }

    /// A keyed hash of the parts.
    pub(crate) fn hash(&self, parts: &[&[u8]]) -> u128 {
        let hash: [u8; 32] = keyed(&self.0, parts)
            .map(|mac| mac.finalize().into_bytes().into())
            .unwrap_or_default();
        first_half(&hash)
    }

    /// A short name for a ContactId that may stand in logs: the same for the same contact, and of no other use.
    pub fn log_name(&self, contact: &str) -> String {
        format!("{:016x}", self.hash(&[b"log", contact.as_bytes()]) >> 64)
    }
}

/// The first 128 bits of a hash.
pub(crate) fn first_half(hash: &[u8; 32]) -> u128 {
    let (halves, _) = hash.as_chunks();
    u128::from_be_bytes(halves[0])
}

/// CloudFormation puts a secret in the place of `{{resolve:…}}`; other tools leave that text, which is no secret.
fn resolved(text: &str) -> Result<(), KeyError> {
    if text.contains("{{resolve:") {
        return Err(KeyError::Unresolved);
    }
    Ok(())
}

fn long_enough(secret: &str) -> Result<Vec<u8>, KeyError> {
    resolved(secret)?;
    if secret.len() < SHORTEST {
        return Err(KeyError::TooShort);
    }
    Ok(secret.as_bytes().to_vec())
}

/// HMAC-SHA-256 over the parts, each with its length in front so that no two lists of parts agree.
fn keyed(secret: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Some(mac)
}

#[cfg(test)]
mod tests;
