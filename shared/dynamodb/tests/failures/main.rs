//! What a failed call comes to, by a server that fails as it is told.

mod beside;
mod metered;
mod scripted;

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use domain::contract::{FreshSessions, message_at};
use domain::{
    Chunk, Consistency, Log, LogError, Ordinal, Put, Read, Record, SessionKey, Slot, SlotRange,
};
use dynamodb::DynamoDbLog;
use engine::sdk_config;

use scripted::{Scripted, Step, Step::*};

const THROTTLED: Step = Refuse(400, "ThrottlingException");
const BROKEN: Step = Refuse(500, "InternalServerError");
const EVERYTHING: Read = Read::newest(SlotRange::ALL, 32, Consistency::Strong);

#[tokio::test]
async fn throttled_to_the_last_attempt_is_throttled() {
    for code in [
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "Throttling",
    ] {
        let throttled = Refuse(400, code);
        assert_eq!(put(&[throttled; 3]).await, Err(LogError::Throttled));
        assert_eq!(read(&[throttled; 3]).await, Err(LogError::Throttled));
    }
}

#[tokio::test]
async fn a_call_that_is_throttled_at_first_gets_through() {
    assert_eq!(put(&[THROTTLED, Answer("{}")]).await, Ok(Put::Stored));
    let nothing = Chunk {
        records: Vec::new(),
        cut: false,
    };
    let answer = Answer(r#"{"Items":[],"Count":0,"ScannedCount":0}"#);
    assert_eq!(read(&[THROTTLED, answer]).await, Ok(nothing));
}

/// The put of the first attempt may have been carried out, or may yet be: its fate is unknown.
#[tokio::test]
async fn a_put_whose_earlier_attempt_has_an_unknown_fate_is_unavailable_though_throttled_last() {
    for unknown in [Hang, Hangup, BROKEN, Refuse(503, "ServiceUnavailable")] {
        for script in [
            [unknown, THROTTLED, THROTTLED],
            [THROTTLED, unknown, THROTTLED],
        ] {
            assert_unavailable(
                put(&script).await,
                "PutItem: ThrottlingException (HTTP 400)",
            );
        }
    }
}

#[tokio::test]
async fn a_read_changes_nothing_so_its_last_attempt_counts() {
    for first in [Hang, Hangup, BROKEN] {
        let script = [first, THROTTLED, THROTTLED];
        assert_eq!(read(&script).await, Err(LogError::Throttled));
    }
}

#[tokio::test]
async fn a_put_that_was_throttled_at_first_and_then_lost_is_unavailable() {
    let script = [THROTTLED, Hang, Hang];
    assert_unavailable(put(&script).await, "PutItem: no answer in time");
}

#[tokio::test]
async fn other_failures_are_unavailable_and_name_their_code_or_kind() {
    for (step, told) in [
        (BROKEN, "InternalServerError (HTTP 500)"),
        (
            Refuse(503, "ServiceUnavailable"),
            "ServiceUnavailable (HTTP 503)",
        ),
        (
            Refuse(400, "ResourceNotFoundException"),
            "ResourceNotFoundException (HTTP 400)",
        ),
        (
            Refuse(400, "AccessDeniedException"),
            "AccessDeniedException (HTTP 400)",
        ),
        (
            Refuse(400, "ValidationException"),
            "ValidationException (HTTP 400)",
        ),
        (Hang, "no answer in time"),
        (Answer("<html>"), "error without a code (HTTP 200)"),
    ] {
        assert_unavailable(put(&[step; 3]).await, &format!("PutItem: {told}"));
        assert_unavailable(read(&[step; 3]).await, &format!("Query: {told}"));
    }
    assert_unavailable(put(&[Hangup; 3]).await, "PutItem: ");
}

/// Engines that cannot return the occupant exist, and DynamoDB itself need not.
#[tokio::test]
async fn a_taken_slot_without_its_occupant_is_taken_all_the_same() {
    let taken = Refuse(400, "ConditionalCheckFailedException");
    assert_eq!(put(&[taken]).await, Ok(Put::Taken(None)));
}

#[tokio::test]
async fn a_corrupt_item_is_an_error_wherever_it_comes_up() {
    let item = r#"{"session":{"S":"SECRET"},"slot":{"N":"1"},"version":{"N":"1"},"record":{"S":"SECRET"}}"#;
    let found = format!(r#"{{"Items":[{item}],"Count":1,"ScannedCount":1}}"#);
    let taken =
        format!(r#"{{"__type":"x#ConditionalCheckFailedException","message":"","Item":{item}}}"#);
    let corrupt = LogError::Corrupt("slot 1: no JSON at column 1".to_owned());
    assert_eq!(read(&[Answer(found.leak())]).await, Err(corrupt.clone()));
    assert_eq!(put(&[RefuseWith(400, taken.leak())]).await, Err(corrupt));
}

#[tokio::test]
async fn a_read_is_one_request_and_an_empty_one_none() {
    let server = Scripted::start(&[Answer(r#"{"Items":[]}"#), Answer("{}")]).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    let upside_down = SlotRange {
        from: Slot::LAST,
        to: Slot::FIRST,
    };
    let read = Read::newest(upside_down, 32, Consistency::Strong);
    assert_eq!(
        log.read(&session(), read).await.map(|chunk| chunk.cut),
        Ok(false)
    );
    let nothing = Read {
        limit: 0,
        ..EVERYTHING
    };
    assert_eq!(
        log.read(&session(), nothing).await.map(|chunk| chunk.cut),
        Ok(false)
    );
    assert_eq!(server.requests(), [""; 0]);
    assert!(log.read(&session(), EVERYTHING).await.is_ok());
    assert_eq!(log.put(&session(), &record()).await, Ok(Put::Stored));
    assert_eq!(server.requests(), ["Query", "PutItem"]);
}

#[tokio::test]
async fn an_endpoint_where_nobody_listens_is_unavailable_at_once() {
    let server = Scripted::start(&[]).await;
    let url = server.stop();
    let log = DynamoDbLog::from_config(&sdk_config(&url), "table");
    let begun = Instant::now();
    let error = log.put(&session(), &record()).await;
    assert_unavailable(error, "PutItem: connection failed");
    assert!(begun.elapsed() < dynamodb::OPERATION_TIMEOUT);
}

/// With the functions' own settings: three attempts, none of them answered.
#[tokio::test]
async fn an_endpoint_that_never_answers_is_unavailable_within_the_operation_timeout() {
    let server = Scripted::start(&[Hang; 3]).await;
    let log = DynamoDbLog::from_config(&sdk_config(&server.url), "table");
    let begun = Instant::now();
    let error = log.put(&session(), &record()).await;
    let waited = begun.elapsed();
    assert_unavailable(error, "PutItem: no answer in time");
    assert!(waited > dynamodb::ATTEMPT_TIMEOUT, "{waited:?}");
    let limit = dynamodb::OPERATION_TIMEOUT + Duration::from_secs(1);
    assert!(waited < limit, "{waited:?}");
}

async fn put(script: &[Step]) -> Result<Put, LogError> {
    let server = Scripted::start(script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    let put = log.put(&session(), &record()).await;
    assert_eq!(server.requests(), vec!["PutItem"; server.requests().len()]);
    put
}

async fn read(script: &[Step]) -> Result<Chunk, LogError> {
    let server = Scripted::start(script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    log.read(&session(), EVERYTHING).await
}

/// A client with the functions' three attempts, and less patience.
fn impatient(url: &str) -> Client {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(400))
        .operation_timeout(Duration::from_secs(8))
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(dynamodb::ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(1));
    let config = aws_sdk_dynamodb::config::Builder::from(&sdk_config(url))
        .timeout_config(timeouts)
        .retry_config(retries);
    Client::from_conf(config.build())
}

fn session() -> SessionKey {
    FreshSessions::seeded(1).draw()
}

fn record() -> Record {
    message_at(Slot::new(Ordinal::FIRST, 1), "SECRET")
}

fn assert_unavailable<T: std::fmt::Debug>(result: Result<T, LogError>, told: &str) {
    match result {
        Err(LogError::Unavailable(text)) => {
            assert!(text.starts_with(told), "{text}, not {told}");
            assert!(!text.contains("SECRET"), "{text}");
        }
        other => panic!("{other:?}, not {told}"),
    }
}
