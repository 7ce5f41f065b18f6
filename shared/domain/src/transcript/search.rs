//! Finding a place in a log by bisection: the reads whose number grows, with the logarithm of the records.

use std::ops::Range;

use crate::model::ids::SessionKey;
use crate::model::record::Record;
use crate::model::slot::Ordinal;
use crate::model::slot::{Slot, SlotRange};
use crate::model::state::State;
use crate::ports::log::{Consistency, Log, LogError, read_one};
use crate::session_log::source::closing;

/// The first slot of `range` whose record has left the session in a state of which `reached` is true.
///
/// It must be true of every state that follows one of which it is true, as what only ever rises has reached
/// something: times and numbers of items rise with the slots. So this is a bisection: first for the segment,
/// then within it. `newest` is the last record of the log, or of the range.
pub(super) async fn first_reaching<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
    newest: &Record,
    reached: impl Fn(&State) -> bool,
) -> Result<Option<Slot>, LogError> {
    let has_reached = async |slot| {
        let record = read_one(log, session, SlotRange::only(slot), Consistency::Strong).await?;
        Ok::<_, LogError>(reached(&record.ok_or_else(LogError::gap)?.state))
    };
    let last = newest.slot.ordinal().min(range.to.ordinal());
    if range.from.ordinal() > last {
        return Ok(None);
    }
    // The last segment that begins before what is sought: that is in it, or opens the one after it.
    let mut segments = u32::from(range.from.ordinal().get())..u32::from(last.get()) + 1;
    while segments.len() > 1 {
        let middle = middle(&segments);
        if has_reached(Slot::new(ordinal(middle)?, 0)).await? {
            segments.end = middle;
        } else {
            segments.start = middle;
        }
    }
    let segment = ordinal(segments.start)?;
    let last_of_it = if segment == newest.slot.ordinal() {
        newest.clone()
    } else {
        closing(log, session, segment, None).await?
    };
    if !reached(&last_of_it.state) {
        let next = last_of_it.slot.opening_next_segment();
        return Ok(next.filter(|_| segment < last));
    }
    let begin = match segment == range.from.ordinal() {
        true => range.from.n(),
        false => 0,
    };
    let mut earlier = begin..last_of_it.slot.n();
    while !earlier.is_empty() {
        let middle = middle(&earlier);
        if has_reached(Slot::new(segment, middle)).await? {
            earlier.end = middle;
        } else {
            earlier.start = middle + 1;
        }
    }
    Ok(Some(Slot::new(segment, earlier.start)))
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
