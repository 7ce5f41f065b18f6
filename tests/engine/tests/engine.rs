//! What the embedded engine promises beside DynamoDB's own calls: its file, its end.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domain::contract::{FreshSessions, message_at, records_of_every_kind};
use domain::{Consistency, Log, LogError, Ordinal, Put, Read, Record, Slot, SlotRange};
use dynamodb::DynamoDbLog;
use engine::{Engine, EngineError, Trouble, create_table};
use rusqlite::Connection;

/// Names the data file to the process that is to be killed.
const VICTIM: &str = "ENGINE_TEST_VICTIM";
/// How many acknowledged writes to wait for before each kill.
const WRITES: usize = 60;

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_a_new_start() {
    let folder = Folder::new("restart");
    let engine = Engine::file(folder.data()).expect("an engine");
    let log = log_at(&engine).await;
    let session = FreshSessions::seeded(1).draw();
    for record in records_of_every_kind() {
        assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
    }
    engine.stop().await.expect("a clean stop");

    let engine = Engine::file(folder.data()).expect("an engine");
    let log = log_at(&engine).await;
    assert_eq!(everything(&log, 1).await, records_of_every_kind());
}

#[tokio::test]
async fn a_file_is_for_one_engine_at_a_time() {
    let folder = Folder::new("shared");
    let engine = Engine::file(folder.data()).expect("an engine");
    let second = Engine::file(folder.data()).expect_err("the file is in use");
    let trouble = match second {
        EngineError::Data { trouble, .. } => trouble,
        other => panic!("{other}"),
    };
    assert_eq!(trouble, Trouble::Busy);
    engine.stop().await.expect("a clean stop");
    Engine::file(folder.data()).expect("the file is free");
}

#[tokio::test]
async fn two_engines_in_memory_know_nothing_of_each_other() {
    let [one, two] = [(), ()].map(|()| Engine::memory().expect("an engine"));
    let (one, two) = (log_at(&one).await, log_at(&two).await);
    let session = FreshSessions::seeded(1).draw();
    let record = message_at(Slot::FIRST.following(), "here");
    assert_eq!(one.put(&session, &record).await, Ok(Put::Stored));
    assert_eq!(everything(&two, 1).await, []);
}

#[tokio::test]
async fn the_data_file_and_its_side_files_are_the_owners_alone() {
    let folder = Folder::new("rights");
    // Also a file that was open to everybody before.
    fs::write(folder.data(), []).expect("a file");
    fs::set_permissions(folder.data(), Permissions::from_mode(0o644)).expect("rights");
    let engine = Engine::file(folder.data()).expect("an engine");
    log_at(&engine).await;
    let files: Vec<_> = fs::read_dir(&folder.0)
        .expect("a folder")
        .map(|file| file.expect("a file"))
        .collect();
    assert!(files.len() > 1, "the log beside the file");
    for file in files {
        let mode = file.metadata().expect("rights").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_stop_closes_the_file_and_whoever_calls_then_is_refused() {
    let folder = Folder::new("stopped");
    let engine = Engine::file(folder.data()).expect("an engine");
    let (log, session) = (log_at(&engine).await, FreshSessions::seeded(1).draw());
    let record = message_at(Slot::FIRST.following(), "here");
    assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
    engine.stop().await.expect("a clean stop");
    // SQLite takes its log away when the last connection to the file closes.
    assert!(!folder.data().with_extension("db-wal").exists());
    let late = log.put(&session, &record).await;
    assert!(matches!(late, Err(LogError::Unavailable(_))), "{late:?}");
}

#[tokio::test]
async fn a_data_file_that_cannot_be_had_is_refused_and_left_as_it_is() {
    let folder = Folder::new("refused");
    let refused = |path: PathBuf| Engine::file(path).expect_err("it cannot be had");
    let missing = refused(folder.0.join("no/such/folder.db"));
    assert!(matches!(missing, EngineError::File { .. }), "{missing:?}");
    let is_folder = refused(folder.0.clone());
    assert!(
        matches!(is_folder, EngineError::File { .. }),
        "{is_folder:?}"
    );

    let text = "no database, but a text of some length".repeat(100);
    fs::write(folder.data(), &text).expect("a file");
    let rights = Permissions::from_mode(0o644);
    fs::set_permissions(folder.data(), rights.clone()).expect("rights");
    let other = refused(folder.data());
    assert!(
        other.to_string().ends_with("chat.db: it is no database"),
        "{other}"
    );
    assert_eq!(fs::read_to_string(folder.data()).expect("a file"), text);

    let foreign = folder.0.join("foreign.db");
    let notes = Connection::open(&foreign).expect("a database");
    let made =
        notes.execute_batch("CREATE TABLE notes (body TEXT); INSERT INTO notes VALUES ('mine');");
    made.expect("a table");
    drop(notes);
    fs::set_permissions(&foreign, rights).expect("rights");
    let before = fs::read(&foreign).expect("a file");
    let refused_foreign = refused(foreign.clone());
    assert!(
        matches!(refused_foreign, EngineError::Foreign { .. }),
        "{refused_foreign:?}"
    );
    assert_eq!(fs::read(&foreign).expect("a file"), before);
    let files = fs::read_dir(&folder.0).expect("a folder");
    assert_eq!(files.count(), 2, "no side files");
    for file in [folder.data(), foreign] {
        let mode = fs::metadata(file).expect("rights").permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
    }
}

#[tokio::test]
async fn a_damaged_file_is_named_at_the_start_or_in_the_reason_of_the_call() {
    let folder = Folder::new("damaged");
    let engine = Engine::file(folder.data()).expect("an engine");
    let (log, session) = (log_at(&engine).await, FreshSessions::seeded(1).draw());
    for n in 1..=40 {
        let record = message_at(Slot::new(Ordinal::FIRST, n), &"long ".repeat(1000));
        assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
    }
    engine.stop().await.expect("a clean stop");
    let whole = fs::read(folder.data()).expect("a file");

    // All after the first page: what is read at the start.
    let mut damaged = whole.clone();
    damaged[4096..].fill(0xa5);
    fs::write(folder.data(), damaged).expect("a file");
    let refused = Engine::file(folder.data()).expect_err("it is damaged");
    assert!(
        refused.to_string().ends_with("chat.db: it is damaged"),
        "{refused}"
    );

    // The last quarter: what only the messages stand in.
    let mut damaged = whole.clone();
    let from = whole.len() / 4 * 3;
    damaged[from..].fill(0xa5);
    fs::write(folder.data(), damaged).expect("a file");
    let engine = Engine::file(folder.data()).expect("its tables can be read");
    let log = DynamoDbLog::from_config(&engine.sdk_config(), "chat");
    let read = Read::oldest(SlotRange::ALL, 100, Consistency::Strong);
    let Err(LogError::Unavailable(reason)) = log.read(&session, read).await else {
        panic!("a part is missing");
    };

    assert_eq!(reason, "Query: DataFileIsCorrupt (HTTP 507)");
}

/// On a file system of one megabyte.
#[tokio::test]
async fn where_the_disk_is_full_a_put_fails_with_that_reason_and_nothing_acknowledged_is_lost() {
    let folder = Folder::new("full");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&folder.0)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("left out: only root can make a small file system");
        return;
    }
    let _mounted = Mounted(folder.0.clone());
    let engine = Engine::file(folder.data()).expect("an engine");
    let (log, session) = (log_at(&engine).await, FreshSessions::seeded(1).draw());
    let mut stored = Vec::new();
    let reason = loop {
        let slot = Slot::new(
            Ordinal::FIRST,
            u32::try_from(stored.len()).expect("few") + 1,
        );
        let record = message_at(slot, &"long ".repeat(3000));
        match log.put(&session, &record).await {
            Ok(Put::Stored) => stored.push(record),
            Err(LogError::Unavailable(reason)) => break reason,
            other => panic!("{other:?}"),
        }
        assert!(stored.len() < 500, "the disk does not fill");
    };
    assert_eq!(reason, "PutItem: DiskFull (HTTP 507)");
    assert!(stored.len() > 10);
    // It goes on reading, and so does the next process, and where there is room again it goes on writing.
    assert_eq!(everything(&log, 1).await, stored);
    let _ = engine.stop().await;
    let engine = Engine::file(folder.data()).expect("what stands there can be read");
    let log = log_at(&engine).await;
    assert_eq!(everything(&log, 1).await, stored);
    let larger = Command::new("mount")
        .args(["-o", "remount,size=8m"])
        .arg(&folder.0)
        .status();
    assert!(larger.is_ok_and(|status| status.success()));
    let slot = Slot::new(
        Ordinal::FIRST,
        u32::try_from(stored.len()).expect("few") + 1,
    );
    stored.push(message_at(slot, "room again"));
    assert_eq!(
        log.put(&session, &stored[stored.len() - 1]).await,
        Ok(Put::Stored)
    );
    assert_eq!(everything(&log, 1).await, stored);
    engine.stop().await.expect("a clean stop");
}

/// The writer is a process of its own, this test in another role, and dies by SIGKILL while it writes.
#[tokio::test]
async fn a_killed_engine_has_lost_no_acknowledged_write() {
    if let Ok(path) = std::env::var(VICTIM) {
        return write_until_killed(Path::new(&path)).await;
    }
    let folder = Folder::new("killed");
    let mut acknowledged = 0;
    for _ in 0..3 {
        acknowledged += kill_a_writer(&folder.data());
        let engine = Engine::file(folder.data()).expect("an engine");
        let there = everything(&log_at(&engine).await, 1).await;
        let slots = there.iter().map(|record| record.slot.n());
        assert!(slots.eq(1..=u32::try_from(there.len()).expect("few")));
        // The last one may have been written and not acknowledged.
        assert!(
            there.len() >= acknowledged,
            "{acknowledged} were acknowledged"
        );
        acknowledged = there.len();
        engine.stop().await.expect("a clean stop");
    }
}

/// Starts a writer and kills it after some writes; gives how many it has announced as acknowledged.
fn kill_a_writer(data: &Path) -> usize {
    let mut writer = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_killed_engine_has_lost_no_acknowledged_write"])
        .arg("--nocapture")
        .env(VICTIM, data)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let announced = BufReader::new(writer.stderr.take().expect("a pipe")).lines();
    let mut lines = announced.map(|line| line.expect("a line"));
    let mut acknowledged = lines
        .by_ref()
        .take(WRITES)
        .filter(|line| line == "written")
        .count();
    writer.kill().expect("a kill");
    writer.wait().expect("an end");
    acknowledged += lines.filter(|line| line == "written").count();
    assert!(acknowledged >= WRITES, "{acknowledged} writes");
    acknowledged
}

async fn write_until_killed(data: &Path) {
    let engine = Engine::file(data).expect("an engine");
    let log = log_at(&engine).await;
    let session = FreshSessions::seeded(1).draw();
    let before = u32::try_from(everything(&log, 1).await.len()).expect("few");
    for n in before + 1.. {
        let record = message_at(Slot::new(Ordinal::FIRST, n), "acknowledged");
        assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
        eprintln!("written");
    }
}

async fn log_at(engine: &Engine) -> DynamoDbLog {
    let client = dynamodb::client(&engine.sdk_config());
    create_table(&client, "chat").await.expect("a table");
    DynamoDbLog::new(client, "chat")
}

async fn everything(log: &DynamoDbLog, seed: u64) -> Vec<Record> {
    let session = FreshSessions::seeded(seed).draw();
    let read = Read::oldest(SlotRange::ALL, 100_000, Consistency::Strong);
    let chunk = log.read(&session, read).await.expect("an answer");
    assert!(!chunk.cut);
    chunk.records
}

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("engine-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn data(&self) -> PathBuf {
        self.0.join("chat.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file system that is gone with the test.
struct Mounted(PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
