//! ListCustomerChats: the chats of one customer, newest first, each as it is now.

use futures_util::future::join_all;

use crate::model::ids::{ContactId, CustomerId, InstanceId, SessionId, SessionKey};
use crate::model::slot::SlotRange;
use crate::model::state::{DisconnectReason, Phase, State};
use crate::model::time::Timestamp;
use crate::ports::customer_index::{CustomerIndex, Listed};
use crate::ports::log::{Consistency, Log, LogError, read_one};

/// A part of a customer's list of chats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerChats {
    /// The chats, newest first. Those that have ceased to exist are left out, so there may be none.
    pub chats: Vec<CustomerChat>,
    /// Before which place the next part of the list begins, if there may be one.
    pub next: Option<Listed>,
}

/// One chat of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerChat {
    /// Its session.
    pub session: SessionId,
    /// When it began.
    pub started: Timestamp,
    /// Its contact that is, or was last, open.
    pub contact: ContactId,
    /// When it ended, and why, if it has.
    pub ended: Option<(Timestamp, DisconnectReason)>,
    /// Whether it can be continued: it has ended, or its time has passed, so that whoever continues it ends it.
    pub continuable: bool,
}

impl CustomerChat {
    fn of(listed: Listed, state: &State, now: Timestamp) -> Self {
        let ended = match state.phase {
            Phase::Ended(reason) => Some((state.time, reason)),
            Phase::Waiting { .. } | Phase::Running => None,
        };
        Self {
            session: listed.session,
            started: listed.started,
            contact: ContactId::new(listed.session, state.segment),
            ended,
            continuable: state.deadline().is_none_or(|(deadline, _)| now >= deadline),
        }
    }
}

/// Lists at most `limit` (from 1) of the chats that `customer` began before the place `before`.
///
/// One read of the index, then the last record of every session found, side by side: `1 + chats` requests in
/// two round trips, however many chats there are. The index may lag: a chat that has just begun may be missing
/// for a moment. What is told of each chat is its present, strongly consistent.
///
/// # Errors
/// When the store fails.
pub async fn customer_chats<S: Log + CustomerIndex>(
    store: &S,
    instance: &InstanceId,
    customer: &CustomerId,
    before: Option<Listed>,
    limit: usize,
    now: Timestamp,
) -> Result<CustomerChats, LogError> {
    let listing = store.sessions_of(instance, customer, before, limit).await?;
    let chats = join_all(listing.sessions.iter().map(|listed| async {
        let key = SessionKey::new(instance, listed.session);
        let tail = read_one(store, &key, SlotRange::ALL, Consistency::Strong).await?;
        // Of a session that no longer exists the index may still tell, and the store still show the rest.
        let exists = tail.filter(|tail| !tail.state.is_past_retention(now));
        Ok(exists.map(|tail| CustomerChat::of(*listed, &tail.state, now)))
    }));
    let chats: Result<Vec<Option<CustomerChat>>, LogError> = chats.await.into_iter().collect();
    Ok(CustomerChats {
        chats: chats?.into_iter().flatten().collect(),
        next: listing.sessions.last().copied().filter(|_| listing.more),
    })
}
