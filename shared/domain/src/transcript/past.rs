//! Pages of the past that a session shows: across past sessions, in two round trips however many there are.

use futures_util::future::{join, join_all};

use super::collect::Collector;
use super::cursor::{Cursor, LinkAddress, PastCursor, PastPoint, Point};
use super::present::{SPARE, settled};
use super::{Direction, Page, PageError, Query};
use crate::ids::{SessionId, SessionKey};
use crate::link::{Link, PastSession};
use crate::log::{Chunk, Consistency, Log, LogError};
use crate::slot::SlotRange;
use crate::source::read_link;
use crate::time::Timestamp;

/// A past session that has a part on the page.
#[derive(Clone, Copy)]
struct Part {
    entry: u8,
    session: SessionId,
    /// Everything before this point is still to be shown.
    until: Point,
    /// That many items.
    items: u64,
}

/// The page of the past that starts at `cursor`.
pub(super) async fn page<L: Log>(
    log: &L,
    query: &Query,
    cursor: PastCursor,
    now: Timestamp,
) -> Result<Page, PageError> {
    let begun = cursor.at.map(|at| Part {
        entry: cursor.entry,
        session: at.session,
        until: at.point,
        items: at.before,
    });
    let fits = begun.filter(|part| part.items > query.limit as u64);
    let chunk = async {
        match begun {
            None => Ok(None),
            Some(part) => read_part(log, query, part, now).await,
        }
    };
    // Where the session that the page begins in is enough for all of it, the list is not needed.
    let list = async {
        match fits {
            Some(_) => Ok(None),
            None => read_list(log, query, cursor.list).await,
        }
    };
    let (list, chunk) = join(list, chunk).await;
    let (mut list, chunk) = (list?, chunk?);
    // It may have ceased to exist since the page before: then this one goes on behind it.
    if chunk.is_none() && fits.is_some() {
        list = read_list(log, query, cursor.list).await?;
    }

    let mut parts: Vec<(Part, Chunk)> = begun.zip(chunk).into_iter().collect();
    let entries = list.as_ref().map_or(&[][..], Link::past);
    let begun_items = parts.first().map_or(0, |(part, _)| part.items);
    let after = usize::from(cursor.entry) + usize::from(begun.is_some());
    let further = further_parts(entries, after, query.limit as u64, begun_items, now);
    let reads = further.iter().map(|part| read_part(log, query, *part, now));
    let chunks = join_all(reads).await;
    for (part, chunk) in further.into_iter().zip(chunks) {
        let missing = || LogError::Corrupt("a past session is not there".to_owned());
        parts.push((part, chunk?.ok_or_else(missing)?));
    }

    let mut page = Collector::new(Direction::Backward, query.limit);
    let mut reached = None;
    for (part, chunk) in &parts {
        let wanted = |point: Point, _, _: &_| point < part.until;
        let Some(so_far) = page.take(&chunk.records, part.session, wanted) else {
            continue;
        };
        reached = Some((*part, so_far));
        if so_far.before > 0 {
            break;
        }
    }
    let next = match reached {
        Some((part, reached)) if reached.before > 0 => Some(PastCursor {
            list: cursor.list,
            entry: part.entry,
            at: Some(PastPoint {
                session: part.session,
                point: reached.point,
                before: reached.before,
            }),
        }),
        Some((part, _)) => next_entry(cursor.list, entries, usize::from(part.entry) + 1, now),
        None => next_entry(cursor.list, entries, after, now),
    };
    Ok(Page {
        items: page.items,
        past: true,
        next: next.map(Cursor::Past),
    })
}

/// The sessions from entry `from` on that fill the page after `have` items.
fn further_parts(
    entries: &[PastSession],
    from: usize,
    limit: u64,
    mut have: u64,
    now: Timestamp,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for (entry, past) in (0u8..).zip(entries).skip(from) {
        if have >= limit {
            break;
        }
        if now < past.retained_until {
            have += past.items;
            parts.push(Part {
                entry,
                session: past.session,
                until: Point {
                    slot: past.bound,
                    index: u8::MAX,
                },
                items: past.items,
            });
        }
    }
    parts
}

/// Where to go on once every entry before `from` has been shown: at the next one that still exists, or
/// where the last one's own link continues the list.
fn next_entry(
    list: LinkAddress,
    entries: &[PastSession],
    from: usize,
    now: Timestamp,
) -> Option<PastCursor> {
    let mut rest = (0u8..).zip(entries).skip(from);
    if let Some((entry, _)) = rest.find(|(_, past)| now < past.retained_until) {
        return Some(PastCursor {
            list,
            entry,
            at: None,
        });
    }
    let last = entries.last().filter(|past| now < past.retained_until)?;
    Some(PastCursor {
        list: LinkAddress {
            session: last.session,
            slot: last.link?,
        },
        entry: 0,
        at: None,
    })
}

async fn read_part<L: Log>(
    log: &L,
    query: &Query,
    part: Part,
    now: Timestamp,
) -> Result<Option<Chunk>, LogError> {
    let session = SessionKey::new(&query.session.instance, part.session);
    let items = usize::try_from(part.items).unwrap_or(usize::MAX);
    let limit = query.limit.min(items) + SPARE;
    settled(log, &session, part.until.slot, SlotRange::ALL, limit, now).await
}

/// The list at `address`; none where its session has ceased to exist.
async fn read_list<L: Log>(
    log: &L,
    query: &Query,
    address: LinkAddress,
) -> Result<Option<Link>, LogError> {
    let session = SessionKey::new(&query.session.instance, address.session);
    let list = read_link(log, &session, address.slot, Consistency::Eventual).await?;
    if list.is_some() {
        return Ok(list);
    }
    read_link(log, &session, address.slot, Consistency::Strong).await
}
