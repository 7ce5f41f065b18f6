//! Answers about what a chat has beside its messages: attributes and receipts.

use std::sync::Arc;

use domain::{
    AppendError, Attributes, Body, ContactId, Event, EventError, InstanceId, ItemId, ParticipantId,
    Receipt, Record, Refusal, Sent, SessionKey, SideEntry, UpdateError,
};

use super::case::takes_part;
use super::{Case, failed, untrue};
use crate::invariant::{Checked, Invariant};
use crate::store::Store;

/// The attributes of a session as the changes after its end left them, one after the other.
fn changes<'a>(store: &'a Store, session: &SessionKey) -> Vec<&'a Attributes> {
    let late = store.beside(session).filter_map(|entry| match entry {
        SideEntry::Attributes(late) => Some((late.number, &late.attributes)),
        SideEntry::Receipt(_) => None,
    });
    let mut late: Vec<_> = late.collect();
    late.sort_unstable_by_key(|(number, _)| *number);
    late.into_iter().map(|(_, attributes)| attributes).collect()
}

/// The attributes of a session that were changed after its end, as the last change left them.
pub fn late_attributes<'a>(store: &'a Store, session: &SessionKey) -> Option<&'a Attributes> {
    changes(store, session).pop()
}

pub(super) fn missing(case: &Case<'_>, session: &SessionKey, contact: ContactId) -> bool {
    !case.was_there(session) || case.ever(session, |state| state.segment < contact.ordinal())
}

/// Keys are set by one request each, so whatever was set once stands for ever.
fn has_all(attributes: Option<&Attributes>, set: &Attributes) -> bool {
    attributes.is_some_and(|now| {
        set.0
            .iter()
            .all(|(key, value)| now.0.get(key) == Some(value))
    })
}

pub(super) fn updated(
    case: &Case<'_>,
    here: &InstanceId,
    contact: ContactId,
    changes: &Attributes,
    answer: &Result<(), UpdateError>,
) -> Checked {
    let session = Case::session(here, contact);
    match answer {
        Ok(()) => {
            let shown = case.shown();
            let now = late_attributes(case.store, &session)
                .or_else(|| shown.attributes(&session, usize::MAX));
            Invariant::Answers.holds(has_all(now, changes), || {
                "an update was acknowledged and is lost".to_owned()
            })
        }
        Err(UpdateError::TooLong) => Err(untrue("attributes were called too long")),
        Err(UpdateError::Append(AppendError::NotFound)) if missing(case, &session, contact) => {
            Ok(())
        }
        Err(UpdateError::Append(error)) => failed(case, error),
    }
}

pub(super) fn attributes(
    case: &Case<'_>,
    here: &InstanceId,
    contact: ContactId,
    answer: &Result<Attributes, AppendError>,
) -> Checked {
    let session = Case::session(here, contact);
    match answer {
        Ok(found) => were(case, &session, found),
        Err(AppendError::NotFound) if missing(case, &session, contact) => Ok(()),
        Err(error) => failed(case, error),
    }
}

/// Checks attributes that were told: the session had them at some moment during the attempt.
pub(super) fn were(case: &Case<'_>, session: &SessionKey, told: &Attributes) -> Checked {
    let shown = case.shown();
    let changes = changes(case.store, session);
    let mut during = case.began.changes(session)..=case.done.changes(session);
    let right = during.any(|number| match number.checked_sub(1) {
        Some(last) => changes.get(last) == Some(&told),
        None => {
            let mut lengths = case.lengths(session);
            lengths.any(|length| shown.attributes(session, length) == Some(told))
        }
    });
    Invariant::Answers.holds(right, || {
        "attributes were told that were not there then".to_owned()
    })
}

pub(super) fn event(
    case: &Case<'_>,
    session: &SessionKey,
    who: ParticipantId,
    event: Event,
    answer: &Result<Sent, EventError>,
) -> Checked {
    match answer {
        Ok(sent) => match event {
            Event::Receipt {
                message: Some(message),
                kind,
            } if says_of_another(case, session, who, message) => {
                let of = |entry: &SideEntry| match entry {
                    SideEntry::Receipt(it) => {
                        let Receipt { message: slot, .. } = it;
                        Some(*slot) == message.slot()
                            && (it.recipient, it.kind, it.at) == (who, kind, sent.at)
                    }
                    SideEntry::Attributes(_) => false,
                };
                Invariant::Answers.holds(case.store.beside(session).any(of), || {
                    "a receipt was acknowledged and is not kept".to_owned()
                })
            }
            _ => Ok(()),
        },
        Err(EventError::TooManyRecipients) => {
            let many = case.ever(session, |state| state.active_participants() > 2);
            Invariant::Answers.holds(many, || "there were not too many for receipts".to_owned())
        }
        Err(EventError::Append(AppendError::Refused(Refusal::Ended)))
            if case.has_ended(session) =>
        {
            Ok(())
        }
        Err(EventError::Append(AppendError::Refused(Refusal::NotAParticipant)))
            if case.ever(session, |state| !takes_part(state, who)) =>
        {
            Ok(())
        }
        Err(EventError::Append(AppendError::NotFound)) if !case.was_there(session) => Ok(()),
        Err(EventError::Append(error)) => failed(case, error),
    }
}

/// Whether the item is a message of somebody else's that stood there when the attempt began.
fn says_of_another(
    case: &Case<'_>,
    session: &SessionKey,
    who: ParticipantId,
    message: ItemId,
) -> bool {
    let log = case.store.log(session);
    let of = |record: &&Arc<Record>| {
        message.slot() == Some(record.slot)
            && record
                .items(session.session)
                .iter()
                .any(|item| item.id == message)
    };
    let record = log.iter().take(case.began.of(session)).find(of);
    record.is_some_and(|record| match &record.body {
        Body::Message { sender, .. } => *sender != who,
        _ => false,
    })
}
