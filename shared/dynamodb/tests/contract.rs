//! The contract of a log, kept by DynamoDB's own calls: on the embedded engine, and on any other endpoint.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::contract::{self, FreshSessions, largest_message};
use domain::{Consistency, Log, Ordinal, Put, Read, Slot, SlotRange};
use dynamodb::DynamoDbLog;
use engine::{Engine, create_table, sdk_config};

const TABLE: &str = "contract";
/// Names an endpoint other than the embedded engine, such as `http://127.0.0.1:8000`.
const ENDPOINT: &str = "CONTRACT_ENDPOINT";

#[tokio::test]
async fn the_embedded_engine_keeps_every_promise_of_a_log() {
    let engine = Engine::memory(None).expect("an engine");
    contract::check_all(&log_at(&engine.url()).await, 1).await;
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn another_endpoint_keeps_every_promise_of_a_log() {
    let Ok(url) = std::env::var(ENDPOINT) else {
        eprintln!("{ENDPOINT} is not set: no other endpoint was checked");
        return;
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = u64::try_from(now.expect("after 1970").as_nanos()).expect("before 2554");
    contract::check_all(&log_at(&url).await, seed).await;
}

/// What the contract leaves open, since not every store can: the functions save a read by it.
#[tokio::test]
async fn a_taken_slot_names_its_occupant_in_the_same_call() {
    let engine = Engine::memory(None).expect("an engine");
    let log = log_at(&engine.url()).await;
    let session = FreshSessions::seeded(1).draw();
    let slot = Slot::FIRST.following();
    let first = contract::message_at(slot, "first");
    let second = contract::message_at(slot, "second");
    assert_eq!(log.put(&session, &first).await, Ok(Put::Stored));
    assert_eq!(
        log.put(&session, &second).await,
        Ok(Put::Taken(Some(Box::new(first))))
    );
}

/// DynamoDB answers with at most 1 MB: about 20 of the largest messages.
#[tokio::test]
async fn an_answer_that_grows_too_large_is_cut() {
    let engine = Engine::memory(None).expect("an engine");
    let log = log_at(&engine.url()).await;
    let session = FreshSessions::seeded(1).draw();
    for n in 1..=32 {
        let record = largest_message(Slot::new(Ordinal::FIRST, n));
        assert_eq!(log.put(&session, &record).await, Ok(Put::Stored));
    }
    let read = Read::newest(SlotRange::ALL, 32, Consistency::Eventual);
    let chunk = log.read(&session, read).await.expect("an answer");
    assert!(chunk.cut);
    assert!((10..32).contains(&chunk.records.len()));
    assert!(chunk.is_contiguous(read.order));
}

/// 32 writers, each on a task and with connections of its own, for one slot after the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_racing_puts_of_one_slot_one_wins() {
    let engine = Engine::memory(None).expect("an engine");
    let shared = log_at(&engine.url()).await;
    let session = FreshSessions::seeded(1).draw();
    let config = sdk_config(&engine.url());
    let logs: Vec<_> = (0..32)
        .map(|_| DynamoDbLog::from_config(&config, TABLE))
        .collect();
    for n in 1..=4 {
        let slot = Slot::new(Ordinal::FIRST, n);
        let writers: Vec<_> = (0_u32..)
            .zip(&logs)
            .map(|(writer, log)| {
                let (log, session) = (log.clone(), session.clone());
                let record = contract::message_at(slot, &format!("writer {writer}"));
                tokio::spawn(async move { (log.put(&session, &record).await, record) })
            })
            .collect();
        let (mut winners, mut occupants) = (Vec::new(), Vec::new());
        for writer in writers {
            match writer.await.expect("no panic") {
                (Ok(Put::Stored), record) => winners.push(record),
                (Ok(Put::Taken(Some(occupant))), _) => occupants.push(*occupant),
                (other, _) => panic!("{other:?}"),
            }
        }
        assert_eq!((winners.len(), occupants.len()), (1, 31));
        assert!(occupants.iter().all(|occupant| *occupant == winners[0]));
        let read = Read::newest(SlotRange::only(slot), 2, Consistency::Strong);
        let there = shared.read(&session, read).await.expect("an answer");
        assert_eq!(there.records, winners);
    }
}

async fn log_at(url: &str) -> DynamoDbLog {
    let client = dynamodb::client(&sdk_config(url));
    create_table(&client, TABLE).await.expect("a table");
    DynamoDbLog::new(client, TABLE)
}
