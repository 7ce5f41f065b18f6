//! The table's stream, as Lambda hands it on: which records were written.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{LogError, Record, SessionKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::attribute::{Item, text_in};
use crate::item::decode;
use crate::keys;

/// A batch of the stream, oldest first.
#[derive(Deserialize)]
pub struct StreamEvent {
    /// What was changed in the table.
    #[serde(rename = "Records")]
    pub changes: Vec<Change>,
}

/// One change of the table.
///
/// Whatever it lacks is no reason to read none of the others: it is found out when it is looked at.
#[derive(Deserialize)]
pub struct Change {
    #[serde(rename = "eventName", default)]
    kind: String,
    #[serde(default)]
    dynamodb: Changed,
}

#[derive(Default, Deserialize)]
struct Changed {
    #[serde(rename = "SequenceNumber", default)]
    sequence: String,
    #[serde(rename = "NewImage", default)]
    image: Option<Map<String, Value>>,
}

impl Change {
    /// The change's place in the stream.
    pub fn sequence(&self) -> &str {
        &self.dynamodb.sequence
    }

    /// The record of a log that was written; none if the change is of another kind, or of what is beside the logs.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] for what is no record that can be read, with the slot and what is wrong, and never
    /// with anything out of it.
    pub fn written(&self) -> Result<Option<(SessionKey, Record)>, LogError> {
        if self.kind != "INSERT" {
            return Ok(None);
        }
        let image = self.dynamodb.image.as_ref();
        let item = image.map(item_of).unwrap_or_default();
        let partition = text_in(&item, keys::SESSION).map_err(LogError::Corrupt)?;
        if keys::is_beside(partition) {
            return Ok(None);
        }
        // What is wrong with the record comes first, since it names the slot.
        let record = decode(&item)?;
        let session = keys::log_of(partition);
        let session = session.ok_or_else(|| {
            let slot = record.slot.as_number();
            LogError::Corrupt(format!("slot {slot}: the partition is no session's"))
        })?;
        Ok(Some((session, record)))
    }
}

/// The texts and numbers of an image; nothing else stands in a record's item.
fn item_of(image: &Map<String, Value>) -> Item {
    let attribute = |value: &Value| {
        let text = |name| value.get(name)?.as_str().map(str::to_owned);
        text("S")
            .map(AttributeValue::S)
            .or_else(|| text("N").map(AttributeValue::N))
    };
    image
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), attribute(value)?)))
        .collect()
}

#[cfg(test)]
mod tests;
