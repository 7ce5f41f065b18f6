//! Whether what stands in a log is a whole session.

use std::sync::Arc;

use domain::{Body, DisconnectReason, EventType, Record, SessionKey, Slot, Timestamp};

use super::{Line, Shown, What};
use crate::invariant::{Checked, Invariant};

/// Checks a log from its first record to its last: no gap, nothing after the end, nothing in a contact that has ended,
/// times that rise, items that are counted, nobody who joins twice, at most one past, an expiry at its moment.
///
/// # Errors
/// When it is not whole.
pub fn log_is_whole(session: &SessionKey, log: &[Arc<Record>]) -> Checked {
    use Invariant::Ends;
    let mut next = Slot::FIRST;
    let mut items = 0;
    let mut time: Option<Timestamp> = None;
    let mut links = 0;
    let mut joined = Vec::new();
    for (at, record) in log.iter().enumerate() {
        let slot = record.slot;
        Ends.holds(slot == next, || {
            format!("{slot:?} stands where {next:?} should")
        })?;
        next = match record.body {
            Body::Transferred { .. } => slot.opening_next_segment().unwrap_or(Slot::LAST),
            _ => slot.following(),
        };
        let ends = matches!(record.body, Body::Ended { .. });
        let last = at + 1 == log.len();
        Ends.holds(!ends || last, || {
            format!("something follows the end at {slot:?}")
        })?;
        Ends.holds(record.state.has_ended() == ends, || {
            format!("the state at {slot:?} is wrong about the end")
        })?;
        let lines = Line::all_of(session.session, record);
        items += lines.len() as u64;
        Ends.holds(record.state.items == items, || {
            format!(
                "{items} items stand up to {slot:?}, and {} are counted",
                record.state.items
            )
        })?;
        for line in lines {
            Ends.holds(time.is_none_or(|time| time < line.at), || {
                format!("the times do not rise at {slot:?}: {time:?}, {:?}", line.at)
            })?;
            time = Some(line.at);
            if let What::Happened(EventType::ParticipantJoined, who) = line.what {
                Ends.holds(!joined.contains(&who), || {
                    format!("{who:?} joined a second time at {slot:?}")
                })?;
                joined.push(who);
            }
        }
        links += usize::from(record.body.link().is_some());
        Ends.holds(links <= 1, || {
            format!("a second past is linked at {slot:?}")
        })?;
        if let (Body::Ended { reason, .. }, Some(before)) = (&record.body, at.checked_sub(1)) {
            ends_in_time(*reason, record, &log[before])?;
        }
    }
    Ok(())
}

/// Where time has ended a session, it did so at its moment, or after all that others had put there.
fn ends_in_time(reason: DisconnectReason, end: &Record, before: &Record) -> Checked {
    use DisconnectReason::{CustomerConnectionNotEstablished, Expired};
    if !matches!(reason, Expired | CustomerConnectionNotEstablished) {
        return Ok(());
    }
    let due = before.state.deadline();
    let right =
        due.is_some_and(|(due, why)| why == reason && end.at == due.max(before.state.time.next()));
    Invariant::Ends.holds(right, || {
        format!(
            "the session ended by {reason:?} at {:?}, when {due:?} was due",
            end.at
        )
    })
}

/// Checks that a chat that was started with a past lies after all of it.
///
/// # Errors
/// When it does not.
pub fn rises_over_its_past(shown: Shown<'_>, session: &SessionKey) -> Checked {
    let log = shown.store.log(session);
    let Some(first) = log.first() else {
        return Ok(());
    };
    let past = shown.past(session, 1);
    let newest = past.last().map(|line| line.at);
    Invariant::Ends.holds(newest.is_none_or(|newest| newest < first.at), || {
        format!(
            "the chat began at {:?}, its past ended at {newest:?}",
            first.at
        )
    })
}
