//! The text of a record or of an entry beside a log, format version 1: JSON that mirrors the domain's
//! parts, member by member.
//!
//! Nothing is left out, so nothing has a default: a member that is missing, unknown or of another form
//! makes the text unreadable. The structs of [`record`], [`link`], [`state`] and [`side`] are the format.
//! Until the first release they may change, and the pinned texts with them, since nobody keeps any; from
//! then on a change to them is a new version beside this one.

mod link;
mod record;
mod side;
mod state;
mod value;

use domain::{CorruptRecord, Record, SideEntry};

/// The text of a record.
pub(crate) fn write(record: &Record) -> Result<String, Misfit> {
    let stored = record::Stored::from(record.clone().into_parts());
    serde_json::to_string(&stored).map_err(|error| Misfit::from(&error))
}

/// The record of a text.
pub(crate) fn read(text: &str) -> Result<Record, Misfit> {
    let stored: record::Stored =
        serde_json::from_str(text).map_err(|error| Misfit::from(&error))?;
    let parts = stored.into_parts()?;
    Ok(Record::new(parts)?)
}

/// The text of an entry beside a log.
pub(crate) fn write_entry(entry: &SideEntry) -> Result<String, Misfit> {
    let stored = side::StoredEntry::from(entry.clone());
    serde_json::to_string(&stored).map_err(|error| Misfit::from(&error))
}

/// The entry of a text.
pub(crate) fn read_entry(text: &str) -> Result<SideEntry, Misfit> {
    let stored: side::StoredEntry =
        serde_json::from_str(text).map_err(|error| Misfit::from(&error))?;
    Ok(SideEntry::from(stored))
}

/// Why a text is no record and no entry: where, or what; never a part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit(String);

impl Misfit {
    /// The reason, for the operator's log.
    pub(crate) fn reason(&self) -> &str {
        &self.0
    }
}

impl From<&serde_json::Error> for Misfit {
    fn from(error: &serde_json::Error) -> Self {
        // The error's own text quotes what it stumbled over: only its place is told.
        let what = match error.classify() {
            serde_json::error::Category::Data => "not of this format",
            _ => "no JSON",
        };
        Self(format!("{what} at column {}", error.column()))
    }
}

impl From<CorruptRecord> for Misfit {
    fn from(error: CorruptRecord) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
pub(crate) mod generated;
#[cfg(test)]
mod tests;
