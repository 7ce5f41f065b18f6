//! DisconnectParticipant: a participant leaves; with the customer the session ends, or its disconnect flow begins.

use crate::model::command::Command;
use crate::model::ids::{ContactFlowId, IdempotencyKey, ParticipantId, SessionKey};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::{Outcome, append};
use crate::session_log::error::AppendError;

/// Disconnects a participant. The customer's leaving is one record with two items, `participant.left`
/// and `chat.ended`, so no reader ever sees the one without the other. Where the chat was started with
/// DisconnectOnCustomerExit, an agent is connected, and there is a `disconnect_flow`, the customer's leaving
/// disconnects the agents instead and opens the contact of that flow; the customer stays, for a survey.
///
/// # Errors
/// [`AppendError::Refused`] when the session has already ended in another way than by this very request.
pub async fn leave<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    participant: ParticipantId,
    disconnect_flow: Option<&ContactFlowId>,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Outcome, AppendError> {
    let command = Command::Leave {
        participant,
        disconnect_flow: disconnect_flow.cloned(),
    };
    let appended = append(log, session, &command, key, Consistency::Eventual, now).await?;
    Ok(appended.outcome)
}
