//! The past that a session shows: across past sessions, in two round trips however many there are.

use futures_util::future::{join, join_all};

use super::collect::{Collector, Reached};
use super::cursor::{Cursor, LinkAddress, PastCursor, PastPoint, Point};
use super::query::{Direction, Page, PageError, Query};
use super::receipts::Receipts;
use super::records::{MOST_READS, SILENT, SPARE, settled};
use crate::model::ids::{SessionId, SessionKey};
use crate::model::item::Item;
use crate::model::link::{Link, PastSession};
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::log::{Chunk, Consistency, Log, LogError, read_one};
use crate::ports::side::SideLog;
use crate::session_log::source::read_link;

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
    let page = Collector::new(Direction::Backward, query.limit);
    go_on(log, query, page, cursor, None, now).await
}

/// Fills what room there is on a page from `cursor` on. `list` is the cursor's list, where it is at hand: then it
/// takes one round trip.
///
/// Sessions that have been erased and records without items may leave the page nearly empty; then it is read on, a
/// few times. It never goes on to another list: that would be two round trips more.
pub(super) async fn go_on<L: Log + SideLog>(
    log: &L,
    query: &Query,
    mut page: Collector,
    mut cursor: PastCursor,
    mut list: Option<Link>,
    now: Timestamp,
) -> Result<Page, PageError> {
    let mut steps = Vec::new();
    let next = loop {
        let spare = if steps.is_empty() { SPARE } else { SILENT };
        let step = step(log, query, &mut page, cursor, &mut list, spare, now).await?;
        let next = step.next;
        steps.push(step);
        match next {
            Some(next)
                if page.is_sparse() && next.list == cursor.list && steps.len() < MOST_READS =>
            {
                cursor = next;
            }
            next => break next,
        }
    };
    let receipts = steps.iter_mut().flat_map(|step| {
        let receipts = std::mem::take(&mut step.receipts);
        let items = &step.items;
        receipts.into_iter().map(|each| each.complete(items))
    });
    let receipts = join_all(receipts).await;
    let receipts: Result<Vec<_>, LogError> = receipts.into_iter().collect();
    Ok(Page {
        receipts: receipts?.into_iter().flatten().collect(),
        items: steps.into_iter().flat_map(|step| step.items).collect(),
        next: next.map(Cursor::Past),
    })
}

/// What the page got at one go.
struct Step<'a, L> {
    items: Vec<Item>,
    receipts: Vec<Receipts<'a, L>>,
    next: Option<PastCursor>,
}

async fn step<'a, L: Log + SideLog>(
    log: &'a L,
    query: &Query,
    page: &mut Collector,
    cursor: PastCursor,
    list: &mut Option<Link>,
    spare: usize,
    now: Timestamp,
) -> Result<Step<'a, L>, LogError> {
    let room = page.room() as u64;
    let begun = cursor.at.map(|at| Part {
        entry: cursor.entry,
        session: at.session,
        until: at.point,
        items: at.before,
        whole: at.before <= room,
        accompanied: at.accompanied,
    });
    let fits = begun.filter(|part| !part.whole);
    let read = |part| read_part(log, query, part, room, spare, now);
    let chunk = async {
        match begun {
            None => Ok(None),
            Some(part) => read(part).await,
        }
    };
    // Where the session that the page begins in is enough for all of it, the list is not needed.
    let list_read = async {
        match list.is_some() || fits.is_some() {
            true => Ok(None),
            false => read_list(log, query, cursor.list, now).await,
        }
    };
    let (list_read, chunk) = join(list_read, chunk).await;
    let (list_read, chunk) = (list_read?, chunk?);
    *list = list.take().or(list_read);
    // It may have ceased to exist since the page before: then this one goes on behind it.
    if chunk.is_none() && fits.is_some() && list.is_none() {
        *list = read_list(log, query, cursor.list, now).await?;
    }

    let mut parts: Vec<(Part, Read<'_, L>)> = begun.zip(chunk).into_iter().collect();
    let mut reached = fill(page, &parts);
    let entries = list.as_ref().map_or(&[][..], Link::past);
    let after = usize::from(cursor.entry) + usize::from(begun.is_some());
    let mut seen = after;
    if reached.is_none_or(|(_, reached)| reached.before == 0) {
        let further = further_parts(entries, after, page.room() as u64, now);
        let reads = join_all(further.iter().map(|part| read(*part))).await;
        let begun = parts.len();
        for (part, read) in further.into_iter().zip(reads) {
            // What is not there has been erased, and the page goes on behind it.
            seen = seen.max(usize::from(part.entry) + 1);
            parts.extend(read?.map(|read| (part, read)));
        }
        reached = fill(page, &parts[begun..]).or(reached);
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
    Ok(Step {
        items: std::mem::take(&mut page.items),
        receipts: receipts.collect(),
        next,
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

/// The sessions from entry `from` on that fill the room on the page.
fn further_parts(entries: &[PastSession], from: usize, room: u64, now: Timestamp) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut have = 0;
    for (entry, past) in (0u8..).zip(entries).skip(from) {
        if have >= room {
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
                whole: have <= room,
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

/// Reads as much of a part as the page has room for, and so many records more.
async fn read_part<'a, L: Log + SideLog>(
    log: &'a L,
    query: &Query,
    part: Part,
    room: u64,
    spare: usize,
    now: Timestamp,
) -> Result<Option<Read<'a, L>>, LogError> {
    let session = SessionKey::new(&query.session.instance, part.session);
    let items = usize::try_from(part.items.min(room)).unwrap_or(usize::MAX);
    let (from, range) = (part.until.slot, SlotRange::ALL);
    // To the beginning of a session no others can be read in vain.
    let limit = items + if part.whole { SILENT } else { spare };
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
pub(super) async fn read_list<L: Log>(
    log: &L,
    query: &Query,
    address: LinkAddress,
    now: Timestamp,
) -> Result<Option<Link>, LogError> {
    let session = SessionKey::new(&query.session.instance, address.session);
    for consistency in [Consistency::Eventual, Consistency::Strong] {
        let list = read_link(log, &session, address.slot, consistency).await?;
        if list.is_some() {
            return Ok(list);
        }
    }
    let tail = read_one(log, &session, SlotRange::ALL, Consistency::Strong).await?;
    match tail.is_some_and(|tail| !tail.state.is_past_retention(now)) {
        true => Err(LogError::gap()),
        false => Ok(None),
    }
}
