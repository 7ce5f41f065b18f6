//! A log in memory that counts what is done to it, and fails when it is told to; and connections and a gateway in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::{
    Chunk, ConnectionId, Connections, CustomerId, CustomerIndex, Effort, Frame, Heard, InstanceId,
    Listed, Listing, Log, LogError, MemoryConnections, MemoryGateway, MemoryLog, Post, PostError,
    Posted, Put, Read, Record, SessionKey, SideEntry, SideLog, SidePut, SideRead, Socket,
    Timestamp,
};

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
    failure: Mutex<Failure>,
    reads: AtomicUsize,
    puts: AtomicUsize,
    stored: AtomicUsize,
}

impl WatchedLog {
    pub(crate) fn new() -> Self {
        Self {
            memory: MemoryLog::default(),
            connections: MemoryConnections::default(),
            gateway: MemoryGateway::default(),
            failure: Mutex::new(Failure::None),
            reads: AtomicUsize::new(0),
            puts: AtomicUsize::new(0),
            stored: AtomicUsize::new(0),
        }
    }

    /// Reads and puts so far, failed ones included.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        (count(&self.reads), count(&self.puts))
    }

    pub(crate) fn puts(&self) -> usize {
        self.counts().1
    }

    /// The puts that wrote something: a taken slot stays as it is.
    pub(crate) fn stored(&self) -> usize {
        self.stored.load(Ordering::SeqCst)
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
}

impl Log for WatchedLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.failed()?;
        self.memory.read(session, read).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        self.puts.fetch_add(1, Ordering::SeqCst);
        self.failed()?;
        let put = self.memory.put(session, record).await?;
        if put == Put::Stored {
            self.stored.fetch_add(1, Ordering::SeqCst);
        }
        Ok(put)
    }
}

impl SideLog for WatchedLog {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.failed()?;
        self.memory.read_side(session, read).await
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        self.puts.fetch_add(1, Ordering::SeqCst);
        self.failed()?;
        let put = self.memory.put_side(session, entry, retained_until).await?;
        if put == SidePut::Stored {
            self.stored.fetch_add(1, Ordering::SeqCst);
        }
        Ok(put)
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
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.failed()?;
        self.memory
            .sessions_of(instance, customer, before, limit)
            .await
    }
}

impl Connections for WatchedLog {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        self.failed()?;
        self.connections.sockets_of(session).await
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        self.failed()?;
        self.connections.socket(connection).await
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        self.failed()?;
        self.connections.put_socket(socket).await
    }

    async fn mark_subscribed(&self, socket: &Socket) -> Result<bool, LogError> {
        self.failed()?;
        self.connections.mark_subscribed(socket).await
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        self.failed()?;
        self.connections.forget(socket).await
    }
}

impl Post for WatchedLog {
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> Result<Posted, PostError> {
        self.gateway.post(connection, frames, effort).await
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        self.gateway.heard(connection).await
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        self.gateway.close(connection).await
    }
}
