//! A socket subscribes: from now on it is told what happens.

use super::connections::{Connections, Socket};
use super::news::{News, Told};
use crate::append::WINDOW;
use crate::ids::ConnectionId;
use crate::log::{Consistency, Log, LogError, Read};
use crate::record::Record;
use crate::slot::SlotRange;

/// A socket that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The socket.
    pub socket: Socket,
    /// What has happened since it opened, oldest first, and the end whenever it came. Some of it may be told once more.
    pub missed: Vec<News>,
}

/// Subscribes the socket of a connection; none if there is no such socket.
///
/// The subscription is written down before the log is read, and a record before the subscriptions are: so one of the
/// two sees the other, and nothing goes untold between a client's reading, which it may do once its socket is open, and
/// its subscription. Whoever subscribed too late for the end would wait for it for ever.
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
    let newest = Read::newest(SlotRange::ALL, WINDOW, Consistency::Strong);
    let records = ports.read(&socket.session, newest).await?.records;
    let missed = records.iter().rev();
    let missed = missed.flat_map(|record| since_it_opened(&socket, record));
    let theirs = missed.filter(|told| told.to.includes(socket.participant));
    Ok(Some(Subscription {
        missed: theirs.map(|told| told.news).collect(),
        socket,
    }))
}

fn since_it_opened(socket: &Socket, record: &Record) -> Vec<Told> {
    let mut told = record.told(socket.session.session);
    if record.at < socket.opened {
        // The end is the last that its record tells.
        let end = told.len().saturating_sub(1);
        told.drain(
            ..if record.state.has_ended() {
                end
            } else {
                told.len()
            },
        );
    }
    told
}
