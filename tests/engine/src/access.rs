//! How the SDK reaches an engine: its address, and the key that it is called with.

use std::fmt::{self, Write as _};
use std::io;

use api::AccessKeys;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// The address of an engine that has none.
pub(crate) const NOWHERE: &str = "http://engine.invalid";

/// The SDK's configuration for the engine at `url`, as `aws_config` would load it on a real deployment.
///
/// It reads no environment and no file. Most engines check that a request is signed, not by whom, so the
/// credentials are fixed words, `local` and `local`; the region is `us-east-1`, which they all assume.
pub fn sdk_config(url: &str) -> SdkConfig {
    let nobody = Credentials::new("local", "local", None, None, "engine");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .build()
}

/// The key with which calls to a port of the engine must be signed.
#[derive(Clone)]
pub struct AccessKey {
    id: String,
    secret: String,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl AccessKey {
    /// A key that nobody knows yet.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> io::Result<Self> {
        let mut bits = [0; 20];
        getrandom::fill(&mut bits).map_err(io::Error::other)?;
        let secret = bits.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self {
            id: "local".to_owned(),
            secret,
        })
    }

    /// A key as it is written in one word, `id:secret`; none where one of them is empty or has a character that a signature or a
    /// shell would take for something else.
    pub fn parse(word: &str) -> Option<Self> {
        let (id, secret) = word.split_once(':')?;
        let plain = |part: &str| {
            let legal = |letter: u8| letter.is_ascii_alphanumeric() || b"-_+/=".contains(&letter);
            !part.is_empty() && part.bytes().all(legal)
        };
        (plain(id) && !id.contains('/') && plain(secret)).then(|| Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// Its id, which is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its secret.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub(crate) fn keys(&self) -> AccessKeys {
        [(self.id.clone(), self.secret.clone())]
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_generated_keys_are_the_same_and_their_secrets_are_not_shown() {
        let [one, two] = [(), ()].map(|()| AccessKey::generate().expect("randomness"));
        assert_ne!(one.secret(), two.secret());
        assert_eq!(one.secret().len(), 40);
        assert!(!format!("{one:?}").contains(one.secret()));
    }

    #[test]
    fn a_word_is_a_key_where_it_names_both_parts() {
        let key = AccessKey::parse("local:s3cret+/=").expect("a key");
        assert_eq!((key.id(), key.secret()), ("local", "s3cret+/="));
        for word in [
            "", "local", ":", "local:", ":secret", "a b:c", "a:b c", "a/b:c", "a:b:c",
        ] {
            assert!(AccessKey::parse(word).is_none(), "{word}");
        }
    }
}
