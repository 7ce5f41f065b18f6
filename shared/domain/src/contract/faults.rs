//! The contract finds faults: logs that break one promise each, none of which may pass.

mod customer_index;
mod side;

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_executor::block_on;

use super::check_all;
use crate::memory::log::MemoryLog;
use crate::model::content::Content;
use crate::model::ids::{InstanceId, SessionId, SessionKey};
use crate::model::record::{Body, Record};
use crate::model::slot::Slot;
use crate::ports::log::{Chunk, Log, LogError, Order, Put, Read};

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    SaysStoredForTakenSlots,
    NamesTheWrongOccupant,
    LosesAPutNowAndThen,
    ForgetsTheLastSlotOfARange,
    ForgetsTheFirstSlotOfARange,
    AlwaysReadsOldestFirst,
    SortsTheRestOfAnAnswerWrongly,
    IgnoresTheLimit,
    SaysCutAtTheLimit,
    CutsAndSkips,
    RefusesEmptyRanges,
    IgnoresTheInstance,
    IgnoresTheCaseOfTheInstance,
    KeepsHalfOfTheSession,
    KeepsTheLowHalfOfASlot,
    TrimsTexts,
    CutsTextsAtNul,
    CutsLongTexts,
}

struct Faulty(Fault, MemoryLog);

impl Faulty {
    fn session(&self, key: &SessionKey) -> SessionKey {
        let mut key = key.clone();
        let instance = |name: &str| InstanceId::new(name).expect("1 to 100 characters");
        match self.0 {
            Fault::IgnoresTheInstance => key.instance = instance("any"),
            Fault::IgnoresTheCaseOfTheInstance => {
                key.instance = instance(&key.instance.as_str().to_lowercase());
            }
            Fault::KeepsHalfOfTheSession => {
                key.session = SessionId::from_bits(key.session.bits() & !(1 << 109));
            }
            _ => {}
        }
        key
    }

    fn stored(&self, record: &Record) -> Record {
        let mut parts = record.clone().into_parts();
        if let Body::Message { content, .. } = &mut parts.body {
            let text = &content.0;
            *content = Content(match self.0 {
                Fault::TrimsTexts => text.trim().to_owned(),
                Fault::CutsTextsAtNul => text.split('\0').take(1).collect(),
                Fault::CutsLongTexts => text.chars().take(16_000).collect(),
                _ => text.clone(),
            });
        }
        if self.0 == Fault::KeepsTheLowHalfOfASlot && parts.slot.n() > 1 << 31 {
            parts.slot = Slot::new(parts.slot.ordinal(), parts.slot.n() - (1 << 31));
        }
        Record::new(parts).expect("a record")
    }
}

impl Log for Faulty {
    async fn read(&self, session: &SessionKey, mut read: Read) -> Result<Chunk, LogError> {
        let Read { range, limit, .. } = read;
        let number = |slot: Slot| slot.as_number();
        match self.0 {
            Fault::RefusesEmptyRanges if range.is_empty() => {
                return Err(LogError::Unavailable("upside down".to_owned()));
            }
            Fault::ForgetsTheLastSlotOfARange => {
                let below = number(range.to).checked_sub(1).and_then(Slot::from_number);
                read.range.to = below.unwrap_or(range.to);
            }
            Fault::ForgetsTheFirstSlotOfARange => read.range.from = range.from.following(),
            Fault::AlwaysReadsOldestFirst => read.order = Order::OldestFirst,
            Fault::IgnoresTheLimit => read.limit = usize::MAX,
            _ => {}
        }
        let mut chunk = self.1.read(&self.session(session), read).await?;
        match self.0 {
            Fault::SaysCutAtTheLimit => chunk.cut = chunk.records.len() == limit,
            Fault::CutsAndSkips if chunk.records.len() > 20 => {
                chunk.records.drain(10..20);
                chunk.cut = true;
            }
            Fault::SortsTheRestOfAnAnswerWrongly => {
                if let Some(rest) = chunk.records.get_mut(5..) {
                    rest.reverse();
                }
            }
            _ => {}
        }
        Ok(chunk)
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        if self.0 == Fault::LosesAPutNowAndThen && record.slot.n() % 8 == 7 {
            return Ok(Put::Stored);
        }
        let (session, stored) = (self.session(session), self.stored(record));
        Ok(match (self.0, self.1.put(&session, &stored).await?) {
            (Fault::SaysStoredForTakenSlots, _) => Put::Stored,
            (Fault::NamesTheWrongOccupant, Put::Taken(_)) => {
                Put::Taken(Some(Box::new(record.clone())))
            }
            (_, put) => put,
        })
    }
}

fn passes(fault: Fault) -> bool {
    let log = Faulty(fault, MemoryLog::default());
    catch_unwind(AssertUnwindSafe(|| block_on(check_all(&log, 1)))).is_ok()
}

#[test]
fn no_log_with_a_fault_passes() {
    assert!(passes(Fault::None));
    for fault in [
        Fault::SaysStoredForTakenSlots,
        Fault::NamesTheWrongOccupant,
        Fault::LosesAPutNowAndThen,
        Fault::ForgetsTheLastSlotOfARange,
        Fault::ForgetsTheFirstSlotOfARange,
        Fault::AlwaysReadsOldestFirst,
        Fault::SortsTheRestOfAnAnswerWrongly,
        Fault::IgnoresTheLimit,
        Fault::SaysCutAtTheLimit,
        Fault::CutsAndSkips,
        Fault::RefusesEmptyRanges,
        Fault::IgnoresTheInstance,
        Fault::IgnoresTheCaseOfTheInstance,
        Fault::KeepsHalfOfTheSession,
        Fault::KeepsTheLowHalfOfASlot,
        Fault::TrimsTexts,
        Fault::CutsTextsAtNul,
        Fault::CutsLongTexts,
    ] {
        assert!(!passes(fault), "{fault:?} went unnoticed");
    }
}
