//! TransferContact: close a session's segment and open the next one, in one record.

use crate::append::{AppendError, append};
use crate::decide::Command;
use crate::ids::{ContactId, IdempotencyKey, InstanceId, SessionKey};
use crate::log::{Consistency, Log};
use crate::time::Timestamp;

/// How the next contact of a session comes about
/// ([initiation methods](https://docs.aws.amazon.com/connect/latest/adminguide/contact-initiation-methods.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferMethod {
    /// By quick connect, to an agent or a queue.
    Transfer,
    /// In a flow, to a queue.
    QueueTransfer,
    /// By the disconnect flow: a survey after the chat.
    Disconnect,
}

impl TransferMethod {
    /// Every method there is.
    pub const ALL: [TransferMethod; 3] = [Self::Transfer, Self::QueueTransfer, Self::Disconnect];

    /// The method's name in Connect (InitiationMethod).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transfer => "TRANSFER",
            Self::QueueTransfer => "QUEUE_TRANSFER",
            Self::Disconnect => "DISCONNECT",
        }
    }

    /// The method of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.as_str() == name)
    }
}

/// A session that has a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transferred {
    /// The new contact.
    pub contact: ContactId,
}

/// Closes the segment `contact` and opens the next.
///
/// # Errors
/// [`AppendError::Refused`] when the contact is not the session's open one.
pub async fn transfer<L: Log>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    method: TransferMethod,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Transferred, AppendError> {
    let session = SessionKey::new(instance, contact.session());
    let command = Command::Transfer {
        from: contact.ordinal(),
        method,
    };
    let appended = append(log, &session, &command, key, Consistency::Eventual, now).await?;
    Ok(Transferred {
        contact: ContactId::new(contact.session(), appended.record.state.segment),
    })
}
