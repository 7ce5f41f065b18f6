//! Tokens made by hand, from the description of their form and not by the service's own code: with any content and any
//! purpose, under the right key or a wrong one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The id and the secret of the key that signs in [`settings`](crate::floor::settings).
pub(crate) const KEY: (&str, &str) = ("a", "0123456789abcdef0123456789abcdef");
/// Those of a key that only verifies.
pub(crate) const OLD_KEY: (&str, &str) = ("old", "fedcba9876543210fedcba9876543210");

/// Every purpose that there is.
pub(crate) const PURPOSES: [u8; 6] = [1, 2, 3, 4, 5, 6];

/// The bytes of a token before its signature: version, purpose, the key's id with its length, body.
pub(crate) fn unsigned(version: u8, purpose: u8, id: &str, body: &[u8]) -> Vec<u8> {
    let mut token = vec![version, purpose, id.len() as u8];
    token.extend_from_slice(id.as_bytes());
    token.extend_from_slice(body);
    token
}

/// A token with the right signature: HMAC-SHA-256 over the token so far and what it is bound to, each with its length in front.
pub(crate) fn signed(unsigned: &[u8], (_, secret): (&str, &str), bound: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    for part in [&[unsigned], bound].concat() {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let signature: [u8; 32] = mac.finalize().into_bytes().into();
    URL_SAFE_NO_PAD.encode([unsigned, &signature].concat())
}

/// A token of this purpose as the service makes it.
pub(crate) fn token(purpose: u8, body: &[u8], bound: &[&[u8]]) -> String {
    signed(&unsigned(1, purpose, KEY.0, body), KEY, bound)
}
