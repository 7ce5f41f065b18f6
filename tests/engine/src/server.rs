//! The engine: dynoxide behind HTTP on a loopback port, on a thread of its own.

use std::fmt;
use std::fs::{OpenOptions, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use dynoxide::Database;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};

use crate::stream::Changes;

/// How long a stop waits for requests that are being answered.
const GRACE: Duration = Duration::from_secs(5);
/// Read and written by the owner alone: the file holds what customers wrote.
const OWNER_ONLY: u32 = 0o600;

/// A running engine. It stops when it is dropped; [`Engine::stop`] also waits until it has.
///
/// It runs on a thread of its own, so it answers whatever the caller's runtime is busy with, and its
/// end closes every connection and the data file.
pub struct Engine {
    address: SocketAddr,
    database: Database,
    /// Dropped to tell the thread to end.
    running: watch::Sender<()>,
    ended: oneshot::Receiver<Result<(), String>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Why an engine did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The port cannot be had: somebody else listens there.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Port {
        /// The port asked for; 0 for any.
        port: u16,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The data file cannot be opened.
    #[error("cannot open the data file {path}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// No thread or no event loop can be had for it.
    #[error("cannot start the engine's thread")]
    Thread(#[source] io::Error),
    /// The engine itself fails.
    #[error("the engine failed: {0}")]
    Failed(String),
}

impl Engine {
    /// An engine that forgets everything when it stops, on `port` or on any free one.
    ///
    /// # Errors
    /// When the port is taken, or no thread can be had.
    pub fn memory(port: Option<u16>) -> Result<Self, EngineError> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        // By a name, so that its streams can be bounded; it is gone with its last connection.
        Self::open(
            &format!("file:engine-{number}?mode=memory&cache=shared"),
            port,
        )
    }

    /// An engine that keeps its tables in the file at `path`, on `port` or on any free one.
    ///
    /// The file is made if it is missing, and only its owner may read it. Every acknowledged write is in
    /// the file's write-ahead log (`-wal` beside it): a killed process loses none.
    ///
    /// # Errors
    /// When the file cannot be opened or is no such file, the port is taken, or no thread can be had.
    pub fn file(path: impl AsRef<Path>, port: Option<u16>) -> Result<Self, EngineError> {
        let path = path.as_ref();
        let owned = own(path).map_err(|source| EngineError::File {
            path: path.display().to_string(),
            source,
        })?;
        Self::open(&owned, port)
    }

    fn open(path: &str, port: Option<u16>) -> Result<Self, EngineError> {
        let database = Database::new(path).map_err(failed)?;
        bound_streams(path).map_err(failed)?;
        Self::serve(database, port)
    }

    /// Where the engine answers: `http://127.0.0.1:` and its port.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The changes of a table from now on.
    ///
    /// It turns on the table's stream, in which the newest 10,000 changes stand at least, and seldom more.
    ///
    /// # Errors
    /// When there is no such table.
    pub fn changes(&self, table: &str) -> Result<Changes, EngineError> {
        Changes::from_now_on(self.database.clone(), table)
    }

    /// Stops the engine: no new connection, at most 5 seconds for requests that are being answered.
    /// When it returns, the port is free and the data file closed.
    ///
    /// # Errors
    /// When the engine had failed before.
    pub async fn stop(self) -> Result<(), EngineError> {
        drop((self.running, self.database));
        match self.ended.await {
            Ok(end) => end.map_err(EngineError::Failed),
            Err(_) => Err(EngineError::Failed("its thread panicked".to_owned())),
        }
    }

    fn serve(database: Database, port: Option<u16>) -> Result<Self, EngineError> {
        let port = port.unwrap_or(0);
        let (listener, address) =
            listen(port).map_err(|source| EngineError::Port { port, source })?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(EngineError::Thread)?;
        let (running, stopping) = watch::channel(());
        let served = database.clone();
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || {
                let result = answer(&runtime, listener, served, stopping);
                // Ends the tasks of connections that outlived the grace, and so closes the data file.
                drop(runtime);
                let _ = end.send(result);
            })
            .map_err(EngineError::Thread)?;
        Ok(Self {
            address,
            database,
            running,
            ended,
        })
    }
}

pub(crate) fn failed(error: impl std::fmt::Display) -> EngineError {
    EngineError::Failed(error.to_string())
}

/// Makes the file if it is missing, takes everybody else's rights to it, and gives its absolute path,
/// which SQLite can take for nothing but a path. Its side files get the same rights from SQLite.
fn own(path: &Path) -> io::Result<String> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    path.canonicalize()?
        .into_os_string()
        .into_string()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"))
}

/// Lets the engine forget what is old in its streams, as DynamoDB does after a day: by itself it keeps everything, and
/// looks through all of it at every write.
fn bound_streams(path: &str) -> rusqlite::Result<()> {
    rusqlite::Connection::open(path)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_places
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
         CREATE TRIGGER IF NOT EXISTS stream_bound AFTER INSERT ON _stream_records WHEN NEW.id % 1000 = 0
             BEGIN DELETE FROM _stream_records WHERE id <= NEW.id - 10000; END;",
    )
}

fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn answer(
    runtime: &Runtime,
    listener: TcpListener,
    database: Database,
    stopping: watch::Receiver<()>,
) -> Result<(), String> {
    let stop = |mut stopping: watch::Receiver<()>| async move {
        // Nothing is ever sent: the channel closes when the engine is stopped or dropped.
        let _ = stopping.changed().await;
    };
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::from_std(listener).map_err(|error| error.to_string())?;
        let serving =
            dynoxide::server::serve_with_shutdown(listener, database, stop(stopping.clone()));
        let out_of_patience = async {
            stop(stopping).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            result = serving => result,
            () = out_of_patience => Ok(()),
        }
    })
}
