//! ExportTranscript: all items of one contact, oldest first, whether it runs or has ended.

use super::collect::{Collector, MOST_ITEMS};
use super::cursor::Point;
use super::query::{Direction, PageError};
use crate::model::ids::{ContactId, InstanceId, SessionKey};
use crate::model::item::Item;
use crate::model::record::{Body, Record};
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError, Read, read_one, read_range};

/// How often one call reads. A store answers with about 1 MB at a time, and a page of full weight comes from
/// that many; where records are heavier than the items that they yield, the page is short.
const MOST_READS: usize = 8;
/// Records read beyond the number of items that there is room for: the one that the page begins in, and one
/// that tells whether there is more.
const SPARE: usize = 2;

/// A part of a contact's transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The items, oldest first.
    pub items: Vec<Item>,
    /// Where the next part begins, if there is one. With it the items may be few, or none.
    pub next: Option<Point>,
}

/// Reads the transcript of `contact` from its beginning, or from where an earlier part came to, as far as one
/// answer holds it; at most `limit` items (from 1), where that is given. Earlier and later contacts of the session
/// are not shown, nor is the past that it continues.
///
/// The requests are bounded by the size of the answer, never by the length of the history: at most 8 range
/// reads, one after the other. A contact that nothing stands in yet costs one more, to tell it from none.
///
/// # Errors
/// [`PageError::NotFound`] where the instance has no such contact, or has it no longer.
pub async fn export<L: Log>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    from: Option<Point>,
    limit: Option<usize>,
    now: Timestamp,
) -> Result<Exported, PageError> {
    let session = SessionKey::new(instance, contact.session());
    let whole = SlotRange::segment(contact.ordinal());
    let start = from.unwrap_or(Point {
        slot: whole.from,
        index: 0,
    });
    let most = limit.unwrap_or(MOST_ITEMS).min(MOST_ITEMS);
    let mut page = Collector::new(Direction::Forward, most);
    let mut next = start;
    let mut unread = start.slot;
    let mut limit = most + SPARE;
    for reads in 0..MOST_READS {
        let range = whole.starting_at(unread);
        let read = Read::oldest(range, limit, Consistency::Strong);
        let chunk = read_range(log, &session, read, now).await?;
        let Some((first, last)) = chunk.records.first().zip(chunk.records.last()) else {
            let begun =
                reads > 0 || (from.is_none() && is_open(log, &session, contact, now).await?);
            return if begun {
                Ok(whole_page(page))
            } else {
                Err(PageError::NotFound)
            };
        };
        if first.state.is_past_retention(now) {
            return Err(PageError::NotFound);
        }
        let wanted = |point: Point, _, _: &Item| point >= start;
        if let Some(reached) = page.take(&chunk.records, contact.session(), wanted) {
            next = reached.point;
            if reached.full {
                break;
            }
        }
        let more = chunk.cut || chunk.records.len() == limit;
        if !more || is_last(last) {
            return Ok(whole_page(page));
        }
        unread = last.slot.following();
        // So many had too little to show.
        limit *= 2;
    }
    Ok(Exported {
        items: page.items,
        next: Some(next),
    })
}

/// The last part of a transcript.
fn whole_page(page: Collector) -> Exported {
    Exported {
        items: page.items,
        next: None,
    }
}

/// Whether nothing of the contact can follow the record.
fn is_last(record: &Record) -> bool {
    matches!(record.body, Body::Transferred { .. } | Body::Ended { .. })
}

/// Whether a contact in which nothing stands exists: it does from the transfer that opened it.
async fn is_open<L: Log>(
    log: &L,
    session: &SessionKey,
    contact: ContactId,
    now: Timestamp,
) -> Result<bool, LogError> {
    if contact.is_initial() {
        return Ok(false);
    }
    let tail = read_one(log, session, SlotRange::ALL, Consistency::Strong).await?;
    Ok(tail.is_some_and(|tail| {
        contact.ordinal() <= tail.state.segment && !tail.state.is_past_retention(now)
    }))
}
