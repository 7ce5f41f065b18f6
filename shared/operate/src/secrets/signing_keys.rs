//! The secret of the signing keys: what tokens are signed with, and what they are verified with.

use std::fmt;

use serde_json::{Map, Value};

use super::{Changing, Form, FormError, KeySecret, texts};

/// The member that names the key that signs.
pub(super) const SIGNS_WITH: &str = "signs_with";

/// The id of a signing key, which stands in every token: 1 to 16 letters, digits or `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyId(String);

impl SigningKeyId {
    /// The id, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (1..=16).contains(&text.len()) && text.bytes().all(legal);
        fits.then(|| Self(text.to_owned()))
    }
}

/// Signing keys by id, one of which signs.
#[derive(Clone)]
pub struct SigningKeys {
    signer: String,
    keys: Map<String, Value>,
}

impl SigningKeys {
    /// The ids, those that are numbers in their order.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.keys.keys().map(String::as_str).collect();
        ids.sort_by_key(|id| (id.parse::<u64>().unwrap_or(u64::MAX), *id));
        ids
    }

    /// The id of the key that signs.
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// Adds a key, which only verifies so far, under the next number, and gives its id.
    ///
    /// # Errors
    /// When there are no more numbers.
    pub fn add(&mut self, secret: &KeySecret) -> Result<String, FormError> {
        let numbers = self.keys.keys().filter_map(|id| id.parse::<u64>().ok());
        let id = numbers.max().unwrap_or(0).saturating_add(1).to_string();
        if SigningKeyId::parse(&id).is_none() || self.keys.contains_key(&id) {
            return Err(FormError::Exists(id));
        }
        self.keys.insert(id.clone(), secret.reveal().into());
        Ok(id)
    }

    /// Lets a key sign that so far only verified.
    ///
    /// # Errors
    /// When there is none of this id, or it signs already.
    pub fn sign_with(&mut self, id: &SigningKeyId) -> Result<(), FormError> {
        self.known(id)?;
        if self.signer == id.0 {
            return Err(FormError::SignsAlready(id.0.clone()));
        }
        self.signer.clone_from(&id.0);
        Ok(())
    }

    /// Takes a key away.
    ///
    /// # Errors
    /// When there is none of this id, or it signs.
    pub fn remove(&mut self, id: &SigningKeyId) -> Result<(), FormError> {
        self.known(id)?;
        if self.signer == id.0 {
            return Err(FormError::Signs(id.0.clone()));
        }
        self.keys.remove(&id.0);
        Ok(())
    }

    fn known(&self, id: &SigningKeyId) -> Result<(), FormError> {
        let known = self.keys.contains_key(&id.0).then_some(());
        known.ok_or_else(|| FormError::Unknown(id.0.clone()))
    }
}

impl Form for SigningKeys {
    fn read(text: &str) -> Result<Self, FormError> {
        let read = || {
            let mut keys = texts(text)?;
            let signer = keys.remove(SIGNS_WITH)?.as_str()?.to_owned();
            keys.contains_key(&signer).then_some(Self { signer, keys })
        };
        read().ok_or(FormError::Other("signing keys"))
    }
}

impl Changing for SigningKeys {
    fn written(&self) -> String {
        let mut members = self.keys.clone();
        members.insert(SIGNS_WITH.to_owned(), self.signer.clone().into());
        Value::from(members).to_string()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SigningKeys");
        shown
            .field("signer", &self.signer)
            .field("ids", &self.ids());
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"1":"SECRET-1","signs_with":"1"}"#;
    const TWO: &str = r#"{"1":"SECRET-1","2":"SECRET-2","signs_with":"1"}"#;

    fn keys(text: &str) -> SigningKeys {
        SigningKeys::read(text).expect("keys")
    }

    fn id(text: &str) -> SigningKeyId {
        SigningKeyId::parse(text).expect("an id")
    }

    #[test]
    fn a_new_key_only_verifies_and_has_the_next_number() {
        let mut keys = keys(ONE);
        let secret = KeySecret::random().expect("randomness");
        assert_eq!(keys.add(&secret), Ok("2".to_owned()));
        let expected = TWO.replace("SECRET-2", secret.reveal());
        assert_eq!(keys.written(), expected);
        assert_eq!((keys.signer(), keys.ids()), ("1", vec!["1", "2"]));
    }

    #[test]
    fn numbers_go_on_from_the_highest_whatever_was_removed_or_named_otherwise() {
        let mut keys = keys(r#"{"9":"a","10":"b","spring":"c","signs_with":"9"}"#);
        assert_eq!(keys.ids(), ["9", "10", "spring"]);
        let secret = KeySecret::random().expect("randomness");
        assert_eq!(keys.add(&secret), Ok("11".to_owned()));
        let highest = format!(r#"{{"{}":"a","signs_with":"{0}"}}"#, u64::MAX);
        let mut keys = self::keys(&highest);
        assert!(matches!(keys.add(&secret), Err(FormError::Exists(_))));
        assert_eq!(keys.written(), highest);
    }

    #[test]
    fn another_key_signs_and_then_the_old_one_can_go() {
        let mut keys = keys(TWO);
        assert_eq!(keys.remove(&id("1")), Err(FormError::Signs("1".to_owned())));
        let already = Err(FormError::SignsAlready("1".to_owned()));
        assert_eq!(keys.sign_with(&id("1")), already);
        for change in [SigningKeys::remove, SigningKeys::sign_with] {
            let unknown = Err(FormError::Unknown("3".to_owned()));
            assert_eq!(change(&mut keys, &id("3")), unknown);
        }
        assert_eq!(keys.written(), TWO);
        assert_eq!(keys.sign_with(&id("2")), Ok(()));
        assert_eq!(keys.signer(), "2");
        assert_eq!(keys.remove(&id("1")), Ok(()));
        assert_eq!(keys.written(), r#"{"2":"SECRET-2","signs_with":"2"}"#);
    }

    #[test]
    fn a_secret_of_another_form_is_not_touched_and_not_shown() {
        for text in [
            "SECRET",
            r#"{"1":"SECRET"}"#,
            r#"{"signs_with":"2","1":"SECRET"}"#,
            r#"{"signs_with":"1","1":2}"#,
            r#"{"signs_with":"signs_with"}"#,
        ] {
            let error = SigningKeys::read(text).expect_err(text);
            assert_eq!(error.to_string(), "this secret does not hold signing keys");
        }
        let shown = format!("{:?}", keys(TWO));
        assert!(!shown.contains("SECRET"), "{shown}");
    }

    #[test]
    fn ids_fit_into_tokens() {
        for text in ["", "signs_with", "a:b", "a,b", "12345678901234567"] {
            assert_eq!(SigningKeyId::parse(text), None, "{text}");
        }
        assert!(SigningKeyId::parse("1234567890123456").is_some());
    }
}
