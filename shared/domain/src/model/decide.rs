//! Every rule about one session, as a pure function from its state and a command to a record or a refusal.

use crate::model::command::Command;
use crate::model::content::ContentType;
use crate::model::destination::Destination;
use crate::model::destination::TransferMethod;
use crate::model::ids::{ContactFlowId, ContactId, ParticipantId};
use crate::model::record::Body;
use crate::model::slot::Slot;
use crate::model::state::{DisconnectReason, Participant, Phase, Presence, Role, State};
use crate::model::time::Timestamp;

/// The most participants at once
/// ([feature limits](https://docs.aws.amazon.com/connect/latest/adminguide/feature-limits.html)).
pub const MAX_PARTICIPANTS: usize = 6;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Write this record.
    Write(Draft),
    /// Write this end first, since the session's time has passed; then decide again.
    Expire(Draft),
    /// There is nothing to do: what was asked for is already so.
    Nothing(Certainty),
}

/// Whether what was seen can still be overtaken by something newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A newer record could change it: to be confirmed on a strongly consistent read.
    Now,
    /// Nothing that follows can change it.
    Forever,
}

/// A record that still lacks its slot and its key; a state that must name the record itself, for the link or
/// the attributes that it holds, does so once the slot is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When it happens.
    pub at: Timestamp,
    /// What happens.
    pub body: Body,
    /// The session after it.
    pub state: State,
}

/// Why a session does not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The session has ended.
    Ended,
    /// The participant is not, or no longer, part of the session.
    NotAParticipant,
    /// The chat was not started with support for this content type.
    ContentTypeNotSupported(ContentType),
    /// The session has no such contact.
    UnknownContact,
    /// The contact has ended, though its session has not: it goes on in another contact.
    ContactEnded {
        /// The session's open contact.
        active: ContactId,
    },
    /// The session has as many contacts as it may have.
    TooManyContacts,
    /// The session has as many participants as it may have.
    TooManyParticipants,
    /// The session shows a past already.
    AlreadyLinked,
    /// The attributes are no longer those that the caller has read.
    AttributesMoved,
    /// The session's time has not passed.
    NotExpired,
}

impl Refusal {
    /// Whether a newer record could turn the refusal into an acceptance.
    pub const fn certainty(self) -> Certainty {
        match self {
            Self::Ended
            | Self::ContentTypeNotSupported(_)
            | Self::TooManyContacts
            | Self::AlreadyLinked => Certainty::Forever,
            // The contact stays ended, and which one is open may change.
            Self::ContactEnded { .. }
            | Self::NotAParticipant
            | Self::UnknownContact
            | Self::TooManyParticipants
            | Self::AttributesMoved
            | Self::NotExpired => Certainty::Now,
        }
    }
}

/// Decides what `command` comes to in a session whose last record left it in `state`.
///
/// # Errors
/// The refusal; [`Refusal::certainty`] says whether it may be given on a read that could be stale.
pub fn decide(state: &State, command: &Command, now: Timestamp) -> Result<Decision, Refusal> {
    if let Some((deadline, reason)) = state.deadline().filter(|(deadline, _)| *deadline <= now) {
        return Ok(Decision::Expire(end(state, deadline, reason, None)));
    }
    match command {
        Command::Join(id) => join(state, *id, now),
        Command::Send {
            sender,
            content_type,
            content,
        } => {
            running(state)?;
            taking_part(state, *sender)?;
            if !state.content_types.contains(*content_type) {
                return Err(Refusal::ContentTypeNotSupported(*content_type));
            }
            let body = Body::Message {
                sender: *sender,
                content_type: *content_type,
                content: content.clone(),
            };
            Ok(Decision::Write(draft(state, now, body, |_| {})))
        }
        Command::Add {
            contact,
            participant,
        } => add(state, *contact, participant, now),
        Command::Leave {
            participant,
            disconnect_flow,
        } => leave(state, *participant, disconnect_flow.as_ref(), now),
        Command::Stop(contact) => match state.segment.cmp(contact) {
            std::cmp::Ordering::Less => Err(Refusal::UnknownContact),
            std::cmp::Ordering::Greater => Ok(Decision::Nothing(Certainty::Forever)),
            std::cmp::Ordering::Equal if state.has_ended() => {
                Ok(Decision::Nothing(Certainty::Forever))
            }
            std::cmp::Ordering::Equal => Ok(Decision::Write(end(
                state,
                now,
                DisconnectReason::Api,
                None,
            ))),
        },
        Command::Transfer { from, method, to } => transfer(state, *from, *method, to, now),
        Command::SetAttributes { base, attributes } => {
            running(state)?;
            on_attributes(state, *base)?;
            let body = Body::Attributes(attributes.clone());
            Ok(Decision::Write(draft(state, now, body, |_| {})))
        }
        Command::Associate {
            base,
            linked,
            after,
        } => {
            running(state)?;
            if state.link.is_some() {
                return Err(Refusal::AlreadyLinked);
            }
            on_attributes(state, *base)?;
            let body = Body::Linked(linked.clone());
            Ok(Decision::Write(draft(
                state,
                now.max(after.next()),
                body,
                |_| {},
            )))
        }
        Command::Expire if state.has_ended() => Ok(Decision::Nothing(Certainty::Forever)),
        Command::Expire => Err(Refusal::NotExpired),
    }
}

fn join(state: &State, id: ParticipantId, now: Timestamp) -> Result<Decision, Refusal> {
    running(state)?;
    if taking_part(state, id)?.presence == Presence::Present {
        return Ok(Decision::Nothing(Certainty::Now));
    }
    let body = Body::Joined { participant: id };
    Ok(Decision::Write(draft(state, now, body, |after| {
        if let Some(joined) = after.participants.iter_mut().find(|each| each.id == id) {
            joined.presence = Presence::Present;
            if joined.role == Role::Customer {
                after.phase = Phase::Running;
            }
        }
    })))
}

fn add(
    state: &State,
    contact: ContactId,
    participant: &Participant,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    open_segment(state, contact)?;
    let gone = |each: &Participant| each.presence == Presence::Left;
    let there = state.participants.iter().filter(|each| !gone(each)).count();
    if there >= MAX_PARTICIPANTS {
        return Err(Refusal::TooManyParticipants);
    }
    let id = participant.id;
    let body = Body::Added { participant: id };
    Ok(Decision::Write(draft(state, now, body, |after| {
        // Every record carries the state: it must not grow with all who ever came and went.
        after.participants.retain(|each| !gone(each));
        after.participants.push(participant.clone());
    })))
}

fn leave(
    state: &State,
    id: ParticipantId,
    disconnect_flow: Option<&ContactFlowId>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    running(state)?;
    if taking_part(state, id)?.role == Role::Customer {
        return Ok(Decision::Write(exit(state, id, disconnect_flow, now)));
    }
    let body = Body::Left { participant: id };
    Ok(Decision::Write(draft(state, now, body, |after| {
        mark_left(after, |each| each.id == id);
    })))
}

/// The customer's exit: the session's end, or the disconnect flow's beginning.
fn exit(
    state: &State,
    customer: ParticipantId,
    disconnect_flow: Option<&ContactFlowId>,
    now: Timestamp,
) -> Draft {
    let reason = DisconnectReason::CustomerDisconnect;
    let agent = connected_agent(state).filter(|_| state.disconnect_agent_on_exit);
    let ((Some(flow), Some(agent)), Some(next)) = ((disconnect_flow, agent), state.segment.next())
    else {
        return end(state, now, reason, Some(customer));
    };
    let body = Body::Transferred {
        method: TransferMethod::Disconnect,
        to: Destination::flow(flow.clone()),
        reason: Some(reason),
        left: Some(agent),
    };
    draft(state, now, body, |after| {
        after.segment = next;
        mark_left(after, |each| each.role == Role::Agent);
    })
}

fn transfer(
    state: &State,
    from: ContactId,
    method: TransferMethod,
    to: &Destination,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    open_segment(state, from)?;
    let next = from.ordinal().next().ok_or(Refusal::TooManyContacts)?;
    let served =
        |each: &Participant| each.role == Role::Agent && each.presence != Presence::Expected;
    let reason = match method {
        TransferMethod::Transfer | TransferMethod::QueueTransfer => None,
        TransferMethod::Disconnect if state.participants.iter().any(served) => {
            Some(DisconnectReason::AgentDisconnect)
        }
        TransferMethod::Disconnect => Some(DisconnectReason::ContactFlowDisconnect),
    };
    let body = Body::Transferred {
        method,
        to: to.clone(),
        reason,
        left: None,
    };
    Ok(Decision::Write(draft(state, now, body, |after| {
        after.segment = next;
    })))
}

/// Whether `contact` is the session's open one. A refusal names the one that is: a caller who did not make the
/// transfer, such as an agent after the customer's exit, learns it nowhere else.
fn open_segment(state: &State, contact: ContactId) -> Result<(), Refusal> {
    match state.segment.cmp(&contact.ordinal()) {
        std::cmp::Ordering::Less => Err(Refusal::UnknownContact),
        std::cmp::Ordering::Equal => running(state),
        std::cmp::Ordering::Greater => {
            running(state)?;
            let active = ContactId::new(contact.session(), state.segment);
            Err(Refusal::ContactEnded { active })
        }
    }
}

fn on_attributes(state: &State, base: Slot) -> Result<(), Refusal> {
    if state.attributes == base {
        return Ok(());
    }
    Err(Refusal::AttributesMoved)
}

fn connected_agent(state: &State) -> Option<ParticipantId> {
    let connected =
        |each: &&Participant| each.role == Role::Agent && each.presence == Presence::Present;
    state
        .participants
        .iter()
        .find(connected)
        .map(|each| each.id)
}

/// Refuses once the session has ended.
pub(crate) fn running(state: &State) -> Result<(), Refusal> {
    if state.has_ended() {
        return Err(Refusal::Ended);
    }
    Ok(())
}

/// The participant, unless they are none, or have left.
pub(crate) fn taking_part(state: &State, id: ParticipantId) -> Result<&Participant, Refusal> {
    state
        .participant(id)
        .filter(|each| each.presence != Presence::Left)
        .ok_or(Refusal::NotAParticipant)
}

fn mark_left(state: &mut State, who: impl Fn(&Participant) -> bool) {
    for left in state.participants.iter_mut().filter(|each| who(each)) {
        left.presence = Presence::Left;
    }
}

fn end(
    state: &State,
    at: Timestamp,
    reason: DisconnectReason,
    left: Option<ParticipantId>,
) -> Draft {
    draft(state, at, Body::Ended { reason, left }, |after| {
        after.phase = Phase::Ended(reason);
        if let Some(id) = left {
            mark_left(after, |each| each.id == id);
        }
    })
}

/// A record after `before`: later than it, whatever the clock says.
fn draft(before: &State, wanted: Timestamp, body: Body, change: impl FnOnce(&mut State)) -> Draft {
    let at = wanted.max(before.time.next());
    let count = u64::from(body.item_count());
    let mut state = before.clone();
    state.items += count;
    state.time = Timestamp::from_millis(at.as_millis() + count.saturating_sub(1));
    change(&mut state);
    Draft { at, body, state }
}
