//! The source of a persistent chat: reading it, and every reason for which it may not be continued.

use futures_util::future::{join, join3};

use crate::append::{AppendError, append};
use crate::content::Attributes;
use crate::decide::{Command, Refusal};
use crate::ids::{ContactId, CustomerId, InstanceId, SessionKey};
use crate::link::Link;
use crate::log::{Consistency, Log, LogError, read_one};
use crate::record::{Body, Record};
use crate::slot::{Slot, SlotRange};
use crate::start::Starter;
use crate::state::{EndedSession, State};
use crate::time::Timestamp;

/// How much of a past session comes back
/// ([persistent chat](https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rehydration {
    /// Everything up to the end of exactly the given contact.
    FromSegment,
    /// The whole session, given by its initial contact.
    EntirePastSession,
}

/// Why a source may not be continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceRefusal {
    /// Unknown, of another instance, of another owner, or past its retention: never told apart.
    NotFound,
    /// The entire session was asked for by a contact that is not its first.
    NotInitial {
        /// The id to give instead.
        initial: ContactId,
    },
    /// Its session has not ended.
    StillActive {
        /// The contact that is active.
        active: ContactId,
    },
    /// The attributes of source and request are too long together.
    AttributesTooLong,
}

/// Why no source was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceError {
    Refused(SourceRefusal),
    Append(AppendError),
}

impl From<SourceRefusal> for SourceError {
    fn from(refusal: SourceRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LogError> for SourceError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

/// What gives the right to continue a source.
#[derive(Clone, Copy)]
pub(crate) enum Claim<'a> {
    /// Being the one who starts a chat.
    Starter(&'a Starter),
    /// Being a running chat of this owner, or of none: an owned source never becomes readable through an
    /// ownerless chat, nor an ownerless one through somebody's own.
    Chat(Option<&'a CustomerId>),
}

impl Claim<'_> {
    fn covers(self, owner: Option<&CustomerId>) -> bool {
        match self {
            Self::Starter(starter) => starter.may_continue(owner),
            Self::Chat(own) => own == owner,
        }
    }
}

/// A source that may be continued.
pub(crate) struct Source {
    pub(crate) link: Link,
    pub(crate) owner: Option<CustomerId>,
    pub(crate) attributes: Attributes,
    /// The newest AbsoluteTime of the session, after which the new chat's own times lie.
    pub(crate) last: Timestamp,
}

/// Reads the source `contact` side by side with its session's first and last record, all strongly
/// consistent: so a source that ended before the call is never taken for active, and what is found
/// foreign costs exactly what is not found.
pub(crate) async fn read_source<L: Log>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    rehydration: Rehydration,
    claim: Claim<'_>,
    attributes: &Attributes,
    now: Timestamp,
) -> Result<Source, SourceError> {
    let key = SessionKey::new(instance, contact.session());
    let newest_of = |range| read_one(log, &key, range, Consistency::Strong);
    let (tail, segment, first) = join3(
        newest_of(SlotRange::ALL),
        newest_of(SlotRange::segment(contact.ordinal())),
        newest_of(SlotRange::only(Slot::FIRST)),
    )
    .await;
    let (tail, segment, first) = (tail?, segment?, first?);
    let (Some(tail), Some(first)) = (tail, first) else {
        return Err(SourceRefusal::NotFound.into());
    };
    // A contact exists from the transfer that opened it, before anything stands in its segment.
    if contact.ordinal() > tail.state.segment {
        return Err(SourceRefusal::NotFound.into());
    }
    let started = first
        .started()
        .ok_or_else(|| LogError::Corrupt("the first record is no start".to_owned()))?;

    if !claim.covers(started.owner.as_ref()) || tail.state.is_past_retention(now) {
        return Err(SourceRefusal::NotFound.into());
    }
    if rehydration == Rehydration::EntirePastSession && !contact.is_initial() {
        let initial = contact.session().initial_contact();
        return Err(SourceRefusal::NotInitial { initial }.into());
    }
    // Both are known before the end is: nothing that follows changes what an ended contact carries.
    let seen = match (rehydration, &segment) {
        (Rehydration::FromSegment, Some(segment)) => &segment.state,
        _ => &tail.state,
    };
    let mut carried = Carried::at(log, &key, seen, &first, attributes).await?;
    let (tail, ended) = end_of(log, &key, tail, now).await?;
    let bound = match rehydration {
        Rehydration::EntirePastSession => tail,
        Rehydration::FromSegment if contact.ordinal() == tail.slot.ordinal() => tail,
        Rehydration::FromSegment => closing(log, &key, contact, segment).await?,
    };
    // But for what others wrote while this was read.
    if carried.slots != (bound.state.link, bound.state.attributes) {
        carried = Carried::at(log, &key, &bound.state, &first, attributes).await?;
    }
    let link = carried.link.as_ref();
    Ok(Source {
        link: Link::to_ended(&ended, contact.session(), &bound, link),
        owner: started.owner.clone(),
        attributes: carried.attributes,
        last: ended.state().time,
    })
}

/// What a session carries on to its continuation.
struct Carried {
    slots: (Option<Slot>, Slot),
    link: Option<Link>,
    /// Its attributes below those of the continuation.
    attributes: Attributes,
}

impl Carried {
    async fn at<L: Log>(
        log: &L,
        key: &SessionKey,
        state: &State,
        first: &Record,
        own: &Attributes,
    ) -> Result<Self, SourceError> {
        let link = link_at(log, key, state, first);
        let (link, theirs) = join(link, attributes_at(log, key, state, first)).await;
        let attributes = own.clone().over(&theirs?);
        if attributes.bytes() > Attributes::MAX_BYTES {
            return Err(SourceRefusal::AttributesTooLong.into());
        }
        Ok(Self {
            slots: (state.link, state.attributes),
            link: link?,
            attributes,
        })
    }
}

/// The session's last record if it has ended; a session whose time has passed is ended here.
async fn end_of<L: Log>(
    log: &L,
    key: &SessionKey,
    tail: Record,
    now: Timestamp,
) -> Result<(Record, EndedSession), SourceError> {
    if let Some(ended) = tail.state.ended() {
        return Ok((tail, ended));
    }
    let active = |state: &State| SourceRefusal::StillActive {
        active: ContactId::new(key.session, state.segment),
    };
    if tail
        .state
        .deadline()
        .is_none_or(|(deadline, _)| now < deadline)
    {
        return Err(active(&tail.state).into());
    }
    let no_request = crate::append::NO_REQUEST;
    let expired = append(
        log,
        key,
        &Command::Expire,
        no_request,
        Consistency::Strong,
        now,
    )
    .await;
    match expired {
        Ok(appended) => match appended.record.state.ended() {
            Some(ended) => Ok((appended.record, ended)),
            None => Err(active(&appended.record.state).into()),
        },
        // Somebody connected in the very last moment, which put the deadline off.
        Err(AppendError::Refused(Refusal::NotExpired)) => Err(active(&tail.state).into()),
        Err(AppendError::NotFound) => Err(SourceRefusal::NotFound.into()),
        Err(error) => Err(SourceError::Append(error)),
    }
}

/// The record that closed an earlier segment of the session: read again if `seen` was read before it stood.
async fn closing<L: Log>(
    log: &L,
    key: &SessionKey,
    contact: ContactId,
    seen: Option<Record>,
) -> Result<Record, SourceError> {
    let closes = |record: &Record| matches!(record.body, Body::Transferred { .. });
    if let Some(seen) = seen.filter(closes) {
        return Ok(seen);
    }
    let range = SlotRange::segment(contact.ordinal());
    read_one(log, key, range, Consistency::Strong)
        .await?
        .filter(closes)
        .ok_or_else(|| LogError::Corrupt("a segment was never closed".to_owned()).into())
}

/// The link that stood when the session was in `state`; `first` is its first record.
async fn link_at<L: Log>(
    log: &L,
    key: &SessionKey,
    state: &State,
    first: &Record,
) -> Result<Option<Link>, SourceError> {
    match state.link {
        None => Ok(None),
        Some(Slot::FIRST) => Ok(first.body.link().cloned()),
        Some(slot) => read_link(log, key, slot, Consistency::Strong)
            .await?
            .map(Some)
            .ok_or_else(|| {
                LogError::Corrupt("a link is not where the state says".to_owned()).into()
            }),
    }
}

/// The attributes that stood when the session was in `state`; `first` is its first record.
pub(crate) async fn attributes_at<L: Log>(
    log: &L,
    key: &SessionKey,
    state: &State,
    first: &Record,
) -> Result<Attributes, LogError> {
    let elsewhere = match state.attributes {
        Slot::FIRST => None,
        slot => read_one(log, key, SlotRange::only(slot), Consistency::Strong).await?,
    };
    let record = elsewhere.as_ref().unwrap_or(first);
    if record.slot != state.attributes {
        return Err(LogError::gap());
    }
    let attributes = record.body.attributes().cloned();
    attributes.ok_or_else(|| LogError::Corrupt("a record without its attributes".to_owned()))
}

/// The link in the record at `slot`, if there is one.
pub(crate) async fn read_link<L: Log>(
    log: &L,
    key: &SessionKey,
    slot: Slot,
    consistency: Consistency,
) -> Result<Option<Link>, LogError> {
    let record = read_one(log, key, SlotRange::only(slot), consistency).await?;
    Ok(record.and_then(|record| record.body.link().cloned()))
}
