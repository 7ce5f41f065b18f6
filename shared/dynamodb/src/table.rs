//! The table, and the two calls of logs and what is beside them: a range by one `Query`, an item into a
//! free place by one `PutItem`.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::{Consistency, LogError, Order};

use crate::attribute::Item;
use crate::failure::{Attempts, put_failure, read_failure};
use crate::{client, keys};

/// Session logs in one DynamoDB table, what is beside them, and the index of whose they are. Clones share
/// the connections.
#[derive(Debug, Clone)]
pub struct DynamoDbLog {
    pub(crate) client: Client,
    pub(crate) table: String,
}

/// A range of one partition, both ends included.
pub(crate) struct Range {
    pub(crate) partition: String,
    pub(crate) from: u128,
    pub(crate) to: u128,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) consistency: Consistency,
}

/// What a `Query` found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    /// Whether it stopped before the end, for the limit or for the size of the answer.
    pub(crate) stopped: bool,
}

/// What became of a `PutItem`.
pub(crate) enum Written {
    /// The item stands in its place.
    Stored,
    /// The place is taken: by this item, where the engine tells.
    Taken(Option<Item>),
}

impl DynamoDbLog {
    /// The logs in `table`, by a client that the caller has set up.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }

    /// The logs in `table`, by the client of [`client()`] for a configuration that the caller has loaded.
    pub fn from_config(config: &SdkConfig, table: impl Into<String>) -> Self {
        Self::new(client::client(config), table)
    }

    /// The items of a range.
    pub(crate) async fn find(&self, range: Range) -> Result<Found, LogError> {
        // DynamoDB refuses a range that is upside down, and a limit of nothing.
        if range.from > range.to || range.limit == 0 {
            return Ok(Found::default());
        }
        let number = |number: u128| AttributeValue::N(number.to_string());
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression(keys::PLACES_OF_PARTITION)
            .expression_attribute_names(keys::SESSION_NAME, keys::SESSION)
            .expression_attribute_names(keys::SLOT_NAME, keys::SLOT)
            .expression_attribute_values(keys::SESSION_VALUE, AttributeValue::S(range.partition))
            .expression_attribute_values(keys::FROM_VALUE, number(range.from))
            .expression_attribute_values(keys::TO_VALUE, number(range.to))
            .scan_index_forward(range.order == Order::OldestFirst)
            .limit(i32::try_from(range.limit).unwrap_or(i32::MAX))
            .consistent_read(range.consistency == Consistency::Strong)
            .send()
            .await
            .map(Found::from)
            .map_err(|error| read_failure(&error))
    }

    /// Puts an item into its place if the place is free.
    pub(crate) async fn put_if_free(&self, item: Item) -> Result<Written, LogError> {
        let attempts = Attempts::default();
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(keys::PLACE_IS_FREE)
            .expression_attribute_names(keys::SESSION_NAME, keys::SESSION)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .interceptor(attempts.watch())
            .send()
            .await;
        let error = match put {
            Ok(_) => return Ok(Written::Stored),
            Err(error) => error,
        };
        if let Some(PutItemError::ConditionalCheckFailedException(taken)) = error.as_service_error()
        {
            return Ok(Written::Taken(taken.item().cloned()));
        }
        Err(put_failure(&error, &attempts))
    }
}

impl From<QueryOutput> for Found {
    fn from(output: QueryOutput) -> Self {
        // A key to go on from stands in every answer that stopped early.
        let stopped = output
            .last_evaluated_key()
            .is_some_and(|key| !key.is_empty());
        Self {
            items: output.items.unwrap_or_default(),
            stopped,
        }
    }
}
