//! Pages that begin in the reader's own session.

use std::cmp::Ordering;

use futures_util::future::{join, join3};

use super::backward::{Start, backward};
use super::cursor::{Begun, LinkAddress, Point};
use super::forward::forward;
use super::past::read_list;
use super::query::{Direction, From, Page, PageError, Query};
use super::receipts::Receipts;
use super::records::{SPARE, read, settled};
use super::search::first_reaching;
use crate::model::decide::taking_part;
use crate::model::ids::{ItemId, SessionKey};
use crate::model::item::Item;
use crate::model::record::Record;
use crate::model::slot::{Slot, SlotRange};
use crate::model::state::State;
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Consistency, Log, LogError, Read, read_newest, read_one};
use crate::ports::side::SideLog;

/// A page that no NextToken leads to: the session must not have ended, so its last record is read as well.
pub(super) async fn first_page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    now: Timestamp,
) -> Result<Page, PageError> {
    let Some(range) = query.range() else {
        running(query, &tail(log, query, now).await?, now)?;
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
            false => tail(log, query, now).await.map(Some),
        }
    };
    let part = read(log, &query.session, range, Direction::Backward, limit, now);
    let receipts = beside(log, query, query.accompanied, range, query.limit);
    let (tail, chunk, receipts) = join3(tail, part, receipts).await;
    let (tail, chunk) = (tail?, chunk?);
    let (_, begun) = running(query, tail.as_ref().unwrap_or(&chunk), now)?;
    let start = Start {
        range,
        chunk,
        list: None,
        receipts: receipts?,
        begun,
    };
    backward(log, query, start, |_, _, _| true, now).await
}

async fn at_item<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    id: ItemId,
    now: Timestamp,
) -> Result<Page, PageError> {
    let Some(slot) = id.slot().filter(|slot| range.contains(*slot)) else {
        running(query, &tail(log, query, now).await?, now)?;
        return Ok(Page::empty());
    };
    let limit = query.limit + SPARE;
    let range = from_slot(range, slot, query.direction);
    let part = read(log, &query.session, range, query.direction, limit, now);
    let places = within(range, query.direction, limit);
    let receipts = beside(log, query, query.accompanied, places, query.limit);
    let (tail, chunk, receipts) = join3(tail(log, query, now), part, receipts).await;
    let (tail, chunk) = (tail?, chunk?);
    let (tail, begun) = running(query, &tail, now)?;
    let first = chunk.records.first().filter(|first| first.slot == slot);
    let Some(first) = first else {
        // Where another record of its contact follows it, it is missing.
        if slot < tail.slot {
            let rest = SlotRange::segment(slot.ordinal()).starting_at(slot);
            read(log, &query.session, rest, Direction::Forward, 1, now).await?;
        }
        return Ok(Page::empty());
    };
    let mut items = first.items(query.session.session).into_iter();
    if !items.any(|item| item.id == id) {
        return Ok(Page::empty());
    }
    let place = Point {
        slot,
        index: id.index(),
    };
    let start = Start {
        range,
        chunk,
        list: None,
        receipts: receipts?,
        begun,
    };
    let wanted = |point: Point, _, _: &Item| lies_on(query.direction, point.cmp(&place));
    fill(log, query, start, limit, wanted, now).await
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
    let window = read_newest(log, session, window, |all| holds_last(all, n), now);
    let receipts = beside(log, query, query.accompanied, range, limit);
    let (tail, window, receipts) = join3(tail(log, query, now), window, receipts).await;
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
        chunk = read(log, session, range, query.direction, limit, now).await?;
        (start, range, limit)
    };
    let wanted = |_, number: u64, _: &Item| lies_on(query.direction, number.cmp(&start));
    let start = Start {
        range,
        chunk,
        list: None,
        receipts: receipts?,
        begun,
    };
    fill(log, query, start, limit, wanted, now).await
}

async fn at_time<L: Log + SideLog>(
    log: &L,
    query: &Query,
    range: SlotRange,
    time: Timestamp,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let tail = tail(log, query, now).await?;
    let (tail, begun) = running(query, &tail, now)?;
    let late = |state: &State| state.time >= time;
    let found = first_reaching(log, session, range, tail, late).await?;
    let range = match (found, query.direction) {
        (Some(slot), direction) => from_slot(range, slot, direction),
        (None, Direction::Backward) => range,
        (None, Direction::Forward) => return Ok(Page::empty()),
    };
    let limit = query.limit + SPARE;
    let part = read(log, session, range, query.direction, limit, now);
    let places = within(range, query.direction, limit);
    let receipts = beside(log, query, begun.accompanied, places, query.limit);
    let (chunk, receipts) = join(part, receipts).await;
    let start = Start {
        range,
        chunk: chunk?,
        list: None,
        receipts: receipts?,
        begun,
    };
    let wanted = |_, _, item: &Item| lies_on(query.direction, item.at.cmp(&time));
    fill(log, query, start, limit, wanted, now).await
}

/// Whether what compares so to the place where a page begins lies on the page's side of it.
fn lies_on(direction: Direction, compared: Ordering) -> bool {
    match direction {
        Direction::Backward => compared.is_le(),
        Direction::Forward => compared.is_ge(),
    }
}

/// Makes a page in its direction; forward, `limit` records were asked for.
async fn fill<L: Log + SideLog>(
    log: &L,
    query: &Query,
    start: Start<'_, L>,
    limit: usize,
    wanted: impl Fn(Point, u64, &Item) -> bool,
    now: Timestamp,
) -> Result<Page, PageError> {
    if query.direction == Direction::Backward {
        return backward(log, query, start, wanted, now).await;
    }
    forward(log, query, start, limit, wanted, now).await
}

/// The page after `at`, before which `before` items lie. The session may have ended since: what was begun may be read
/// to its end.
pub(super) async fn next_page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    at: Point,
    before: u64,
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
                let chunk = read(log, session, range, query.direction, limit, now).await?;
                let exists = |first: &Record| !first.state.is_past_retention(now);
                match chunk.records.first().filter(|first| exists(first)) {
                    Some(first) if first.slot != at.slot => Err(LogError::gap()),
                    first => Ok(first.is_some().then_some(chunk)),
                }
            }
            Direction::Backward => settled(log, session, at.slot, range, limit, now).await,
        }
    };
    // Where the page will come to the past, what that is must be known by then.
    let list = async {
        match begun.link {
            Some(slot) if enters_the_past(query, at, before, slot) => {
                let session = session.session;
                read_list(log, query, LinkAddress { session, slot }, now).await
            }
            _ => Ok(None),
        }
    };
    let (chunk, receipts, list) = join3(part, receipts, list).await;
    let chunk = chunk?.ok_or(PageError::NotFound)?;
    let seen = |record: &Record| record.state.is_accompanied();
    begun.accompanied = known || chunk.records.iter().any(seen);
    let start = Start {
        range,
        chunk,
        list: list?,
        receipts: receipts?,
        begun,
    };
    let wanted = |point: Point, _, _: &Item| match query.direction {
        Direction::Backward => point < at,
        Direction::Forward => point >= at,
    };
    fill(log, query, start, limit, wanted, now).await
}

/// Whether a page that starts at `at` will go on into the past, and will surely not read the record at `link`
/// on its way.
fn enters_the_past(query: &Query, at: Point, before: u64, link: Slot) -> bool {
    let backward = query.direction == Direction::Backward && query.contact.is_none();
    let reads = u64::from(at.slot.n()) < u64::from(link.n()) + query.limit as u64;
    let at_hand = link <= at.slot && link.ordinal() == at.slot.ordinal() && reads;
    backward && before < query.limit as u64 && !at_hand
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

async fn tail<L: Log>(log: &L, query: &Query, now: Timestamp) -> Result<Chunk, LogError> {
    let (all, newest) = (SlotRange::ALL, Direction::Backward);
    read(log, &query.session, all, newest, 1, now).await
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
