//! Why a call was refused, for the one who runs the service: more than the answer says, and nothing of what callers send.

use domain::Refusal;

use super::{Fault, Problem};
use crate::operation::Operation;

/// Before the name of an attribute in the path of a member.
const ATTRIBUTES: &str = "Attributes.";

impl Problem {
    /// The reason, as a sentence or two: what the answer says, or what it keeps to itself.
    ///
    /// It never holds a token, content, a name or an attribute, and may hold ContactIds: for a server on one's own
    /// machine, and not for AWS, where it would lead strangers to chats and to the mistakes in their forgeries.
    pub fn reason(&self, operation: Operation) -> String {
        let participant = operation.is_participant();
        match self {
            Self::Unknown(fault) => fault.to_string(),
            Self::Token(fault) => fault.to_string(),
            Self::Signature(fault) => fault.to_string(),
            Self::Refused(Refusal::Ended) => "the chat has ended".to_owned(),
            Self::Refused(Refusal::NotAParticipant) => {
                "the participant has left the chat".to_owned()
            }
            Self::NoSession if participant => {
                "the token is genuine, and its chat is not in the data of this server".to_owned()
            }
            Self::InvalidMember { member, reason } if member.starts_with(ATTRIBUTES) => {
                format!("{ATTRIBUTES}... {reason}")
            }
            Self::Internal(Fault(reason)) => reason.clone(),
            _ => self.told(operation).1,
        }
    }
}
