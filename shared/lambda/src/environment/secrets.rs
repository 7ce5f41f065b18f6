//! Secrets among the variables: given themselves, or by the name of a secret that holds them.

use std::collections::BTreeMap;
use std::fmt;

use api::{AccessKeys, KeyError, SessionIdKey, SigningKeys};

use super::{EnvironmentError, listed};

/// A secret that a function may be given by its name.
///
/// | secret | holds |
/// |---|---|
/// | `SIGNING_KEYS_SECRET` | JSON: `{"signs_with": "2", "1": "…", "2": "…"}`. Every key verifies, the one that is named signs |
/// | `SESSION_ID_KEY_SECRET` | the key itself |
/// | `ACCESS_KEYS_SECRET` | JSON: `{"backend-1": "…"}`, each access key's id and its secret |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// The keys that sign tokens.
    SigningKeys,
    /// The key behind ids made of ClientTokens.
    SessionIdKey,
    /// The keys that calls may be signed with.
    AccessKeys,
}

impl Secret {
    /// Every secret.
    pub const ALL: [Secret; 3] = [Self::SigningKeys, Self::SessionIdKey, Self::AccessKeys];

    /// The variable that holds it.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::SigningKeys => "SIGNING_KEYS",
            Self::SessionIdKey => "SESSION_ID_KEY",
            Self::AccessKeys => "ACCESS_KEYS",
        }
    }

    /// The variable that names it.
    pub const fn name_variable(self) -> &'static str {
        match self {
            Self::SigningKeys => "SIGNING_KEYS_SECRET",
            Self::SessionIdKey => "SESSION_ID_KEY_SECRET",
            Self::AccessKeys => "ACCESS_KEYS_SECRET",
        }
    }

    /// The secrets that the variables name, each with its name: they are to be read before the rest is of use.
    ///
    /// # Errors
    /// When one is given itself too: nobody could say which of the two counts.
    pub fn named(
        read: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Vec<(Self, String)>, EnvironmentError> {
        let get = |name| read(name).filter(|value| !value.is_empty());
        let mut named = Vec::new();
        for secret in Self::ALL {
            let (variable, name_variable) = (secret.variable(), secret.name_variable());
            let Some(name) = get(name_variable) else {
                continue;
            };
            if get(variable).is_some() {
                return Err(EnvironmentError::Both(variable, name_variable));
            }
            named.push((secret, name));
        }
        Ok(named)
    }
}

/// What the secrets hold that were read.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<Secret, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(Secret, String)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (Secret, String)>>(read: I) -> Self {
        Self(read.into_iter().collect())
    }
}

/// Reads a variable; none where it is empty.
type Get<'a> = &'a dyn Fn(&'static str) -> Option<String>;

/// Where a secret was found.
enum Found<'a> {
    /// In its variable.
    Itself(String),
    /// In the secret that the other variable names.
    Named(&'a str),
}

impl Secrets {
    fn find(&self, secret: Secret, get: Get<'_>) -> Result<Option<Found<'_>>, EnvironmentError> {
        let (variable, name_variable) = (secret.variable(), secret.name_variable());
        match (get(variable), get(name_variable)) {
            (Some(_), Some(_)) => Err(EnvironmentError::Both(variable, name_variable)),
            (Some(text), None) => Ok(Some(Found::Itself(text))),
            (None, None) => Ok(None),
            (None, Some(_)) => match self.0.get(&secret) {
                Some(text) => Ok(Some(Found::Named(text))),
                None => Err(EnvironmentError::NotRead(name_variable)),
            },
        }
    }

    fn need(&self, secret: Secret, get: Get<'_>) -> Result<Found<'_>, EnvironmentError> {
        let found = self.find(secret, get)?;
        found.ok_or(EnvironmentError::Missing(secret.variable()))
    }

    pub(super) fn signing_keys(&self, get: Get<'_>) -> Result<SigningKeys, EnvironmentError> {
        let secret = Secret::SigningKeys;
        match self.need(secret, get)? {
            Found::Itself(text) => named(secret.variable(), SigningKeys::parse(&text)),
            Found::Named(text) => {
                let form = r#"JSON such as {"signs_with": "1", "1": "…"}"#;
                let form = EnvironmentError::Form(secret.name_variable(), form);
                let Some(mut keys) = texts(text) else {
                    return Err(form);
                };
                let Some(signs_with) = keys.remove("signs_with") else {
                    return Err(form);
                };
                let keys = keys.iter().map(|(id, secret)| (&**id, &**secret));
                named(secret.name_variable(), SigningKeys::new(&signs_with, keys))
            }
        }
    }

    pub(super) fn session_id_key(&self, get: Get<'_>) -> Result<SessionIdKey, EnvironmentError> {
        let secret = Secret::SessionIdKey;
        match self.need(secret, get)? {
            Found::Itself(text) => named(secret.variable(), SessionIdKey::parse(&text)),
            Found::Named(text) => named(secret.name_variable(), SessionIdKey::parse(text)),
        }
    }

    pub(super) fn access_keys(&self, get: Get<'_>) -> Result<AccessKeys, EnvironmentError> {
        let secret = Secret::AccessKeys;
        match self.find(secret, get)? {
            None => Ok(AccessKeys::default()),
            Some(Found::Itself(text)) => {
                let pairs: Option<Vec<_>> = listed(&text).map(pair).collect();
                let wrong = EnvironmentError::Invalid(secret.variable(), "pairs of id:secret");
                Ok(AccessKeys::from_iter(pairs.ok_or(wrong)?))
            }
            Some(Found::Named(text)) => {
                let usable = |keys: &BTreeMap<String, String>| {
                    let mut all = keys.iter().flat_map(|(id, secret)| [id, secret]);
                    all.all(|text| !text.is_empty())
                };
                let form = r#"JSON such as {"backend-1": "…"}"#;
                let keys = texts(text).filter(usable);
                let form = EnvironmentError::Form(secret.name_variable(), form);
                Ok(AccessKeys::from_iter(keys.ok_or(form)?))
            }
        }
    }
}

fn named<K>(variable: &'static str, key: Result<K, KeyError>) -> Result<K, EnvironmentError> {
    key.map_err(|error| EnvironmentError::Key(variable, error))
}

/// An object of texts and nothing else. What is wrong with another text is not said: it would quote it.
fn texts(json: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(json).ok()
}

fn pair(entry: &str) -> Option<(String, String)> {
    let (id, secret) = entry
        .split_once(':')
        .filter(|(id, secret)| !id.is_empty() && !secret.is_empty())?;
    Some((id.to_owned(), secret.to_owned()))
}
