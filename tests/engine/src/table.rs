//! The product's tables, made as `template.yaml` makes it on AWS.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::{CreateTableError, CreateTableOutput};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};
use dynamodb::keys::{self, connections};

/// How long to wait between two looks at a table that is being made.
const PAUSE: Duration = Duration::from_millis(100);
/// How often to look: one minute in all.
const LOOKS: u32 = 600;

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The engine refused, or did not answer; its text, with every cause.
    #[error("{0}")]
    Engine(String),
    /// The table did not become active within a minute.
    #[error("the table does not become active")]
    NotActive,
}

/// Makes the table `name` of the session logs, waits until it is active, and turns on time-to-live. Its stream is
/// turned on by [`Engine::changes`](crate::Engine::changes).
///
/// A table of that name that already exists is taken as it is, so it may be called at every start, and
/// by several processes at once.
///
/// # Errors
/// When the engine refuses or cannot be reached, or takes longer than a minute.
pub async fn create_table(client: &Client, name: &str) -> Result<(), TableError> {
    create(client, name).await?;
    wait_until_active(client, name).await?;
    enable_time_to_live(client, name).await
}

/// Makes the table `name` of open WebSockets in the same way.
///
/// # Errors
/// As [`create_table`].
pub async fn create_connections_table(client: &Client, name: &str) -> Result<(), TableError> {
    let made = client
        .create_table()
        .table_name(name)
        .attribute_definitions(attribute(connections::FOUND_BY, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(connections::CONNECTION, ScalarAttributeType::S)?)
        .key_schema(key(connections::FOUND_BY, KeyType::Hash)?)
        .key_schema(key(connections::CONNECTION, KeyType::Range)?)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    made_or_there(made)?;
    wait_until_active(client, name).await?;
    enable_time_to_live(client, name).await
}

async fn create(client: &Client, name: &str) -> Result<(), TableError> {
    let by_owner = GlobalSecondaryIndex::builder()
        .index_name(keys::OWNER_INDEX)
        .key_schema(key(keys::OWNER, KeyType::Hash)?)
        .key_schema(key(keys::STARTED_AT, KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::KeysOnly)
                .build(),
        )
        .build()
        .map_err(engine)?;
    let made = client
        .create_table()
        .table_name(name)
        .attribute_definitions(attribute(keys::SESSION, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(keys::SLOT, ScalarAttributeType::N)?)
        .attribute_definitions(attribute(keys::OWNER, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(keys::STARTED_AT, ScalarAttributeType::N)?)
        .key_schema(key(keys::SESSION, KeyType::Hash)?)
        .key_schema(key(keys::SLOT, KeyType::Range)?)
        .global_secondary_indexes(by_owner)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    made_or_there(made)
}

/// A table that is already there is as good as one that was made.
fn made_or_there(
    made: Result<CreateTableOutput, SdkError<CreateTableError>>,
) -> Result<(), TableError> {
    match made {
        Ok(_) => Ok(()),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_in_use_exception()) =>
        {
            Ok(())
        }
        Err(error) => Err(engine(error)),
    }
}

async fn wait_until_active(client: &Client, name: &str) -> Result<(), TableError> {
    for _ in 0..LOOKS {
        let seen = client.describe_table().table_name(name).send().await;
        let status = match &seen {
            Ok(seen) => seen.table().and_then(|table| table.table_status()),
            // Real DynamoDB may not know a new table for a moment.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                None
            }
            Err(error) => return Err(engine(error)),
        };
        if status == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(TableError::NotActive)
}

async fn enable_time_to_live(client: &Client, name: &str) -> Result<(), TableError> {
    let seen = client
        .describe_time_to_live()
        .table_name(name)
        .send()
        .await
        .map_err(engine)?;
    let status = seen
        .time_to_live_description()
        .and_then(|description| description.time_to_live_status());
    // To enable what is enabled is an error.
    if matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    ) {
        return Ok(());
    }
    let on = TimeToLiveSpecification::builder()
        .attribute_name(keys::EXPIRES_AT)
        .enabled(true)
        .build()
        .map_err(engine)?;
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(on)
        .send()
        .await
        .map_err(engine)?;
    Ok(())
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, TableError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
        .map_err(engine)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, TableError> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .map_err(engine)
}

/// An error with everything that it came of, for people: without the SDK's own dump of it.
fn engine(error: impl std::error::Error) -> TableError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    TableError::Engine(text)
}
