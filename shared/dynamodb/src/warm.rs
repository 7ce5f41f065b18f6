//! One request before the first call, so that the first call finds a connection that is open.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::LogError;

use crate::connections::DynamoDbConnections;
use crate::failure::read_failure;
use crate::keys;
use crate::table::DynamoDbLog;

impl DynamoDbLog {
    /// Opens a connection to DynamoDB: one request of half a unit that finds nothing, tried once.
    ///
    /// # Errors
    /// When it failed, which is no harm but that the next request opens the connection.
    pub async fn warm(&self) -> Result<(), LogError> {
        warm(&self.client, &self.table, keys::SESSION).await
    }
}

impl DynamoDbConnections {
    /// The same as [`DynamoDbLog::warm`], for those who may read no logs.
    ///
    /// # Errors
    /// As there.
    pub async fn warm(&self) -> Result<(), LogError> {
        warm(&self.client, &self.table, keys::connections::FOUND_BY).await
    }
}

async fn warm(client: &Client, table: &str, partition_key: &str) -> Result<(), LogError> {
    let once = Config::builder().retry_config(RetryConfig::disabled());
    let found = client
        .query()
        .table_name(table)
        .key_condition_expression(keys::WHOLE_PARTITION)
        .expression_attribute_names(keys::PARTITION_NAME, partition_key)
        .expression_attribute_values(
            keys::PARTITION_VALUE,
            AttributeValue::S(keys::NOWHERE.to_owned()),
        )
        .limit(1)
        .customize()
        .config_override(once)
        .send()
        .await;
    found.map(|_| ()).map_err(|error| read_failure(&error))
}
