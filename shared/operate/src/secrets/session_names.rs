//! The secret of the session ids, as far as an operator needs it: by which name a chat stands in the logs.

use api::SessionIdKey;
use domain::ContactId;

use super::{Form, FormError};

/// Names the chats of contacts as the functions' logs do.
#[derive(Debug, Clone)]
pub struct SessionNames(SessionIdKey);

impl SessionNames {
    /// The name of the chat that a contact belongs to: the same for all its contacts.
    pub fn of(&self, contact: ContactId) -> String {
        let initial = contact.session().initial_contact();
        self.0.log_name(&initial.to_string())
    }
}

impl Form for SessionNames {
    fn read(text: &str) -> Result<Self, FormError> {
        let key = SessionIdKey::parse(text);
        // Any text of that length is a key; but the other secrets are JSON, and this one is made of letters and digits.
        let key = key.ok().filter(|_| !text.trim_start().starts_with('{'));
        key.map(Self).ok_or(FormError::Other("the session id key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn all_contacts_of_a_chat_have_the_name_that_the_logs_give_its_first() {
        let names = SessionNames::read(KEY).expect("a key");
        let name = |id| names.of(ContactId::parse(id).expect("a contact"));
        let first = "9f3c1a2b-77d4-8000-b1c2-0123456789ab";
        let key = SessionIdKey::parse(KEY).expect("a key");
        assert_eq!(name(first), key.log_name(first));
        assert_eq!(name("9f3c1a2b-77d4-8002-b1c2-0123456789ab"), name(first));
        assert_ne!(name("9f3c1a2b-77d4-8000-b1c2-0123456789ac"), name(first));
    }

    #[test]
    fn another_secret_is_no_session_id_key() {
        for text in [
            "SECRET",
            r#"{"backend-1":"0123456789abcdef0123456789abcdef"}"#,
        ] {
            let error = SessionNames::read(text).expect_err(text);
            assert_eq!(
                error.to_string(),
                "this secret does not hold the session id key"
            );
        }
    }
}
