//! Pages of the past that a session shows: across past sessions, in two round trips however many there are.

use futures_util::future::{join, join_all};

use super::collect::{Collector, Reached};
use super::cursor::{Cursor, LinkAddress, PastCursor, PastPoint, Point};
use super::present::{SPARE, settled};
use super::receipts::Receipts;
use super::{Direction, Page, PageError, Query};
use crate::ids::{SessionId, SessionKey};
use crate::link::{Link, PastSession};
use crate::log::{Chunk, Consistency, Log, LogError};
use crate::side::SideLog;
use crate::slot::SlotRange;
use crate::source::read_link;
use crate::time::Timestamp;

/// Records without items that are read beyond those that a page shows of a session, where it shows the session
/// to its beginning: there no others can be read in vain.
const SILENT: usize = 64;

/// A past session that has a part on the page.
#[derive(Clone, Copy)]
struct Part {
    entry: u8,
    session: SessionId,
    /// Everything before this point is still to be shown.
    until: Point,
    /// That many items.
    items: u64,
    /// Whether the page has room for all of them.
    whole: bool,
    /// Whether the session may have receipts.
    accompanied: bool,
}

/// The page of the past that starts at `cursor`.
pub(super) async fn page<L: Log + SideLog>(
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
        whole: at.before <= query.limit as u64,
        accompanied: at.accompanied,
    });
    let fits = begun.filter(|part| !part.whole);
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

    let mut page = Collector::new(Direction::Backward, query.limit);
    let mut parts: Vec<(Part, Read<'_, L>)> = begun.zip(chunk).into_iter().collect();
    let mut reached = fill(&mut page, &parts);
    let entries = list.as_ref().map_or(&[][..], Link::past);
    let after = usize::from(cursor.entry) + usize::from(begun.is_some());
    let mut seen = after;
    if reached.is_none_or(|(_, reached)| reached.before == 0) {
        let have = page.items.len() as u64;
        let further = further_parts(entries, after, query.limit as u64, have, now);
        let reads = further.iter().map(|part| read_part(log, query, *part, now));
        let reads = join_all(reads).await;
        let begun = parts.len();
        for (part, read) in further.into_iter().zip(reads) {
            // What is not there has been erased, and the page goes on behind it.
            seen = seen.max(usize::from(part.entry) + 1);
            parts.extend(read?.map(|read| (part, read)));
        }
        reached = fill(&mut page, &parts[begun..]).or(reached);
    }
    let next = match reached {
        Some((part, reached)) if reached.before > 0 => Some(PastCursor {
            list: cursor.list,
            entry: part.entry,
            at: Some(PastPoint {
                session: part.session,
                point: reached.point,
                before: reached.before,
                accompanied: part.accompanied,
            }),
        }),
        _ => next_entry(cursor.list, entries, seen, now),
    };
    let receipts = parts.into_iter().filter_map(|(_, read)| read.receipts);
    let receipts = join_all(receipts.map(|each| each.complete(&page.items))).await;
    let receipts: Result<Vec<_>, LogError> = receipts.into_iter().collect();
    Ok(Page {
        receipts: receipts?.into_iter().flatten().collect(),
        items: page.items,
        past: true,
        next: next.map(Cursor::Past),
    })
}

/// Puts the items of the parts on the page, and says how far in which of them it came.
fn fill<L>(page: &mut Collector, parts: &[(Part, Read<'_, L>)]) -> Option<(Part, Reached)> {
    let mut reached = None;
    for (part, Read { chunk, .. }) in parts {
        let wanted = |point: Point, _, _: &_| point < part.until;
        let Some(so_far) = page.take(&chunk.records, part.session, wanted) else {
            continue;
        };
        reached = Some((*part, so_far));
        if so_far.before > 0 {
            break;
        }
    }
    reached
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
                whole: have <= limit,
                accompanied: past.accompanied,
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

/// What was read of a part: its records, and the receipts beside them if there may be some.
struct Read<'a, L> {
    chunk: Chunk,
    receipts: Option<Receipts<'a, L>>,
}

async fn read_part<'a, L: Log + SideLog>(
    log: &'a L,
    query: &Query,
    part: Part,
    now: Timestamp,
) -> Result<Option<Read<'a, L>>, LogError> {
    let session = SessionKey::new(&query.session.instance, part.session);
    let items = usize::try_from(part.items).unwrap_or(usize::MAX);
    let items = query.limit.min(items);
    let (from, range) = (part.until.slot, SlotRange::ALL);
    let limit = items + if part.whole { SILENT } else { SPARE };
    let receipts = async {
        if !part.accompanied {
            return Ok(None);
        }
        let receipts = Receipts::of(log, session.clone(), Consistency::Eventual);
        receipts.beside(range.up_to(from), items).await.map(Some)
    };
    let chunk = settled(log, &session, from, range, limit, now);
    let (chunk, receipts) = join(chunk, receipts).await;
    let receipts = receipts?;
    Ok(chunk?.map(|chunk| Read { chunk, receipts }))
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
