//! Filling a page of the present oldest first, from records some of which may yield no items.
//!
//! A link and attributes are records without items, and attributes may change hundreds of times in a row. A reader
//! takes an empty page for the end, so a page is not left at that: the next record with items is found by bisection,
//! in a number of reads that grows with the logarithm of the records alone.

use std::collections::BTreeMap;

use super::backward::Start;
use super::collect::Collector;
use super::cursor::{Cursor, Point};
use super::query::{Direction, Page, PageError, Query};
use super::records::read;
use super::search::first_reaching;
use crate::model::item::Item;
use crate::model::record::Record;
use crate::model::state::{Presence, State};
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Consistency, Log, LogError, read_one};
use crate::ports::side::SideLog;

/// Makes a page of the records that it begins with, and of others of its range after them if need be: it holds an
/// item if there is one, and has a token only if another follows. `limit` is how many records were asked for;
/// as many are asked for again.
pub(super) async fn forward<L: Log + SideLog>(
    log: &L,
    query: &Query,
    start: Start<'_, L>,
    limit: usize,
    wanted: impl Fn(Point, u64, &Item) -> bool,
    now: Timestamp,
) -> Result<Page, PageError> {
    let Start {
        range,
        mut chunk,
        receipts,
        begun,
        ..
    } = start;
    let session = &query.session;
    let mut page = Collector::new(Direction::Forward, query.limit);
    let next = loop {
        let gone = cut_at_leaving(query, &mut chunk);
        let reached = page.take(&chunk.records, session.session, &wanted);
        let after = chunk.records.last().and_then(|last| last.next_slot());
        let Some((reached, after)) = reached.zip(after) else {
            break None;
        };
        if reached.full || (chunk.cut && !gone && !page.items.is_empty()) {
            break Some(reached);
        }
        if gone {
            break None;
        }
        let rest = range.starting_at(after);
        if chunk.records.len() < limit && !chunk.cut || rest.is_empty() {
            break None;
        }
        // Only records without items leave a page with room here.
        let newest = read_one(log, session, rest, Consistency::Strong).await?;
        let Some(newest) = newest.filter(|newest| newest.state.items > reached.before) else {
            break None;
        };
        if !page.items.is_empty() {
            break Some(reached);
        }
        let more = |state: &State| state.items > reached.before;
        let slot = first_reaching(log, session, rest, &newest, more)
            .await?
            .ok_or_else(LogError::gap)?;
        chunk = read(
            log,
            session,
            rest.starting_at(slot),
            Direction::Forward,
            limit,
            now,
        )
        .await?;
    };
    let next = next.map(|reached| Cursor::Present {
        at: reached.point,
        before: reached.before,
        begun,
    });
    let receipts = match begun.accompanied {
        true => receipts.complete(&page.items).await?,
        false => BTreeMap::new(),
    };
    Ok(Page {
        items: page.items,
        receipts,
        next,
    })
}

/// Cuts records that come oldest first after the one with which the reader left, if it is among them: what is said
/// after that is not for them, however old their token is.
fn cut_at_leaving(query: &Query, chunk: &mut Chunk) -> bool {
    let left = |record: &Record| {
        let reader = query.reader.and_then(|id| record.state.participant(id));
        reader.is_some_and(|reader| reader.presence == Presence::Left)
    };
    let Some(at) = chunk.records.iter().position(left) else {
        return false;
    };
    chunk.records.truncate(at + 1);
    true
}
