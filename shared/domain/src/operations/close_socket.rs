//! The socket of a connection that has closed is forgotten.

use crate::model::ids::ConnectionId;
use crate::ports::connections::Connections;
use crate::ports::log::LogError;

/// Forgets the socket of a connection that has closed.
///
/// # Errors
/// When the store failed; the entry's own time then ends it.
pub async fn close_socket<P: Connections>(
    ports: &P,
    connection: &ConnectionId,
) -> Result<(), LogError> {
    match ports.socket(connection).await? {
        Some(socket) => ports.forget(&socket).await,
        None => Ok(()),
    }
}
