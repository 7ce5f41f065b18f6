//! CreateParticipant: ask somebody else to take part in a chat.

use crate::model::command::Command;
use crate::model::content::DisplayName;
use crate::model::ids::{ContactId, IdempotencyKey, InstanceId, ParticipantId, SessionKey};
use crate::model::record::Body;
use crate::model::state::{Participant, Presence, Role};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError};
use crate::ports::pause::Pause;
use crate::session_log::append::append;
use crate::session_log::error::AppendError;

/// Somebody who is to take part in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The session's open contact.
    pub contact: ContactId,
    /// The participant's id, should this request be the one that adds them.
    pub participant: ParticipantId,
    /// In which role; that of the customer is taken.
    pub role: Role,
    /// Under which name.
    pub display_name: DisplayName,
}

/// A participant who may connect, and once did or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Who.
    pub participant: ParticipantId,
    /// Until when the chat lasts, and with it what they are given to connect.
    pub expires: Timestamp,
}

/// Adds a participant, once for each `key` among the session's newest 32 records; a repetition is answered
/// with the first one's id, even after that one has left or the session has ended.
///
/// # Errors
/// [`AppendError::Refused`] when the contact is not the session's open one, or when as many participants as
/// there may be, [`crate::MAX_PARTICIPANTS`], have not left.
pub async fn add_participant<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    invitation: Invitation,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Added, AppendError> {
    let session = SessionKey::new(instance, invitation.contact.session());
    let command = Command::Add {
        contact: invitation.contact,
        participant: Participant {
            id: invitation.participant,
            role: invitation.role,
            display_name: invitation.display_name,
            presence: Presence::Expected,
        },
    };
    let appended = append(log, &session, &command, key, Consistency::Eventual, now).await?;
    match appended.record.body {
        Body::Added { participant } => Ok(Added {
            participant,
            expires: appended.record.state.expires,
        }),
        _ => Err(LogError::Corrupt("a key that stands for something else".to_owned()).into()),
    }
}
