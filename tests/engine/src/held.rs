//! The open data, held for those who call: a stop takes it away, and what must be alone with the file waits for calls to end.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use dynoxide::Database;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::answers::{Answer, answer, deletes_content};

/// How many calls are carried out at once: while one has the file, the others' JSON is read and written.
pub(crate) const AT_ONCE: usize = 4;

/// The data of an engine, until that is stopped.
pub(crate) struct Held {
    database: RwLock<Option<Database>>,
    turns: Arc<Semaphore>,
    /// Up to which change each reader of a table's stream has come.
    readers: Mutex<Readers>,
    /// Whether a call came since the file was last cleared.
    used: AtomicBool,
    /// Whether something with content was deleted since this was last asked.
    deleted: AtomicBool,
}

#[derive(Default)]
struct Readers {
    made: u64,
    places: BTreeMap<(String, u64), i64>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").finish_non_exhaustive()
    }
}

impl Held {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database: RwLock::new(Some(database)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            readers: Mutex::default(),
            used: AtomicBool::new(false),
            deleted: AtomicBool::new(false),
        }
    }

    /// A turn to call, in the order of those who wait. The engine does one thing at a time; whoever loses patience before
    /// its turn has asked for nothing, so that calls that are tried again do not add to what they wait for.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // It fails only where turns have ended, which they never do.
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// Answers one call; none where the engine was stopped. It may block for as long as the disk does.
    pub(crate) fn answer(&self, target: &str, body: &[u8]) -> Option<Answer> {
        let answered = self.with(|database| answer(database, target, body));
        self.note_use();
        if deletes_content(target, body) {
            self.note_deletion();
        }
        answered
    }

    /// Does something with the data; none where the engine was stopped.
    pub(crate) fn with<T>(&self, call: impl FnOnce(&Database) -> T) -> Option<T> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        database.as_ref().map(call)
    }

    /// Does something while no call is being carried out.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let _nobody_else = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// Waits for the calls that are being carried out, and closes the data.
    pub(crate) fn close(&self) {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        drop(database.take());
    }

    /// Notes that something with content was deleted.
    pub(crate) fn note_deletion(&self) {
        self.deleted.store(true, Ordering::Relaxed);
    }

    /// Whether something with content was deleted since this was last asked.
    pub(crate) fn was_deleted_from(&self) -> bool {
        self.deleted.swap(false, Ordering::Relaxed)
    }

    /// Notes that something may stand in the log beside the file.
    pub(crate) fn note_use(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    /// Whether a call came since this was last asked.
    pub(crate) fn was_used(&self) -> bool {
        self.used.swap(false, Ordering::Relaxed)
    }

    /// Notes a reader of a table's stream, from whom nothing is taken until it has come to a place.
    pub(crate) fn begin_reading(&self, table: &str) -> Reader {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.made += 1;
        let reader = Reader(table.to_owned(), readers.made);
        readers
            .places
            .insert((reader.0.clone(), reader.1), i64::MIN);
        reader
    }

    /// Notes that a reader has done with all up to this change.
    pub(crate) fn has_read(&self, Reader(table, number): &Reader, place: i64) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.places.insert((table.clone(), *number), place);
    }

    /// Forgets a reader.
    pub(crate) fn end_reading(&self, Reader(table, number): &Reader) {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        readers.places.remove(&(table.clone(), *number));
    }

    /// Up to which change every reader of the table has come: all of them, where there is none.
    pub(crate) fn read_by_all(&self, table: &str) -> i64 {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let of_table = readers.places.iter().filter(|((name, _), _)| name == table);
        of_table.map(|(_, place)| *place).min().unwrap_or(i64::MAX)
    }
}

/// A reader of a table's stream, by its number.
#[derive(Debug)]
pub(crate) struct Reader(String, u64);
