//! The secrets of a stack: what stands in them, and how they are changed.
//!
//! | secret | holds |
//! |---|---|
//! | access keys | `{"backend-1": "…"}`: names that sign calls, and their secrets |
//! | signing keys | `{"signs_with": "1", "1": "…"}`: ids of the keys of tokens, and their secrets; which one signs |
//!
//! The key behind session ids is a secret too, a plain text. Nothing here changes it, as it never changes; the names by which
//! chats stand in logs are made with it.

mod access_keys;
mod key_secret;
mod session_names;
mod signing_keys;
mod store;

use serde_json::{Map, Value};

pub use access_keys::{AccessKeys, KeyName};
pub use key_secret::{KeySecret, RandomnessError};
pub use session_names::SessionNames;
pub use signing_keys::{SigningKeyId, SigningKeys};
pub use store::{SecretError, SecretStore, Version};

/// Why keys cannot be read, or changed like this; never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The secret is of another form.
    #[error("this secret does not hold {0}")]
    Other(&'static str),
    /// There is a key of this name.
    #[error("there is a key {0} already; if nobody has its secret, revoke it first")]
    Exists(String),
    /// There is no key of this name.
    #[error("there is no key {0}")]
    Unknown(String),
    /// The key is the one that signs.
    #[error("key {0} signs the tokens; let another one sign first (sign-with)")]
    Signs(String),
    /// The key is the only one.
    #[error("key {0} is the only one; issue another one first")]
    Only(String),
    /// The key signs already.
    #[error("key {0} signs the tokens already")]
    SignsAlready(String),
}

/// What a secret holds.
pub trait Form: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// [`FormError::Other`] where it is something else.
    fn read(text: &str) -> Result<Self, FormError>;
}

/// What may be changed in a secret.
pub trait Changing: Form {
    /// What to write.
    fn written(&self) -> String;
}

/// The texts of a JSON object that holds nothing else.
fn texts(text: &str) -> Option<Map<String, Value>> {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else {
        return None;
    };
    members.values().all(Value::is_string).then_some(members)
}
