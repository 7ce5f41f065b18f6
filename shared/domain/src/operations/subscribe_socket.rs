//! A socket subscribes: from now on it is notified of what happens, and first of what it has missed.

use crate::live::news::News;
use crate::model::ids::ConnectionId;
use crate::model::record::Record;
use crate::model::slot::{Slot, SlotRange};
use crate::ports::connections::{Connections, Socket};
use crate::ports::log::{Consistency, Log, LogError, Read};

/// How many records one read of what was missed asks for.
const CHUNK: usize = 64;
/// In how many reads a subscription finds what was missed. Clients subscribe as soon as their socket is open, so one
/// has nearly always missed nothing; one that has missed more than this reads faster in the transcript.
const MOST_READS: u32 = 5;

/// A socket that is notified of what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The socket, with the mark of this subscription.
    pub socket: Socket,
    /// What has happened since it opened, oldest first: it must be posted, and [`caught_up`] says that it was. None where
    /// an earlier subscription of the socket has done both.
    pub missed: Option<Vec<News>>,
}

/// Subscribes the socket of a connection. None if there is no such socket, or if it has missed more than one
/// subscription may read: then it is forgotten, and is to be closed, so that its client comes back and reads.
///
/// Reads what has happened since the socket opened; marks the socket with the last record that it has read; and reads
/// what has come meanwhile. The stream notifies a marked socket of the records after its mark alone ([`crate::push()`]), and
/// looks for marks after a record is written. So a record
///
/// - up to the mark comes from the subscription, and never from the stream;
/// - that is written after the second read comes from the stream, which sees the mark;
/// - between comes from the subscription, and perhaps from the stream as well: that is one round trip, and the only time
///   in which something comes twice.
///
/// The mark never moves. A subscription that breaks off leaves a socket that has not caught up, and a repeated one reads
/// everything since the opening again: whichever of the two has set the mark, the one that comes to its end has read
/// beyond it. Once a socket has caught up, to subscribe it again costs one read and sends nothing.
///
/// Three requests in four round trips at least: the socket, a read, the mark and a read.
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
    if socket.subscribed.is_some() {
        return Ok(Some(Subscription {
            socket,
            missed: None,
        }));
    }
    let mut missed = Missed {
        records: Vec::new(),
        last: socket.opened_after,
        reads: 0,
    };
    // What comes meanwhile needs a read too.
    if !missed.read(ports, &socket, MOST_READS - 1).await? {
        ports.forget(&socket).await?;
        return Ok(None);
    }
    let mark = missed.last;
    if !ports.mark_subscribed(&socket, mark).await? {
        return Ok(None);
    }
    if !missed.read(ports, &socket, MOST_READS).await? {
        ports.forget(&socket).await?;
        return Ok(None);
    }
    let session = socket.session.session;
    let told = missed.records.iter().flat_map(|it| it.told(session));
    let theirs = told.filter(|told| told.to.includes(socket.participant));
    Ok(Some(Subscription {
        missed: Some(theirs.map(|told| told.news).collect()),
        socket: Socket {
            subscribed: Some(mark),
            ..socket
        },
    }))
}

/// Notes that a socket has got all that it had missed. Should that fail, a repeated subscription sends it again.
///
/// # Errors
/// When the store failed.
pub async fn caught_up<P: Connections>(
    ports: &P,
    subscription: &Subscription,
) -> Result<(), LogError> {
    let socket = &subscription.socket;
    if let Some(mark) = socket.subscribed {
        ports.mark_caught_up(socket, mark).await?;
    }
    Ok(())
}

/// What stands in a socket's log since it opened, as far as it has been read.
struct Missed {
    records: Vec<Record>,
    last: Slot,
    reads: u32,
}

impl Missed {
    /// Reads on to the end, in so many reads altogether; false if that is not enough.
    async fn read<L: Log>(
        &mut self,
        log: &L,
        socket: &Socket,
        most_reads: u32,
    ) -> Result<bool, LogError> {
        while self.reads < most_reads {
            self.reads += 1;
            let after = SlotRange::ALL.starting_at(self.last.following());
            let read = Read::oldest(after, CHUNK, Consistency::Strong);
            let chunk = log.read(&socket.session, read).await?;
            // A chat with an open socket is days old at most: nothing of it is missing because its time has passed.
            if chunk.has_gap(&read) {
                return Err(LogError::gap());
            }
            let more = chunk.cut || chunk.records.len() == CHUNK;
            self.last = chunk.records.last().map_or(self.last, |it| it.slot);
            self.records.extend(chunk.records);
            if !more {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
