//! What is past its retention, and what was erased, leaves the file: the engine's own sweep runs, the stream keeps what nobody
//! waits for no longer, the file is rewritten after deletions, and the log beside it is emptied into it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tracing::warn;

use crate::file::{leave_clean, rewrite};
use crate::held::Held;

/// How long what was read of the stream, and what is in the log beside the file, may stand there.
const PAUSE: Duration = Duration::from_secs(5);
/// How many pauses deletions wait that do not end.
const MOST_PAUSES: u32 = 12;
/// How many pauses lie between two searches for what is past its retention, which read the whole file: an hour.
const SEARCH_EVERY: u32 = 720;

/// The thread that does so while the engine runs.
#[derive(Debug)]
pub(crate) struct Retention {
    /// Dropped to tell the thread to end.
    running: Sender<()>,
    ended: JoinHandle<()>,
}

impl Retention {
    /// Begins with a search, and repeats it.
    pub(crate) fn start(held: Arc<Held>, file: Connection) -> io::Result<Self> {
        let (running, stopping) = mpsc::channel();
        let ended = thread::Builder::new()
            .name("retention".to_owned())
            .spawn(move || keep(&held, &file, &stopping))?;
        Ok(Self { running, ended })
    }

    /// Ends it, and waits until its connection to the file is closed. It blocks.
    pub(crate) fn stop(self) {
        drop(self.running);
        // If it panicked, its connection is closed all the same.
        let _ = self.ended.join();
    }
}

fn keep(held: &Held, file: &Connection, stopping: &Receiver<()>) {
    let mut pauses: u32 = 0;
    let mut deletions = Deletions::default();
    let mut warned = false;
    loop {
        if pauses.is_multiple_of(SEARCH_EVERY) {
            search(held);
        }
        pauses = pauses.wrapping_add(1);
        let rewriting = deletions.are_to_be_cleared(held.was_deleted_from());
        if held.was_used() || rewriting {
            match held.alone(|| clear(held, file, rewriting)) {
                Ok(true) => warned = false,
                // Another program reads the file.
                Ok(false) => held.note_use(),
                Err(error) => {
                    held.note_use();
                    if rewriting {
                        held.note_deletion();
                    }
                    if !warned {
                        warn!(reason = %error, "what was deleted may still stand in the data file");
                        warned = true;
                    }
                }
            }
        }
        if stopping.recv_timeout(PAUSE) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    let rewriting = held.was_deleted_from() || deletions.pauses > 0;
    let left = held.alone(|| {
        // Another program may read the file: then it is not known to be clean.
        if clear(held, file, rewriting)? {
            leave_clean(file)?;
        }
        Ok::<_, rusqlite::Error>(())
    });
    if let Err(error) = left {
        warn!(reason = %error, "what was deleted may stand in the data file until the next start");
    }
}

/// What was deleted and may still stand in the file.
#[derive(Debug, Default)]
struct Deletions {
    /// How many pauses they wait already; none where there are none.
    pauses: u32,
}

impl Deletions {
    /// Whether the file is to be rewritten now: once nothing more is deleted, since many deletions come one after the
    /// other, or after a minute.
    fn are_to_be_cleared(&mut self, more: bool) -> bool {
        match (self.pauses, more) {
            (0, false) => return false,
            (1..MOST_PAUSES, true) | (0, true) => self.pauses += 1,
            _ => self.pauses = 0,
        }
        self.pauses == 0
    }
}

/// Deletes what is past its retention.
fn search(held: &Held) {
    match held.with(|database| database.sweep_ttl()) {
        Some(Ok(0)) | None => held.note_use(),
        Some(Ok(_)) => held.note_deletion(),
        Some(Err(error)) => warn!(reason = %error, "what is past its retention was not deleted"),
    }
}

/// Takes what was deleted out of the stream, out of the file where that is to be, and out of the log beside it; whether it could.
fn clear(held: &Held, file: &Connection, rewriting: bool) -> rusqlite::Result<bool> {
    forget_what_was_read(held, file)?;
    if rewriting {
        rewrite(file)?;
    }
    empty_log(file)
}

/// Deletes the stream's copies that every reader has done with. The newest change stays without its content, since the
/// engine counts on from its number.
fn forget_what_was_read(held: &Held, file: &Connection) -> rusqlite::Result<()> {
    let mut tables = file.prepare("SELECT DISTINCT table_name FROM _stream_records")?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    for table in tables.collect::<rusqlite::Result<Vec<_>>>()? {
        let place = held.read_by_all(&table);
        file.execute(
            "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2
                 AND CAST(sequence_number AS INTEGER) <
                     (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)",
            (&table, place),
        )?;
        file.execute(
            "UPDATE _stream_records SET keys_json = '{}', new_image = NULL, old_image = NULL
                 WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2 AND keys_json <> '{}'",
            (&table, place),
        )?;
    }
    Ok(())
}

/// Writes the log into the file and cuts it to nothing; not while another program reads the file.
fn empty_log(file: &Connection) -> rusqlite::Result<bool> {
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get(0).map(|busy: bool| !busy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_rewritten_once_deletions_have_ended_and_at_last_after_a_minute() {
        let mut deletions = Deletions::default();
        let mut asked = |more: bool| deletions.are_to_be_cleared(more);
        assert!(!asked(false));
        assert!(!asked(true));
        assert!(asked(false));
        assert!(!asked(false));
        let rewritten = (0..26).filter(|_| asked(true)).count();
        assert_eq!(rewritten, 2);
    }
}
