//! Where a transfer leads, and how the contact after it comes about.

use crate::model::ids::{ContactFlowId, QueueId, UserId};

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
