//! Answers that show chats from outside: a contact's description, and a customer's list.

use std::sync::Arc;

use domain::{
    AppendError, Body, ContactId, CustomerChat, CustomerChats, CustomerId, Description,
    Disconnected, InstanceId, Listed, LogError, Record, SessionKey,
};

use super::side::{missing, were};
use super::{Case, Line, failed, store_failed};
use crate::invariant::{Checked, Invariant};

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
            let was = case.was_over(&session, contact.ordinal());
            let told = description.disconnected.is_some();
            Invariant::Answers.holds((told || !was) && (over || !told), || {
                "a contact was described wrongly as over, or as not".to_owned()
            })?;
            were(case, &session, &description.attributes)?;
            let mut lengths = case.lengths(&session);
            let right =
                lengths.any(|length| describes(case, &session, contact, length, description));
            Invariant::Answers.holds(right, || {
                format!("a contact was described as it never was: {description:?}")
            })
        }
        Err(AppendError::NotFound) if missing(case, &session, contact) => Ok(()),
        Err(error) => failed(case, error),
    }
}

/// Whether a description is that of the contact when the session had so many records, but for the attributes.
fn describes(
    case: &Case<'_>,
    session: &SessionKey,
    contact: ContactId,
    length: usize,
    told: &Description,
) -> bool {
    let records = &case.store.log(session)[..length];
    let of = |contact: ContactId| {
        let of = move |record: &&Arc<Record>| record.slot.ordinal() == contact.ordinal();
        records.iter().filter(of)
    };
    let last_line = |record: &Record| {
        Line::all_of(session.session, record)
            .pop()
            .map(|line| line.at)
    };
    let (method, queue, initiated) = match contact.previous() {
        None => (None, None, records.first().map(|first| first.at)),
        Some(previous) => match of(previous)
            .next_back()
            .map(|record| (record, &record.body))
        {
            Some((record, Body::Transferred { method, to, .. })) => {
                (Some(*method), to.queue.clone(), last_line(record))
            }
            _ => return false,
        },
    };
    // A change of attributes is one too, though no transcript shows it.
    let updated = of(contact).next_back();
    let Some(initiated) = initiated else {
        return false;
    };
    let updated = updated.map(|last| last_line(last).unwrap_or(last.at));
    let disconnected = of(contact).find_map(|record| {
        let reason = match record.body {
            Body::Transferred { reason, .. } => reason,
            Body::Ended { reason, .. } => Some(reason),
            _ => return None,
        };
        last_line(record).map(|at| Disconnected { at, reason })
    });
    let shown = case.shown();
    let linked = of(contact).any(|record| record.body.link().is_some());
    let related = shown.continued(session, length).filter(|_| linked);
    let expected = Description {
        contact,
        related,
        method,
        initiated,
        updated: updated.unwrap_or(initiated),
        disconnected,
        attributes: told.attributes.clone(),
        owner: case.owner(session).cloned(),
        queue,
    };
    *told == expected
}

pub(super) fn listed(
    case: &Case<'_>,
    here: &InstanceId,
    customer: &CustomerId,
    before: Option<Listed>,
    answer: &Result<CustomerChats, LogError>,
) -> Checked {
    let chats = match answer {
        Ok(chats) => chats,
        Err(error) => return store_failed(case, error),
    };
    for chat in &chats.chats {
        let session = SessionKey::new(here, chat.session);
        let theirs = case.owner(&session) == Some(customer) && !case.by_then(&session).is_empty();
        Invariant::Isolation.holds(theirs, || "a list shows another's chat".to_owned())?;
        let ended = chat.ended.is_some();
        let right = (ended || !case.had_ended(&session)) && (case.has_ended(&session) || !ended);
        Invariant::Answers.holds(right, || "a list is wrong about an end".to_owned())?;
        let place = place(chat);
        Invariant::Pages.holds(before.is_none_or(|before| place < before), || {
            "a list shows a chat again".to_owned()
        })?;
    }
    let falls = chats
        .chats
        .windows(2)
        .all(|pair| place(&pair[0]) > place(&pair[1]));
    Invariant::Pages.holds(falls, || "a list is not newest first".to_owned())?;
    if case.stale {
        return Ok(());
    }
    let ends = chats.next;
    let left_out = case.store.sessions().find(|session| {
        let first = case.store.log(session).first();
        let place = first.map(|first| Listed {
            started: first.at,
            session: session.session,
        });
        let due = place.is_some_and(|place| {
            before.is_none_or(|before| place < before) && ends.is_none_or(|ends| place >= ends)
        });
        let theirs = session.instance == *here && case.owner(session) == Some(customer);
        let there = case.began.of(session) > 0;
        let shown = chats
            .chats
            .iter()
            .any(|chat| chat.session == session.session);
        due && theirs && there && !shown
    });
    Invariant::Pages.holds(left_out.is_none(), || {
        "a list leaves a chat out that was there".to_owned()
    })
}

fn place(chat: &CustomerChat) -> Listed {
    Listed {
        started: chat.started,
        session: chat.session,
    }
}
