//! A log in memory: for tests, and as the plainest reading of what a log promises.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::SessionKey;
use crate::log::{Chunk, Log, LogError, Order, Put, Read};
use crate::record::Record;
use crate::slot::Slot;

/// A log that forgets everything when it is dropped; every read is strongly consistent.
#[derive(Debug, Default)]
pub struct MemoryLog {
    sessions: Mutex<BTreeMap<SessionKey, BTreeMap<Slot, Record>>>,
}

impl MemoryLog {
    fn sessions(&self) -> MutexGuard<'_, BTreeMap<SessionKey, BTreeMap<Slot, Record>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for MemoryLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let sessions = self.sessions();
        let mut records = Vec::new();
        if let Some(slots) = sessions.get(session).filter(|_| !read.range.is_empty()) {
            let range = slots.range(read.range.from..=read.range.to);
            let values = range.map(|(_, record)| record.clone());
            match read.order {
                Order::OldestFirst => records.extend(values.take(read.limit)),
                Order::NewestFirst => records.extend(values.rev().take(read.limit)),
            }
        }
        Ok(Chunk {
            records,
            cut: false,
        })
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let mut sessions = self.sessions();
        let slots = sessions.entry(session.clone()).or_default();
        if let Some(occupant) = slots.get(&record.slot) {
            return Ok(Put::Taken(Some(Box::new(occupant.clone()))));
        }
        slots.insert(record.slot, record.clone());
        Ok(Put::Stored)
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::contract;

    #[test]
    fn keeps_every_promise_of_a_log() {
        block_on(contract::check_all(&MemoryLog::default(), 1));
    }
}
