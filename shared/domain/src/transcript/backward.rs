//! Filling a page newest first: from the present, and from the past that the session shows where there is room left.
//!
//! A link and attributes are records without items, and attributes may change hundreds of times in a row. A page
//! that they leave nearly empty reads on a few times; then it is short, and carries a token that is further on.

use std::collections::BTreeMap;

use futures_util::future::join;

use super::collect::{Collector, Reached};
use super::cursor::{Begun, Cursor, LinkAddress, PastCursor, Point};
use super::past;
use super::query::{Direction, From, Page, PageError, Query};
use super::receipts::Receipts;
use super::records::{MOST_READS, SILENT, settled};
use crate::model::item::Item;
use crate::model::link::Link;
use crate::model::record::Record;
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Log};
use crate::ports::side::SideLog;

/// What has been read when a page is filled.
pub(super) struct Start<'a, L> {
    /// The slots that the page may show.
    pub(super) range: SlotRange,
    /// The records that it begins with.
    pub(super) chunk: Chunk,
    /// The past, if it was read beside them.
    pub(super) list: Option<Link>,
    /// What was read of the receipts.
    pub(super) receipts: Receipts<'a, L>,
    /// What the first page saw.
    pub(super) begun: Begun,
}

/// Makes a page of the records that it begins with, and of those before them.
pub(super) async fn backward<L: Log + SideLog>(
    log: &L,
    query: &Query,
    start: Start<'_, L>,
    wanted: impl Fn(Point, u64, &Item) -> bool,
    now: Timestamp,
) -> Result<Page, PageError> {
    let session = &query.session;
    let Start {
        range,
        mut chunk,
        mut list,
        receipts,
        begun,
    } = start;
    let mut page = Collector::new(Direction::Backward, query.limit);
    let mut reached = page.take(&chunk.records, session.session, &wanted);
    list = list.or_else(|| link_at(begun.link, &chunk.records));
    for _ in 1..MOST_READS {
        let more = reached.filter(|reached| has_more(query, *reached));
        let Some(so_far) = more.filter(|_| page.is_sparse()) else {
            break;
        };
        let (from, limit) = (so_far.point.slot, page.room() + SILENT);
        chunk = settled(log, session, from, range, limit, now)
            .await?
            .ok_or(PageError::NotFound)?;
        reached = page.take(&chunk.records, session.session, |point, number, item| {
            point < so_far.point && wanted(point, number, item)
        });
        list = list.or_else(|| link_at(begun.link, &chunk.records));
    }

    let items = std::mem::take(&mut page.items);
    let receipts = async {
        match begun.accompanied {
            true => receipts.complete(&items).await,
            false => Ok(BTreeMap::new()),
        }
    };
    let next = reached.and_then(|reached| before(query, reached, begun));
    let (past, receipts) = match next {
        Some(Cursor::Past(cursor)) if page.room() > 0 && enters_the_past(query.from) => {
            // Boxed, so that not every page takes up the room that this takes.
            let past = Box::pin(past::go_on(log, query, page, cursor, list, now));
            let (past, receipts) = join(past, receipts).await;
            (past?, receipts?)
        }
        next => {
            let end = Page {
                next,
                ..Page::empty()
            };
            (end, receipts.await?)
        }
    };
    Ok(Page {
        items: [items, past.items].concat(),
        receipts: receipts.into_iter().chain(past.receipts).collect(),
        next: past.next,
    })
}

/// A page that a client begins at a place of its choice shows the present alone; its token leads on.
fn enters_the_past(from: From) -> bool {
    match from {
        From::Newest | From::Cursor(_) => true,
        From::Item(_) | From::Time(_) | From::MostRecent(_) => false,
    }
}

/// The list of past sessions, if its record is among these.
fn link_at(slot: Option<Slot>, records: &[Record]) -> Option<Link> {
    let mut records = records.iter();
    let linked = records.find(|record| Some(record.slot) == slot)?;
    linked.body.link().cloned()
}

/// Whether the present has items that the page may show before the place.
fn has_more(query: &Query, reached: Reached) -> bool {
    let at = reached.point;
    let leaves_contact = query.contact.is_some() && at.slot.n() == 0 && at.index == 0;
    reached.before > 0 && !leaves_contact
}

/// Where to go on.
fn before(query: &Query, reached: Reached, begun: Begun) -> Option<Cursor> {
    if has_more(query, reached) {
        return Some(Cursor::Present {
            at: reached.point,
            before: reached.before,
            begun,
        });
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
