//! What can be wrong with the engine's data file, before it is open and while it is.

use std::io;
use std::path::Path;

use dynoxide::errors::DynoxideError;
use rusqlite::ErrorCode;

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
    /// The data file cannot be opened or made.
    #[error("cannot open the data file {path}: {source}")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The file is a database, but of another program.
    #[error("{path} is the database of another program")]
    Foreign {
        /// Its path.
        path: String,
    },
    /// The data file is there, and cannot be used.
    #[error("cannot use the data file {path}: {trouble}")]
    Data {
        /// Its path.
        path: String,
        /// What is wrong with it.
        trouble: Trouble,
    },
    /// This program was built without what makes deleted content unreadable.
    #[error(
        "this program was built without SQLITE_SECURE_DELETE: build it inside its own folder, where .cargo/config.toml counts"
    )]
    KeepsWhatIsDeleted,
    /// A stop did not wait for all that was being done.
    #[error("a call did not end within 5 seconds")]
    Unended,
    /// No thread or no event loop can be had for it.
    #[error("cannot start the engine's thread")]
    Thread(#[source] io::Error),
    /// The engine itself fails.
    #[error("the engine failed: {0}")]
    Failed(String),
}

/// What is wrong with a data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The file holds something else.
    #[error("it is no database")]
    NoDatabase,
    /// The file is a database of which a part was overwritten or is missing.
    #[error("it is damaged")]
    Corrupt,
    /// Nothing more can be written.
    #[error("the disk is full")]
    DiskFull,
    /// The file, or the folder in which its side files are made, must not be written.
    #[error("it or its folder cannot be written")]
    NotWritable,
    /// The system fails to read or to write.
    #[error("the disk cannot be read or written")]
    DiskFails,
    /// Another program holds it.
    #[error("another program holds it")]
    Busy,
}

impl Trouble {
    /// Its name in an answer, and so in the log line of a call that fails by it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NoDatabase => "DataFileIsNoDatabase",
            Self::Corrupt => "DataFileIsCorrupt",
            Self::DiskFull => "DiskFull",
            Self::NotWritable => "DataFileIsNotWritable",
            Self::DiskFails => "DiskFails",
            Self::Busy => "DataFileIsBusy",
        }
    }

    /// What SQLite says of the file, if that is what it says.
    pub(crate) fn in_sqlite(error: &rusqlite::Error) -> Option<Self> {
        match error.sqlite_error_code()? {
            ErrorCode::NotADatabase => Some(Self::NoDatabase),
            ErrorCode::DatabaseCorrupt => Some(Self::Corrupt),
            ErrorCode::DiskFull => Some(Self::DiskFull),
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                Some(Self::NotWritable)
            }
            ErrorCode::SystemIoFailure => Some(Self::DiskFails),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Some(Self::Busy),
            _ => None,
        }
    }

    /// The same, behind the engine, which keeps of most errors no more than SQLite's own words for them.
    pub(crate) fn of(error: &DynoxideError) -> Option<Self> {
        let words = match error {
            DynoxideError::SqliteError(error) => return Self::in_sqlite(error),
            DynoxideError::InternalServerError(words) => words,
            _ => return None,
        };
        [
            ("not a valid database", Self::NoDatabase),
            ("not a valid SQLite database", Self::NoDatabase),
            ("database disk image is malformed", Self::Corrupt),
            ("invalid utf-8", Self::Corrupt),
            ("database or disk is full", Self::DiskFull),
            ("attempt to write a readonly database", Self::NotWritable),
            ("unable to open database file", Self::NotWritable),
            ("I/O error", Self::DiskFails),
            ("database is locked", Self::Busy),
        ]
        .into_iter()
        .find_map(|(part, trouble)| words.contains(part).then_some(trouble))
    }
}

impl EngineError {
    pub(crate) fn of_file(path: &Path, error: &rusqlite::Error) -> Self {
        Self::data(path, Trouble::in_sqlite(error), error)
    }

    pub(crate) fn of_engine(path: &Path, error: &DynoxideError) -> Self {
        Self::data(path, Trouble::of(error), error)
    }

    pub(crate) fn busy(path: &Path) -> Self {
        Self::Data {
            path: path.display().to_string(),
            trouble: Trouble::Busy,
        }
    }

    fn data(path: &Path, trouble: Option<Trouble>, error: &dyn std::fmt::Display) -> Self {
        match trouble {
            Some(trouble) => Self::Data {
                path: path.display().to_string(),
                trouble,
            },
            None => Self::Failed(error.to_string()),
        }
    }
}

pub(crate) fn failed(error: impl std::fmt::Display) -> EngineError {
    EngineError::Failed(error.to_string())
}
