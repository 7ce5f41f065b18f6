//! The one place that adds to a log: read the newest records, decide, put one record into the next slot.

use crate::model::command::Command;
use crate::model::decide::{Certainty, Decision, Draft, decide};
use crate::model::ids::{IdempotencyKey, SessionKey};
use crate::model::record::{Record, RecordParts};
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError, Put, Read, read_newest};
use crate::ports::pause::{Pause, Urgency};
use crate::session_log::backoff::Backoff;
use crate::session_log::error::AppendError;

/// How many of the newest records are searched for the answer to a retried request.
pub(crate) const WINDOW: usize = 32;
/// From this lost slot on, the log is read anew: more may have happened than the one occupant.
const REREAD_AFTER: u32 = 3;

/// The key of an end that no request asked for.
pub(crate) const NO_REQUEST: IdempotencyKey = IdempotencyKey([0; 16]);

/// What a request added to a log, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The record that answers the request; with [`Outcome::Nothing`] the log's last one.
    pub record: Record,
    /// How the record came to be.
    pub outcome: Outcome,
}

/// How the answer to a request came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The record was written.
    Written,
    /// An earlier attempt of the same request had written it.
    Replayed,
    /// There was nothing to write.
    Nothing,
}

/// Adds what `command` comes to, exactly once for each `key` among the newest records.
///
/// A slot is taken only after every record before it has been seen, so a retry whose first attempt was
/// written finds it, and a lost reply is harmless at every step.
///
/// After a lost slot it pauses, so that `n` writers do not make `n` puts for each record; an end pauses a tenth as long
/// as anything else. It goes on until the call's time runs out, and that is between two puts: what is then given up
/// surely stands in no slot.
pub(crate) async fn append<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    command: &Command,
    key: IdempotencyKey,
    first_read: Consistency,
    now: Timestamp,
) -> Result<Appended, AppendError> {
    let mut window = Window::read(log, session, first_read, now).await?;
    let mut backoff = Backoff::new(log);
    loop {
        // Before every refusal: what was done once is answered as it was, whatever has happened since.
        if let Some(record) = window.answer_to(key) {
            return Ok(answer(record, Outcome::Replayed));
        }
        let tail = &window.tail;
        let (draft, put_as) = match decide(&tail.state, command, now) {
            Ok(Decision::Write(draft)) => (draft, key),
            Ok(Decision::Expire(draft)) => (draft, NO_REQUEST),
            Ok(Decision::Nothing(certainty)) if window.settles(certainty) => {
                return Ok(answer(tail, Outcome::Nothing));
            }
            Err(refusal) if window.settles(refusal.certainty()) => {
                return Err(AppendError::Refused(refusal));
            }
            Ok(Decision::Nothing(_)) | Err(_) => {
                window = Window::read(log, session, Consistency::Strong, now).await?;
                continue;
            }
        };
        let urgency = match draft.state.has_ended() {
            true => Urgency::End,
            false => Urgency::Usual,
        };
        let record = follow(tail, draft, put_as)?;
        match log.put(session, &record).await? {
            Put::Stored if put_as == NO_REQUEST => window.push(record),
            Put::Stored => return Ok(answer(&record, Outcome::Written)),
            Put::Taken(occupant) => {
                // The request's own record, or the session's end: there is nothing more to try.
                let settles = |it: &Record| it.key == key || it.state.has_ended();
                let settled = occupant.as_deref().is_some_and(settles);
                if !settled {
                    backoff.lost(urgency).await?;
                }
                match occupant {
                    Some(occupant) if settled || backoff.losses() < REREAD_AFTER => {
                        window.push(*occupant);
                    }
                    _ => window = Window::read(log, session, Consistency::Strong, now).await?,
                }
            }
        }
    }
}

fn answer(record: &Record, outcome: Outcome) -> Appended {
    Appended {
        record: record.clone(),
        outcome,
    }
}

fn follow(tail: &Record, draft: Draft, key: IdempotencyKey) -> Result<Record, LogError> {
    let corrupt = |reason: &str| LogError::Corrupt(reason.to_owned());
    let slot = tail
        .next_slot()
        .ok_or_else(|| corrupt("the log has no next slot"))?;
    let mut state = draft.state;
    if draft.body.link().is_some() {
        state.link = Some(slot);
    }
    if draft.body.attributes().is_some() {
        state.attributes = slot;
    }
    Record::new(RecordParts {
        slot,
        at: draft.at,
        key,
        body: draft.body,
        state,
    })
    .map_err(|error| corrupt(&error.to_string()))
}

/// The newest records of a log that exists, without a gap up to the last one seen.
struct Window {
    tail: Record,
    earlier: Vec<Record>,
    strong: bool,
}

impl Window {
    /// Reads the window; an eventually consistent read that shows a gap, or nothing, is repeated strongly.
    ///
    /// Retention comes before gaps: a store deletes what has become too old in any order.
    async fn read<L: Log>(
        log: &L,
        session: &SessionKey,
        mut consistency: Consistency,
        now: Timestamp,
    ) -> Result<Self, AppendError> {
        loop {
            let read = Read::newest(SlotRange::ALL, WINDOW, consistency);
            let chunk = read_newest(log, session, read, |_| false, now).await?;
            let strong = consistency == Consistency::Strong;
            let whole = !chunk.has_gap(&read);
            let mut newest_first = chunk.records.into_iter();
            match newest_first.next() {
                Some(tail) if tail.state.is_past_retention(now) => {
                    return Err(AppendError::NotFound);
                }
                Some(tail) if whole => {
                    return Ok(Self {
                        tail,
                        earlier: newest_first.collect(),
                        strong,
                    });
                }
                None if strong => return Err(AppendError::NotFound),
                _ => consistency = Consistency::Strong,
            }
        }
    }

    fn answer_to(&self, key: IdempotencyKey) -> Option<&Record> {
        let mut records = std::iter::once(&self.tail).chain(&self.earlier);
        records.find(|record| record.key == key)
    }

    fn push(&mut self, record: Record) {
        let before = std::mem::replace(&mut self.tail, record);
        self.earlier.push(before);
    }

    fn settles(&self, certainty: Certainty) -> bool {
        self.strong || certainty == Certainty::Forever
    }
}
