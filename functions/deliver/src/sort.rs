//! A batch, sorted by its sessions.

use std::collections::BTreeMap;

use domain::{LogError, Record, SessionKey};
use dynamodb::StreamEvent;

/// What a batch holds.
pub(crate) struct Sorted {
    /// What was written in each session.
    pub(crate) sessions: Vec<Written>,
    /// Why the rest of the records cannot be read: slots and reasons.
    pub(crate) unreadable: Vec<String>,
}

/// What was written in one session.
pub(crate) struct Written {
    pub(crate) session: SessionKey,
    /// In the order of their slots, each once.
    pub(crate) records: Vec<Record>,
    /// The place in the stream of the first of them.
    pub(crate) first: String,
}

/// Sorts a batch. The stream has changes of one session in their order as a rule; slots always tell it.
pub(crate) fn sort(event: &StreamEvent) -> Sorted {
    let mut sessions: BTreeMap<SessionKey, Written> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for change in &event.changes {
        match change.written() {
            Ok(None) => {}
            Ok(Some((session, record))) => {
                let written = sessions.entry(session.clone());
                let written = written.or_insert_with(|| Written {
                    session,
                    records: Vec::new(),
                    first: change.sequence().to_owned(),
                });
                written.records.push(record);
            }
            Err(LogError::Corrupt(reason)) => unreadable.push(reason),
            Err(error) => unreadable.push(error.to_string()),
        }
    }
    let mut sessions: Vec<Written> = sessions.into_values().collect();
    for written in &mut sessions {
        written.records.sort_by_key(|record| record.slot);
        written.records.dedup_by_key(|record| record.slot);
    }
    Sorted {
        sessions,
        unreadable,
    }
}
