//! A log in memory that is watched, and fails when it is told to; and connections and a gateway in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::{
    Body, Chunk, ConnectionId, Connections, CustomerId, CustomerIndex, Effort, Frame, Heard,
    InstanceId, Listed, Listing, Log, LogError, MemoryConnections, MemoryGateway, MemoryLog,
    NoPause, Pause, Post, PostError, Posted, Put, Read, Record, SessionKey, SideEntry, SideLog,
    SidePut, SideRead, Slot, Socket, TimeLeft, Timestamp, Urgency,
};

use super::watch::{Asked, Watch};

/// What goes wrong with every call from now on.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// Nothing.
    None,
    /// Everything, with this error.
    All(LogError),
}

/// The log of a [`World`](super::World).
pub(crate) struct WatchedLog {
    memory: MemoryLog,
    pub(crate) connections: MemoryConnections,
    pub(crate) gateway: MemoryGateway,
    pub(crate) watch: Watch,
    failure: Mutex<Failure>,
    stored: AtomicUsize,
    ends: AtomicUsize,
    sessions: Mutex<Vec<SessionKey>>,
}

impl WatchedLog {
    pub(crate) fn new() -> Self {
        Self {
            memory: MemoryLog::default(),
            connections: MemoryConnections::default(),
            gateway: MemoryGateway::default(),
            watch: Watch::default(),
            failure: Mutex::new(Failure::None),
            stored: AtomicUsize::new(0),
            ends: AtomicUsize::new(0),
            sessions: Mutex::new(Vec::new()),
        }
    }

    /// Reads and puts of logs so far, failed ones included.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let reads = self.watch.count(&["read", "read_side", "sessions_of"]);
        (reads, self.watch.count(&["put", "put_side"]))
    }

    pub(crate) fn puts(&self) -> usize {
        self.counts().1
    }

    /// The puts that wrote something: a taken slot stays as it is.
    pub(crate) fn stored(&self) -> usize {
        self.stored.load(Ordering::SeqCst)
    }

    /// How many of these were the end of a session.
    pub(crate) fn ends(&self) -> usize {
        self.ends.load(Ordering::SeqCst)
    }

    /// Every session that was ever begun, in this order.
    pub(crate) fn sessions(&self) -> Vec<SessionKey> {
        let sessions = self.sessions.lock();
        sessions.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn fail(&self, failure: Failure) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    fn failed(&self) -> Result<(), LogError> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        match &*failure {
            Failure::None => Ok(()),
            Failure::All(error) => Err(error.clone()),
        }
    }

    fn note_stored(&self, session: &SessionKey) {
        self.stored.fetch_add(1, Ordering::SeqCst);
        let sessions = self.sessions.lock();
        let mut sessions = sessions.unwrap_or_else(PoisonError::into_inner);
        if !sessions.contains(session) {
            sessions.push(session.clone());
        }
    }
}

impl Log for WatchedLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let asked = Asked {
            limit: Some(read.limit),
            consistency: Some(read.consistency),
            ..Asked::of("read")
        };
        let work = || async move {
            self.failed()?;
            self.memory.read(session, read).await
        };
        self.watch.call(asked, work).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let work = || async move {
            self.failed()?;
            let put = self.memory.put(session, record).await?;
            if put == Put::Stored {
                let ends = matches!(record.body, Body::Ended { .. });
                self.ends.fetch_add(usize::from(ends), Ordering::SeqCst);
                self.note_stored(session);
            }
            Ok(put)
        };
        self.watch.call(Asked::of("put"), work).await
    }
}

impl SideLog for WatchedLog {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        let asked = Asked {
            limit: Some(read.limit),
            consistency: Some(read.consistency),
            ..Asked::of("read_side")
        };
        let work = || async move {
            self.failed()?;
            self.memory.read_side(session, read).await
        };
        self.watch.call(asked, work).await
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let work = || async move {
            self.failed()?;
            let put = self.memory.put_side(session, entry, retained_until).await?;
            if put == SidePut::Stored {
                self.note_stored(session);
            }
            Ok(put)
        };
        self.watch.call(Asked::of("put_side"), work).await
    }
}

impl CustomerIndex for WatchedLog {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        let asked = Asked {
            limit: Some(limit),
            ..Asked::of("sessions_of")
        };
        let work = || async move {
            self.failed()?;
            let memory = &self.memory;
            memory.sessions_of(instance, customer, before, limit).await
        };
        self.watch.call(asked, work).await
    }
}

/// Nobody else writes while a call is answered.
impl Pause for WatchedLog {
    async fn pause(&self, bound: Duration, urgency: Urgency) -> TimeLeft {
        NoPause.pause(bound, urgency).await
    }
}

impl Connections for WatchedLog {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.sockets_of(session).await
        };
        self.watch.call(Asked::of("sockets_of"), work).await
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.socket(connection).await
        };
        self.watch.call(Asked::of("socket"), work).await
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.put_socket(socket).await
        };
        self.watch.call(Asked::of("put_socket"), work).await
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.mark_subscribed(socket, after).await
        };
        self.watch.call(Asked::of("mark_subscribed"), work).await
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.mark_caught_up(socket, after).await
        };
        self.watch.call(Asked::of("mark_caught_up"), work).await
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        let work = || async move {
            self.failed()?;
            self.connections.forget(socket).await
        };
        self.watch.call(Asked::of("forget"), work).await
    }
}

impl Post for WatchedLog {
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> Result<Posted, PostError> {
        let work = || self.gateway.post(connection, frames, effort);
        self.watch.call(Asked::of("post"), work).await
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        let work = || self.gateway.heard(connection);
        self.watch.call(Asked::of("heard"), work).await
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        let work = || self.gateway.close(connection);
        self.watch.call(Asked::of("close"), work).await
    }
}
