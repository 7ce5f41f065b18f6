//! Answers about what a chat has beside its messages: attributes, receipts, descriptions, and a customer's list.

use std::sync::Arc;

use domain::{
    AppendError, Attributes, Body, ContactId, CustomerChats, CustomerId, Description, Event,
    EventError, InstanceId, ItemId, Listed, LogError, ParticipantId, Presence, Receipt, Record,
    Refusal, Sent, SessionKey, SideEntry, State, UpdateError,
};

use super::{Case, Shown, failed, store_failed, untrue};
use crate::invariant::{Checked, Invariant};
use crate::store::Store;

/// The attributes of a session that were changed after its end, as the last change left them.
pub fn late_attributes<'a>(store: &'a Store, session: &SessionKey) -> Option<&'a Attributes> {
    let late = store.beside(session).filter_map(|entry| match entry {
        SideEntry::Attributes(late) => Some((late.number, &late.attributes)),
        SideEntry::Receipt(_) => None,
    });
    late.max_by_key(|(number, _)| *number)
        .map(|(_, attributes)| attributes)
}

fn missing(case: &Case<'_>, session: &SessionKey, contact: ContactId) -> bool {
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
            let shown = Shown {
                store: case.store,
                asked: case.asked,
            };
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
        // Others changed them every time.
        Err(UpdateError::Append(AppendError::Contended)) if case.taken > 0 => Ok(()),
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
        Ok(found) => {
            let log = case.store.log(&session);
            let were = case.lengths(&session).filter_map(|length| {
                let mut newest_first = log[..length].iter().rev();
                newest_first.find_map(|record| record.body.attributes())
            });
            let late = case.store.beside(&session).filter_map(|entry| match entry {
                SideEntry::Attributes(late) => Some(&late.attributes),
                SideEntry::Receipt(_) => None,
            });
            let right = were.chain(late).any(|were| were == found);
            Invariant::Answers.holds(right, || "attributes were told that never were".to_owned())
        }
        Err(AppendError::NotFound) if missing(case, &session, contact) => Ok(()),
        Err(error) => failed(case, error),
    }
}

fn takes_part(state: &State, who: ParticipantId) -> bool {
    let there = state.participant(who);
    there.is_some_and(|there| there.presence != Presence::Left)
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

pub(super) fn described(
    case: &Case<'_>,
    here: &InstanceId,
    contact: ContactId,
    answer: &Result<Box<Description>, AppendError>,
) -> Checked {
    let session = Case::session(here, contact);
    match answer {
        Ok(description) => {
            let over = case.is_over(&session, contact.ordinal());
            let log = case.store.log(&session);
            let was = log.iter().take(case.began.of(&session)).any(|record| {
                record.state.has_ended()
                    || record.slot.ordinal() == contact.ordinal()
                        && matches!(record.body, Body::Transferred { .. })
            });
            let told = description.disconnected.is_some();
            Invariant::Answers.holds((told || !was) && (over || !told), || {
                "a contact was described wrongly as over, or as not".to_owned()
            })?;
            let first = log.first().and_then(|first| first.started());
            let owner = first.and_then(|first| first.owner.clone());
            let right = description.contact == contact && description.owner == owner;
            Invariant::Answers.holds(right, || "another contact was described".to_owned())
        }
        Err(AppendError::NotFound) if missing(case, &session, contact) => Ok(()),
        Err(error) => failed(case, error),
    }
}

pub(super) fn listed(
    case: &Case<'_>,
    here: &InstanceId,
    customer: &CustomerId,
    before: Option<Listed>,
    answer: &Result<CustomerChats, LogError>,
) -> Checked {
    let chats = match answer {
        Ok(chats) => &chats.chats,
        Err(error) => return store_failed(case, error),
    };
    for chat in chats {
        let session = SessionKey::new(here, chat.session);
        let first = case.by_then(&session).first();
        let started = first.and_then(|first| first.started());
        let theirs = started.is_some_and(|started| started.owner.as_ref() == Some(customer));
        Invariant::Isolation.holds(theirs, || "a list shows another's chat".to_owned())?;
        let ended = chat.ended.is_some();
        let right = (ended || !case.had_ended(&session)) && (case.has_ended(&session) || !ended);
        Invariant::Answers.holds(right, || "a list is wrong about an end".to_owned())?;
        let place = Listed {
            started: chat.started,
            session: chat.session,
        };
        Invariant::Pages.holds(before.is_none_or(|before| place < before), || {
            "a list shows a chat again".to_owned()
        })?;
    }
    let falls = chats
        .windows(2)
        .all(|pair| (pair[0].started, pair[0].session) > (pair[1].started, pair[1].session));
    Invariant::Pages.holds(falls, || "a list is not newest first".to_owned())
}
