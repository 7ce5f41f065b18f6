//! A record as an item of the table, and back; a corrupt item is an error, never a default.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{LogError, Record, SessionKey, Slot, Timestamp, days};

use crate::{format, keys};

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// How many days longer than the rest a session's first record stays: while anything of a session is
/// left, its first record tells what it was.
const FIRST_SLOT_STAYS_DAYS: u64 = 30;

/// The item of `record` in the log of `session`.
///
/// # Errors
/// [`LogError::Corrupt`] if the record has no text, which no record comes to.
pub(crate) fn encode(session: &SessionKey, record: &Record) -> Result<Item, LogError> {
    let number = |number: u64| AttributeValue::N(number.to_string());
    let text = |name: &str, text| (name.to_owned(), AttributeValue::S(text));
    let text_of_record =
        format::write(record).map_err(|misfit| corrupt(Some(record.slot), misfit.reason()))?;
    let mut item = Item::from([
        text(keys::SESSION, keys::partition(session)),
        (keys::SLOT.to_owned(), number(keys::sort(record.slot))),
        (keys::VERSION.to_owned(), number(keys::FORMAT_VERSION)),
        (keys::EXPIRES_AT.to_owned(), number(expires_at(record))),
        text(keys::RECORD, text_of_record),
    ]);
    if let Some(owner) = record.started().and_then(|started| started.owner.as_ref()) {
        item.extend([
            text(keys::OWNER, owner.0.clone()),
            (keys::STARTED_AT.to_owned(), number(record.at.as_millis())),
        ]);
    }
    Ok(item)
}

/// The record of an item.
///
/// Time-to-live, owner and start time are not read back: they stand there for DynamoDB and for operators,
/// who may, for instance, keep a session longer by taking the time-to-live away.
///
/// # Errors
/// [`LogError::Corrupt`], with the slot and what is wrong, and never with anything out of the record.
pub(crate) fn decode(item: &Item) -> Result<Record, LogError> {
    let slot = Slot::from_number(number(item, keys::SLOT, None)?)
        .ok_or_else(|| corrupt(None, "the sort key is no slot"))?;
    if number(item, keys::VERSION, Some(slot))? != keys::FORMAT_VERSION {
        return Err(corrupt(Some(slot), "unknown format version"));
    }
    let text = match item.get(keys::RECORD) {
        Some(AttributeValue::S(text)) => text,
        _ => return Err(missing(keys::RECORD, Some(slot))),
    };
    let record = format::read(text).map_err(|misfit| corrupt(Some(slot), misfit.reason()))?;
    if record.slot != slot {
        return Err(corrupt(Some(slot), "the record is of another slot"));
    }
    Ok(record)
}

/// Seconds since the epoch, rounded up: never before the session's retention ends.
fn expires_at(record: &Record) -> u64 {
    let kept_until: Timestamp = match record.started() {
        Some(_) => record.state.retained_until + days(FIRST_SLOT_STAYS_DAYS),
        None => record.state.retained_until,
    };
    kept_until.as_millis().div_ceil(1000)
}

fn number(item: &Item, name: &str, slot: Option<Slot>) -> Result<u64, LogError> {
    match item.get(name) {
        Some(AttributeValue::N(digits)) => digits
            .parse()
            .map_err(|_| corrupt(slot, &format!("attribute {name} is no whole number"))),
        _ => Err(missing(name, slot)),
    }
}

fn missing(name: &str, slot: Option<Slot>) -> LogError {
    corrupt(slot, &format!("no attribute {name} of its type"))
}

fn corrupt(slot: Option<Slot>, reason: &str) -> LogError {
    LogError::Corrupt(match slot {
        Some(slot) => format!("slot {}: {reason}", slot.as_number()),
        None => reason.to_owned(),
    })
}

#[cfg(test)]
mod tests;
