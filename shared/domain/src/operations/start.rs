//! StartChatContact: open a session, alone or as the continuation of one that has ended.

use std::time::Duration;

use crate::model::content::{Attributes, Content, ContentType, ContentTypes, DisplayName};
use crate::model::ids::{
    ContactFlowId, ContactId, Fingerprint, IdempotencyKey, ParticipantId, SessionKey,
};
use crate::model::link::Rehydration;
use crate::model::record::{Body, Record, RecordParts, Started};
use crate::model::rules::Rules;
use crate::model::slot::Ordinal;
use crate::model::slot::{Slot, SlotRange};
use crate::model::starter::Starter;
use crate::model::state::{Participant, Phase, Presence, Role, State};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError, Put, read_one};
use crate::ports::pause::Pause;
use crate::session_log::error::AppendError;
use crate::session_log::source::{Claim, Source, SourceError, SourceRefusal, read_source};

/// A chat to start.
#[derive(Debug, Clone)]
pub struct Start {
    /// Where: with a ClientToken always the same place, without one a random place.
    pub session: SessionKey,
    /// The customer's participant id, should this request be the one that starts the chat.
    pub customer: ParticipantId,
    /// The customer's name in the chat.
    pub display_name: DisplayName,
    /// The flow that is asked for.
    pub flow: ContactFlowId,
    /// Who starts it.
    pub starter: Starter,
    /// User-defined attributes; those of the source are added.
    pub attributes: Attributes,
    /// The first message.
    pub initial: Option<(ContentType, Content)>,
    /// How long the chat may last.
    pub duration: Duration,
    /// Which content types may be sent.
    pub content_types: ContentTypes,
    /// Whether the customer's leaving disconnects the agent first.
    pub disconnect_agent_on_exit: bool,
    /// Whether the customer connects by the start itself (ConnectionTypes).
    pub connects: bool,
    /// The source contact and how much of its session to show.
    pub source: Option<(ContactId, Rehydration)>,
    /// A hash of all this, to know a retry.
    pub fingerprint: Fingerprint,
}

/// A chat that has been started, now or by an earlier attempt of the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The chat's contact.
    pub contact: ContactId,
    /// The customer's participant id.
    pub participant: ParticipantId,
    /// The contact that it continues.
    pub continued_from: Option<ContactId>,
}

/// Why a chat was not started, when it is the request's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartRefusal {
    /// The source may not be continued.
    Source(SourceRefusal),
    /// The ClientToken stands for another request.
    TokenOfAnotherRequest,
    /// The ClientToken's chat can no longer be handed out: it is past its retention, or it has ended and
    /// its caller is unknown.
    TokenSpent,
}

/// Why a chat was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The request is at fault.
    #[error("refused: {0:?}")]
    Refused(StartRefusal),
    /// The log is at fault.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<LogError> for StartError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

/// Starts a chat, exactly once for each session key: a retry meets the first slot that its first attempt
/// took, and is answered from it, before any refusal.
///
/// # Errors
/// [`StartError::Refused`] for what the request is to blame for; nothing has been written then, except
/// that a source whose time had passed is ended.
pub async fn start<L: Log + Pause>(
    log: &L,
    start: &Start,
    rules: Rules,
    now: Timestamp,
) -> Result<Opened, StartError> {
    let source = match start.source {
        None => None,
        Some((contact, rehydration)) => {
            let instance = &start.session.instance;
            let (claim, own) = (Claim::Starter(&start.starter), &start.attributes);
            match read_source(log, instance, contact, rehydration, claim, own, now).await {
                Ok(source) => Some(source),
                Err(SourceError::Append(error)) => return Err(error.into()),
                Err(SourceError::Refused(refusal)) => {
                    let refused = StartRefusal::Source(refusal);
                    return replay_or_refuse(log, start, refused, now).await;
                }
            }
        }
    };
    let record = first_record(start, source, rules, now)?;
    match log.put(&start.session, &record).await? {
        Put::Stored => opened(start, &record),
        Put::Taken(Some(occupant)) => replay(log, start, &occupant, now).await,
        Put::Taken(None) => match first_slot(log, &start.session).await? {
            Some(occupant) => replay(log, start, &occupant, now).await,
            None => Err(StartError::Append(AppendError::Contended)),
        },
    }
}

/// The refusal of a source that may well have been fit when the same request came first.
///
/// Without a ClientToken the session id is random and nothing stands there; then this read changes nothing.
async fn replay_or_refuse<L: Log>(
    log: &L,
    start: &Start,
    refusal: StartRefusal,
    now: Timestamp,
) -> Result<Opened, StartError> {
    match first_slot(log, &start.session).await? {
        Some(occupant) => replay(log, start, &occupant, now).await,
        None => Err(StartError::Refused(refusal)),
    }
}

async fn replay<L: Log>(
    log: &L,
    start: &Start,
    occupant: &Record,
    now: Timestamp,
) -> Result<Opened, StartError> {
    let refuse = |refusal| Err(StartError::Refused(refusal));
    let same = occupant
        .started()
        .is_some_and(|started| started.fingerprint == start.fingerprint);
    if !same {
        return refuse(StartRefusal::TokenOfAnotherRequest);
    }
    if occupant.state.is_past_retention(now) {
        return refuse(StartRefusal::TokenSpent);
    }
    let answer = opened(start, occupant)?;
    // A lost reply within this very call: the record is ours, and nobody else has its answer.
    if start.starter == Starter::Anonymous && answer.participant != start.customer {
        let tail = read_one(log, &start.session, SlotRange::ALL, Consistency::Strong).await?;
        if tail.is_none_or(|tail| tail.state.has_ended()) {
            return refuse(StartRefusal::TokenSpent);
        }
    }
    Ok(answer)
}

async fn first_slot<L: Log>(log: &L, session: &SessionKey) -> Result<Option<Record>, LogError> {
    read_one(
        log,
        session,
        SlotRange::only(Slot::FIRST),
        Consistency::Strong,
    )
    .await
}

fn opened(start: &Start, first: &Record) -> Result<Opened, StartError> {
    let customer = first.state.participants.first();
    Ok(Opened {
        contact: start.session.session.initial_contact(),
        participant: customer
            .ok_or_else(|| LogError::Corrupt("a chat without a customer".to_owned()))?
            .id,
        continued_from: first.body.link().map(|link| link.source()),
    })
}

fn first_record(
    start: &Start,
    source: Option<Source>,
    rules: Rules,
    now: Timestamp,
) -> Result<Record, LogError> {
    let (owner, link, attributes, after) = match source {
        None => (None, None, start.attributes.clone(), None),
        Some(source) => (
            source.owner,
            Some(source.link),
            source.attributes,
            Some(source.last.next()),
        ),
    };
    // User interfaces sort by time alone: the new chat lies after its whole past, whatever the clocks say.
    let at = after.map_or(now, |after| now.max(after));
    let body = Body::Started(Box::new(Started {
        flow: start.flow.clone(),
        owner: start.starter.owner(owner),
        attributes,
        fingerprint: start.fingerprint,
        link,
        joined: start.connects,
        initial: start.initial.clone(),
    }));
    let items = u64::from(body.item_count());
    let (phase, presence) = match start.connects {
        true => (Phase::Running, Presence::Present),
        false => (
            Phase::Waiting {
                connect_by: at + rules.connect_within,
            },
            Presence::Expected,
        ),
    };
    let state = State {
        phase,
        segment: Ordinal::FIRST,
        items,
        time: Timestamp::from_millis(at.as_millis() + items.saturating_sub(1)),
        expires: at + start.duration,
        retained_until: at + rules.retention,
        link: body.link().map(|_| Slot::FIRST),
        attributes: Slot::FIRST,
        participants: vec![Participant {
            id: start.customer,
            role: Role::Customer,
            display_name: start.display_name.clone(),
            presence,
        }],
        content_types: start.content_types,
        disconnect_agent_on_exit: start.disconnect_agent_on_exit,
    };
    Record::new(RecordParts {
        slot: Slot::FIRST,
        at,
        key: IdempotencyKey(start.fingerprint.0),
        body,
        state,
    })
    .map_err(|error| LogError::Corrupt(error.to_string()))
}
