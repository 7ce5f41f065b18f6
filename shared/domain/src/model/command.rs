//! Commands: everything that can be asked of one session.

use crate::model::content::{Attributes, Content, ContentType};
use crate::model::destination::Destination;
use crate::model::destination::TransferMethod;
use crate::model::ids::{ContactFlowId, ContactId, ParticipantId};
use crate::model::record::Linked;
use crate::model::slot::Ordinal;
use crate::model::slot::Slot;
use crate::model::state::Participant;
use crate::model::time::Timestamp;

/// What somebody wants of a running session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Connect a participant.
    Join(ParticipantId),
    /// Send a message.
    Send {
        /// From whom.
        sender: ParticipantId,
        /// Of which type.
        content_type: ContentType,
        /// Saying what.
        content: Content,
    },
    /// Ask another participant to take part.
    Add {
        /// The contact that the caller believes to be open.
        contact: ContactId,
        /// Who.
        participant: Participant,
    },
    /// Disconnect a participant; the customer's leaving ends the session, or leads to the disconnect flow
    /// where the chat was started with DisconnectOnCustomerExit and an agent is there to be disconnected.
    Leave {
        /// Who.
        participant: ParticipantId,
        /// The disconnect flow, if the deployment has one.
        disconnect_flow: Option<ContactFlowId>,
    },
    /// Stop a contact, and with the last one the session.
    Stop(Ordinal),
    /// Close a segment and open the next.
    Transfer {
        /// The contact that the caller believes to be open.
        from: ContactId,
        /// How the next contact comes about.
        method: TransferMethod,
        /// Where it leads.
        to: Destination,
    },
    /// Replace the attributes, which the caller has read.
    SetAttributes {
        /// The record in which the caller has read them.
        base: Slot,
        /// All attributes, as they are to be.
        attributes: Attributes,
    },
    /// Link a past to the chat.
    Associate {
        /// The record in which the caller has read the chat's attributes.
        base: Slot,
        /// The link, and the attributes that come of it.
        linked: Box<Linked>,
        /// The newest moment of the past, after which the link lies, and with it what follows.
        after: Timestamp,
    },
    /// Write down that the session's time has passed, if it has.
    Expire,
}
