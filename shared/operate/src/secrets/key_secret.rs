//! New secrets, of the system's own randomness.

use std::fmt;

const LENGTH: usize = 64;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A secret that was made here: 64 letters and digits. It is shown by [`KeySecret::reveal`] alone.
#[derive(Clone)]
pub struct KeySecret(String);

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness: {0}")]
pub struct RandomnessError(getrandom::Error);

impl KeySecret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, RandomnessError> {
        let (mut secret, mut bytes) = (String::with_capacity(LENGTH), [0; LENGTH]);
        while secret.len() < LENGTH {
            getrandom::fill(&mut bytes).map_err(RandomnessError)?;
            // Bytes from 248 on would make some letters likelier than others.
            let letters = bytes
                .iter()
                .filter(|byte| usize::from(**byte) < 4 * LETTERS.len());
            let letters =
                letters.map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
            secret.extend(letters.take(LENGTH - secret.len()));
        }
        Ok(Self(secret))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn secrets_are_64_letters_and_digits_and_never_the_same() {
        let secrets: Vec<String> = (0..200)
            .map(|_| KeySecret::random().expect("randomness").0)
            .collect();
        let letters = |secret: &String| secret.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(
            secrets
                .iter()
                .all(|secret| secret.len() == 64 && letters(secret))
        );
        assert_eq!(secrets.iter().collect::<BTreeSet<_>>().len(), 200);
        // Of 12,800 letters each of the 62 comes about 206 times; fewer than 100 happens to nobody.
        let all = secrets.concat();
        for letter in LETTERS {
            let times = all.bytes().filter(|byte| byte == letter).count();
            assert!(times > 100, "{} came {times} times", char::from(*letter));
        }
        let shown = format!("{:?}", KeySecret(secrets[0].clone()));
        assert_eq!(shown, "KeySecret(…)");
    }
}
