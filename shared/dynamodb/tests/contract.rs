//! The contracts of a log, of what is beside it, of the index and of connections, kept by DynamoDB's own calls: on the
//! embedded engine, and on any other endpoint.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::SdkConfig;
use domain::contract::{self, FreshSessions, largest_message};
use domain::{
    Consistency, CustomerIndex, Listed, Listing, Log, Ordinal, Put, Read, SideLog, SidePut, Slot,
    SlotRange, Timestamp,
};
use dynamodb::{DynamoDbConnections, DynamoDbLog};
use engine::{Engine, create_connections_table, create_table, sdk_config};

const TABLE: &str = "contract";
/// Names an endpoint other than the embedded engine, such as `http://127.0.0.1:8000`.
const ENDPOINT: &str = "CONTRACT_ENDPOINT";

#[tokio::test]
async fn the_embedded_engine_keeps_every_promise_of_a_log() {
    let engine = Engine::memory().expect("an engine");
    contract::check_all(&log_at(&engine.sdk_config()).await, 1).await;
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn the_embedded_engine_keeps_every_promise_of_a_side_log() {
    let engine = Engine::memory().expect("an engine");
    contract::check_side(&log_at(&engine.sdk_config()).await, 1).await;
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn the_embedded_engine_keeps_every_promise_of_an_index_of_customers() {
    let engine = Engine::memory().expect("an engine");
    contract::check_customer_index(&log_at(&engine.sdk_config()).await, 1).await;
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn the_embedded_engine_keeps_every_promise_of_a_table_of_connections() {
    let engine = Engine::memory().expect("an engine");
    contract::check_connections(&connections_at(&engine.sdk_config()).await, 1).await;
    engine.stop().await.expect("a clean stop");
}

async fn connections_at(config: &SdkConfig) -> DynamoDbConnections {
    let table = "contract-connections";
    let made = create_connections_table(&dynamodb::client(config), table).await;
    made.expect("a table");
    DynamoDbConnections::from_config(config, table)
}

#[tokio::test]
async fn another_endpoint_keeps_every_promise() {
    let Ok(url) = std::env::var(ENDPOINT) else {
        eprintln!("{ENDPOINT} is not set: no other endpoint was checked");
        return;
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = u64::try_from(now.expect("after 1970").as_nanos()).expect("before 2554");
    let config = sdk_config(&url);
    let log = log_at(&config).await;
    contract::check_all(&log, seed).await;
    contract::check_side(&log, seed ^ 1).await;
    contract::check_customer_index(&log, seed ^ 2).await;
    contract::check_connections(&connections_at(&config).await, seed ^ 3).await;
}

/// What the contract leaves open, since not every store can: the functions save a read by it.
#[tokio::test]
async fn a_taken_slot_names_its_occupant_in_the_same_call() {
    let engine = Engine::memory().expect("an engine");
    let log = log_at(&engine.sdk_config()).await;
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

#[tokio::test]
async fn a_taken_place_beside_a_log_names_its_occupant_in_the_same_call() {
    let engine = Engine::memory().expect("an engine");
    let log = log_at(&engine.sdk_config()).await;
    let session = FreshSessions::seeded(1).draw();
    for entry in contract::entries_of_every_kind() {
        let put = log.put_side(&session, &entry, Timestamp::MAX).await;
        assert_eq!(put, Ok(SidePut::Stored));
        let again = log.put_side(&session, &entry, Timestamp::MAX).await;
        assert_eq!(again, Ok(SidePut::Taken(Some(Box::new(entry)))));
    }
}

/// A part of a customer's list may end at a chat that time-to-live has deleted since: the list goes on.
#[tokio::test]
async fn a_list_goes_on_after_a_chat_that_no_longer_exists() {
    let engine = Engine::memory().expect("an engine");
    let log = log_at(&engine.sdk_config()).await;
    let mut sessions = FreshSessions::seeded(1);
    let first = contract::records_of_every_kind().swap_remove(0);
    let owner = first.started().and_then(|started| started.owner.clone());
    let owner = owner.expect("an owner");
    let session = sessions.draw();
    assert_eq!(log.put(&session, &first).await, Ok(Put::Stored));
    let gone = Listed {
        started: first.at.next(),
        session: sessions.draw().session,
    };
    let rest = log
        .sessions_of(&session.instance, &owner, Some(gone), 9)
        .await;
    let listed = Listed {
        started: first.at,
        session: session.session,
    };
    let whole = Listing {
        sessions: vec![listed],
        more: false,
    };
    assert_eq!(rest, Ok(whole));
}

/// DynamoDB answers with at most 1 MB: about 20 of the largest messages.
#[tokio::test]
async fn an_answer_that_grows_too_large_is_cut() {
    let engine = Engine::memory().expect("an engine");
    let log = log_at(&engine.sdk_config()).await;
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
    let engine = Engine::memory().expect("an engine");
    let shared = log_at(&engine.sdk_config()).await;
    let session = FreshSessions::seeded(1).draw();
    let config = engine.sdk_config();
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

async fn log_at(config: &SdkConfig) -> DynamoDbLog {
    let client = dynamodb::client(config);
    create_table(&client, TABLE).await.expect("a table");
    DynamoDbLog::new(client, TABLE)
}
