//! The port to a table of connections: which sockets are open, in which session, and whose.

use std::future::Future;

use crate::model::ids::{ConnectionId, ParticipantId, SessionKey};
use crate::model::slot::Slot;
use crate::model::time::{Timestamp, seconds};
use crate::ports::log::LogError;

/// How long after it was let in a client may take to subscribe; they all do at once.
const SUBSCRIBES_WITHIN_SECONDS: u64 = 10;
/// The longest life of a connection, in seconds: 2 hours, as at API Gateway
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html)).
const LIVES_SECONDS: u64 = 7_200;

/// What keeps the open connections. An entry may outlive its connection, but never the other way round.
pub trait Connections: Send + Sync {
    /// The sockets of a session, strongly consistent, in no order; each with its mark, if it has one
    /// ([`Connections::mark_subscribed`]).
    fn sockets_of(
        &self,
        session: &SessionKey,
    ) -> impl Future<Output = Result<Vec<Socket>, LogError>> + Send;

    /// The socket of a connection, strongly consistent; as subscribed only if it has caught up
    /// ([`Connections::mark_caught_up`]).
    fn socket(
        &self,
        connection: &ConnectionId,
    ) -> impl Future<Output = Result<Option<Socket>, LogError>> + Send;

    /// Notes a socket that opens. The store may forget it once it has ended by itself, at [`Socket::until`].
    fn put_socket(&self, socket: &Socket) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Marks a socket as one that the stream notifies of every record after this one; false if it is no longer there.
    ///
    /// The first mark stays: where there is one, this changes nothing, and is true.
    fn mark_subscribed(
        &self,
        socket: &Socket,
        after: Slot,
    ) -> impl Future<Output = Result<bool, LogError>> + Send;

    /// Notes that a socket has got what had happened before its mark, so that a repeated subscription sends it nothing
    /// again; false if it is no longer there.
    fn mark_caught_up(
        &self,
        socket: &Socket,
        after: Slot,
    ) -> impl Future<Output = Result<bool, LogError>> + Send;

    /// Forgets a socket; one that is not there is forgotten already.
    fn forget(&self, socket: &Socket) -> impl Future<Output = Result<(), LogError>> + Send;
}

/// One WebSocket of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// The gateway's name of it.
    pub connection: ConnectionId,
    /// The session that it is about.
    pub session: SessionKey,
    /// Whose it is.
    pub participant: ParticipantId,
    /// When it was opened.
    pub opened: Timestamp,
    /// The log's newest record when it opened. What stands up to there its client reads in the transcript; it gets what
    /// follows.
    pub opened_after: Slot,
    /// When the duration of the chat passes.
    pub chat_expires: Timestamp,
    /// After which record the stream notifies it of what happens; none where it has not subscribed.
    pub subscribed: Option<Slot>,
}

impl Socket {
    /// When the gateway closes it, however much it is used.
    pub fn until(&self) -> Timestamp {
        self.opened + seconds(LIVES_SECONDS)
    }

    /// Whether its client has gone before it was open: who is there subscribes.
    pub(crate) fn has_never_come(&self, now: Timestamp) -> bool {
        self.subscribed.is_none() && now >= self.opened + seconds(SUBSCRIBES_WITHIN_SECONDS)
    }
}

/// Where there may be no table of connections, nobody is connected.
impl<C: Connections> Connections for Option<C> {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        match self {
            Some(connections) => connections.sockets_of(session).await,
            None => Ok(Vec::new()),
        }
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        match self {
            Some(connections) => connections.socket(connection).await,
            None => Ok(None),
        }
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        match self {
            Some(connections) => connections.put_socket(socket).await,
            None => Err(LogError::Unavailable("no table of connections".to_owned())),
        }
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        match self {
            Some(connections) => connections.mark_subscribed(socket, after).await,
            None => Ok(false),
        }
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        match self {
            Some(connections) => connections.mark_caught_up(socket, after).await,
            None => Ok(false),
        }
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        match self {
            Some(connections) => connections.forget(socket).await,
            None => Ok(()),
        }
    }
}
