//! A socket subscribes: from now on it is told what happens.

use super::connections::{Connections, Socket};
use super::news::News;
use crate::ids::ConnectionId;
use crate::log::{Consistency, Log, LogError, read_one};
use crate::slot::SlotRange;

/// A socket that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The socket.
    pub socket: Socket,
    /// The session's end, if it has come before: whoever subscribed too late for it would wait for ever.
    pub ended: Option<News>,
}

/// Subscribes the socket of a connection; none if there is no such socket.
///
/// The subscription is written down before the log is read, and an end before the subscriptions are: so one of the
/// two sees the other, and no end goes untold.
///
/// # Errors
/// When a store failed.
pub async fn subscribe_socket<P: Log + Connections>(
    ports: &P,
    connection: &ConnectionId,
) -> Result<Option<Subscription>, LogError> {
    let Some(socket) = ports.socket(connection).await? else {
        return Ok(None);
    };
    if !ports.mark_subscribed(&socket).await? {
        return Ok(None);
    }
    let session = &socket.session;
    let tail = read_one(ports, session, SlotRange::ALL, Consistency::Strong).await?;
    let ended = tail.filter(|tail| tail.state.has_ended());
    // The end is the last that the record tells.
    let ended = ended.and_then(|end| end.told(session.session).pop());
    Ok(Some(Subscription {
        socket,
        ended: ended.map(|told| told.news),
    }))
}
