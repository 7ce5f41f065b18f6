//! What the embedded engine promises beside DynamoDB's own calls: its port, its file, its end.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domain::contract::{FreshSessions, message_at, records_of_every_kind};
use domain::{Consistency, Log, Ordinal, Put, Read, Record, Slot, SlotRange};
use dynamodb::DynamoDbLog;
use engine::{Engine, EngineError, create_table, sdk_config};

/// Names the data file to the process that is to be killed.
const VICTIM: &str = "ENGINE_TEST_VICTIM";
/// How many acknowledged writes to wait for before each kill.
const WRITES: usize = 60;

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_a_new_start() {
    let folder = Folder::new("restart");
    let engine = Engine::file(folder.data(), None).expect("an engine");
    let log = log_at(&engine).await;
    let session = FreshSessions::seeded(1).draw();
    for record in records_of_every_kind() {
        assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
    }
    engine.stop().await.expect("a clean stop");

    let engine = Engine::file(folder.data(), None).expect("an engine");
    let log = log_at(&engine).await;
    assert_eq!(everything(&log, 1).await, records_of_every_kind());
}

#[tokio::test]
async fn two_engines_in_memory_know_nothing_of_each_other() {
    let [one, two] = [(), ()].map(|()| Engine::memory(None).expect("an engine"));
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
    let engine = Engine::file(folder.data(), None).expect("an engine");
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
async fn a_stop_frees_the_port_and_a_taken_one_is_refused() {
    let engine = Engine::memory(None).expect("an engine");
    let address = engine.url().replace("http://", "");
    let (_, port) = address.rsplit_once(':').expect("a port");
    let port = port.parse().ok();
    let second = Engine::memory(port);
    assert!(
        matches!(second, Err(EngineError::Port { .. })),
        "{second:?}"
    );
    engine.stop().await.expect("a clean stop");
    assert!(TcpStream::connect(&address).is_err());
    let again = Engine::memory(port).expect("the port is free");
    assert!(again.url().ends_with(&address));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_client_that_never_finishes_its_request() {
    let folder = Folder::new("stuck");
    let engine = Engine::file(folder.data(), None).expect("an engine");
    let address = engine.url().replace("http://", "");
    let mut stuck = TcpStream::connect(address).expect("a connection");
    stuck
        .write_all(b"POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nhalf")
        .expect("half a request");
    log_at(&engine).await;
    engine.stop().await.expect("a clean stop");
    // SQLite takes its log away when the last connection to the file closes.
    assert!(!folder.data().with_extension("db-wal").exists());
}

#[tokio::test]
async fn a_data_file_that_cannot_be_had_is_refused() {
    let folder = Folder::new("refused");
    let missing = Engine::file(folder.0.join("no/such/folder.db"), None);
    assert!(
        matches!(missing, Err(EngineError::File { .. })),
        "{missing:?}"
    );
    fs::write(
        folder.data(),
        "no database, but a text of some length".repeat(100),
    )
    .expect("a file");
    let other = Engine::file(folder.data(), None);
    assert!(matches!(other, Err(EngineError::Failed(_))), "{other:?}");
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
        let engine = Engine::file(folder.data(), None).expect("an engine");
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
    let engine = Engine::file(data, None).expect("an engine");
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
    let client = dynamodb::client(&sdk_config(&engine.url()));
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
