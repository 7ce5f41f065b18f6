//! A log in memory that counts what is done to it, and fails when it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::{
    Chunk, CustomerId, CustomerIndex, InstanceId, Listed, Listing, Log, LogError, MemoryLog, Put,
    Read, Record, SessionKey, SideEntry, SideLog, SidePut, SideRead, Timestamp,
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
    failure: Mutex<Failure>,
    reads: AtomicUsize,
    puts: AtomicUsize,
    stored: AtomicUsize,
}

impl WatchedLog {
    pub(crate) fn new() -> Self {
        Self {
            memory: MemoryLog::default(),
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
