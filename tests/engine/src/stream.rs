//! A table's stream, as Lambda would read it: batches of changes, oldest first.

use std::sync::Arc;

use dynamodb::StreamEvent;
use dynoxide::Database;
use dynoxide::actions::get_shard_iterator::decode_shard_iterator;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::held::{Held, Reader};
use crate::trouble::{EngineError, failed};

/// The most changes in a batch, as at Lambda by default.
const BATCH: usize = 100;

/// The changes of one table from some moment on.
///
/// What it has not done with stays in the stream for as long as this lives, of the newest 10,000 changes.
pub struct Changes {
    held: Arc<Held>,
    reader: Reader,
    /// Where the next batch begins.
    place: String,
}

/// A batch, and where the next one begins.
pub struct Batch {
    /// The changes.
    pub event: StreamEvent,
    /// Where the next one begins.
    pub next: Place,
}

/// A place in a stream.
pub struct Place(String);

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

impl Changes {
    /// The changes of a table from now on. Its stream is turned on, if it is not.
    pub(crate) fn from_now_on(held: Arc<Held>, table: &str) -> Result<Self, EngineError> {
        // Noted before it is asked for, so that nothing after that place is taken away.
        let reader = held.begin_reading(table);
        let place = with(&held, |database| latest(database, table));
        let mut changes = Self {
            held,
            reader,
            place: String::new(),
        };
        changes.done(Place(place?));
        Ok(changes)
    }

    /// The next batch, which is empty where nothing has changed; the same one until it is [`Changes::done`].
    ///
    /// # Errors
    /// When the engine fails.
    pub fn read(&self) -> Result<Batch, EngineError> {
        let here = json!({"ShardIterator": self.place, "Limit": BATCH});
        let here = request(here)?;
        let found = with(&self.held, |database| {
            database.get_records(here).map_err(failed)
        })?;
        let records = serde_json::to_value(&found.records).map_err(failed)?;
        Ok(Batch {
            event: request(json!({"Records": records}))?,
            next: Place(
                found
                    .next_shard_iterator
                    .unwrap_or_else(|| self.place.clone()),
            ),
        })
    }

    /// Goes on from a place, since all before it is done.
    pub fn done(&mut self, Place(next): Place) {
        if let Some((_, _, read)) = decode_shard_iterator(&next) {
            self.held.has_read(&self.reader, read);
        }
        self.place = next;
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.held.end_reading(&self.reader);
    }
}

/// Asks the engine, if it still runs.
fn with<T>(
    held: &Held,
    ask: impl FnOnce(&Database) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    held.with(ask)
        .unwrap_or_else(|| Err(failed("it was stopped")))
}

/// The place after the newest change of a table, whose stream is turned on if it is not.
fn latest(database: &Database, table: &str) -> Result<String, EngineError> {
    let arn = match arn(database, table)? {
        Some(arn) => arn,
        None => {
            let on = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
            let update = request(json!({"TableName": table, "StreamSpecification": on}))?;
            database.update_table(update).map_err(failed)?;
            arn(database, table)?
                .ok_or_else(|| failed("a stream that was turned on is not there"))?
        }
    };
    let described = database
        .describe_stream(request(json!({"StreamArn": arn}))?)
        .map_err(failed)?;
    let shard = described.stream_description.shards.first();
    let shard = shard.ok_or_else(|| failed("a stream has no shard"))?;
    let latest = json!({
        "StreamArn": arn,
        "ShardId": shard.shard_id,
        "ShardIteratorType": "LATEST",
    });
    let found = database
        .get_shard_iterator(request(latest)?)
        .map_err(failed)?;
    let place = found.shard_iterator;
    place.ok_or_else(|| failed("a stream has no place to begin at"))
}

/// The address of a table's stream, if it has one.
fn arn(database: &Database, table: &str) -> Result<Option<String>, EngineError> {
    let streams = database.list_streams(request(json!({"TableName": table}))?);
    let streams = streams.map_err(failed)?.streams;
    Ok(streams.into_iter().next().map(|stream| stream.stream_arn))
}

/// What the engine takes, by the names that DynamoDB gives its members.
fn request<R: DeserializeOwned>(members: Value) -> Result<R, EngineError> {
    serde_json::from_value(members).map_err(failed)
}
