//! The port to a store of session logs: one bounded range read, and one put into a free slot.

use std::future::Future;

use crate::model::ids::SessionKey;
use crate::model::record::Record;
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::Timestamp;

/// What reads and writes session logs. Two methods are the whole of it.
pub trait Log: Send + Sync {
    /// The records of a range of slots, in the order asked for, at most as many as asked for.
    fn read(
        &self,
        session: &SessionKey,
        read: Read,
    ) -> impl Future<Output = Result<Chunk, LogError>> + Send;

    /// Puts a record into its slot if the slot is free.
    fn put(
        &self,
        session: &SessionKey,
        record: &Record,
    ) -> impl Future<Output = Result<Put, LogError>> + Send;
}

/// Which records to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The slots to read.
    pub range: SlotRange,
    /// Oldest or newest first.
    pub order: Order,
    /// At most this many records.
    pub limit: usize,
    /// Whether the newest writes may be missing.
    pub consistency: Consistency,
}

/// The order of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the lowest slot up.
    OldestFirst,
    /// From the highest slot down.
    NewestFirst,
}

/// What a read promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// Some recent writes may be missing, even ones in the middle.
    Eventual,
    /// Every write acknowledged before the read is there.
    Strong,
}

/// What a read found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The records, in the order asked for.
    pub records: Vec<Record>,
    /// Whether the store stopped before the limit and before the end of the range, for the size of the answer.
    pub cut: bool,
}

/// What became of a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The record stands in its slot.
    Stored,
    /// The slot is taken: by this record, where the store can tell.
    Taken(Option<Box<Record>>),
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The store is overloaded; a put was surely not carried out.
    #[error("the log is throttled")]
    Throttled,
    /// No answer that could be relied on; a put may or may not have been carried out.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
    /// A stored record cannot be read.
    #[error("a record cannot be read: {0}")]
    Corrupt(String),
}

impl LogError {
    pub(crate) fn gap() -> Self {
        Self::Corrupt("the log has a gap".to_owned())
    }
}

impl Read {
    /// The newest `limit` records of `range`.
    pub const fn newest(range: SlotRange, limit: usize, consistency: Consistency) -> Self {
        Self {
            range,
            order: Order::NewestFirst,
            limit,
            consistency,
        }
    }

    /// The oldest `limit` records of `range`.
    pub const fn oldest(range: SlotRange, limit: usize, consistency: Consistency) -> Self {
        Self {
            range,
            order: Order::OldestFirst,
            limit,
            consistency,
        }
    }
}

impl Chunk {
    /// Whether the records follow each other without a gap, in either order.
    pub fn is_contiguous(&self, order: Order) -> bool {
        self.records.windows(2).all(|pair| match order {
            Order::NewestFirst => pair[1].next_slot() == Some(pair[0].slot),
            Order::OldestFirst => pair[0].next_slot() == Some(pair[1].slot),
        })
    }

    /// Whether a record is missing that was written before one of these: between them, or between the first slot
    /// of the range and the lowest of them.
    pub(crate) fn has_gap(&self, read: &Read) -> bool {
        let lowest = match read.order {
            Order::OldestFirst => self.records.first(),
            Order::NewestFirst if self.cut || self.records.len() == read.limit => None,
            Order::NewestFirst => self.records.last(),
        };
        let from = read.range.from;
        let starts_late = lowest.is_some_and(|lowest| {
            // A client may name any slot in an id: one behind the end of its segment was never written.
            let was_written = from.n() == 0 || from.ordinal() == lowest.slot.ordinal();
            was_written && lowest.slot != from
        });
        starts_late || !self.is_contiguous(read.order)
    }

    /// Whether the session is past its retention, by the first of the records.
    pub(crate) fn is_past_retention(&self, now: Timestamp) -> bool {
        let first = self.records.first();
        first.is_some_and(|first| first.state.is_past_retention(now))
    }
}

/// Reads records of a range, and looks for gaps: every read of more than one record comes through here or
/// [`read_newest`].
///
/// Retention comes before gaps: a store deletes what has become too old in any order.
///
/// # Errors
/// Also where a strongly consistent read shows that a record is missing.
pub(crate) async fn read_range<L: Log>(
    log: &L,
    session: &SessionKey,
    read: Read,
    now: Timestamp,
) -> Result<Chunk, LogError> {
    let chunk = log.read(session, read).await?;
    without_gap(chunk, &read, now)
}

fn without_gap(chunk: Chunk, read: &Read, now: Timestamp) -> Result<Chunk, LogError> {
    let strong = read.consistency == Consistency::Strong;
    if strong && chunk.has_gap(read) && !chunk.is_past_retention(now) {
        return Err(LogError::gap());
    }
    Ok(chunk)
}

/// Reads the newest record of a range; of one slot, the record that stands there.
pub(crate) async fn read_one<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
    consistency: Consistency,
) -> Result<Option<Record>, LogError> {
    let chunk = log
        .read(session, Read::newest(range, 1, consistency))
        .await?;
    Ok(chunk.records.into_iter().next())
}

/// Reads the newest records of a range in as many reads as the size of the answers asks for, until there
/// are as many as `read` asks for, or `enough`.
///
/// # Errors
/// As [`read_range`].
pub(crate) async fn read_newest<L: Log>(
    log: &L,
    session: &SessionKey,
    read: Read,
    enough: impl Fn(&[Record]) -> bool,
    now: Timestamp,
) -> Result<Chunk, LogError> {
    let mut whole = log.read(session, read).await?;
    while whole.cut && !enough(&whole.records) {
        let below = |last: &Record| Slot::from_number(last.slot.as_number().checked_sub(1)?);
        let Some(below) = whole.records.last().and_then(below) else {
            break;
        };
        let rest = Read {
            range: read.range.up_to(below),
            limit: read.limit - whole.records.len(),
            ..read
        };
        let more = log.read(session, rest).await?;
        whole.records.extend(more.records);
        whole.cut = more.cut;
    }
    without_gap(whole, &read, now)
}
