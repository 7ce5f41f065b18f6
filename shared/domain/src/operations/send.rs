//! SendMessage: put a message into a running session.

use crate::model::command::Command;
use crate::model::content::{Content, ContentType};
use crate::model::ids::{IdempotencyKey, ItemId, ParticipantId, SessionKey};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::append;
use crate::session_log::error::AppendError;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// From whom.
    pub sender: ParticipantId,
    /// Of which type.
    pub content_type: ContentType,
    /// Saying what.
    pub content: Content,
}

/// A message that stands in the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its item's id.
    pub id: ItemId,
    /// Its item's AbsoluteTime.
    pub at: Timestamp,
}

/// Sends a message, once for each `key` among the session's newest 32 records; a repetition is answered
/// with the first one's id and time, even after the session has ended.
///
/// # Errors
/// [`AppendError::Refused`] when the session has ended, does not know the sender, or was not started
/// with support for the content type.
pub async fn send<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    message: Message,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Sent, AppendError> {
    let command = Command::Send {
        sender: message.sender,
        content_type: message.content_type,
        content: message.content,
    };
    let appended = append(log, session, &command, key, Consistency::Eventual, now).await?;
    let record = appended.record;
    Ok(Sent {
        id: ItemId::new(session.session, record.slot, 0, record.at),
        at: record.at,
    })
}
