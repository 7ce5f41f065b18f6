//! The two calls: a range of slots by one `Query`, a record into a free slot by one `PutItem`.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::{Chunk, Consistency, Log, LogError, Order, Put, Read, Record, SessionKey};

use crate::failure::{Attempts, put_failure, read_failure};
use crate::item::{decode, encode};
use crate::{client, keys};

/// Session logs in one DynamoDB table. Clones share the connections.
#[derive(Debug, Clone)]
pub struct DynamoDbLog {
    client: Client,
    table: String,
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
}

impl Log for DynamoDbLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        // DynamoDB refuses a range that is upside down, and a limit of nothing.
        if read.range.is_empty() || read.limit == 0 {
            return Ok(Chunk {
                records: Vec::new(),
                cut: false,
            });
        }
        let number = |slot| AttributeValue::N(keys::sort(slot).to_string());
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression(keys::SLOTS_OF_SESSION)
            .expression_attribute_names(keys::SESSION_NAME, keys::SESSION)
            .expression_attribute_names(keys::SLOT_NAME, keys::SLOT)
            .expression_attribute_values(
                keys::SESSION_VALUE,
                AttributeValue::S(keys::partition(session)),
            )
            .expression_attribute_values(keys::FROM_VALUE, number(read.range.from))
            .expression_attribute_values(keys::TO_VALUE, number(read.range.to))
            .scan_index_forward(read.order == Order::OldestFirst)
            .limit(i32::try_from(read.limit).unwrap_or(i32::MAX))
            .consistent_read(read.consistency == Consistency::Strong)
            .send()
            .await
            .map_err(|error| read_failure(&error))?;
        let records = found
            .items()
            .iter()
            .map(decode)
            .collect::<Result<Vec<_>, _>>()?;
        // A key to go on from stands in every answer that stopped early, for the limit or for its size.
        let stopped = found
            .last_evaluated_key()
            .is_some_and(|key| !key.is_empty());
        Ok(Chunk {
            cut: stopped && records.len() < read.limit,
            records,
        })
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let attempts = Attempts::default();
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode(session, record)?))
            .condition_expression(keys::SLOT_IS_FREE)
            .expression_attribute_names(keys::SESSION_NAME, keys::SESSION)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .interceptor(attempts.watch())
            .send()
            .await;
        let error = match put {
            Ok(_) => return Ok(Put::Stored),
            Err(error) => error,
        };
        if let Some(PutItemError::ConditionalCheckFailedException(taken)) = error.as_service_error()
        {
            let occupant = taken.item().map(decode).transpose()?;
            return Ok(Put::Taken(occupant.map(Box::new)));
        }
        Err(put_failure(&error, &attempts))
    }
}
