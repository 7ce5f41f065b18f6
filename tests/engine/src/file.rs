//! The data file before the engine has it: it is made for its owner alone, and what is another program's is left alone.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dynoxide::Database;
use rusqlite::{Connection, OpenFlags};

use crate::trouble::{EngineError, Trouble};

/// Read and written by the owner alone: the file holds what customers wrote.
const OWNER_ONLY: u32 = 0o600;
/// How long to wait for another program that writes to the file.
const PATIENCE: Duration = Duration::from_secs(5);
/// SQLite's field for the program that a file belongs to, as it is while nothing that was deleted stands in the file: "chat".
const CLEAN: i64 = 0x6368_6174;
/// The same while the file is in use.
const IN_USE: i64 = 0x6368_6175;

/// The data in a file, and a connection of our own to it.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) connection: Connection,
    /// Whether nothing that was deleted stands in it.
    pub(crate) is_clean: bool,
    /// The file, locked for as long as this is kept.
    pub(crate) lock: File,
}

/// A data file that this process alone has, for as long as this is kept.
///
/// One engine has a file at a time: two would share the stream of changes, of which each would forget what the other has
/// not read yet. The lock is the system's, so a killed process leaves none behind.
#[derive(Debug)]
pub struct DataFile {
    /// As it was named.
    path: PathBuf,
    /// Its absolute path.
    whole: String,
    lock: File,
}

impl DataFile {
    /// Takes the file at `path`, and makes it where there is none: empty, and for its owner alone.
    ///
    /// # Errors
    /// When it cannot be opened or made, another process has it, or it is another program's, which is left as it is.
    pub fn take(path: impl Into<PathBuf>) -> Result<Self, EngineError> {
        let path = path.into();
        let file = |source| EngineError::File {
            path: path.display().to_string(),
            source,
        };
        let (whole, lock) = made(&path).map_err(file)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(EngineError::busy(&path)),
            Err(TryLockError::Error(error)) => return Err(file(error)),
        }
        if is_foreign(&whole).map_err(|error| EngineError::of_file(&path, &error))? {
            return Err(EngineError::Foreign {
                path: path.display().to_string(),
            });
        }
        Ok(Self { path, whole, lock })
    }
}

/// Opens the data in the file.
pub(crate) fn open(taken: DataFile) -> Result<Opened, EngineError> {
    let DataFile { path, whole, lock } = taken;
    let path = path.as_path();
    let file = |source| EngineError::File {
        path: path.display().to_string(),
        source,
    };
    let sqlite = |error| EngineError::of_file(path, &error);
    fs::set_permissions(path, Permissions::from_mode(OWNER_ONLY)).map_err(file)?;
    let connection = Connection::open(&whole).map_err(sqlite)?;
    connection.busy_timeout(PATIENCE).map_err(sqlite)?;
    if !overwrites(&connection).map_err(sqlite)? {
        return Err(EngineError::KeepsWhatIsDeleted);
    }
    let is_clean = match take_into_use(&connection) {
        Ok(()) => true,
        // What stands there can be read; it is tried again.
        Err(error) if Trouble::in_sqlite(&error) == Some(Trouble::DiskFull) => false,
        Err(error) => return Err(sqlite(error)),
    };
    let database = Database::new(&whole).map_err(|error| EngineError::of_engine(path, &error))?;
    bound_streams(&connection).map_err(sqlite)?;
    Ok(Opened {
        database,
        connection,
        is_clean,
        lock,
    })
}

/// Makes the file if it is missing, for its owner alone, and gives its absolute path, which SQLite can take for nothing
/// but a path. Its side files get the same rights from SQLite.
fn made(path: &Path) -> io::Result<(String, File)> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY)
        .open(path)?;
    let path = path.canonicalize()?.into_os_string().into_string();
    let path =
        path.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"))?;
    Ok((path, file))
}

/// Whether SQLite overwrites what it deletes: so it is built, since the engine does not let its own connection be asked to.
fn overwrites(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA secure_delete", [], |row| row.get(0))
}

/// Whether there are tables in it, and not the engine's.
fn is_foreign(path: &str) -> rusqlite::Result<bool> {
    let foreign = "SELECT EXISTS (SELECT 1 FROM sqlite_master)
        AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_tables')";
    looked_at(path)?.query_row(foreign, [], |row| row.get(0))
}

/// Opens the file to look at it without a trace: no lock, no side file. But where a log stands beside it, it is whole only
/// with that, and so is opened as ever.
fn looked_at(path: &str) -> rusqlite::Result<Connection> {
    if fs::metadata(format!("{path}-wal")).is_ok_and(|log| log.len() > 0) {
        return Connection::open(path);
    }
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{path}?immutable=1"), read)
}

/// Rewrites a file that was left in the middle, and one of a program that did not overwrite what it deleted.
fn take_into_use(connection: &Connection) -> rusqlite::Result<()> {
    let mark: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if mark != CLEAN {
        rewrite(connection)?;
    }
    connection.pragma_update(None, "application_id", IN_USE)
}

/// Writes the whole file anew, so that no byte is left in it of what it no longer holds. To overwrite what is deleted is not
/// enough: where SQLite has moved a row to another page, it stands in the old one until that is written over.
pub(crate) fn rewrite(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("VACUUM")
}

/// Notes that nothing that was deleted stands in the file.
pub(crate) fn leave_clean(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", CLEAN)
}

/// Lets the engine forget what is old in its streams, as DynamoDB does after a day: by itself it keeps everything, and
/// looks through all of it at every write.
pub(crate) fn bound_streams(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS stream_places
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
         CREATE TRIGGER IF NOT EXISTS stream_bound AFTER INSERT ON _stream_records WHEN NEW.id % 1000 = 0
             BEGIN DELETE FROM _stream_records WHERE id <= NEW.id - 10000; END;",
    )
}
