//! TransferContact: close a session's segment and open the next one, in one record.

use crate::model::command::Command;
use crate::model::ids::{
    ContactFlowId, ContactId, IdempotencyKey, InstanceId, QueueId, SessionKey, UserId,
};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::{AppendError, append};

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

/// Where a transfer leads: kept with the contact; this service runs no flows and routes to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The flow that takes the contact on.
    pub flow: ContactFlowId,
    /// The queue that it is put into.
    pub queue: Option<QueueId>,
    /// The agent whom it is given to.
    pub user: Option<UserId>,
}

impl Destination {
    /// A flow alone.
    pub const fn flow(flow: ContactFlowId) -> Self {
        Self {
            flow,
            queue: None,
            user: None,
        }
    }
}

/// A contact to transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The session's open contact.
    pub contact: ContactId,
    /// How the next contact comes about.
    pub method: TransferMethod,
    /// Where it leads.
    pub to: Destination,
}

/// A session that has a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transferred {
    /// The new contact.
    pub contact: ContactId,
}

/// Closes the contact's segment and opens the next, once for each `key` among the session's newest 32 records.
///
/// # Errors
/// [`AppendError::Refused`] when the contact is not the session's open one.
pub async fn transfer<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    transfer: Transfer,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Transferred, AppendError> {
    let session = SessionKey::new(instance, transfer.contact.session());
    let command = Command::Transfer {
        from: transfer.contact,
        method: transfer.method,
        to: transfer.to,
    };
    let appended = append(log, &session, &command, key, Consistency::Eventual, now).await?;
    Ok(Transferred {
        contact: ContactId::new(session.session, appended.record.state.segment),
    })
}
