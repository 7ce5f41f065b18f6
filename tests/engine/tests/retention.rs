//! What is past its retention, and what was deleted, is gone from the file to the last byte; what nobody has deleted stays.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};
use dynamodb::keys;
use engine::{Changes, Engine, create_table};

const TABLE: &str = "chat";
/// Longer than the engine promises to need.
const PATIENCE: Duration = Duration::from_secs(20);

fn data(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("retention-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder.join("chat.db")
}

/// In which files of the folder these words stand, byte for byte.
fn standing(data: &Path, words: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(data.parent().expect("a folder")).expect("a folder");
    let files = files.map(|file| file.expect("a file").path());
    let holds = |file: &PathBuf| {
        let bytes = fs::read(file).unwrap_or_default();
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    };
    files.filter(holds).collect()
}

/// Waits until none of these words stands in any file.
async fn gone(data: &Path, words: &[String]) {
    let begun = Instant::now();
    loop {
        let found: Vec<_> = words
            .iter()
            .flat_map(|each| {
                standing(data, each)
                    .into_iter()
                    .map(move |file| (each, file))
            })
            .collect();
        if found.is_empty() {
            return;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{} still stand: {:?}",
            found.len(),
            &found[..found.len().min(5)]
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn client_of(engine: &Engine) -> Client {
    let client = dynamodb::client(&engine.sdk_config());
    create_table(&client, TABLE).await.expect("a table");
    client
}

fn key(session: &str, slot: u32) -> HashMap<String, AttributeValue> {
    HashMap::from([
        (keys::SESSION.to_owned(), S(session.to_owned())),
        (keys::SLOT.to_owned(), N(slot.to_string())),
    ])
}

async fn put(client: &Client, session: &str, slot: u32, text: &str, expires_at: u64) {
    let mut item = key(session, slot);
    item.insert(keys::RECORD.to_owned(), S(text.to_owned()));
    item.insert(keys::EXPIRES_AT.to_owned(), N(expires_at.to_string()));
    // As the index of customers has it.
    item.insert(keys::OWNER.to_owned(), S(format!("owner-of-{session}")));
    item.insert(keys::STARTED_AT.to_owned(), N(slot.to_string()));
    let put = client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item))
        .send()
        .await;
    put.expect("it is written");
}

async fn delete(client: &Client, session: &str, slot: u32) {
    let deleted = client
        .delete_item()
        .table_name(TABLE)
        .set_key(Some(key(session, slot)))
        .send()
        .await;
    deleted.expect("it is deleted");
}

async fn count(client: &Client) -> usize {
    client
        .scan()
        .table_name(TABLE)
        .send()
        .await
        .expect("a scan")
        .items()
        .len()
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs()
}

fn read(changes: &mut Changes) -> usize {
    let batch = changes.read().expect("a batch");
    let read = batch.event.changes.len();
    changes.done(batch.next);
    read
}

#[tokio::test]
async fn what_is_past_its_retention_is_gone_at_the_next_start() {
    let data = data("expired");
    let engine = Engine::file(&data).expect("an engine");
    let client = client_of(&engine).await;
    let mut changes = engine.changes(TABLE).expect("a stream");
    put(&client, "expired-session", 1, "expired-text", now() - 3600).await;
    put(&client, "kept-session", 1, "kept-text", now() + 3600).await;
    assert_eq!(read(&mut changes), 2);
    assert!(!standing(&data, "expired-text").is_empty());
    drop(changes);
    engine.stop().await.expect("a clean stop");
    assert!(!standing(&data, "expired-text").is_empty());

    let engine = Engine::file(&data).expect("an engine");
    gone(
        &data,
        &["expired-text".to_owned(), "expired-session".to_owned()],
    )
    .await;
    assert!(!standing(&data, "kept-text").is_empty());
    assert_eq!(count(&client_of(&engine).await).await, 1);
    engine.stop().await.expect("a clean stop");
}

/// Items of many sizes, written in turns, so that the pages of the file were shared, split and merged.
#[tokio::test]
async fn what_was_deleted_is_gone_and_what_was_not_is_all_there() {
    let data = data("deleted");
    let engine = Engine::file(&data).expect("an engine");
    let client = client_of(&engine).await;
    let mut changes = engine.changes(TABLE).expect("a stream");
    let text = |session: u32, slot: u32| {
        let length = (session * 7919 + slot * 104_729) as usize % 3000;
        format!("text-{session}-{slot}-{}", "x".repeat(length))
    };
    let (sessions, slots) = (8, 40);
    for slot in 0..slots {
        for session in 0..sessions {
            // Of no fixed length either, as they are not in order.
            let partition = format!("session-{}-{session}", session * 31 % 7);
            put(
                &client,
                &partition,
                slot,
                &text(session, slot),
                now() + 3600,
            )
            .await;
        }
    }
    while read(&mut changes) > 0 {}
    assert!(!standing(&data, "text-0-0-").is_empty());
    let mut words = Vec::new();
    for session in (0..sessions).step_by(2) {
        let partition = format!("session-{}-{session}", session * 31 % 7);
        for slot in 0..slots {
            delete(&client, &partition, slot).await;
            words.push(format!("text-{session}-{slot}-"));
        }
        words.push(partition.clone());
        words.push(format!("owner-of-{partition}"));
    }
    while read(&mut changes) > 0 {}
    gone(&data, &words).await;
    let left = usize::try_from(sessions / 2 * slots).expect("few");
    assert_eq!(count(&client).await, left);
    assert!(!standing(&data, "text-1-1-").is_empty());
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn a_change_stays_until_it_was_read_and_those_after_it_are_told() {
    let data = data("unread");
    let engine = Engine::file(&data).expect("an engine");
    let client = client_of(&engine).await;
    let mut changes = engine.changes(TABLE).expect("a stream");
    for slot in 0..10 {
        put(&client, "session", slot, "unread-text", now() + 3600).await;
    }
    for slot in 0..10 {
        delete(&client, "session", slot).await;
    }
    // Cleared meanwhile, more than once.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert!(!standing(&data, "unread-text").is_empty());
    assert_eq!(read(&mut changes), 20);
    put(&client, "another", 1, "more", now() + 3600).await;
    assert_eq!(read(&mut changes), 1);
    gone(&data, &["unread-text".to_owned()]).await;
    // All was taken away, and it counts on.
    put(&client, "another", 2, "more", now() + 3600).await;
    assert_eq!(read(&mut changes), 1);
    engine.stop().await.expect("a clean stop");
}

/// A file in which SQLite did not overwrite what it deleted.
#[tokio::test]
async fn a_file_of_a_program_that_kept_what_it_deleted_is_cleared_once() {
    let data = data("before");
    let engine = Engine::file(&data).expect("an engine");
    client_of(&engine).await;
    engine.stop().await.expect("a clean stop");
    let file = rusqlite::Connection::open(&data).expect("the data file");
    let kept = "PRAGMA application_id = 0; PRAGMA secure_delete = OFF;
        CREATE TABLE old (text TEXT); INSERT INTO old VALUES ('kept-behind'); DELETE FROM old;";
    file.execute_batch(kept).expect("a table");
    file.close().expect("it closes");
    assert!(!standing(&data, "kept-behind").is_empty());
    let engine = Engine::file(&data).expect("an engine");
    gone(&data, &["kept-behind".to_owned()]).await;
    engine.stop().await.expect("a clean stop");
}
