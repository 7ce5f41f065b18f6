//! The items of a chat in its table, by their keys alone.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, Select, TransactWriteItem, WriteRequest,
};
use domain::{LogError, SessionKey};
use dynamodb::keys::{self, Beside};

use super::Eraser;
use super::patience::{Pauses, patiently};

/// The key of an item.
pub(super) type Key = HashMap<String, AttributeValue>;

/// How many items one request deletes at most
/// ([BatchWriteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html)).
pub(super) const MOST_DELETED: usize = 25;

const WHOLE_PARTITION: &str = "#session = :session";
const KEY_ONLY: &str = "#session, #slot";

/// The partitions of a chat: what stands beside its log, and the log.
pub fn partitions(key: &SessionKey) -> [String; 3] {
    [
        keys::side_partition(key, Beside::Receipts),
        keys::side_partition(key, Beside::Attributes),
        keys::partition(key),
    ]
}

impl Eraser {
    /// The keys of a partition, lowest first, after `after` and at most as many as one request deletes; strongly
    /// consistent.
    pub(super) async fn keys_of(
        &self,
        partition: &str,
        after: Option<Key>,
    ) -> Result<Vec<Key>, LogError> {
        let limit = i32::try_from(MOST_DELETED).unwrap_or(i32::MAX);
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression(WHOLE_PARTITION)
            .projection_expression(KEY_ONLY)
            .expression_attribute_names("#session", keys::SESSION)
            .expression_attribute_names("#slot", keys::SLOT)
            .expression_attribute_values(":session", AttributeValue::S(partition.to_owned()))
            .set_exclusive_start_key(after)
            .limit(limit)
            .consistent_read(true);
        let found = patiently(self.pace, || async {
            let found = query.clone().send().await;
            found.map_err(|error| failure("Query", &error))
        });
        Ok(found.await?.items.unwrap_or_default())
    }

    /// How many items stand in the chat's partitions.
    pub(super) async fn count_items(&self, key: &SessionKey) -> Result<u64, LogError> {
        let mut items = 0;
        for partition in partitions(key) {
            let mut after = None;
            loop {
                let query = self
                    .client
                    .query()
                    .table_name(&self.table)
                    .key_condition_expression(WHOLE_PARTITION)
                    .expression_attribute_names("#session", keys::SESSION)
                    .expression_attribute_values(":session", AttributeValue::S(partition.clone()))
                    .set_exclusive_start_key(after)
                    .select(Select::Count)
                    .consistent_read(true);
                let found = patiently(self.pace, || async {
                    let found = query.clone().send().await;
                    found.map_err(|error| failure("Query", &error))
                });
                let found = found.await?;
                items += u64::try_from(found.count).unwrap_or_default();
                match found.last_evaluated_key.filter(|key| !key.is_empty()) {
                    None => break,
                    more => after = more,
                }
            }
        }
        Ok(items)
    }

    /// Deletes at most [`MOST_DELETED`] items, in any order.
    pub(super) async fn delete(&self, keys: &[Key]) -> Result<(), LogError> {
        let mut left = keys.iter().map(deletion).collect::<Result<Vec<_>, _>>()?;
        let mut pauses = Pauses::new(self.pace);
        while !left.is_empty() {
            let write = self.client.batch_write_item();
            let write = write.request_items(&self.table, left.clone());
            let written = patiently(self.pace, || async {
                let written = write.clone().send().await;
                written.map_err(|error| failure("BatchWriteItem", &error))
            });
            // What was too much at once comes back, and is asked for again.
            let mut unprocessed = written.await?.unprocessed_items.unwrap_or_default();
            let rest = unprocessed.remove(&self.table).unwrap_or_default();
            if rest.len() < left.len() {
                pauses = Pauses::new(self.pace);
            }
            if !rest.is_empty() && !pauses.pause().await {
                return Err(LogError::Throttled);
            }
            left = rest;
        }
        Ok(())
    }

    /// Deletes these items at one moment, or none of them.
    pub(super) async fn delete_at_once(&self, keys: &[Key]) -> Result<(), LogError> {
        let mut deletions = Vec::new();
        for key in keys {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .build()
                .map_err(unbuilt)?;
            deletions.push(TransactWriteItem::builder().delete(delete).build());
        }
        let write = self.client.transact_write_items();
        let write = write.set_transact_items(Some(deletions));
        patiently(self.pace, || async {
            let written = write.clone().send().await;
            written.map_err(|error| failure("TransactWriteItems", &error))
        })
        .await
        .map(|_| ())
    }
}

fn deletion(key: &Key) -> Result<WriteRequest, LogError> {
    let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
    let delete = delete.map_err(unbuilt)?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

fn unbuilt(error: impl std::fmt::Display) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// What a failed call comes to; its message may name an item, so only its code is told.
fn failure<E: ProvideErrorMetadata>(call: &str, error: &SdkError<E>) -> LogError {
    match error.code() {
        Some(
            "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "Throttling"
            | "ThrottlingException"
            // Nothing here has a condition: it met another request on the same items.
            | "TransactionCanceledException"
            | "TransactionConflictException"
            | "TransactionInProgressException",
        ) => LogError::Throttled,
        Some(code) => LogError::Unavailable(format!("{call}: {code}")),
        None => LogError::Unavailable(format!("{call}: no answer")),
    }
}
