//! StopContact: end a session from outside.

use crate::model::command::Command;
use crate::model::ids::{ContactId, IdempotencyKey, InstanceId, SessionKey};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::{Outcome, append};
use crate::session_log::error::AppendError;

/// What stopping a contact came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The session was running and has now ended.
    Ended,
    /// The contact had ended before; nothing was added.
    Already,
}

/// Stops a contact. Stopping what has ended, or an earlier contact of a running session, changes nothing.
///
/// # Errors
/// [`AppendError::NotFound`] or [`crate::Refusal::UnknownContact`] when the instance has no such contact.
pub async fn stop<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Stopped, AppendError> {
    let session = SessionKey::new(instance, contact.session());
    let command = Command::Stop(contact.ordinal());
    let appended = append(log, &session, &command, key, Consistency::Eventual, now).await?;
    Ok(match appended.outcome {
        Outcome::Written | Outcome::Replayed => Stopped::Ended,
        Outcome::Nothing => Stopped::Already,
    })
}
