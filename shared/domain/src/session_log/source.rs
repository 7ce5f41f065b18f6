//! The source of a persistent chat: reading it, and every reason for which it may not be continued.

use futures_util::future::join;

use crate::model::command::Command;
use crate::model::content::Attributes;
use crate::model::decide::Refusal;
use crate::model::ids::{ContactId, CustomerId, InstanceId, SessionKey};
use crate::model::link::{Link, Rehydration};
use crate::model::record::{Body, Record};
use crate::model::slot::Ordinal;
use crate::model::slot::{Slot, SlotRange};
use crate::model::starter::Starter;
use crate::model::state::{EndedSession, State};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError, read_one};
use crate::ports::pause::Pause;
use crate::session_log::append::append;
use crate::session_log::error::AppendError;
use crate::session_log::session::{Records, Session};

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
pub(crate) async fn read_source<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    rehydration: Rehydration,
    claim: Claim<'_>,
    attributes: &Attributes,
    now: Timestamp,
) -> Result<Source, SourceError> {
    let key = SessionKey::new(instance, contact.session());
    let segment = SlotRange::segment(contact.ordinal());
    let (session, segment) = join(
        Session::read(log, &key, contact, now),
        read_one(log, &key, segment, Consistency::Strong),
    )
    .await;
    let (session, segment) = (session?, segment?);
    let session = session.ok_or(SourceRefusal::NotFound)?;
    let owner = session.started()?.owner.clone();
    if !claim.covers(owner.as_ref()) {
        return Err(SourceRefusal::NotFound.into());
    }
    if rehydration == Rehydration::EntirePastSession && !contact.is_initial() {
        let initial = contact.session().initial_contact();
        return Err(SourceRefusal::NotInitial { initial }.into());
    }
    // Both are known before the end is: nothing that follows changes what an ended contact carries.
    let seen = match (rehydration, &segment) {
        (Rehydration::FromSegment, Some(segment)) => &segment.state,
        _ => &session.tail.state,
    };
    let records = session.records(log, &key);
    let mut carried = Carried::at(records, seen, attributes).await?;
    let Session { first, tail } = session;
    let (tail, ended) = end_of(log, &key, tail, now).await?;
    let bound = match rehydration {
        Rehydration::EntirePastSession => tail,
        Rehydration::FromSegment if contact.ordinal() == tail.slot.ordinal() => tail,
        Rehydration::FromSegment => closing(log, &key, contact.ordinal(), segment).await?,
    };
    // But for what others wrote while this was read.
    if carried.slots != (bound.state.link, bound.state.attributes) {
        let records = Records {
            log,
            key: &key,
            at_hand: [&first, &bound],
        };
        carried = Carried::at(records, &bound.state, attributes).await?;
    }
    let link = carried.link.as_ref();
    Ok(Source {
        link: bound.link_ending_here(&ended, contact.session(), link),
        owner,
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
        records: Records<'_, L>,
        state: &State,
        own: &Attributes,
    ) -> Result<Self, SourceError> {
        let (link, theirs) = records
            .link_and_attributes(state.link, state.attributes)
            .await?;
        let attributes = own.clone().over(&theirs);
        if attributes.bytes() > Attributes::MAX_BYTES {
            return Err(SourceRefusal::AttributesTooLong.into());
        }
        Ok(Self {
            slots: (state.link, state.attributes),
            link,
            attributes,
        })
    }
}

/// The session's last record if it has ended; a session whose time has passed is ended here.
async fn end_of<L: Log + Pause>(
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
    let no_request = crate::session_log::append::NO_REQUEST;
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
pub(crate) async fn closing<L: Log>(
    log: &L,
    key: &SessionKey,
    segment: Ordinal,
    seen: Option<Record>,
) -> Result<Record, LogError> {
    let closes = |record: &Record| matches!(record.body, Body::Transferred { .. });
    if let Some(seen) = seen.filter(closes) {
        return Ok(seen);
    }
    let range = SlotRange::segment(segment);
    read_one(log, key, range, Consistency::Strong)
        .await?
        .filter(closes)
        .ok_or_else(|| LogError::Corrupt("a segment was never closed".to_owned()))
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
