//! A table's stream, as the function that delivers reads it.

use domain::contract::{FreshSessions, records_of_every_kind};
use domain::{Log, Put, Record, SessionKey};
use dynamodb::DynamoDbLog;
use engine::{Changes, Engine, create_table};

const TABLE: &str = "chat";

async fn log_of(engine: &Engine) -> DynamoDbLog {
    let config = engine.sdk_config();
    let made = create_table(&dynamodb::client(&config), TABLE).await;
    made.expect("a table");
    DynamoDbLog::from_config(&config, TABLE)
}

fn written(changes: &mut Changes) -> Vec<(SessionKey, Record)> {
    let batch = changes.read().expect("a batch");
    let written = batch.event.changes.iter().map(|change| {
        let written = change.written().expect("a record");
        written.expect("of a log")
    });
    let written = written.collect();
    changes.done(batch.next);
    written
}

async fn put(log: &DynamoDbLog, session: &SessionKey, record: &Record) {
    assert_eq!(log.put(session, record).await, Ok(Put::Stored));
}

#[tokio::test]
async fn every_record_comes_once_and_in_order_from_then_on() {
    let engine = Engine::memory().expect("an engine");
    let log = log_of(&engine).await;
    let mut sessions = FreshSessions::seeded(1);
    let (before, session) = (sessions.draw(), sessions.draw());
    let records = records_of_every_kind();
    put(&log, &before, &records[0]).await;
    let mut changes = engine.changes(TABLE).expect("a stream");
    assert_eq!(written(&mut changes), []);
    for record in &records {
        put(&log, &session, record).await;
        // A place that is taken changes nothing.
        assert_ne!(log.put(&session, record).await, Ok(Put::Stored));
    }
    let expected: Vec<_> = records
        .into_iter()
        .map(|it| (session.clone(), it))
        .collect();
    // Until it is done, it comes again.
    let unread = changes.read().expect("a batch").event.changes.len();
    assert_eq!(unread, expected.len());
    assert_eq!(written(&mut changes), expected);
    assert_eq!(written(&mut changes), []);
    // A second reader begins where it begins.
    let mut later = engine.changes(TABLE).expect("the same stream");
    assert_eq!(written(&mut later), []);
}

#[tokio::test]
async fn a_stream_keeps_its_newest_changes_and_does_not_grow_for_ever() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("stream.db");
    let _ = std::fs::remove_file(&path);
    let session = FreshSessions::seeded(1).draw();
    let records = records_of_every_kind();
    let engine = Engine::file(&path).expect("an engine");
    let log = log_of(&engine).await;
    drop(engine.changes(TABLE).expect("a stream"));
    put(&log, &session, &records[0]).await;
    engine.stop().await.expect("a clean stop");
    let file = rusqlite::Connection::open(&path).expect("the data file");
    let kept = || {
        let count = "SELECT COUNT(*) FROM _stream_records";
        file.query_row(count, [], |row| row.get::<_, u32>(0))
    };
    assert_eq!(kept(), Ok(1));
    let many = "INSERT INTO _stream_records
            (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 25000)
        SELECT table_name, event_name, keys_json, sequence_number + n, shard_id, created_at
        FROM n, (SELECT * FROM _stream_records)";
    assert_eq!(file.execute(many, []), Ok(25_000));
    assert!((10_000..=11_000).contains(&kept().expect("a count")));
    drop(file);
    let engine = Engine::file(&path).expect("the same engine");
    let log = log_of(&engine).await;
    let mut changes = engine.changes(TABLE).expect("the same stream");
    put(&log, &session, &records[1]).await;
    assert_eq!(written(&mut changes), [(session, records[1].clone())]);
    drop(changes);
    engine.stop().await.expect("a clean stop");
    let _ = std::fs::remove_file(&path);
}

#[tokio::test]
async fn a_change_is_found_as_fast_among_many_as_among_few() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("stream-places.db");
    let _ = std::fs::remove_file(&path);
    let engine = Engine::file(&path).expect("an engine");
    engine.stop().await.expect("a clean stop");
    let file = rusqlite::Connection::open(&path).expect("the data file");
    // What the engine asks at every write, and at every read of a stream.
    for question in [
        "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'a'",
        "SELECT event_name FROM _stream_records WHERE table_name = 'a' AND shard_id = 'b'
            AND CAST(sequence_number AS INTEGER) > 1 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 1",
    ] {
        let plan = format!("EXPLAIN QUERY PLAN {question}");
        let plan = file.query_row(&plan, [], |row| row.get::<_, String>(3));
        assert!(plan.expect("a plan").contains("INDEX stream_places"));
    }
    drop(file);
    let _ = std::fs::remove_file(&path);
}
