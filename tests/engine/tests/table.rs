//! The table as the engine makes it, beside the table as `template.yaml` deploys it.

use aws_sdk_dynamodb::types::{ProjectionType, TimeToLiveStatus};
use dynamodb::keys;
use engine::{Engine, create_connections_table, create_table};

const TEMPLATE: &str = include_str!("../../../template.yaml");

#[tokio::test]
async fn a_table_is_made_once_however_often_and_by_however_many() {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    let (one, two) = tokio::join!(create_table(&client, "chat"), create_table(&client, "chat"));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    create_table(&client, "chat").await.expect("the same table");
}

#[tokio::test]
async fn the_table_has_its_keys_its_sparse_index_and_its_time_to_live() {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    create_table(&client, "chat").await.expect("a table");
    let seen = client.describe_table().table_name("chat").send().await;
    let seen = seen.expect("a table");
    let table = seen.table().expect("a table");
    let names = |schema: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Vec<String> {
        schema
            .iter()
            .map(|key| format!("{} {}", key.attribute_name(), key.key_type()))
            .collect()
    };
    assert_eq!(names(table.key_schema()), ["session HASH", "slot RANGE"]);
    let index = &table.global_secondary_indexes()[0];
    assert_eq!(index.index_name(), Some("owner-started_at"));
    assert_eq!(
        names(index.key_schema()),
        ["owner HASH", "started_at RANGE"]
    );
    let projection = index.projection().and_then(|each| each.projection_type());
    assert_eq!(projection, Some(&ProjectionType::KeysOnly));

    let seen = client
        .describe_time_to_live()
        .table_name("chat")
        .send()
        .await;
    let seen = seen.expect("a table");
    let time_to_live = seen.time_to_live_description().expect("a time-to-live");
    assert_eq!(time_to_live.attribute_name(), Some("expires_at"));
    assert_eq!(
        time_to_live.time_to_live_status(),
        Some(&TimeToLiveStatus::Enabled)
    );
}

#[tokio::test]
async fn the_table_of_connections_has_its_keys_and_its_time_to_live() {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    for _ in 0..2 {
        let made = create_connections_table(&client, "connections").await;
        made.expect("a table");
    }
    let seen = client.describe_table().table_name("connections").send();
    let seen = seen.await.expect("a table");
    let keys: Vec<String> = seen
        .table()
        .expect("a table")
        .key_schema()
        .iter()
        .map(|key| format!("{} {}", key.attribute_name(), key.key_type()))
        .collect();
    assert_eq!(keys, ["found_by HASH", "connection RANGE"]);
    let seen = client.describe_time_to_live().table_name("connections");
    let seen = seen.send().await.expect("a table");
    let time_to_live = seen.time_to_live_description().expect("a time-to-live");
    assert_eq!(time_to_live.attribute_name(), Some("expires_at"));
}

#[test]
fn the_template_has_the_same_names() {
    for (name, kind) in [
        (keys::SESSION, "S"),
        (keys::SLOT, "N"),
        (keys::OWNER, "S"),
        (keys::STARTED_AT, "N"),
        (keys::connections::FOUND_BY, "S"),
        (keys::connections::CONNECTION, "S"),
    ] {
        deploys(&format!(
            "{{ AttributeName: {name}, AttributeType: {kind} }}"
        ));
    }
    for (name, kind) in [
        (keys::SESSION, "HASH"),
        (keys::SLOT, "RANGE"),
        (keys::OWNER, "HASH"),
        (keys::STARTED_AT, "RANGE"),
        (keys::connections::FOUND_BY, "HASH"),
        (keys::connections::CONNECTION, "RANGE"),
    ] {
        deploys(&format!("{{ AttributeName: {name}, KeyType: {kind} }}"));
    }
    deploys(&format!("IndexName: {}", keys::OWNER_INDEX));
    deploys("ProjectionType: KEYS_ONLY");
    deploys("StreamSpecification: { StreamViewType: NEW_IMAGE }");
    deploys("BillingMode: PAY_PER_REQUEST");
    deploys(&format!(
        "TimeToLiveSpecification: {{ AttributeName: {}, Enabled: true }}",
        keys::EXPIRES_AT
    ));
}

fn deploys(line: &str) {
    assert!(TEMPLATE.contains(line), "template.yaml has no {line:?}");
}
