//! The secret of the access keys: who may sign calls.

use std::fmt;

use serde_json::{Map, Value};

use super::{Changing, Form, FormError, KeySecret, texts};

/// The name of an access key, as it stands in signatures: 1 to 64 letters, digits, `-`, `_` or `.`, and not the word by
/// which the secret of the signing keys is told from this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// The name, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(legal);
        let fits = fits && text != super::signing_keys::SIGNS_WITH;
        fits.then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Access keys by name.
#[derive(Clone)]
pub struct AccessKeys(Map<String, Value>);

impl AccessKeys {
    /// Their names, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Adds a key.
    ///
    /// # Errors
    /// When there is one of this name, which would stop working.
    pub fn issue(&mut self, name: &KeyName, secret: &KeySecret) -> Result<(), FormError> {
        if self.0.contains_key(&name.0) {
            return Err(FormError::Exists(name.to_string()));
        }
        self.0.insert(name.0.clone(), secret.reveal().into());
        Ok(())
    }

    /// Takes a key away.
    ///
    /// # Errors
    /// When there is none of this name, or no other: then nobody could make a control call.
    pub fn revoke(&mut self, name: &KeyName) -> Result<(), FormError> {
        if !self.0.contains_key(&name.0) {
            return Err(FormError::Unknown(name.to_string()));
        }
        if self.0.len() == 1 {
            return Err(FormError::Only(name.to_string()));
        }
        self.0.remove(&name.0);
        Ok(())
    }
}

impl Form for AccessKeys {
    fn read(text: &str) -> Result<Self, FormError> {
        // Names of other characters may have been given by hand; only the other secret has this one.
        let keys = texts(text).filter(|keys| !keys.contains_key(super::signing_keys::SIGNS_WITH));
        keys.map(Self).ok_or(FormError::Other("access keys"))
    }
}

impl Changing for AccessKeys {
    fn written(&self) -> String {
        Value::from(self.0.clone()).to_string()
    }
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"backend-1":"SECRET-1","backend-2":"SECRET-2"}"#;

    fn name(text: &str) -> KeyName {
        KeyName::parse(text).expect("a name")
    }

    #[test]
    fn an_issued_key_stands_beside_the_others_which_stay_as_they_are() {
        let mut keys = AccessKeys::read(TWO).expect("keys");
        let secret = KeySecret::random().expect("randomness");
        assert_eq!(keys.issue(&name("backend-3"), &secret), Ok(()));
        let expected = format!(
            r#"{{"backend-1":"SECRET-1","backend-2":"SECRET-2","backend-3":"{}"}}"#,
            secret.reveal()
        );
        assert_eq!(keys.written(), expected);
        let names: Vec<&str> = keys.names().collect();
        assert_eq!(names, ["backend-1", "backend-2", "backend-3"]);
    }

    #[test]
    fn a_name_is_issued_once_so_that_nobodys_key_stops_working() {
        let mut keys = AccessKeys::read(TWO).expect("keys");
        let secret = KeySecret::random().expect("randomness");
        let refused = Err(FormError::Exists("backend-2".to_owned()));
        assert_eq!(keys.issue(&name("backend-2"), &secret), refused);
        assert_eq!(keys.written(), TWO);
    }

    #[test]
    fn a_revoked_key_is_gone_but_never_the_last_one() {
        let mut keys = AccessKeys::read(TWO).expect("keys");
        assert_eq!(keys.revoke(&name("backend-1")), Ok(()));
        assert_eq!(keys.written(), r#"{"backend-2":"SECRET-2"}"#);
        let unknown = Err(FormError::Unknown("backend-1".to_owned()));
        assert_eq!(keys.revoke(&name("backend-1")), unknown);
        let only = Err(FormError::Only("backend-2".to_owned()));
        assert_eq!(keys.revoke(&name("backend-2")), only);
        assert_eq!(keys.written(), r#"{"backend-2":"SECRET-2"}"#);
    }

    #[test]
    fn a_secret_of_another_form_is_not_touched_and_not_shown() {
        for text in [
            "SECRET",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":{"SECRET":"x"}}"#,
            r#"{"signs_with":"1","1":"SECRET"}"#,
        ] {
            let error = AccessKeys::read(text).expect_err(text);
            assert_eq!(error.to_string(), "this secret does not hold access keys");
        }
        let keys = AccessKeys::read(TWO).expect("keys");
        assert_eq!(format!("{keys:?}"), r#"{"backend-1", "backend-2"}"#);
    }

    #[test]
    fn names_can_stand_in_a_signature_and_leave_the_secret_what_it_is() {
        let signs = "signs_with";
        for text in ["", signs, "a/b", "a b", "a,b", "a:b", "ä", &"a".repeat(65)] {
            assert_eq!(KeyName::parse(text), None, "{text}");
        }
        assert!(KeyName::parse(&"a".repeat(64)).is_some());
    }
}
