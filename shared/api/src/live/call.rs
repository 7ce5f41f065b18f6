//! An event of a WebSocket as its handler sees it, and the answer.

use std::fmt;

use domain::{ConnectionId, Frame, Timestamp};

use crate::operation::Operation;
use crate::problem::Problem;

/// Something happens on one WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketCall {
    /// The gateway's name of the WebSocket.
    pub connection: ConnectionId,
    /// What.
    pub event: SocketEvent,
    /// The id under which it is found in logs.
    pub request_id: String,
    /// When.
    pub now: Timestamp,
}

/// What happens on a WebSocket: the routes of API Gateway.
#[derive(Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// `$connect`: it is to open.
    Connect {
        /// The token of its query.
        token: Option<String>,
    },
    /// `$default`: its client has sent a frame.
    Frame(String),
    /// `$disconnect`: it has closed.
    Disconnect,
}

impl SocketEvent {
    /// What happens, in a word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect",
            Self::Frame(_) => "frame",
            Self::Disconnect => "disconnect",
        }
    }
}

impl fmt::Debug for SocketEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token is a credential.
        write!(f, "SocketEvent({})", self.name())
    }
}

/// The answer to an event of a WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketReply {
    /// The HTTP status: what a client sees of a WebSocket that does not open.
    pub status: u16,
    /// What the client is answered, if anything.
    pub frame: Option<Frame>,
}

impl SocketReply {
    /// Done.
    pub const OK: SocketReply = SocketReply {
        status: 200,
        frame: None,
    };

    /// Done, with an answer.
    pub const fn with(frame: Option<Frame>) -> Self {
        Self { status: 200, frame }
    }

    /// The operation that has the same problems: it is what a WebSocket is opened with.
    pub const LIKE: Operation = Operation::CreateParticipantConnection;

    /// Not done: the status is what CreateParticipantConnection answers with.
    pub fn of(problem: &Problem) -> Self {
        let (kind, _) = problem.told(Self::LIKE);
        Self {
            status: kind.status(),
            frame: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_shown_by_its_name_alone() {
        let secret = || "secret".to_owned();
        for (event, shown) in [
            (
                SocketEvent::Connect {
                    token: Some(secret()),
                },
                "connect",
            ),
            (SocketEvent::Frame(secret()), "frame"),
            (SocketEvent::Disconnect, "disconnect"),
        ] {
            assert_eq!(format!("{event:?}"), format!("SocketEvent({shown})"));
        }
    }
}
