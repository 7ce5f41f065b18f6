//! What a meter counts, and the request that opens a connection.

use domain::{Log, LogError};
use dynamodb::{DynamoDbConnections, DynamoDbLog, Meter, Metered};
use engine::{Engine, sdk_config};

use crate::scripted::{Scripted, Step::*};
use crate::{BROKEN, EVERYTHING, THROTTLED, record, session};

fn metered(requests: u64, retries: u64) -> Metered {
    Metered { requests, retries }
}

#[tokio::test]
async fn every_request_is_counted_once_and_every_further_attempt_once() {
    let script = [
        THROTTLED,
        BROKEN,
        Answer("{}"),
        Answer(r#"{"Items":[]}"#),
        BROKEN,
        BROKEN,
        BROKEN,
    ];
    let server = Scripted::start(&script).await;
    let meter = Meter::default();
    let client = dynamodb::metered_client(&sdk_config(&server.url), &meter);
    let log = DynamoDbLog::new(client, "table");
    assert_eq!(meter.take(), metered(0, 0));
    log.put(&session(), &record())
        .await
        .expect("the third attempt");
    assert_eq!(meter.take(), metered(1, 2));
    log.read(&session(), EVERYTHING).await.expect("a page");
    assert_eq!(meter.take(), metered(1, 0));
    let failed = log.read(&session(), EVERYTHING).await;
    assert!(failed.is_err());
    assert_eq!(meter.take(), metered(1, 2));
    assert_eq!(meter.take(), metered(0, 0), "it is taken once");
}

#[tokio::test]
async fn warming_is_one_request_that_is_tried_once() {
    let server = Scripted::start(&[THROTTLED, BROKEN]).await;
    let client = dynamodb::client(&sdk_config(&server.url));
    let warmed = DynamoDbLog::new(client.clone(), "table").warm().await;
    assert_eq!(warmed, Err(LogError::Throttled));
    let warmed = DynamoDbConnections::new(client, "table").warm().await;
    assert!(matches!(warmed, Err(LogError::Unavailable(_))));
    assert_eq!(server.requests(), ["Query", "Query"]);
}

#[tokio::test]
async fn warming_is_a_request_that_dynamodb_takes() {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    engine::create_table(&client, "chat")
        .await
        .expect("a table");
    let made = engine::create_connections_table(&client, "connections").await;
    made.expect("a table");
    let log = DynamoDbLog::new(client.clone(), "chat");
    assert_eq!(log.warm().await, Ok(()));
    let connections = DynamoDbConnections::new(client, "connections");
    assert_eq!(connections.warm().await, Ok(()));
    let nowhere = DynamoDbLog::new(dynamodb::client(&engine.sdk_config()), "none");
    assert!(nowhere.warm().await.is_err());
}
