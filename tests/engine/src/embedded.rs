//! The engine: dynoxide in this process, over a file or in memory. It listens to no port unless it is asked to.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use dynoxide::Database;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::access::{self, AccessKey};
use crate::connector;
use crate::door::Door;
use crate::file::{self, DataFile, Opened};
use crate::held::Held;
use crate::retention::Retention;
use crate::stream::Changes;
use crate::trouble::{EngineError, failed};

/// How long a stop waits for calls that are being answered.
const GRACE: Duration = Duration::from_secs(5);

/// An engine. Clients that were made of its [configuration](Engine::sdk_config) work until it is [stopped](Engine::stop).
pub struct Engine {
    held: Arc<Held>,
    /// Of what is in a file.
    retention: Option<Retention>,
    /// Kept until the file is closed: the system's lock on it goes with it.
    lock: Option<File>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine that forgets everything when it stops.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn memory() -> Result<Self, EngineError> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        // By a name, so that its streams can be bounded; it is gone with its last connection.
        let name = format!("file:engine-{number}?mode=memory&cache=shared");
        let database = Database::new(&name).map_err(failed)?;
        let connection = rusqlite::Connection::open(&name).map_err(failed)?;
        file::bound_streams(&connection).map_err(failed)?;
        Ok(Self {
            held: Arc::new(Held::new(database)),
            retention: None,
            lock: None,
        })
    }

    /// An engine that keeps its tables in the file at `path`.
    ///
    /// The file is made if it is missing, and only its owner may read it. Every acknowledged write is in
    /// the file's write-ahead log (`-wal` beside it): a killed process loses none.
    ///
    /// What is past its time to live is deleted at the start and every hour. Of what was deleted no byte is left in the file
    /// and in those beside it ten seconds after the last deletion, or after a minute if they do not end: the file is rewritten
    /// then, at a stop, and at the next start where the process was killed.
    ///
    /// # Errors
    /// When the file cannot be used, or another engine has it, in this process or in another; or no thread can be had.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, EngineError> {
        Self::over(DataFile::take(path.as_ref())?)
    }

    /// The same over a file that was taken before.
    ///
    /// # Errors
    /// When the file cannot be used, or no thread can be had.
    pub fn over(file: DataFile) -> Result<Self, EngineError> {
        let Opened {
            database,
            connection,
            is_clean,
            lock,
        } = file::open(file)?;
        let held = Arc::new(Held::new(database));
        if !is_clean {
            held.note_deletion();
        }
        let retention = Retention::start(Arc::clone(&held), connection);
        Ok(Self {
            held,
            retention: Some(retention.map_err(EngineError::Thread)?),
            lock: Some(lock),
        })
    }

    /// The SDK's configuration for this engine: its clients hand their requests to it in this process.
    pub fn sdk_config(&self) -> SdkConfig {
        let config = access::sdk_config(access::NOWHERE).into_builder();
        let client = connector::client(Arc::clone(&self.held));
        config.http_client(client).build()
    }

    /// Lets the holder of a key call the engine at a port of 127.0.0.1, or at any free one: for programs in other processes.
    ///
    /// # Errors
    /// When the port is taken, or no thread can be had.
    pub fn listen(&self, port: Option<u16>, key: &AccessKey) -> Result<Door, EngineError> {
        Door::open(Arc::clone(&self.held), port.unwrap_or(0), key)
    }

    /// The changes of a table from now on.
    ///
    /// It turns on the table's stream, in which every change stands until all who read the stream have done with it; of
    /// more than 10,000 the newest, and seldom more.
    ///
    /// # Errors
    /// When there is no such table.
    pub fn changes(&self, table: &str) -> Result<Changes, EngineError> {
        Changes::from_now_on(Arc::clone(&self.held), table)
    }

    /// Stops the engine: calls that come are refused, and those that are being carried out have 5 seconds.
    /// When it returns, the data file is closed.
    ///
    /// # Errors
    /// When one takes longer. What was acknowledged is in the file all the same.
    pub async fn stop(self) -> Result<(), EngineError> {
        let Self {
            held,
            retention,
            lock,
        } = self;
        let closed = spawn_blocking(move || {
            if let Some(retention) = retention {
                retention.stop();
            }
            held.close();
            drop(lock);
        });
        match timeout(GRACE, closed).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failed(error)),
            Err(_) => Err(EngineError::Unended),
        }
    }
}
