//! GetContactAttributes and UpdateContactAttributes: a session's attributes, while it runs and after its end.

use futures_util::future::join;

use crate::model::command::Command;
use crate::model::content::Attributes;
use crate::model::decide::Refusal;
use crate::model::ids::{ContactId, IdempotencyKey, InstanceId, SessionKey};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError};
use crate::ports::pause::{Pause, Urgency};
use crate::ports::side::{LateAttributes, SideEntry, SideLog, SidePut, SideRange, SideRead};
use crate::session_log::append::append;
use crate::session_log::backoff::Backoff;
use crate::session_log::error::AppendError;
use crate::session_log::session::Session;

/// Why attributes were not updated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// With the changes they would be longer than [`Attributes::MAX_BYTES`].
    #[error("too many attributes")]
    TooLong,
    /// There is no such contact, or the log is at fault.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<LogError> for UpdateError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

/// The attributes of the session that `contact`, its initial one or any other, belongs to: as they are now,
/// whether it runs or has ended.
///
/// Three reads side by side, and one more where neither the session's first record nor its last holds them.
///
/// # Errors
/// [`AppendError::NotFound`] where the instance has no such contact, or has it no longer.
pub async fn contact_attributes<L: Log + SideLog>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    now: Timestamp,
) -> Result<Attributes, AppendError> {
    let key = SessionKey::new(instance, contact.session());
    let present = Present::read(log, &key, contact, now).await?;
    let present = present.ok_or(AppendError::NotFound)?;
    Ok(present.attributes(log, &key).await?)
}

/// Changes the attributes of the contact's session: new keys are added, values of others are overwritten, and
/// a key whose value is empty is removed. What changes nothing writes nothing, so a retry after a lost reply does
/// no harm. There is no order between updates at the same time, but none of them is lost.
///
/// While the session runs, the change is a record of its log. After its end it stands beside the log, where
/// chats that continue the session do not look: they carry on the attributes as they were at its end.
///
/// Costs a read of the attributes ([`contact_attributes`]), and to write a read and a put; after the end a put
/// alone.
///
/// # Errors
/// [`UpdateError::TooLong`], and [`AppendError::NotFound`] where the instance has no such contact, or has it no
/// longer; nothing has been written then.
pub async fn update_contact_attributes<L: Log + Pause + SideLog>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    changes: &Attributes,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<(), UpdateError> {
    let session = SessionKey::new(instance, contact.session());
    let mut backoff = Backoff::new(log);
    loop {
        let present = Present::read(log, &session, contact, now).await?;
        let present = present.ok_or(AppendError::NotFound)?;
        let before = present.attributes(log, &session).await?;
        let attributes = before.changed(changes);
        if attributes == before {
            return Ok(());
        }
        if attributes.bytes() > Attributes::MAX_BYTES {
            return Err(UpdateError::TooLong);
        }
        let state = &present.session.tail.state;
        if state.has_ended() {
            let entry = SideEntry::Attributes(LateAttributes {
                number: present.next_change()?,
                attributes,
            });
            match log.put_side(&session, &entry, state.retained_until).await? {
                SidePut::Stored => return Ok(()),
                // By somebody else, or by this very request, whose change then is no change any more.
                SidePut::Taken(_) => {
                    backoff.lost(Urgency::Usual).await?;
                    continue;
                }
            }
        }
        let command = Command::SetAttributes {
            base: state.attributes,
            attributes,
        };
        match append(log, &session, &command, key, Consistency::Strong, now).await {
            Ok(_) => return Ok(()),
            // Somebody else was first; or the session has ended, if only now that this call found its time passed.
            Err(AppendError::Refused(Refusal::AttributesMoved | Refusal::Ended)) => {
                backoff.lost(Urgency::Usual).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// A session as it is, and what its attributes have become since its end.
pub(crate) struct Present {
    pub(crate) session: Session,
    /// The newest change after the end.
    late: Option<LateAttributes>,
}

impl Present {
    /// Reads the session of `contact`: three strongly consistent reads, side by side. None where the contact does
    /// not exist, or no longer.
    ///
    /// What others write during the call may be seen in part, as it was at some moment of the call.
    pub(crate) async fn read<L: Log + SideLog>(
        log: &L,
        key: &SessionKey,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<Option<Self>, LogError> {
        let newest = SideRead {
            range: SideRange::Attributes,
            limit: 1,
            consistency: Consistency::Strong,
        };
        let (session, late) = join(
            Session::read(log, key, contact, now),
            log.read_side(key, newest),
        )
        .await;
        let (session, late) = (session?, late?);
        // The log goes first: without the end that it follows, a change was not there yet.
        let late = late.into_iter().find_map(|entry| match entry {
            SideEntry::Attributes(late) => Some(late),
            SideEntry::Receipt(_) => None,
        });
        Ok(session.map(|session| Self {
            late: late.filter(|_| session.tail.state.has_ended()),
            session,
        }))
    }

    /// The attributes, where they stand beside the log.
    pub(crate) fn late_attributes(&self) -> Option<&Attributes> {
        self.late.as_ref().map(|late| &late.attributes)
    }

    async fn attributes<L: Log>(&self, log: &L, key: &SessionKey) -> Result<Attributes, LogError> {
        if let Some(attributes) = self.late_attributes() {
            return Ok(attributes.clone());
        }
        let slot = self.session.tail.state.attributes;
        self.session.records(log, key).attributes(slot).await
    }

    fn next_change(&self) -> Result<u32, LogError> {
        let next = self
            .late
            .as_ref()
            .map_or(Some(0), |late| late.number.checked_add(1));
        next.ok_or_else(|| LogError::Corrupt("attributes changed too often".to_owned()))
    }
}
