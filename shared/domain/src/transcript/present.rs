//! Pages of the reader's own session.

use futures_util::future::join;

use super::collect::{Collector, Reached};
use super::cursor::{Cursor, LinkAddress, PastCursor, Point};
use super::search::first_at_or_after;
use super::{Direction, From, Page, PageError, Query};
use crate::ids::SessionKey;
use crate::item::Item;
use crate::log::{Chunk, Consistency, Log, LogError, Order, Read, read_newest};
use crate::record::Record;
use crate::slot::{Slot, SlotRange};
use crate::time::Timestamp;

/// Records read beyond the number of items asked for: the one that the cursor stands in, and a start
/// without a message.
pub(super) const SPARE: usize = 2;

/// A page that no NextToken leads to: the session must not have ended, so its last record is read as well.
pub(super) async fn first_page<L: Log>(
    log: &L,
    query: &Query,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let tail = read(log, session, SlotRange::ALL, Direction::Backward, 1);
    let Some(range) = query.range() else {
        running(&tail.await?, now)?;
        return Ok(Page::empty());
    };
    let limit = query.limit + SPARE;
    match query.from {
        From::Newest | From::Cursor(_) => {
            let part = read(log, session, range, Direction::Backward, limit);
            let (tail, chunk) = if range == SlotRange::ALL {
                (None, part.await?)
            } else {
                let (tail, chunk) = both(join(tail, part).await)?;
                (Some(tail), chunk)
            };
            let tail = running(tail.as_ref().unwrap_or(&chunk), now)?;
            Ok(cut(query, &chunk, limit, tail.state.link, |_, _, _| true))
        }
        From::Item(id) => {
            let slot = id.slot().filter(|slot| range.contains(*slot));
            let Some(slot) = slot else {
                running(&tail.await?, now)?;
                return Ok(Page::empty());
            };
            let range = from_slot(range, slot, query.direction);
            let part = read(log, session, range, query.direction, limit);
            let (tail, chunk) = both(join(tail, part).await)?;
            let tail = running(&tail, now)?;
            let found = chunk.records.first().is_some_and(|record| {
                let mut items = record.items(session.session).into_iter();
                record.slot == slot && items.any(|item| item.id == id)
            });
            if !found {
                return Ok(Page::empty());
            }
            let start = Point {
                slot,
                index: id.index(),
            };
            let wanted = |point: Point, _, _: &Item| match query.direction {
                Direction::Backward => point <= start,
                Direction::Forward => point >= start,
            };
            Ok(cut(query, &chunk, limit, tail.state.link, wanted))
        }
        From::MostRecent(n) => {
            let n = n.max(1);
            let limit = match query.direction {
                Direction::Backward => n - 1 + limit,
                Direction::Forward => n + SPARE,
            };
            let newest = Read::newest(range, limit, Consistency::Strong);
            let part = read_newest(log, session, newest, |records| reaches(records, n));
            let (tail, mut chunk) = both(join(tail, part).await)?;
            let tail = running(&tail, now)?;
            let start = nth_newest(&chunk, limit, n);
            if query.direction == Direction::Forward {
                // It ends with the newest of all, wherever it was cut.
                chunk.records.reverse();
                chunk.cut = false;
            }
            let wanted = |_, number: u64, _: &Item| match query.direction {
                Direction::Backward => number <= start,
                Direction::Forward => number >= start,
            };
            Ok(cut(query, &chunk, usize::MAX, tail.state.link, wanted))
        }
        From::Time(time) => {
            let tail = tail.await?;
            let tail = running(&tail, now)?;
            let found = first_at_or_after(log, session, range, tail, time).await?;
            let range = match (found, query.direction) {
                (Some(slot), direction) => from_slot(range, slot, direction),
                (None, Direction::Backward) => range,
                (None, Direction::Forward) => return Ok(Page::empty()),
            };
            let chunk = read(log, session, range, query.direction, limit).await?;
            let wanted = |_, _, item: &Item| match query.direction {
                Direction::Backward => item.at <= time,
                Direction::Forward => item.at >= time,
            };
            Ok(cut(query, &chunk, limit, tail.state.link, wanted))
        }
    }
}

/// The page after `at`. The session may have ended since: what was begun may be read to its end.
pub(super) async fn next_page<L: Log>(
    log: &L,
    query: &Query,
    at: Point,
    link: Option<Slot>,
    now: Timestamp,
) -> Result<Page, PageError> {
    let range = query.range().ok_or(PageError::NotFound)?;
    let limit = query.limit + SPARE;
    let range = from_slot(range, at.slot, query.direction);
    let chunk = match query.direction {
        Direction::Forward => {
            let chunk = read(log, &query.session, range, query.direction, limit).await?;
            let exists = |first: &Record| !first.state.is_past_retention(now);
            chunk.records.first().is_some_and(exists).then_some(chunk)
        }
        Direction::Backward => settled(log, &query.session, at.slot, range, limit, now).await?,
    };
    let chunk = chunk.ok_or(PageError::NotFound)?;
    let wanted = |point: Point, _, _: &Item| match query.direction {
        Direction::Backward => point < at,
        Direction::Forward => point >= at,
    };
    Ok(cut(query, &chunk, limit, link, wanted))
}

/// Reads strongly in the given direction.
async fn read<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
    direction: Direction,
    limit: usize,
) -> Result<Chunk, LogError> {
    let read = match direction {
        Direction::Backward => Read::newest(range, limit, Consistency::Strong),
        Direction::Forward => Read::oldest(range, limit, Consistency::Strong),
    };
    log.read(session, read).await
}

/// Reads backward from a record that is known to exist, and with it everything before it: a read that
/// shows less is stale, and is repeated strongly. None where the session has ceased to exist.
///
/// Retention comes before gaps: a store deletes what has become too old in any order.
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
        let chunk = log.read(session, read).await?;
        let strong = read.consistency == Consistency::Strong;
        match chunk.records.first() {
            Some(first) if first.state.is_past_retention(now) => return Ok(None),
            Some(_) if is_settled(&chunk, from, range, limit) => return Ok(Some(chunk)),
            None if strong => return Ok(None),
            Some(_) if strong => return Err(LogError::gap()),
            _ => read.consistency = Consistency::Strong,
        }
    }
}

fn is_settled(chunk: &Chunk, from: Slot, range: SlotRange, limit: usize) -> bool {
    let starts = chunk
        .records
        .first()
        .is_some_and(|first| first.slot == from);
    let ends = chunk.cut
        || chunk.records.len() == limit
        || chunk
            .records
            .last()
            .is_some_and(|last| last.slot == range.from);
    starts && ends && chunk.is_contiguous(Order::NewestFirst)
}

fn both(
    pair: (Result<Chunk, LogError>, Result<Chunk, LogError>),
) -> Result<(Chunk, Chunk), LogError> {
    Ok((pair.0?, pair.1?))
}

fn running(tail: &Chunk, now: Timestamp) -> Result<&Record, PageError> {
    let tail = tail.records.first().ok_or(PageError::NotFound)?;
    if tail.state.is_past_retention(now) {
        return Err(PageError::NotFound);
    }
    if tail.state.has_ended() {
        return Err(PageError::Ended);
    }
    Ok(tail)
}

fn from_slot(range: SlotRange, slot: Slot, direction: Direction) -> SlotRange {
    match direction {
        Direction::Backward => range.up_to(slot),
        Direction::Forward => range.starting_at(slot),
    }
}

/// Whether these newest records of a range hold its n-th newest item.
fn reaches(records: &[Record], n: usize) -> bool {
    let items = |newest: &Record, oldest: &Record| newest.state.items - oldest.items_before();
    let ends = records.first().zip(records.last());
    ends.is_some_and(|(newest, oldest)| items(newest, oldest) >= n as u64)
}

/// The number (from 0, in the session) of the n-th newest item among these newest records of a range.
fn nth_newest(chunk: &Chunk, limit: usize, n: usize) -> u64 {
    let total = chunk.records.first().map_or(0, |newest| newest.state.items);
    let whole = chunk.records.len() < limit && !chunk.cut;
    let oldest = chunk.records.last().filter(|_| whole);
    let oldest = oldest.map_or(0, Record::items_before);
    total.saturating_sub(n as u64).max(oldest)
}

/// Makes a page of the records, which come in the order of the direction; `limit` is how many were asked for.
fn cut(
    query: &Query,
    chunk: &Chunk,
    limit: usize,
    link: Option<Slot>,
    wanted: impl Fn(Point, u64, &Item) -> bool,
) -> Page {
    let mut page = Collector::new(query.direction, query.limit);
    let reached = page.take(&chunk.records, query.session.session, wanted);
    let next = reached.and_then(|reached| match query.direction {
        Direction::Forward => {
            let more = reached.full || chunk.cut || chunk.records.len() == limit;
            more.then_some(Cursor::Present {
                at: reached.point,
                link,
            })
        }
        Direction::Backward => backward(query, reached, link),
    });
    Page {
        items: page.items,
        past: false,
        next,
    }
}

fn backward(query: &Query, reached: Reached, link: Option<Slot>) -> Option<Cursor> {
    let at = reached.point;
    let leaves_contact = query.contact.is_some() && at.slot.n() == 0 && at.index == 0;
    if reached.before > 0 && !leaves_contact {
        return Some(Cursor::Present { at, link });
    }
    // A page of one contact stays with it; any other goes on into the past, if there is one.
    let slot = link.filter(|_| query.contact.is_none())?;
    Some(Cursor::Past(PastCursor {
        list: LinkAddress {
            session: query.session.session,
            slot,
        },
        entry: 0,
        at: None,
    }))
}
