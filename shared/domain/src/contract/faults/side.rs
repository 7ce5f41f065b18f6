//! Side logs that break one promise each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_executor::block_on;

use crate::contract::check_side;
use crate::memory::log::MemoryLog;
use crate::model::ids::{InstanceId, ParticipantId, SessionId, SessionKey};
use crate::model::record::Record;
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Log, LogError, Put, Read};
use crate::ports::side::{ReceiptKind, SideEntry, SideLog, SidePut, SideRange, SideRead};

/// What is wrong with a side log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    SaysStoredForTakenPlaces,
    NamesTheWrongOccupant,
    LosesAPutNowAndThen,
    ReadsLowestFirst,
    IgnoresTheLimit,
    ForgetsTheLastMessageOfARange,
    ForgetsTheFirstMessageOfARange,
    RefusesEmptyRanges,
    RoundsTheRecipient,
    IgnoresTheKindOfReceipt,
    ReadsReceiptsWithAttributes,
    IgnoresTheInstance,
    IgnoresTheCaseOfTheInstance,
    KeepsHalfOfTheSession,
    TrimsTexts,
    CutsLongTexts,
}

struct Faulty(Fault, MemoryLog);

impl Faulty {
    fn session(&self, key: &SessionKey) -> SessionKey {
        let mut key = key.clone();
        let instance = |name: &str| InstanceId::new(name).expect("an instance id");
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

    fn stored(&self, entry: &SideEntry) -> SideEntry {
        let mut entry = entry.clone();
        match &mut entry {
            SideEntry::Receipt(receipt) => match self.0 {
                // As a number of 64 bits with a point does.
                Fault::RoundsTheRecipient => {
                    let bits = receipt.recipient.bits() >> 1 << 1;
                    receipt.recipient = ParticipantId::from_random(bits);
                }
                Fault::IgnoresTheKindOfReceipt => receipt.kind = ReceiptKind::Read,
                _ => {}
            },
            SideEntry::Attributes(late) => {
                for value in late.attributes.0.values_mut() {
                    *value = match self.0 {
                        Fault::TrimsTexts => value.trim().to_owned(),
                        Fault::CutsLongTexts => value.chars().take(32_000).collect(),
                        _ => value.clone(),
                    };
                }
            }
        }
        entry
    }
}

impl Log for Faulty {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        self.1.read(session, read).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        self.1.put(session, record).await
    }
}

impl SideLog for Faulty {
    async fn read_side(
        &self,
        session: &SessionKey,
        mut read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        let limit = read.limit;
        if let SideRange::Receipts { from, to } = &mut read.range {
            match self.0 {
                Fault::RefusesEmptyRanges if from > to => {
                    return Err(LogError::Unavailable("upside down".to_owned()));
                }
                Fault::ForgetsTheLastMessageOfARange => {
                    let below = to.as_number().checked_sub(1).and_then(Slot::from_number);
                    *to = below.unwrap_or(*to);
                }
                Fault::ForgetsTheFirstMessageOfARange => *from = from.following(),
                _ => {}
            }
        }
        if matches!(self.0, Fault::ReadsLowestFirst | Fault::IgnoresTheLimit) {
            read.limit = usize::MAX;
        }
        let session = self.session(session);
        let mut entries = self.1.read_side(&session, read).await?;
        if self.0 == Fault::ReadsLowestFirst {
            entries.reverse();
            entries.truncate(limit);
        }
        if self.0 == Fault::ReadsReceiptsWithAttributes && read.range == SideRange::Attributes {
            read.range = SideRange::Receipts {
                from: Slot::FIRST,
                to: Slot::LAST,
            };
            entries.extend(self.1.read_side(&session, read).await?);
        }
        Ok(entries)
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let lost = matches!(entry, SideEntry::Receipt(receipt) if receipt.message.n() % 8 == 7);
        if self.0 == Fault::LosesAPutNowAndThen && lost {
            return Ok(SidePut::Stored);
        }
        let (session, stored) = (self.session(session), self.stored(entry));
        let put = self.1.put_side(&session, &stored, retained_until).await?;
        Ok(match (self.0, put) {
            (Fault::SaysStoredForTakenPlaces, _) => SidePut::Stored,
            (Fault::NamesTheWrongOccupant, SidePut::Taken(_)) => {
                SidePut::Taken(Some(Box::new(entry.clone())))
            }
            (_, put) => put,
        })
    }
}

fn passes(fault: Fault) -> bool {
    let log = Faulty(fault, MemoryLog::default());
    catch_unwind(AssertUnwindSafe(|| block_on(check_side(&log, 1)))).is_ok()
}

#[test]
fn no_side_log_with_a_fault_passes() {
    assert!(passes(Fault::None));
    for fault in [
        Fault::SaysStoredForTakenPlaces,
        Fault::NamesTheWrongOccupant,
        Fault::LosesAPutNowAndThen,
        Fault::ReadsLowestFirst,
        Fault::IgnoresTheLimit,
        Fault::ForgetsTheLastMessageOfARange,
        Fault::ForgetsTheFirstMessageOfARange,
        Fault::RefusesEmptyRanges,
        Fault::RoundsTheRecipient,
        Fault::IgnoresTheKindOfReceipt,
        Fault::ReadsReceiptsWithAttributes,
        Fault::IgnoresTheInstance,
        Fault::IgnoresTheCaseOfTheInstance,
        Fault::KeepsHalfOfTheSession,
        Fault::TrimsTexts,
        Fault::CutsLongTexts,
    ] {
        assert!(!passes(fault), "{fault:?} went unnoticed");
    }
}
