//! The port to a gateway that holds WebSocket connections: post a frame, or close.

use std::fmt;
use std::future::Future;

use crate::model::ids::ConnectionId;
use crate::model::time::Timestamp;

/// What reaches those who are connected.
pub trait Post: Send + Sync {
    /// Posts frames to a connection, one after the other, until one of them is not taken. All of it takes some seconds
    /// at most: too slow is as bad as not at all.
    fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> impl Future<Output = Result<Posted, PostError>> + Send;

    /// When something was last heard of a connection's client.
    fn heard(
        &self,
        connection: &ConnectionId,
    ) -> impl Future<Output = Result<Heard, PostError>> + Send;

    /// Closes a connection; one that is gone is closed already.
    fn close(
        &self,
        connection: &ConnectionId,
    ) -> impl Future<Output = Result<(), PostError>> + Send;
}

/// How much is done to deliver something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// What helps: it may be tried more than once.
    Full,
    /// One quick try: it is worth nothing later.
    Once,
}

/// When something was last heard of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Then.
    At(Timestamp),
    /// There is no such connection, and there never will be again.
    Gone,
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

/// What became of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The gateway has taken them all.
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
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> Result<Posted, PostError> {
        match self {
            Some(gateway) => gateway.post(connection, frames, effort).await,
            None => Ok(Posted::Gone),
        }
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        match self {
            Some(gateway) => gateway.heard(connection).await,
            None => Ok(Heard::Gone),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        match self {
            Some(gateway) => gateway.close(connection).await,
            None => Ok(()),
        }
    }
}
