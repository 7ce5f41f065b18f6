//! Finding a moment in a log by bisection: the one read whose requests grow, with the logarithm of the records.

use std::ops::Range;

use crate::ids::{Ordinal, SessionKey};
use crate::log::{Consistency, Log, LogError, read_one};
use crate::record::Record;
use crate::slot::{Slot, SlotRange};
use crate::time::Timestamp;

/// The first slot of `range` whose record is as late as `time` or later; `tail` is the log's last record.
///
/// Times rise with the slots, so this is a bisection: first for the segment, then within it.
pub(super) async fn first_at_or_after<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
    tail: &Record,
    time: Timestamp,
) -> Result<Option<Slot>, LogError> {
    let last = tail.slot.ordinal().min(range.to.ordinal());
    if range.from.ordinal() > last {
        return Ok(None);
    }
    // The last segment that begins before `time`: the slot sought is in it, or opens the one after it.
    let mut segments = u32::from(range.from.ordinal().get())..u32::from(last.get()) + 1;
    while segments.len() > 1 {
        let middle = middle(&segments);
        let opening = Slot::new(ordinal(middle)?, 0);
        if is_before(log, session, opening, time).await? {
            segments.start = middle;
        } else {
            segments.end = middle;
        }
    }
    let segment = ordinal(segments.start)?;
    let newest = if segment == tail.slot.ordinal() {
        tail.clone()
    } else {
        let range = SlotRange::segment(segment);
        let newest = read_one(log, session, range, Consistency::Strong).await?;
        newest.ok_or_else(LogError::gap)?
    };
    if newest.state.time < time {
        let next = newest.slot.opening_next_segment();
        return Ok(next.filter(|_| segment < last));
    }
    let mut earlier = 0..newest.slot.n();
    while !earlier.is_empty() {
        let middle = middle(&earlier);
        if is_before(log, session, Slot::new(segment, middle), time).await? {
            earlier.start = middle + 1;
        } else {
            earlier.end = middle;
        }
    }
    Ok(Some(Slot::new(segment, earlier.start)))
}

async fn is_before<L: Log>(
    log: &L,
    session: &SessionKey,
    slot: Slot,
    time: Timestamp,
) -> Result<bool, LogError> {
    let record = read_one(log, session, SlotRange::only(slot), Consistency::Strong).await?;
    Ok(record.ok_or_else(LogError::gap)?.state.time < time)
}

fn middle(range: &Range<u32>) -> u32 {
    range.start + (range.end - range.start) / 2
}

fn ordinal(n: u32) -> Result<Ordinal, LogError> {
    u16::try_from(n)
        .ok()
        .and_then(Ordinal::new)
        .ok_or_else(LogError::gap)
}
