//! Pushing: frames to the connections of a session.

use futures_util::future::{join, join_all};

use super::audience::Audience;
use crate::model::ids::SessionKey;
use crate::model::slot::Slot;
use crate::ports::connections::{Connections, Socket};
use crate::ports::log::LogError;
use crate::ports::post::{Effort, Frame, Post, Posted};

/// A frame, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What to post.
    pub frame: Frame,
    /// To whose connections.
    pub to: Audience,
    /// The record that it tells of, if it tells of one.
    pub of: Option<Slot>,
}

/// What became of a push: counts of connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Those that took everything that was for them.
    pub delivered: usize,
    /// Those that were gone, and are forgotten.
    pub gone: usize,
    /// Those that failed.
    pub failed: usize,
}

/// Posts the parcels, in their order, to every connection of the session that has subscribed and that they are for. A
/// parcel that tells of a record goes only to the connections whose mark lies before it: the others got it when they
/// subscribed, or will ([`crate::subscribe_socket()`]).
///
/// Connections do not wait for each other. One that is gone is forgotten. One that fails is closed and forgotten, so
/// that its client notices, comes back and reads what it has missed: to post on would leave a hole that nobody sees.
/// Where even closing fails, the client's next heartbeat finds it forgotten. What is tried [`Effort::Once`] is missed by
/// nobody, and closes nothing.
///
/// One strongly consistent read, or none where the parcels are for nobody.
///
/// # Errors
/// When the connections cannot be read; then nothing was posted.
pub async fn push<P: Connections + Post>(
    ports: &P,
    session: &SessionKey,
    parcels: &[Parcel],
    effort: Effort,
) -> Result<Pushed, LogError> {
    if parcels.iter().all(|parcel| parcel.to.is_empty()) {
        return Ok(Pushed::default());
    }
    let sockets = ports.sockets_of(session).await?;
    let subscribed = sockets
        .iter()
        .filter_map(|socket| Some((socket, socket.subscribed?)));
    let serving = subscribed.map(|(socket, mark)| serve(ports, socket, mark, parcels, effort));
    let fates = join_all(serving).await;
    let mut pushed = Pushed::default();
    for fate in fates {
        match fate {
            Fate::Served => pushed.delivered += 1,
            Fate::Gone => pushed.gone += 1,
            Fate::Failed => pushed.failed += 1,
            Fate::Passed => {}
        }
    }
    Ok(pushed)
}

enum Fate {
    Passed,
    Served,
    Gone,
    Failed,
}

async fn serve<P: Connections + Post>(
    ports: &P,
    socket: &Socket,
    mark: Slot,
    parcels: &[Parcel],
    effort: Effort,
) -> Fate {
    let theirs = |parcel: &&Parcel| {
        parcel.to.includes(socket.participant) && parcel.of.is_none_or(|slot| mark < slot)
    };
    let frames = parcels.iter().filter(theirs).map(|parcel| &parcel.frame);
    let frames: Vec<&Frame> = frames.collect();
    if frames.is_empty() {
        return Fate::Passed;
    }
    match ports.post(&socket.connection, &frames, effort).await {
        Ok(Posted::Delivered) => Fate::Served,
        Ok(Posted::Gone) => {
            // Should that fail, the next push finds it gone again, and in the end its time passes.
            let _ = ports.forget(socket).await;
            Fate::Gone
        }
        Err(_) if effort == Effort::Once => Fate::Failed,
        Err(_) => {
            dismiss(ports, socket).await;
            Fate::Failed
        }
    }
}

/// Closes a socket and forgets it. What of that fails is made up for when its client is next heard, or when its time
/// passes.
pub(crate) async fn dismiss<P: Connections + Post>(ports: &P, socket: &Socket) {
    let _ = join(ports.close(&socket.connection), ports.forget(socket)).await;
}
