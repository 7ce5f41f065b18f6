//! Why there is no store: one sentence each, which names the file or the address and the way on.

use std::io;
use std::path::Path;

use engine::{EngineError, TableError, Trouble};

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder of the data is not there and cannot be made.
    #[error(
        "cannot make the folder {folder}: {}; --data FILE keeps the data elsewhere, --memory keeps none",
        plainly(source)
    )]
    Folder {
        /// The folder.
        folder: String,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing can be written in the folder of the data.
    #[error(
        "cannot write in the folder {folder}: {}; --data FILE keeps the data elsewhere, --memory keeps none",
        plainly(source)
    )]
    NotWritable {
        /// The folder.
        folder: String,
        /// What the system says.
        source: io::Error,
    },
    /// The data file cannot be opened or made.
    #[error(
        "cannot open the data file {file}: {}; --data FILE names another one, --memory keeps no data",
        plainly(source)
    )]
    File {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// There is a folder where the data file should be.
    #[error("{0} is a folder, and the data is kept in one file, as in --data {0}/chat.db")]
    IsFolder(String),
    /// What is in the file is another program's.
    #[error(
        "{0} is no data file of this program and was left as it is; --data FILE names another one"
    )]
    Foreign(String),
    /// The data file is damaged.
    #[error(
        "the data file {0} is damaged; put a copy of it back, or start anew with another --data FILE"
    )]
    Damaged(String),
    /// There is no room for the data.
    #[error("the disk with {0} is full; make room, or keep the data elsewhere with --data FILE")]
    Full(String),
    /// The data file can be read and not written.
    #[error(
        "this user cannot write the data file {0}, or in its folder; change their rights, or keep the data elsewhere with --data FILE"
    )]
    ReadOnly(String),
    /// The system fails to read or to write.
    #[error(
        "the disk with {0} cannot be read or written: see that it has room and is in order, or keep the data elsewhere with --data FILE"
    )]
    DiskFails(String),
    /// Another program holds the data file.
    #[error("another program holds the data file {0}; stop that one, or use another --data FILE")]
    Busy(String),
    /// The data is there, and its keys are not.
    #[error(
        "the keys file {keys} is missing for the data in {data}: put it back, or start once with --new-keys; then the \
         chats stay, tokens given out before stop working, and a start that is retried makes a second chat"
    )]
    NoKeys {
        /// The data file, or the address of the data.
        data: String,
        /// The file of the keys.
        keys: String,
    },
    /// The keys cannot be read or written.
    #[error(
        "cannot use the keys file {file}: {}; it must be yours to read and write",
        plainly(source)
    )]
    Keys {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file of the keys holds something else.
    #[error(
        "{0} holds no keys, or too short ones: put the right ones back, or start once with --new-keys (see local --help)"
    )]
    NoKeysInside(String),
    /// The system has no randomness for new keys.
    #[error("cannot make new keys: {}", plainly(.0))]
    Randomness(#[from] io::Error),
    /// No DynamoDB is reached.
    #[error(
        "no DynamoDB answers at {url}: {reason}; check that it runs and that --dynamodb-endpoint is right"
    )]
    Unreachable {
        /// Where it should be.
        url: String,
        /// Why not, in words.
        reason: String,
    },
    /// What answers is no DynamoDB, or wants other credentials.
    #[error(
        "the DynamoDB at {url} refuses to serve: {reason}; check the address, the credentials and the region"
    )]
    Refuses {
        /// Where it is.
        url: String,
        /// What it says.
        reason: String,
    },
    /// No credentials for a DynamoDB elsewhere.
    #[error(
        "the AWS credentials that the environment names cannot be had; unset AWS_PROFILE and AWS_ACCESS_KEY_ID for an engine that takes any"
    )]
    NoCredentials,
    /// The embedded engine's port cannot be had.
    #[error(
        "cannot listen on 127.0.0.1:{port}: {}; --port N takes another one, 0 any free one",
        plainly(source)
    )]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The engine was not closed in time.
    #[error(
        "the data file could not be closed in time: another program has locked it, or the disk is slow; nothing that was acknowledged is lost"
    )]
    Unended,
    /// The engine fails otherwise.
    #[error("the embedded engine failed: {0}")]
    Engine(String),
    /// The tables cannot be made.
    #[error("the tables cannot be made in {place}: {reason}")]
    Table {
        /// Where the data is.
        place: String,
        /// What is said there.
        reason: String,
    },
}

impl StoreError {
    /// An error of the embedded engine.
    pub(super) fn of_engine(error: EngineError) -> Self {
        match error {
            EngineError::Port { port, source } => Self::Port { port, source },
            EngineError::File { path, source } => Self::File { file: path, source },
            EngineError::Foreign { path } => Self::Foreign(path),
            EngineError::Data { path, trouble } => Self::of_trouble(trouble, path),
            EngineError::Unended => Self::Unended,
            error => Self::Engine(error.to_string()),
        }
    }

    /// What is wrong with a data file.
    fn of_trouble(trouble: Trouble, file: String) -> Self {
        match trouble {
            Trouble::NoDatabase => Self::Foreign(file),
            Trouble::Corrupt => Self::Damaged(file),
            Trouble::DiskFull => Self::Full(file),
            Trouble::NotWritable => Self::ReadOnly(file),
            Trouble::DiskFails => Self::DiskFails(file),
            Trouble::Busy => Self::Busy(file),
        }
    }

    /// An error at the making of a file.
    pub(crate) fn of_folder(file: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::StorageFull {
            return Self::Full(file.display().to_string());
        }
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).display().to_string();
        Self::NotWritable { folder, source }
    }

    /// An error at the making of tables.
    pub(super) fn of_table(error: TableError, place: &str) -> Self {
        let (place, reason) = (place.to_owned(), error.to_string());
        if reason.contains("DiskFull") {
            return Self::Full(place);
        }
        Self::Table { place, reason }
    }
}

/// What the system says, without its number and as the middle of a sentence.
pub(crate) fn plainly(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
