//! Answers of the operations that add to a running chat.

use std::sync::Arc;

use domain::{
    Added, AppendError, Body, ContactId, IdempotencyKey, InstanceId, Invitation, MAX_PARTICIPANTS,
    Message, Outcome, ParticipantId, Presence, Record, Refusal, Sent, SessionKey, State, Stopped,
    Transfer,
};

use super::case::takes_part;
use super::{Case, answered, failed, refused, untrue};
use crate::invariant::{Checked, Invariant};

/// Checks the refusals that all have in common; `key` is the request's.
fn refusal(
    case: &Case<'_>,
    session: &SessionKey,
    key: IdempotencyKey,
    error: &AppendError,
    reason: impl FnOnce(Refusal) -> bool,
) -> Checked {
    match error {
        AppendError::NotFound if !case.was_there(session) => Ok(()),
        AppendError::Refused(refusal) => {
            // These may be over before another attempt of the request comes through.
            let forever = !matches!(
                refusal,
                Refusal::TooManyParticipants | Refusal::UnknownContact
            );
            Invariant::Messages.holds(!case.is_known(session, key, forever), || {
                format!("a request was refused as {refusal:?}, and stands in the log")
            })?;
            let so = match refusal {
                Refusal::Ended => case.has_ended(session),
                refusal => reason(*refusal),
            };
            if so { Ok(()) } else { Err(refused(*refusal)) }
        }
        error => failed(case, error),
    }
}

/// Whether a contact that a refusal names was its session's open one.
fn was_active(case: &Case<'_>, session: &SessionKey, active: ContactId) -> bool {
    let open = |state: &State| state.segment == active.ordinal() && !state.has_ended();
    active.session() == session.session && case.ever(session, open)
}

/// The one record of a request that was done.
fn done_once<'a>(
    case: &'a Case<'_>,
    session: &SessionKey,
    key: IdempotencyKey,
    invariant: Invariant,
) -> Result<&'a Arc<Record>, crate::invariant::Broken> {
    let (_, twice) = answered(case.store.log(session), key);
    invariant.holds(!twice, || "a request was carried out twice".to_owned())?;
    let (found, _) = answered(case.by_then(session), key);
    found.ok_or_else(|| invariant.broken("what was acknowledged does not stand in the log".into()))
}

pub(super) fn sent(
    case: &Case<'_>,
    session: &SessionKey,
    message: &Message,
    key: IdempotencyKey,
    answer: &Result<Sent, AppendError>,
) -> Checked {
    match answer {
        Ok(sent) => {
            let record = done_once(case, session, key, Invariant::Messages)?;
            let says = match &record.body {
                Body::Message {
                    sender,
                    content_type,
                    content,
                } => {
                    (*sender, *content_type, content)
                        == (message.sender, message.content_type, &message.content)
                }
                _ => false,
            };
            // The answer of a request that was forgotten and repeated is that of the later one.
            let of = |record: &Arc<Record>| {
                record.key == key
                    && sent.id.slot() == Some(record.slot)
                    && sent.at == record.at
                    && sent.id.index() == 0
            };
            let found = case.by_then(session).iter().any(of);
            Invariant::Messages.holds(says && found, || {
                "a message was acknowledged under another id, or says something else".to_owned()
            })
        }
        Err(error) => refusal(case, session, key, error, |refusal| match refusal {
            Refusal::NotAParticipant => {
                case.ever(session, |state| !takes_part(state, message.sender))
            }
            Refusal::ContentTypeNotSupported(kind) => {
                case.ever(session, |state| !state.content_types.contains(kind))
            }
            _ => false,
        }),
    }
}

pub(super) fn transferred(
    case: &Case<'_>,
    here: &InstanceId,
    transfer: &Transfer,
    key: IdempotencyKey,
    answer: &Result<ContactId, AppendError>,
) -> Checked {
    let session = Case::session(here, transfer.contact);
    let from = transfer.contact.ordinal();
    match answer {
        Ok(contact) => {
            let record = done_once(case, &session, key, Invariant::Answers)?;
            let right = matches!(&record.body, Body::Transferred { method, to, .. }
                if *method == transfer.method && *to == transfer.to);
            let next = from
                .next()
                .map(|next| ContactId::new(session.session, next));
            let right = right && record.slot.ordinal() == from && Some(*contact) == next;
            Invariant::Answers.holds(right, || "a contact was handed on to another".to_owned())
        }
        Err(error) => refusal(case, &session, key, error, |refusal| match refusal {
            Refusal::ContactEnded { active } => {
                case.is_over(&session, from) && was_active(case, &session, active)
            }
            Refusal::UnknownContact => case.ever(&session, |state| state.segment < from),
            Refusal::TooManyContacts => from.next().is_none(),
            _ => false,
        }),
    }
}

pub(super) fn stopped(
    case: &Case<'_>,
    here: &InstanceId,
    contact: ContactId,
    key: IdempotencyKey,
    answer: &Result<Stopped, AppendError>,
) -> Checked {
    let session = Case::session(here, contact);
    match answer {
        Ok(Stopped::Ended) => {
            let record = done_once(case, &session, key, Invariant::Answers)?;
            let ended = matches!(record.body, Body::Ended { .. });
            Invariant::Answers.holds(ended, || "a chat was stopped and goes on".to_owned())
        }
        Ok(Stopped::Already) => {
            let over = case.is_over(&session, contact.ordinal());
            Invariant::Answers.holds(over, || "a contact was over already and was not".to_owned())
        }
        Err(error) => refusal(case, &session, key, error, |refusal| match refusal {
            Refusal::UnknownContact => {
                case.ever(&session, |state| state.segment < contact.ordinal())
            }
            _ => false,
        }),
    }
}

pub(super) fn left(
    case: &Case<'_>,
    session: &SessionKey,
    who: ParticipantId,
    key: IdempotencyKey,
    answer: &Result<Outcome, AppendError>,
) -> Checked {
    match answer {
        Ok(Outcome::Nothing) => Err(untrue("somebody left, and there was nothing to do")),
        Ok(_) => {
            let record = done_once(case, session, key, Invariant::Answers)?;
            let right = match &record.body {
                Body::Left { participant } => *participant == who,
                Body::Ended { left, .. } => *left == Some(who),
                Body::Transferred { left, .. } => left.is_some(),
                _ => false,
            };
            Invariant::Answers.holds(right, || "somebody left, and another is gone".to_owned())
        }
        Err(error) => refusal(case, session, key, error, |refusal| match refusal {
            Refusal::NotAParticipant => case.ever(session, |state| !takes_part(state, who)),
            _ => false,
        }),
    }
}

pub(super) fn joined(
    case: &Case<'_>,
    session: &SessionKey,
    who: ParticipantId,
    answer: &Result<(), AppendError>,
) -> Checked {
    match answer {
        Ok(()) => {
            let present = |record: &Arc<Record>| {
                let there = record.state.participant(who);
                there.is_some_and(|there| there.presence == Presence::Present)
            };
            let came = case.by_then(session).iter().any(present);
            Invariant::Answers.holds(came, || "somebody connected who is not there".to_owned())
        }
        Err(AppendError::Refused(Refusal::NotAParticipant))
            if case.ever(session, |state| !takes_part(state, who)) =>
        {
            Ok(())
        }
        Err(AppendError::Refused(Refusal::Ended)) if case.has_ended(session) => Ok(()),
        Err(AppendError::NotFound) if !case.was_there(session) => Ok(()),
        Err(error) => failed(case, error),
    }
}

pub(super) fn invited(
    case: &Case<'_>,
    here: &InstanceId,
    invitation: &Invitation,
    key: IdempotencyKey,
    answer: &Result<Added, AppendError>,
) -> Checked {
    let session = Case::session(here, invitation.contact);
    let contact = invitation.contact.ordinal();
    match answer {
        Ok(added) => {
            done_once(case, &session, key, Invariant::Answers)?;
            let of = |record: &Arc<Record>| {
                let named = |it: &domain::Participant| it.display_name == invitation.display_name;
                record.key == key
                    && matches!(record.body, Body::Added { participant } if participant == added.participant)
                    && record
                        .state
                        .participant(added.participant)
                        .is_some_and(named)
            };
            let right = case.by_then(&session).iter().any(of);
            Invariant::Tokens.holds(right, || "somebody else was invited".to_owned())
        }
        Err(error) => refusal(case, &session, key, error, |refusal| match refusal {
            Refusal::ContactEnded { active } => {
                case.is_over(&session, contact) && was_active(case, &session, active)
            }
            Refusal::UnknownContact => case.ever(&session, |state| state.segment < contact),
            Refusal::TooManyParticipants => case.ever(&session, |state| {
                let there = state.participants.iter();
                let there = there.filter(|each| each.presence != Presence::Left);
                there.count() >= MAX_PARTICIPANTS
            }),
            _ => false,
        }),
    }
}
