//! The port to a table of connections: which sockets are open, in which session, and whose.

use std::future::Future;

use crate::ids::{ConnectionId, ParticipantId, SessionKey};
use crate::log::LogError;
use crate::time::{Timestamp, seconds};

/// How long after it was let in a client may take to subscribe; they all do at once.
const SUBSCRIBES_WITHIN_SECONDS: u64 = 10;
/// The longest life of a connection, in seconds: 2 hours, as at API Gateway
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html)).
const LIVES_SECONDS: u64 = 7_200;

/// What keeps the open connections. An entry may outlive its connection, but never the other way round.
pub trait Connections: Send + Sync {
    /// The sockets of a session, strongly consistent, in no order.
    fn sockets_of(
        &self,
        session: &SessionKey,
    ) -> impl Future<Output = Result<Vec<Socket>, LogError>> + Send;

    /// The socket of a connection, strongly consistent; whether it has subscribed need not be told.
    fn socket(
        &self,
        connection: &ConnectionId,
    ) -> impl Future<Output = Result<Option<Socket>, LogError>> + Send;

    /// Notes a socket that opens. The store may forget it once it has ended by itself, at [`Socket::until`].
    fn put_socket(&self, socket: &Socket) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Notes that a socket has subscribed; false if it is no longer there.
    fn mark_subscribed(
        &self,
        socket: &Socket,
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
    /// When the duration of the chat passes.
    pub chat_expires: Timestamp,
    /// Whether it wants to be told what happens.
    pub subscribed: bool,
}

impl Socket {
    /// When the gateway closes it, however much it is used.
    pub fn until(&self) -> Timestamp {
        self.opened + seconds(LIVES_SECONDS)
    }

    /// Whether its client has gone before it was open: who is there subscribes.
    pub(crate) fn has_never_come(&self, now: Timestamp) -> bool {
        !self.subscribed && now >= self.opened + seconds(SUBSCRIBES_WITHIN_SECONDS)
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

    async fn mark_subscribed(&self, socket: &Socket) -> Result<bool, LogError> {
        match self {
            Some(connections) => connections.mark_subscribed(socket).await,
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
