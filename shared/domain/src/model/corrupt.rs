//! What is wrong with a record that this product did not write.

/// Why parts make no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CorruptRecord(&'static str);

impl CorruptRecord {
    pub(crate) const fn new(reason: &'static str) -> Self {
        Self(reason)
    }
}
