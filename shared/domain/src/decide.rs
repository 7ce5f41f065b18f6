//! Every rule about one session, as a pure function from its state and a command to a record or a refusal.

use crate::content::{Content, ContentType};
use crate::ids::{Ordinal, ParticipantId};
use crate::record::Body;
use crate::state::{DisconnectReason, Participant, Phase, Presence, Role, State};
use crate::time::Timestamp;
use crate::transfer::TransferMethod;

/// What somebody wants of a running session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Connect a participant.
    Join(ParticipantId),
    /// Send a message.
    Send {
        /// From whom.
        sender: ParticipantId,
        /// Of which type.
        content_type: ContentType,
        /// Saying what.
        content: Content,
    },
    /// Disconnect a participant; the customer's leaving ends the session.
    Leave(ParticipantId),
    /// Stop a contact, and with the last one the session.
    Stop(Ordinal),
    /// Close a segment and open the next.
    Transfer {
        /// The segment that the caller believes to be open.
        from: Ordinal,
        /// How the next contact comes about.
        method: TransferMethod,
    },
    /// Write down that the session's time has passed, if it has.
    Expire,
}

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

/// A record that still lacks its slot and its key.
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
    /// The contact has ended, though its session has not.
    ContactEnded,
    /// The session has as many contacts as it may have.
    TooManyContacts,
    /// The session's time has not passed.
    NotExpired,
}

impl Refusal {
    /// Whether a newer record could turn the refusal into an acceptance.
    pub const fn certainty(self) -> Certainty {
        match self {
            Self::Ended
            | Self::ContentTypeNotSupported(_)
            | Self::ContactEnded
            | Self::TooManyContacts => Certainty::Forever,
            Self::NotAParticipant | Self::UnknownContact | Self::NotExpired => Certainty::Now,
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
        Command::Leave(id) => leave(state, *id, now),
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
        Command::Transfer { from, method } => transfer(state, *from, *method, now),
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

fn leave(state: &State, id: ParticipantId, now: Timestamp) -> Result<Decision, Refusal> {
    running(state)?;
    if taking_part(state, id)?.role == Role::Customer {
        let reason = DisconnectReason::CustomerDisconnect;
        return Ok(Decision::Write(end(state, now, reason, Some(id))));
    }
    let body = Body::Left { participant: id };
    Ok(Decision::Write(draft(state, now, body, |after| {
        mark_left(after, id);
    })))
}

fn transfer(
    state: &State,
    from: Ordinal,
    method: TransferMethod,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if state.segment < from {
        return Err(Refusal::UnknownContact);
    }
    if state.segment > from {
        return Err(Refusal::ContactEnded);
    }
    running(state)?;
    let next = from.next().ok_or(Refusal::TooManyContacts)?;
    let body = Body::Transferred { method };
    Ok(Decision::Write(draft(state, now, body, |after| {
        after.segment = next;
    })))
}

fn running(state: &State) -> Result<(), Refusal> {
    if state.has_ended() {
        return Err(Refusal::Ended);
    }
    Ok(())
}

fn taking_part(state: &State, id: ParticipantId) -> Result<&Participant, Refusal> {
    state
        .participant(id)
        .filter(|each| each.presence != Presence::Left)
        .ok_or(Refusal::NotAParticipant)
}

fn mark_left(state: &mut State, id: ParticipantId) {
    if let Some(left) = state.participants.iter_mut().find(|each| each.id == id) {
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
            mark_left(after, id);
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
