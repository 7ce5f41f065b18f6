//! Pages of the reader's own session.

use futures_util::future::{join, join3};

use super::cursor::{Begun, Point};
use super::fill::{backward, forward};
use super::receipts::Receipts;
use super::search::first_reaching;
use super::{Direction, From, Page, PageError, Query};
use crate::decide::taking_part;
use crate::ids::{ItemId, SessionKey};
use crate::item::Item;
use crate::log::{Chunk, Consistency, Log, LogError, Order, Read, read_newest, read_one};
use crate::record::Record;
use crate::side::SideLog;
use crate::slot::{Slot, SlotRange};
use crate::state::State;
use crate::time::Timestamp;

/// Records read beyond the number of items asked for: the one that the cursor stands in, and a start
/// without a message.
pub(super) const SPARE: usize = 2;

/// A page that no NextToken leads to: the session must not have ended, so its last record is read as well.
pub(super) async fn first_page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    now: Timestamp,
) -> Result<Page, PageError> {
    let Some(range) = query.range() else {
        running(query, &tail(log, query).await?, now)?;
        return Ok(Page::empty());
    };
    match query.from {
        From::Newest | From::Cursor(_) => newest(log, query, range, now).await,
        From::Item(id) => at_item(log, query, range, id, now).await,
        From::MostRecent(n) => most_recent(log, query, range, n.max(1), now).await,
        From::Time(time) => at_time(log, query, range, time, now).await,
    }
}

async fn newest<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    now: Timestamp,
) -> Result<Page, PageError> {
    let limit = query.limit + SPARE;
    let tail = async {
        match range == SlotRange::ALL {
            true => Ok(None),
            false => tail(log, query).await.map(Some),
        }
    };
    let part = read(log, &query.session, range, Direction::Backward, limit);
    let receipts = beside(log, query, query.accompanied, range, query.limit);
    let (tail, chunk, receipts) = join3(tail, part, receipts).await;
    let (tail, chunk) = (tail?, chunk?);
    let (_, begun) = running(query, tail.as_ref().unwrap_or(&chunk), now)?;
    let page = backward(query, &chunk, begun, |_, _, _| true);
    with_receipts(page, receipts?, begun.accompanied).await
}

async fn at_item<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    id: ItemId,
    now: Timestamp,
) -> Result<Page, PageError> {
    let Some(slot) = id.slot().filter(|slot| range.contains(*slot)) else {
        running(query, &tail(log, query).await?, now)?;
        return Ok(Page::empty());
    };
    let limit = query.limit + SPARE;
    let range = from_slot(range, slot, query.direction);
    let part = read(log, &query.session, range, query.direction, limit);
    let places = within(range, query.direction, limit);
    let receipts = beside(log, query, query.accompanied, places, query.limit);
    let (tail, chunk, receipts) = join3(tail(log, query), part, receipts).await;
    let (tail, chunk) = (tail?, chunk?);
    let (_, begun) = running(query, &tail, now)?;
    let found = chunk.records.first().is_some_and(|record| {
        let mut items = record.items(query.session.session).into_iter();
        record.slot == slot && items.any(|item| item.id == id)
    });
    if !found {
        return Ok(Page::empty());
    }
    let start = Point {
        slot,
        index: id.index(),
    };
    let page = match query.direction {
        Direction::Backward => backward(query, &chunk, begun, |point, _, _| point <= start),
        Direction::Forward => {
            let wanted = |point, _, _: &Item| point >= start;
            forward(log, query, range, chunk, limit, begun, wanted).await?
        }
    };
    with_receipts(page, receipts?, begun.accompanied).await
}

async fn most_recent<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    n: usize,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let limit = match query.direction {
        Direction::Backward => n - 1 + query.limit + SPARE,
        Direction::Forward => n + SPARE,
    };
    let window = Read::newest(range, limit, Consistency::Strong);
    let window = read_newest(log, session, window, |records| holds_last(records, n));
    let receipts = beside(log, query, query.accompanied, range, limit);
    let (tail, window, receipts) = join3(tail(log, query), window, receipts).await;
    let (tail, mut chunk) = (tail?, window?);
    let (_, begun) = running(query, &tail, now)?;
    let ends = chunk.records.first().zip(chunk.records.last());
    let Some((newest, oldest)) = ends else {
        return Ok(Page::empty());
    };
    let start = newest.state.items.saturating_sub(n as u64);
    let whole = chunk.records.len() < limit && !chunk.cut;
    let (start, range, limit) = if whole || oldest.items_before() <= start {
        let start = start.max(oldest.items_before());
        if query.direction == Direction::Forward {
            // It ends with the newest of all, wherever it was cut.
            chunk.records.reverse();
            chunk.cut = false;
        }
        (start, range, usize::MAX)
    } else {
        // Among records without items it lies further back.
        let start = start.max(items_before(log, session, range).await?);
        let holds = |state: &State| state.items > start;
        let Some(slot) = first_reaching(log, session, range, newest, holds).await? else {
            return Ok(Page::empty());
        };
        let (range, limit) = (from_slot(range, slot, query.direction), query.limit + SPARE);
        chunk = read(log, session, range, query.direction, limit).await?;
        (start, range, limit)
    };
    let page = match query.direction {
        Direction::Backward => backward(query, &chunk, begun, |_, number, _| number <= start),
        Direction::Forward => {
            let wanted = |_, number, _: &Item| number >= start;
            forward(log, query, range, chunk, limit, begun, wanted).await?
        }
    };
    with_receipts(page, receipts?, begun.accompanied).await
}

async fn at_time<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    time: Timestamp,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let tail = tail(log, query).await?;
    let (tail, begun) = running(query, &tail, now)?;
    let late = |state: &State| state.time >= time;
    let found = first_reaching(log, session, range, tail, late).await?;
    let range = match (found, query.direction) {
        (Some(slot), direction) => from_slot(range, slot, direction),
        (None, Direction::Backward) => range,
        (None, Direction::Forward) => return Ok(Page::empty()),
    };
    let limit = query.limit + SPARE;
    let part = read(log, session, range, query.direction, limit);
    let places = within(range, query.direction, limit);
    let receipts = beside(log, query, begun.accompanied, places, query.limit);
    let (chunk, receipts) = join(part, receipts).await;
    let page = match query.direction {
        Direction::Backward => backward(query, &chunk?, begun, |_, _, item| item.at <= time),
        Direction::Forward => {
            let wanted = |_, _, item: &Item| item.at >= time;
            forward(log, query, range, chunk?, limit, begun, wanted).await?
        }
    };
    with_receipts(page, receipts?, begun.accompanied).await
}

/// The page after `at`. The session may have ended since: what was begun may be read to its end.
pub(super) async fn next_page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    at: Point,
    mut begun: Begun,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let range = query.range().ok_or(PageError::NotFound)?;
    let limit = query.limit + SPARE;
    let range = from_slot(range, at.slot, query.direction);
    let known = begun.accompanied || query.accompanied;
    let places = within(range, query.direction, limit);
    let receipts = beside(log, query, known, places, query.limit);
    let part = async {
        match query.direction {
            Direction::Forward => {
                let chunk = read(log, session, range, query.direction, limit).await?;
                let exists = |first: &Record| !first.state.is_past_retention(now);
                Ok(chunk.records.first().is_some_and(exists).then_some(chunk))
            }
            Direction::Backward => settled(log, session, at.slot, range, limit, now).await,
        }
    };
    let (chunk, receipts) = join(part, receipts).await;
    let chunk = chunk?.ok_or(PageError::NotFound)?;
    let seen = |record: &Record| record.state.is_accompanied();
    begun.accompanied = known || chunk.records.iter().any(seen);
    let page = match query.direction {
        Direction::Backward => backward(query, &chunk, begun, |point, _, _| point < at),
        Direction::Forward => {
            let wanted = |point, _, _: &Item| point >= at;
            forward(log, query, range, chunk, limit, begun, wanted).await?
        }
    };
    with_receipts(page, receipts?, begun.accompanied).await
}

/// The receipts around the places where a page is read, where it is known already that there may be some. A
/// first or a FORWARD page sees the latest ones.
async fn beside<'a, L: SideLog>(
    log: &'a L,
    query: &'a Query,
    accompanied: bool,
    places: SlotRange,
    items: usize,
) -> Result<Receipts<'a, L>, LogError> {
    let consistency = match (query.from, query.direction) {
        (From::Cursor(_), Direction::Backward) => Consistency::Eventual,
        _ => Consistency::Strong,
    };
    let receipts = Receipts::of(log, query.session.clone(), consistency);
    match accompanied {
        true => receipts.beside(places, items).await,
        false => Ok(receipts),
    }
}

async fn with_receipts<L: SideLog>(
    mut page: Page,
    receipts: Receipts<'_, L>,
    accompanied: bool,
) -> Result<Page, PageError> {
    if accompanied {
        page.receipts = receipts.complete(&page.items).await?;
    }
    Ok(page)
}

/// Reads strongly in the given direction.
pub(super) async fn read<L: Log>(
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

async fn tail<L: Log>(log: &L, query: &Query) -> Result<Chunk, LogError> {
    let (all, newest) = (SlotRange::ALL, Direction::Backward);
    read(log, &query.session, all, newest, 1).await
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

/// The last record of a session that runs and that the reader takes part in, and what it says of the reading that
/// begins.
fn running<'a>(
    query: &Query,
    tail: &'a Chunk,
    now: Timestamp,
) -> Result<(&'a Record, Begun), PageError> {
    let tail = tail.records.first().ok_or(PageError::NotFound)?;
    if tail.state.is_past_retention(now) {
        return Err(PageError::NotFound);
    }
    if tail.state.has_ended() {
        return Err(PageError::Ended);
    }
    let takes_part = |id| taking_part(&tail.state, id).is_ok();
    if !query.reader.is_none_or(takes_part) {
        return Err(PageError::NotAParticipant);
    }
    let begun = Begun {
        link: tail.state.link,
        accompanied: query.accompanied || tail.state.is_accompanied(),
    };
    Ok((tail, begun))
}

fn from_slot(range: SlotRange, slot: Slot, direction: Direction) -> SlotRange {
    match direction {
        Direction::Backward => range.up_to(slot),
        Direction::Forward => range.starting_at(slot),
    }
}

/// The places where the first so many records of a range stand, as long as no transfer is among them.
fn within(range: SlotRange, direction: Direction, limit: usize) -> SlotRange {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let from = range.from;
    match direction {
        Direction::Backward => range,
        Direction::Forward => {
            range.up_to(Slot::new(from.ordinal(), from.n().saturating_add(limit)))
        }
    }
}

/// Whether these newest records of a range hold its last `n` items.
fn holds_last(records: &[Record], n: usize) -> bool {
    let items = |newest: &Record, oldest: &Record| newest.state.items - oldest.items_before();
    let ends = records.first().zip(records.last());
    ends.is_some_and(|(newest, oldest)| items(newest, oldest) >= n as u64)
}

/// How many items of the session lie before a range in which something stands.
async fn items_before<L: Log>(
    log: &L,
    session: &SessionKey,
    range: SlotRange,
) -> Result<u64, LogError> {
    if range.from == Slot::FIRST {
        return Ok(0);
    }
    let first = SlotRange::only(range.from);
    let first = read_one(log, session, first, Consistency::Strong).await?;
    Ok(first.ok_or_else(LogError::gap)?.items_before())
}
