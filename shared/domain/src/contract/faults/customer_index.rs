//! Indexes of customers' chats that break one promise each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_executor::block_on;

use crate::contract::check_customer_index;
use crate::memory::log::MemoryLog;
use crate::model::ids::{CustomerId, InstanceId, SessionKey};
use crate::model::record::{Body, Record};
use crate::ports::customer_index::{CustomerIndex, Listed, Listing};
use crate::ports::log::{Chunk, Log, LogError, Put, Read};

/// What is wrong with an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    ListsOldestFirst,
    SortsTimesAsTexts,
    IgnoresTheLimit,
    NeverSaysMore,
    AlwaysSaysMore,
    ListsThePlaceAgain,
    GoesOnFromATime,
    StartsAnewEveryTime,
    JoinsIdsWithoutASeparator,
    IgnoresTheCaseOfACustomer,
    TrimsTheCustomer,
    NeverCatchesUp,
}

struct Faulty(Fault, MemoryLog);

impl Faulty {
    /// What the index takes the customer of the instance for.
    fn customer(&self, instance: &InstanceId, id: &CustomerId) -> CustomerId {
        let id = &id.0;
        let here = instance.as_str();
        CustomerId(match self.0 {
            Fault::JoinsIdsWithoutASeparator => format!("{here}{id}"),
            Fault::IgnoresTheCaseOfACustomer => format!("{here}/{}", id.to_lowercase()),
            Fault::TrimsTheCustomer => format!("{here}/{}", id.trim()),
            _ => format!("{here}/{id}"),
        })
    }

    /// Every instance's sessions stand in one, so that only the customer's text tells them apart.
    fn anywhere() -> InstanceId {
        InstanceId::new("anywhere").expect("an instance id")
    }
}

impl Log for Faulty {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        self.1.read(session, read).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let mut parts = record.clone().into_parts();
        if let Body::Started(started) = &mut parts.body
            && let Some(owner) = &started.owner
        {
            started.owner = Some(self.customer(&session.instance, owner));
        }
        let record = Record::new(parts).expect("a record");
        let session = SessionKey::new(&Self::anywhere(), session.session);
        self.1.put(&session, &record).await
    }
}

impl CustomerIndex for Faulty {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        let customer = self.customer(instance, customer);
        let anywhere = Self::anywhere();
        let all = self.1.sessions_of(&anywhere, &customer, None, usize::MAX);
        let mut sessions = all.await?.sessions;
        match self.0 {
            Fault::ListsOldestFirst => sessions.reverse(),
            Fault::SortsTimesAsTexts => {
                let text = |each: &Listed| each.started.as_millis().to_string();
                sessions.sort_by_key(|each| std::cmp::Reverse(text(each)));
            }
            Fault::NeverCatchesUp => sessions.clear(),
            _ => {}
        }
        if let Some(before) = before.filter(|_| self.0 != Fault::StartsAnewEveryTime) {
            let at = sessions.iter().position(|each| *each == before);
            let mut rest = at.map_or(0, |at| at + 1);
            if self.0 == Fault::ListsThePlaceAgain {
                rest = rest.saturating_sub(1);
            }
            sessions.drain(..rest);
            if self.0 == Fault::GoesOnFromATime {
                sessions.retain(|each| each.started < before.started);
            }
        }
        let more = match self.0 {
            Fault::NeverSaysMore => false,
            Fault::AlwaysSaysMore => true,
            _ => sessions.len() > limit,
        };
        if self.0 != Fault::IgnoresTheLimit {
            sessions.truncate(limit);
        }
        Ok(Listing { sessions, more })
    }
}

fn passes(fault: Fault) -> bool {
    let log = Faulty(fault, MemoryLog::default());
    catch_unwind(AssertUnwindSafe(|| block_on(check_customer_index(&log, 1)))).is_ok()
}

#[test]
fn no_index_with_a_fault_passes() {
    assert!(passes(Fault::None));
    for fault in [
        Fault::ListsOldestFirst,
        Fault::SortsTimesAsTexts,
        Fault::IgnoresTheLimit,
        Fault::NeverSaysMore,
        Fault::AlwaysSaysMore,
        Fault::ListsThePlaceAgain,
        Fault::GoesOnFromATime,
        Fault::StartsAnewEveryTime,
        Fault::JoinsIdsWithoutASeparator,
        Fault::IgnoresTheCaseOfACustomer,
        Fault::TrimsTheCustomer,
        Fault::NeverCatchesUp,
    ] {
        assert!(!passes(fault), "{fault:?} went unnoticed");
    }
}
