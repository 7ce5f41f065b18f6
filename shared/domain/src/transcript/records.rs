//! Reading the records that a page is made of.

use super::query::Direction;
use crate::model::ids::SessionKey;
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Consistency, Log, LogError, Read, read_range};

/// How often a page that is nearly empty is read for: of the present, and of the past.
pub(super) const MOST_READS: usize = 4;
/// Records without items that are read beyond those that a page has room for, where they cost nothing more or have
/// left it nearly empty before.
pub(super) const SILENT: usize = 64;

/// Records read beyond the number of items asked for: the one that the cursor stands in, and a start
/// without a message.
pub(super) const SPARE: usize = 2;

/// Reads strongly in the given direction.
pub(super) async fn read<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
    direction: Direction,
    limit: usize,
    now: Timestamp,
) -> Result<Chunk, LogError> {
    let read = match direction {
        Direction::Backward => Read::newest(range, limit, Consistency::Strong),
        Direction::Forward => Read::oldest(range, limit, Consistency::Strong),
    };
    read_range(log, session, read, now).await
}

/// Reads backward from a record that is known to exist, and with it everything before it: a read that
/// shows less is stale, and is repeated strongly. None where the session has ceased to exist.
pub(super) async fn settled<L: Log>(
    log: &L,
    session: &SessionKey,
    from: Slot,
    range: SlotRange,
    limit: usize,
    now: Timestamp,
) -> Result<Option<Chunk>, LogError> {
    let mut read = Read::newest(range.up_to(from), limit, Consistency::Eventual);
    loop {
        let chunk = read_range(log, session, read, now).await?;
        let strong = read.consistency == Consistency::Strong;
        match chunk.records.first() {
            Some(_) if chunk.is_past_retention(now) => return Ok(None),
            Some(first) if first.slot == from && !chunk.has_gap(&read) => return Ok(Some(chunk)),
            None if strong => return Ok(None),
            Some(_) if strong => return Err(LogError::gap()),
            _ => read.consistency = Consistency::Strong,
        }
    }
}
