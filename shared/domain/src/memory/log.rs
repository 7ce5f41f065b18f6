//! A log in memory: for tests, and as the plainest reading of what a log promises.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::ids::{CustomerId, InstanceId, SessionKey};
use crate::model::record::Record;
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::customer_index::{CustomerIndex, Listed, Listing};
use crate::ports::log::{Chunk, Log, LogError, Order, Put, Read};
use crate::ports::side::{SideEntry, SideLog, SidePlace, SidePut, SideRead};

/// A log that forgets everything when it is dropped; every read is strongly consistent.
#[derive(Debug, Default)]
pub struct MemoryLog {
    sessions: Mutex<BTreeMap<SessionKey, BTreeMap<Slot, Record>>>,
    beside: Mutex<BTreeMap<SessionKey, BTreeMap<SidePlace, SideEntry>>>,
}

impl MemoryLog {
    fn sessions(&self) -> MutexGuard<'_, BTreeMap<SessionKey, BTreeMap<Slot, Record>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beside(&self) -> MutexGuard<'_, BTreeMap<SessionKey, BTreeMap<SidePlace, SideEntry>>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
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

impl SideLog for MemoryLog {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        let beside = self.beside();
        let entries = beside.get(session).into_iter().flatten().rev();
        let wanted = entries.filter(|(place, _)| read.range.contains(**place));
        Ok(wanted
            .take(read.limit)
            .map(|(_, entry)| entry.clone())
            .collect())
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        _retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let mut beside = self.beside();
        let entries = beside.entry(session.clone()).or_default();
        if let Some(occupant) = entries.get(&entry.place()) {
            return Ok(SidePut::Taken(Some(Box::new(occupant.clone()))));
        }
        entries.insert(entry.place(), entry.clone());
        Ok(SidePut::Stored)
    }
}

impl CustomerIndex for MemoryLog {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        let sessions = self.sessions();
        let started = |(key, slots): (&SessionKey, &BTreeMap<Slot, Record>)| {
            let first = slots.get(&Slot::FIRST)?;
            let owner = first.started()?.owner.as_ref()?;
            (key.instance == *instance && owner == customer).then_some(Listed {
                started: first.at,
                session: key.session,
            })
        };
        let mut found: Vec<Listed> = sessions.iter().filter_map(started).collect();
        found.retain(|listed| before.is_none_or(|before| *listed < before));
        found.sort_unstable_by(|one, other| other.cmp(one));
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Listing {
            sessions: found,
            more,
        })
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

    #[test]
    fn keeps_every_promise_of_a_side_log() {
        block_on(contract::check_side(&MemoryLog::default(), 1));
    }

    #[test]
    fn keeps_every_promise_of_an_index_of_customers() {
        block_on(contract::check_customer_index(&MemoryLog::default(), 1));
    }
}
