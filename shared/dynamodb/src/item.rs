//! A record as an item of the table, and back; a corrupt item is an error, never a default.

use domain::{LogError, Record, SessionKey, Slot, Timestamp, days};

use crate::attribute::{Item, number, number_in, text, text_in};
use crate::{format, keys};

/// How many days longer than its session everything is kept: a server whose clock is behind still shows the
/// session, and must not find it in parts.
const ALL_STAYS_DAYS: u64 = 1;
/// How many days longer than the rest a session's first record stays: while anything of a session is
/// left, its first record tells what it was.
const FIRST_SLOT_STAYS_DAYS: u64 = 30;

/// The item of `record` in the log of `session`.
///
/// # Errors
/// [`LogError::Corrupt`] if the record has no text, which no record comes to.
pub(crate) fn encode(session: &SessionKey, record: &Record) -> Result<Item, LogError> {
    let text_of_record =
        format::write(record).map_err(|misfit| corrupt(record.slot, misfit.reason()))?;
    let mut item = Item::from([
        text(keys::SESSION, keys::partition(session)),
        number(keys::SLOT, keys::sort(record.slot)),
        number(keys::VERSION, keys::FORMAT_VERSION),
        number(keys::EXPIRES_AT, expires_at(record)),
        text(keys::RECORD, text_of_record),
    ]);
    if let Some(owner) = record.started().and_then(|started| started.owner.as_ref()) {
        item.extend([
            text(keys::OWNER, keys::owner(&session.instance, owner)),
            number(keys::STARTED_AT, record.at.as_millis()),
        ]);
    }
    Ok(item)
}

/// The record of an item.
///
/// Time-to-live, owner and start time are not read back: they stand there for DynamoDB and its index, and
/// for operators, who may, for instance, keep a session longer by taking the time-to-live away.
///
/// # Errors
/// [`LogError::Corrupt`], with the slot and what is wrong, and never with anything out of the record.
pub(crate) fn decode(item: &Item) -> Result<Record, LogError> {
    let slot = number_in(item, keys::SLOT).map_err(LogError::Corrupt)?;
    let slot = Slot::from_number(slot)
        .ok_or_else(|| LogError::Corrupt("the sort key is no slot".to_owned()))?;
    read(item, slot).map_err(|reason| corrupt(slot, &reason))
}

fn read(item: &Item, slot: Slot) -> Result<Record, String> {
    if number_in(item, keys::VERSION) != Ok(keys::FORMAT_VERSION) {
        return Err("no format version that is known".to_owned());
    }
    let text = text_in(item, keys::RECORD)?;
    let record = format::read(text).map_err(|misfit| misfit.reason().to_owned())?;
    if record.slot != slot {
        return Err("the record is of another slot".to_owned());
    }
    Ok(record)
}

fn expires_at(record: &Record) -> u64 {
    kept_until(match record.started() {
        Some(_) => record.state.retained_until + days(FIRST_SLOT_STAYS_DAYS),
        None => record.state.retained_until,
    })
}

/// From when on DynamoDB may delete what must exist until a moment: in seconds since the epoch, rounded up.
pub(crate) fn kept_until(moment: Timestamp) -> u64 {
    let kept_until = moment + days(ALL_STAYS_DAYS);
    kept_until.as_millis().div_ceil(1000)
}

fn corrupt(slot: Slot, reason: &str) -> LogError {
    LogError::Corrupt(format!("slot {}: {reason}", slot.as_number()))
}

#[cfg(test)]
mod tests;
