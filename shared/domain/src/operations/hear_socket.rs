//! A socket's client is heard: it learns whether it is still told what happens.

use crate::model::ids::ConnectionId;
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::connections::Connections;
use crate::ports::log::{Consistency, Log, read_one};
use crate::ports::pause::Pause;
use crate::session_log::due::as_of_now;
use crate::session_log::error::AppendError;

/// Whether the socket of a connection is one that is told what happens.
///
/// Nothing else happens in a chat in which everybody is silent; so where its duration has passed, this ends it, and
/// whoever is connected is told.
///
/// One strongly consistent read, and two requests more where an end is due.
///
/// # Errors
/// When a store failed: then it is not known.
pub async fn hear_socket<P: Log + Pause + Connections>(
    ports: &P,
    connection: &ConnectionId,
    now: Timestamp,
) -> Result<bool, AppendError> {
    let Some(socket) = ports.socket(connection).await? else {
        return Ok(false);
    };
    if now >= socket.chat_expires {
        let session = &socket.session;
        let tail = read_one(ports, session, SlotRange::ALL, Consistency::Strong).await?;
        as_of_now(ports, session, tail, now).await?;
    }
    Ok(true)
}
