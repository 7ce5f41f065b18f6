//! A socket opens, and closes.

use futures_util::future::join_all;

use crate::live::push::dismiss;
use crate::model::decide::{Refusal, running, taking_part};
use crate::model::ids::{ConnectionId, ParticipantId, SessionKey};
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::{Timestamp, seconds};
use crate::ports::connections::{Connections, Socket};
use crate::ports::log::{Consistency, Log, LogError, read_one};
use crate::ports::pause::Pause;
use crate::ports::post::{Heard, Post};
use crate::session_log::due::as_of_now;
use crate::session_log::error::AppendError;

/// How many sockets a participant may have at once
/// ([feature specifications](https://docs.aws.amazon.com/connect/latest/adminguide/feature-limits.html)).
pub const MOST_SOCKETS: usize = 5;
/// A client that was not heard for so long, in seconds, has missed two heartbeats.
const SILENT_SECONDS: u64 = 30;

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

/// A socket that is to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The gateway's name of it.
    pub connection: ConnectionId,
    /// The session that it is about.
    pub session: SessionKey,
    /// Whose it is.
    pub participant: ParticipantId,
}

/// Opens a socket of somebody who takes part in a running session, if they have less than [`MOST_SOCKETS`].
///
/// Gateways do not always tell that a connection has ended, and a client that has changed its network leaves one behind
/// that seems to be well. So where the entries are too many, those count no longer that never subscribed, that are gone,
/// or whose clients have been silent, which send a heartbeat every ten seconds.
///
/// The socket is noted first and counted then: of those that open at once, never too many stay, but it may be that
/// more are refused than need be.
///
/// # Errors
/// [`OpenError::TooMany`]; [`AppendError::Refused`] when the session has ended or does not know the participant.
pub async fn open_socket<P: Log + Pause + Connections + Post>(
    ports: &P,
    opening: Opening,
    now: Timestamp,
) -> Result<(), OpenError> {
    let Opening {
        connection,
        session,
        participant,
    } = opening;
    let tail = read_one(ports, &session, SlotRange::ALL, Consistency::Strong).await?;
    // Without a tail there is no session, which the next line says.
    let opened_after = tail.as_ref().map_or(Slot::FIRST, |tail| tail.slot);
    let state = as_of_now(ports, &session, tail, now).await?;
    running(&state)?;
    taking_part(&state, participant)?;
    let socket = Socket {
        connection,
        session,
        participant,
        opened: now,
        opened_after,
        chat_expires: state.expires,
        subscribed: None,
    };
    ports.put_socket(&socket).await?;
    let mut theirs = ports.sockets_of(&socket.session).await?;
    theirs.retain(|each| each.participant == participant && now < each.until());
    if theirs.len() <= MOST_SOCKETS {
        return Ok(());
    }
    let looks = theirs.iter().map(|each| is_dead(ports, each, now));
    let dead = join_all(looks).await.into_iter().filter(|dead| *dead);
    if theirs.len() - dead.count() <= MOST_SOCKETS {
        return Ok(());
    }
    ports.forget(&socket).await?;
    Err(OpenError::TooMany)
}

async fn is_dead<P: Connections + Post>(ports: &P, socket: &Socket, now: Timestamp) -> bool {
    let dead = socket.has_never_come(now)
        || socket.subscribed.is_some()
            && match ports.heard(&socket.connection).await {
                Ok(Heard::At(heard)) => now >= heard + seconds(SILENT_SECONDS),
                Ok(Heard::Gone) => true,
                Err(_) => false,
            };
    if dead {
        dismiss(ports, socket).await;
    }
    dead
}
