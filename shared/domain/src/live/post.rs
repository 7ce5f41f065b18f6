//! The port to a gateway that holds WebSocket connections: post a frame, or close.

use std::fmt;
use std::future::Future;

use crate::ids::ConnectionId;

/// What reaches those who are connected.
pub trait Post: Send + Sync {
    /// Posts a frame to a connection.
    fn post(
        &self,
        connection: &ConnectionId,
        frame: &Frame,
    ) -> impl Future<Output = Result<Posted, PostError>> + Send;

    /// Closes a connection; one that is gone is closed already.
    fn close(
        &self,
        connection: &ConnectionId,
    ) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// The text of one frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame(pub String);

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds what somebody wrote.
        f.write_str("Frame(…)")
    }
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The gateway has taken it.
    Delivered,
    /// There is no such connection, and there never will be again.
    Gone,
}

/// Why a gateway did not do what it was asked; says nothing of what was posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the gateway failed: {0}")]
pub struct PostError(pub String);

/// Where there may be no gateway, every connection is gone.
impl<P: Post> Post for Option<P> {
    async fn post(&self, connection: &ConnectionId, frame: &Frame) -> Result<Posted, PostError> {
        match self {
            Some(gateway) => gateway.post(connection, frame).await,
            None => Ok(Posted::Gone),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        match self {
            Some(gateway) => gateway.close(connection).await,
            None => Ok(()),
        }
    }
}
