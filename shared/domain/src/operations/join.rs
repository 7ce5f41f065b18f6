//! CreateParticipantConnection, as far as the session is concerned: a participant's first connection.

use crate::model::command::Command;
use crate::model::ids::{IdempotencyKey, ParticipantId, SessionKey};
use crate::model::state::State;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::append;
use crate::session_log::error::AppendError;

/// A participant that is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The session after it.
    pub state: State,
}

/// Connects a participant; again and again, if they like. Only the first time is written down.
///
/// # Errors
/// [`AppendError::Refused`] when the session has ended or does not know the participant.
pub async fn join<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    participant: ParticipantId,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Joined, AppendError> {
    // Most connections are not the first: reading strongly at once answers those in one request.
    let first_read = Consistency::Strong;
    let command = Command::Join(participant);
    let appended = append(log, session, &command, key, first_read, now).await?;
    Ok(Joined {
        state: appended.record.into_parts().state,
    })
}
