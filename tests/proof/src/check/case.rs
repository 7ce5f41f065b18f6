//! A case: one answer with all that is needed to tell whether it is true.

use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::{
    Body, ContactId, CustomerId, IdempotencyKey, InstanceId, Ordinal, ParticipantId, Presence,
    Record, SessionKey, SideEntry, State,
};

use super::{Asked, Shown};
use crate::store::Store;
use crate::wire::Call;
use crate::wish::{Answer, Wish};

/// How long the logs were at a moment.
pub trait Length {
    /// How many records stood in the session's log.
    fn of(&self, session: &SessionKey) -> usize;

    /// How often the session's attributes had been changed after its end.
    fn changes(&self, session: &SessionKey) -> usize;
}

impl Length for Store {
    fn of(&self, session: &SessionKey) -> usize {
        self.log(session).len()
    }

    fn changes(&self, session: &SessionKey) -> usize {
        let changes = |entry: &&SideEntry| matches!(entry, SideEntry::Attributes(_));
        self.beside(session).filter(changes).count()
    }
}

/// One answer, and the store as it is now: when the answer was given, or later.
pub struct Case<'a> {
    /// The store.
    pub store: &'a Store,
    /// What every chat was asked to continue.
    pub asked: &'a Asked,
    /// What was asked for.
    pub wish: &'a Wish,
    /// What was answered.
    pub answer: &'a Answer,
    /// The store when the attempt began.
    pub began: &'a dyn Length,
    /// The store when it was answered.
    pub done: &'a dyn Length,
    /// Whether any of its calls failed.
    pub troubled: bool,
    /// How many slots it lost.
    pub taken: u32,
    /// Whether anything that it was shown was older than the store.
    pub stale: bool,
    /// Whether any answer of the store was cut short for its size.
    pub cut: bool,
    /// What it asked of the store.
    pub calls: &'a [Call],
}

/// No log yet.
struct Nothing;

impl Length for Nothing {
    fn of(&self, _: &SessionKey) -> usize {
        0
    }

    fn changes(&self, _: &SessionKey) -> usize {
        0
    }
}

/// Within so many newest records a repeated request is known again; in a longer log it may rightly be taken for a new one.
pub const WINDOW: usize = 32;

impl<'a> Case<'a> {
    /// An answer that was given some time before, of which is known no more than that: it must be true of the store still.
    pub fn in_hindsight(
        store: &'a Store,
        asked: &'a Asked,
        wish: &'a Wish,
        answer: &'a Answer,
    ) -> Self {
        Self {
            store,
            asked,
            wish,
            answer,
            began: &Nothing,
            done: store,
            troubled: true,
            taken: u32::MAX,
            stale: true,
            cut: true,
            calls: &[],
        }
    }

    /// The session of a contact.
    pub(super) fn session(here: &InstanceId, contact: ContactId) -> SessionKey {
        SessionKey::new(here, contact.session())
    }

    /// The records that stood in a log when the answer was given.
    pub(super) fn by_then(&self, session: &SessionKey) -> &[Arc<Record>] {
        let log = self.store.log(session);
        &log[..self.done.of(session).min(log.len())]
    }

    /// The lengths that the log had during the attempt.
    pub(super) fn lengths(&self, session: &SessionKey) -> RangeInclusive<usize> {
        let most = self.store.log(session).len();
        self.began.of(session).min(most)..=self.done.of(session).min(most)
    }

    /// What chats show in the store as it is now.
    pub(super) const fn shown(&self) -> Shown<'a> {
        Shown {
            store: self.store,
            asked: self.asked,
        }
    }

    /// Whose a session is, where its first record stands and says so.
    pub(super) fn owner(&self, session: &SessionKey) -> Option<&CustomerId> {
        let first = self.store.log(session).first()?;
        first.started()?.owner.as_ref()
    }

    /// Whether the chat was there when the attempt began.
    pub(super) fn was_there(&self, session: &SessionKey) -> bool {
        self.began.of(session) > 0
    }

    /// Whether something was true of the session's state at some moment during the attempt.
    pub(super) fn ever(&self, session: &SessionKey, so: impl Fn(&State) -> bool) -> bool {
        let log = self.store.log(session);
        self.lengths(session)
            .filter_map(|length| log.get(length.checked_sub(1)?))
            .any(|record| so(&record.state))
    }

    /// Whether the session had ended when the answer was given.
    pub(super) fn has_ended(&self, session: &SessionKey) -> bool {
        ended(self.by_then(session))
    }

    /// Whether the session had ended before the attempt began.
    pub(super) fn had_ended(&self, session: &SessionKey) -> bool {
        let log = self.store.log(session);
        ended(&log[..self.began.of(session).min(log.len())])
    }

    /// Whether a contact had ended when the answer was given.
    pub(super) fn is_over(&self, session: &SessionKey, contact: Ordinal) -> bool {
        over(self.by_then(session), contact)
    }

    /// Whether a contact had ended before the attempt began.
    pub(super) fn was_over(&self, session: &SessionKey, contact: Ordinal) -> bool {
        let log = self.store.log(session);
        over(&log[..self.began.of(session).min(log.len())], contact)
    }

    /// Whether a repetition must have found the request's record: it stands among the newest when the request was
    /// answered, and if it was not refused for ever, stood there before.
    pub(super) fn is_known(
        &self,
        session: &SessionKey,
        key: IdempotencyKey,
        forever: bool,
    ) -> bool {
        let length = self.by_then(session).len();
        let before = if forever {
            length
        } else {
            self.began.of(session)
        };
        let stands = self.by_then(session).iter().enumerate();
        let mut stands = stands.skip(length.saturating_sub(WINDOW));
        stands.any(|(at, record)| record.key == key && at < before)
    }
}

/// Whether somebody takes part.
pub(super) fn takes_part(state: &State, who: ParticipantId) -> bool {
    let there = state.participant(who);
    there.is_some_and(|there| there.presence != Presence::Left)
}

fn over(records: &[Arc<Record>], contact: Ordinal) -> bool {
    let closed = |record: &Arc<Record>| {
        record.slot.ordinal() == contact && matches!(record.body, Body::Transferred { .. })
    };
    ended(records) || records.iter().any(closed)
}

fn ended(records: &[Arc<Record>]) -> bool {
    records
        .iter()
        .any(|record| matches!(record.body, Body::Ended { .. }))
}

/// The record of a request in a log. More than one is a fault, unless the request had been forgotten meanwhile.
///
/// The second value says whether there are two that should be one.
pub fn answered(log: &[Arc<Record>], key: IdempotencyKey) -> (Option<&Arc<Record>>, bool) {
    let mut found: Vec<usize> = Vec::new();
    for (at, record) in log.iter().enumerate() {
        if record.key == key {
            found.push(at);
        }
    }
    let twice = found.windows(2).any(|pair| pair[1] - pair[0] <= WINDOW);
    (found.first().map(|at| &log[*at]), twice)
}
