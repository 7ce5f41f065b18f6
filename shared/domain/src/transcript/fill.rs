//! Filling a page of the present from records, some of which may yield no items.
//!
//! A link and attributes are records without items, and attributes may change hundreds of times in a row. A page
//! is made of a fixed number of records, so it may be short, or even empty. Backward that is all: it then
//! carries a token that is further on. Forward, where a reader takes an empty page for the end, it is not left
//! at that: the next record with items is found by bisection, in a number of reads that grows with the logarithm
//! of the records alone.

use super::collect::{Collector, Reached};
use super::cursor::{Begun, Cursor, LinkAddress, PastCursor, Point};
use super::present::read;
use super::search::first_reaching;
use super::{Direction, Page, Query};
use crate::item::Item;
use crate::log::{Chunk, Consistency, Log, LogError, read_one};
use crate::record::Record;
use crate::slot::SlotRange;
use crate::state::{Presence, State};

/// Makes a page of records that come newest first.
pub(super) fn backward(
    query: &Query,
    chunk: &Chunk,
    begun: Begun,
    wanted: impl Fn(Point, u64, &Item) -> bool,
) -> Page {
    let mut page = Collector::new(Direction::Backward, query.limit);
    let reached = page.take(&chunk.records, query.session.session, wanted);
    let next = reached.and_then(|reached| before(query, reached, begun));
    Page {
        items: page.items,
        next,
        ..Page::empty()
    }
}

fn before(query: &Query, reached: Reached, begun: Begun) -> Option<Cursor> {
    let at = reached.point;
    let leaves_contact = query.contact.is_some() && at.slot.n() == 0 && at.index == 0;
    if reached.before > 0 && !leaves_contact {
        return Some(Cursor::Present { at, begun });
    }
    // A page of one contact stays with it; any other goes on into the past, if there is one.
    let slot = begun.link.filter(|_| query.contact.is_none())?;
    Some(Cursor::Past(PastCursor {
        list: LinkAddress {
            session: query.session.session,
            slot,
        },
        entry: 0,
        at: None,
    }))
}

/// Makes a page of records that come oldest first, and of others of `range` after them if need be: it holds an
/// item if there is one, and has a token only if another follows. `limit` is how many records were asked for;
/// as many are asked for again.
pub(super) async fn forward<L: Log>(
    log: &L,
    query: &Query,
    range: SlotRange,
    mut chunk: Chunk,
    limit: usize,
    begun: Begun,
    wanted: impl Fn(Point, u64, &Item) -> bool,
) -> Result<Page, LogError> {
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
            break Some(reached.point);
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
            break Some(reached.point);
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
        )
        .await?;
    };
    let next = next.map(|at| Cursor::Present { at, begun });
    Ok(Page {
        items: page.items,
        next,
        ..Page::empty()
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
