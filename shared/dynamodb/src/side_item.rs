//! An entry beside a log as an item of the table, and back; a corrupt item is an error, never a default.

use domain::{LogError, SessionKey, SideEntry, Timestamp};

use crate::attribute::{Item, number, number_in, text, text_in};
use crate::item::kept_until;
use crate::keys::Beside;
use crate::{format, keys};

/// The item of `entry` beside the log of `session`.
///
/// # Errors
/// [`LogError::Corrupt`] if the entry has no text, which no entry comes to.
pub(crate) fn encode(
    session: &SessionKey,
    entry: &SideEntry,
    retained_until: Timestamp,
) -> Result<Item, LogError> {
    let place = entry.place();
    let text_of_entry =
        format::write_entry(entry).map_err(|misfit| corrupt(Beside::of(place), misfit.reason()))?;
    Ok(Item::from([
        text(
            keys::SESSION,
            keys::side_partition(session, Beside::of(place)),
        ),
        number(keys::SLOT, keys::side_sort(place)),
        number(keys::VERSION, keys::FORMAT_VERSION),
        number(keys::EXPIRES_AT, kept_until(retained_until)),
        text(keys::ENTRY, text_of_entry),
    ]))
}

/// The entry of an item that stands among those of one kind.
///
/// # Errors
/// [`LogError::Corrupt`], with what is wrong, and never with anything out of the entry.
pub(crate) fn decode(beside: Beside, item: &Item) -> Result<SideEntry, LogError> {
    read(beside, item).map_err(|reason| corrupt(beside, &reason))
}

fn read(beside: Beside, item: &Item) -> Result<SideEntry, String> {
    let place: u128 = number_in(item, keys::SLOT)?;
    if number_in(item, keys::VERSION) != Ok(keys::FORMAT_VERSION) {
        return Err("no format version that is known".to_owned());
    }
    let text = text_in(item, keys::ENTRY)?;
    let entry = format::read_entry(text).map_err(|misfit| misfit.reason().to_owned())?;
    if (Beside::of(entry.place()), keys::side_sort(entry.place())) != (beside, place) {
        return Err("the entry is of another place".to_owned());
    }
    Ok(entry)
}

fn corrupt(beside: Beside, reason: &str) -> LogError {
    LogError::Corrupt(match beside {
        Beside::Receipts => format!("a receipt: {reason}"),
        Beside::Attributes => format!("attributes after the end: {reason}"),
    })
}

#[cfg(test)]
mod tests;
