//! DisconnectParticipant: a participant leaves, and with the customer the session ends.

use crate::append::{AppendError, Outcome, append};
use crate::decide::Command;
use crate::ids::{IdempotencyKey, ParticipantId, SessionKey};
use crate::log::{Consistency, Log};
use crate::time::Timestamp;

/// Disconnects a participant. The customer's leaving is one record with two items, `participant.left`
/// and `chat.ended`, so no reader ever sees the one without the other.
///
/// # Errors
/// [`AppendError::Refused`] when the session has already ended in another way than by this very request.
pub async fn leave<L: Log>(
    log: &L,
    session: &SessionKey,
    participant: ParticipantId,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Outcome, AppendError> {
    let command = Command::Leave(participant);
    let appended = append(log, session, &command, key, Consistency::Eventual, now).await?;
    Ok(appended.outcome)
}
