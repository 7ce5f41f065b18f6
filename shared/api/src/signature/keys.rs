//! The access keys that calls may be signed with.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

/// The public half of an access key: names who signed, and is no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for AccessKeyId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for AccessKeyId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The access keys that may sign calls, each an id with its secret.
///
/// Collected from pairs of id and secret; of two pairs with the same id the later one counts.
/// Pairs with an empty id or an empty secret are left out: anyone could sign with them.
/// The secrets are never shown, not even by [`Debug`](fmt::Debug).
#[derive(Clone, Default)]
pub struct AccessKeys(BTreeMap<AccessKeyId, String>);

impl AccessKeys {
    /// Whether there is no key at all, so that [`verify`](super::verify) refuses every call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, id: &str) -> Option<(&AccessKeyId, &str)> {
        let (id, secret) = self.0.get_key_value(id)?;
        Some((id, secret))
    }
}

impl FromIterator<(String, String)> for AccessKeys {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let usable = pairs
            .into_iter()
            .filter(|(id, secret)| !id.is_empty() && !secret.is_empty());
        Self(
            usable
                .map(|(id, secret)| (AccessKeyId(id), secret))
                .collect(),
        )
    }
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
