//! CreatePersistentContactAssociation: link a past to a chat that is already running.

use crate::model::command::Command;
use crate::model::decide::Refusal;
use crate::model::ids::{ContactId, IdempotencyKey, InstanceId, SessionKey};
use crate::model::link::Rehydration;
use crate::model::record::{Body, Linked, Record};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError};
use crate::ports::pause::{Pause, Urgency};
use crate::session_log::append::{NO_REQUEST, append};
use crate::session_log::backoff::Backoff;
use crate::session_log::error::AppendError;
use crate::session_log::session::Session;
use crate::session_log::source::{Claim, SourceError, SourceRefusal, read_source};

/// A past for a chat that is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Association {
    /// Any contact of the chat.
    pub contact: ContactId,
    /// The contact to continue.
    pub source: ContactId,
    /// How much of its session comes back.
    pub rehydration: Rehydration,
}

/// Why a chat was not linked to a past.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssociateError {
    /// The source may not be continued.
    #[error("refused: {0:?}")]
    Source(SourceRefusal),
    /// The chat does not exist or refuses, or the log is at fault.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<LogError> for AssociateError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

impl From<SourceError> for AssociateError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Refused(refusal) => Self::Source(refusal),
            SourceError::Append(error) => Self::Append(error),
        }
    }
}

/// Links a past to a running chat, once; its first page from then on leads into it, and the attributes of the
/// source are copied below those of the chat. Gives the contact that is continued. The same association again has
/// the same answer, whatever has happened since: it is found through the link.
///
/// What is said in the chat from then on lies after the whole past, whatever the clocks say. What had been said
/// before may have times before the end of the source; it is shown after it all the same.
///
/// Seven requests in four round trips: the chat's first and last record, side by side; the source's three reads
/// ([`crate::start()`]); the chat's newest records, and a put. Attributes of either that stand in neither of these
/// records cost a read and a round trip more each.
///
/// # Errors
/// [`AppendError::NotFound`] where there is no such contact, [`Refusal::Ended`] where the session has ended,
/// [`Refusal::AlreadyLinked`] where it shows another past or was started with one; then what is wrong with the
/// source: its owner must be that of the chat. Nothing has been written then, but the end of a session whose time
/// had passed.
pub async fn associate<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    association: Association,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<ContactId, AssociateError> {
    let chat = SessionKey::new(instance, association.contact.session());
    let refuse = |refusal| Err(AppendError::Refused(refusal).into());
    let mut backoff = Backoff::new(log);
    loop {
        let session = Session::read(log, &chat, association.contact, now).await?;
        let session = session.ok_or(AppendError::NotFound)?;
        let records = session.records(log, &chat);
        let state = &session.tail.state;
        if let Some(slot) = state.link
            && let Some(source) = repeated(&records.at(slot).await?, association)
        {
            return Ok(source);
        }
        if state.has_ended() {
            return refuse(Refusal::Ended);
        }
        let deadline = state.deadline();
        if deadline.is_some_and(|(deadline, _)| deadline <= now) {
            let (end, strong) = (Command::Expire, Consistency::Strong);
            match append(log, &chat, &end, NO_REQUEST, strong, now).await {
                Ok(_) => {}
                // Somebody connected in the very last moment, which put the deadline off.
                Err(AppendError::Refused(Refusal::NotExpired)) => {
                    backoff.lost(Urgency::Usual).await?;
                }
                Err(error) => return Err(error.into()),
            }
            continue;
        }
        if state.link.is_some() {
            return refuse(Refusal::AlreadyLinked);
        }
        let base = state.attributes;
        let own = records.attributes(base).await?;
        let claim = Claim::Chat(session.started()?.owner.as_ref());
        let (asked, rehydration) = (association.source, association.rehydration);
        let source = read_source(log, instance, asked, rehydration, claim, &own, now).await?;
        let linked = Linked {
            asked,
            rehydration,
            link: source.link,
            attributes: source.attributes,
        };
        let command = Command::Associate {
            base,
            linked: Box::new(linked),
            // As in a persistent start: what follows lies after the whole past.
            after: source.last,
        };
        match append(log, &chat, &command, key, Consistency::Eventual, now).await {
            Ok(appended) => {
                let source = appended.record.body.link().map(|link| link.source());
                let none = || LogError::Corrupt("an association without a link".to_owned());
                return Ok(source.ok_or_else(none)?);
            }
            // Somebody has linked it, ended it or changed its attributes meanwhile: all is looked at again.
            Err(AppendError::Refused(_)) => backoff.lost(Urgency::Usual).await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The contact that is continued, if the record with a chat's link is that of this association.
fn repeated(record: &Record, association: Association) -> Option<ContactId> {
    match &record.body {
        Body::Linked(linked)
            if linked.asked == association.source
                && linked.rehydration == association.rehydration =>
        {
            Some(linked.link.source())
        }
        _ => None,
    }
}
