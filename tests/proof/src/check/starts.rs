//! Answers of the operations that continue a past: starts and associations.

use std::sync::Arc;

use domain::{
    AppendError, AssociateError, Association, Body, ContactId, CustomerId, InstanceId, Opened,
    Record, Refusal, Rehydration, SessionKey, SourceRefusal, Start, StartError, StartRefusal,
    Starter,
};

use super::{Case, failed, untrue};
use crate::invariant::{Checked, Invariant};
use crate::wire::Call;

pub(super) fn started(
    case: &Case<'_>,
    start: &Start,
    answer: &Result<Opened, StartError>,
) -> Checked {
    let first = case.by_then(&start.session).first();
    let same = |first: &&Arc<Record>| {
        let started = first.started();
        started.is_some_and(|started| started.fingerprint == start.fingerprint)
    };
    match answer {
        Ok(opened) => {
            let missing =
                || Invariant::Crashes.broken("a chat was started and is not there".into());
            let first = first.ok_or_else(missing)?;
            Invariant::Tokens.holds(same(&first), || {
                "a token was answered with the chat of another request".to_owned()
            })?;
            let customer = first.state.participants[0].id;
            let initial = start.session.session.initial_contact();
            let right = opened.participant == customer && opened.contact == initial;
            Invariant::Tokens.holds(right, || {
                "a start gave ids that are not the chat's".to_owned()
            })?;
            let theirs = first.started().and_then(|started| started.owner.as_ref());
            Invariant::Isolation.holds(theirs == owner(case, start), || {
                "a chat was started that is another's than its caller's".to_owned()
            })?;
            match start.source {
                None => Ok(()),
                Some((source, how)) => continues(case, start, opened, source, how),
            }
        }
        Err(StartError::Refused(refusal)) => match refusal {
            StartRefusal::TokenOfAnotherRequest => Invariant::Tokens
                .holds(first.is_some_and(|first| !same(&first)), || {
                    "a token was said to be another request's, and is not".to_owned()
                }),
            StartRefusal::TokenSpent => {
                let spent = start.starter == Starter::Anonymous && case.has_ended(&start.session);
                Invariant::Tokens.holds(spent, || "a token was refused as spent".to_owned())
            }
            StartRefusal::Source(refusal) => {
                let began = case.was_there(&start.session) && first.as_ref().is_some_and(same);
                Invariant::Tokens.holds(!began, || {
                    format!("a repeated start was refused as {refusal:?}")
                })?;
                let Some((source, how)) = start.source else {
                    return Err(untrue("a source was refused that nobody named"));
                };
                let may = |owner: Option<&CustomerId>| may_continue(&start.starter, owner);
                let here = &start.session.instance;
                refused(case, here, source, how, *refusal, may)?;
                // The chat of the request's own token is looked for too.
                let source = SessionKey::new(here, source.session());
                let own = usize::from(source == start.session);
                looks_missing(case, &source, *refusal, 3 + own)
            }
        },
        Err(StartError::Append(error)) => failed(case, error),
    }
}

/// Who may continue a chat of an owner, or of nobody: a backend that names no customer may continue any, everybody else
/// their own and nobody's.
fn may_continue(starter: &Starter, owner: Option<&CustomerId>) -> bool {
    match (starter, owner) {
        (_, None) | (Starter::Backend(None), _) => true,
        (Starter::Anonymous, Some(_)) => false,
        (Starter::Backend(Some(who)) | Starter::Customer(who), Some(owner)) => who == owner,
    }
}

/// Whose a new chat must be: its caller's; of a backend that names no customer, its source's.
fn owner<'a>(case: &'a Case<'_>, start: &'a Start) -> Option<&'a CustomerId> {
    match &start.starter {
        Starter::Backend(Some(who)) | Starter::Customer(who) => Some(who),
        Starter::Anonymous => None,
        Starter::Backend(None) => {
            let (source, _) = start.source?;
            case.owner(&SessionKey::new(&start.session.instance, source.session()))
        }
    }
}

/// Checks a chat that was started with a past.
fn continues(
    case: &Case<'_>,
    start: &Start,
    opened: &Opened,
    source: ContactId,
    how: Rehydration,
) -> Checked {
    let key = SessionKey::new(&start.session.instance, source.session());
    Invariant::Sources.holds(case.has_ended(&key), || {
        "a chat was started whose source had not ended".to_owned()
    })?;
    Invariant::Isolation.holds(may_continue(&start.starter, case.owner(&key)), || {
        "a chat was started whose source is another's".to_owned()
    })?;
    let shown = case.shown();
    let bound = shown.bound(&key, source, how);
    let continued = shown.continued(&start.session, 1);
    let right = opened.continued_from == continued;
    Invariant::Bounds.holds(right, || {
        format!(
            "{continued:?} was to be continued, and {:?} is",
            opened.continued_from
        )
    })?;
    let theirs = shown.attributes(&key, bound);
    let own = shown.attributes(&start.session, 1);
    let expected = theirs.map(|theirs| start.attributes.clone().over(theirs));
    Invariant::Answers.holds(own == expected.as_ref(), || {
        "the attributes of the source did not come along as they were".to_owned()
    })
}

/// Checks the refusal of a source.
fn refused(
    case: &Case<'_>,
    here: &InstanceId,
    source: ContactId,
    how: Rehydration,
    refusal: SourceRefusal,
    may: impl Fn(Option<&CustomerId>) -> bool,
) -> Checked {
    let key = SessionKey::new(here, source.session());
    let mine = !case.by_then(&key).is_empty() && may(case.owner(&key));
    match refusal {
        SourceRefusal::StillActive { active } => {
            Invariant::Sources.holds(!case.had_ended(&key), || {
                "a source that had ended was refused as active".to_owned()
            })?;
            let was = case.ever(&key, |state| state.segment == active.ordinal());
            Invariant::Answers.holds(was && active.session() == key.session, || {
                "a contact was called active that was not".to_owned()
            })?;
            Invariant::Isolation.holds(mine, || {
                "somebody was told that a source of another's is active".to_owned()
            })
        }
        SourceRefusal::NotFound => {
            let was = case.was_there(&key)
                && mine
                && !case.ever(&key, |state| state.segment < source.ordinal());
            Invariant::Answers.holds(!was, || "a source was there and was not found".to_owned())
        }
        SourceRefusal::NotInitial { initial } => {
            let right = how == Rehydration::EntirePastSession
                && !source.is_initial()
                && initial == source.session().initial_contact();
            Invariant::Answers.holds(right, || "the initial contact was refused".to_owned())
        }
        SourceRefusal::AttributesTooLong => Err(untrue("attributes were called too long")),
    }
}

/// Checks that the requests do not tell a foreign source from a missing one: about either the same number of reads is made,
/// and nothing else.
fn looks_missing(
    case: &Case<'_>,
    source: &SessionKey,
    refusal: SourceRefusal,
    expected: usize,
) -> Checked {
    if refusal != SourceRefusal::NotFound || case.troubled {
        return Ok(());
    }
    let of = |call: &&Call| call.session() == Some(source);
    let asked: Vec<&Call> = case.calls.iter().filter(of).collect();
    let reads = asked.iter().all(|call| matches!(call, Call::Read(..)));
    Invariant::Isolation.holds(reads && asked.len() == expected, || {
        format!("a source that was not found cost {} requests", asked.len())
    })
}

pub(super) fn associated(
    case: &Case<'_>,
    here: &InstanceId,
    association: &Association,
    answer: &Result<ContactId, AssociateError>,
) -> Checked {
    let chat = Case::session(here, association.contact);
    let source = SessionKey::new(here, association.source.session());
    let asked = (association.source, association.rehydration);
    let linked = |record: &Arc<Record>| match &record.body {
        Body::Linked(linked) => Some((linked.asked, linked.rehydration)),
        _ => None,
    };
    let mut links = case.by_then(&chat).iter().filter_map(linked);
    match answer {
        Ok(contact) => {
            Invariant::Sources.holds(case.has_ended(&source), || {
                "a chat was linked to a past that had not ended".to_owned()
            })?;
            Invariant::Isolation.holds(case.owner(&chat) == case.owner(&source), || {
                "a chat was linked to a past that is another's".to_owned()
            })?;
            let right = links.next() == Some(asked) && contact.session() == source.session;
            Invariant::Answers.holds(right, || "a chat was linked to another past".to_owned())?;
            let right = case.store.log(&chat).iter().enumerate();
            let right = right
                .filter(|(_, record)| linked(record).is_some())
                .all(|(at, record)| carried(case, &chat, at, record, &source, asked));
            Invariant::Answers.holds(right, || {
                "the attributes of the past did not come along as they were".to_owned()
            })
        }
        Err(AssociateError::Source(refusal)) => {
            let own = case.owner(&chat);
            refused(case, here, asked.0, asked.1, *refusal, |owner| owner == own)?;
            let own = if chat == source { 2 } else { 0 };
            looks_missing(case, &source, *refusal, 3 + own)
        }
        Err(AssociateError::Append(AppendError::Refused(refusal))) => {
            let so = match refusal {
                Refusal::Ended => case.has_ended(&chat) && links.next() != Some(asked),
                Refusal::AlreadyLinked => {
                    let started = case.by_then(&chat).first();
                    let started = started.is_some_and(|first| first.state.link.is_some());
                    started || links.next().is_some_and(|first| first != asked)
                }
                _ => false,
            };
            if so {
                Ok(())
            } else {
                Err(super::refused(*refusal))
            }
        }
        Err(AssociateError::Append(AppendError::NotFound))
            if !is_contact(case, &chat, association.contact) =>
        {
            Ok(())
        }
        Err(AssociateError::Append(error)) => failed(case, error),
    }
}

fn is_contact(case: &Case<'_>, chat: &SessionKey, contact: ContactId) -> bool {
    case.was_there(chat) && !case.ever(chat, |state| state.segment < contact.ordinal())
}

/// Whether an association carried the past's attributes below the chat's own.
fn carried(
    case: &Case<'_>,
    chat: &SessionKey,
    at: usize,
    linked: &Record,
    source: &SessionKey,
    (asked, how): (ContactId, Rehydration),
) -> bool {
    let shown = case.shown();
    let own = shown.attributes(chat, at);
    let theirs = shown.attributes(source, shown.bound(source, asked, how));
    let expected = own
        .zip(theirs)
        .map(|(own, theirs)| own.clone().over(theirs));
    linked.body.attributes() == expected.as_ref()
}
