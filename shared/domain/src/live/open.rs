//! A socket opens, and closes.

use futures_util::future::join_all;

use super::connections::{Connections, Socket};
use super::post::{Frame, Post, Posted};
use crate::append::AppendError;
use crate::decide::{Refusal, running, taking_part};
use crate::ids::ConnectionId;
use crate::log::{Consistency, Log, LogError, read_one};
use crate::slot::SlotRange;
use crate::time::Timestamp;

/// How many sockets a participant may have at once
/// ([feature specifications](https://docs.aws.amazon.com/connect/latest/adminguide/feature-limits.html)).
pub const MOST_SOCKETS: usize = 5;

/// Why a socket does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The participant has as many as there may be.
    #[error("the participant has {MOST_SOCKETS} sockets")]
    TooMany,
    /// The session is not there, or refuses, or a store failed.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<LogError> for OpenError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

impl From<Refusal> for OpenError {
    fn from(refusal: Refusal) -> Self {
        Self::Append(AppendError::Refused(refusal))
    }
}

/// Opens a socket of somebody who takes part in a running session, if they have less than [`MOST_SOCKETS`].
///
/// Gateways do not always tell that a connection has ended. So where the entries are too many, those that can be
/// reached are sent `probe`, a frame that means nothing, and those that are gone no longer count.
///
/// The socket is noted first and counted then: of those that open at once, never too many stay, but it may be that
/// more are refused than need be.
///
/// # Errors
/// [`OpenError::TooMany`]; [`AppendError::Refused`] when the session has ended or does not know the participant.
pub async fn open_socket<P: Log + Connections + Post>(
    ports: &P,
    socket: &Socket,
    probe: &Frame,
    now: Timestamp,
) -> Result<(), OpenError> {
    let tail = read_one(ports, &socket.session, SlotRange::ALL, Consistency::Strong).await?;
    let state = match tail {
        Some(tail) if !tail.state.is_past_retention(now) => tail.into_parts().state,
        _ => return Err(AppendError::NotFound.into()),
    };
    running(&state)?;
    taking_part(&state, socket.participant)?;
    ports.put_socket(socket).await?;
    let mut theirs = ports.sockets_of(&socket.session).await?;
    theirs.retain(|each| each.participant == socket.participant && now < each.until());
    if theirs.len() <= MOST_SOCKETS {
        return Ok(());
    }
    let looks = theirs.iter().map(|each| is_gone(ports, each, probe, now));
    let gone = join_all(looks).await.into_iter().filter(|gone| *gone);
    if theirs.len() - gone.count() <= MOST_SOCKETS {
        return Ok(());
    }
    ports.forget(socket).await?;
    Err(OpenError::TooMany)
}

async fn is_gone<P: Connections + Post>(
    ports: &P,
    socket: &Socket,
    probe: &Frame,
    now: Timestamp,
) -> bool {
    if !socket.is_established(now) {
        return false;
    }
    let gone = ports.post(&socket.connection, probe).await == Ok(Posted::Gone);
    if gone {
        // Should that fail, it is found gone another time.
        let _ = ports.forget(socket).await;
    }
    gone
}

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
