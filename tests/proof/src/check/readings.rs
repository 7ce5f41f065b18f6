//! Transcripts as readers were shown them: pages joined together, and what one page alone may show.

use std::ops::RangeInclusive;

use domain::transcript::{Cursor, Direction, From, Page, PageError, Point, Query};
use domain::{Body, ContactId, Exported, InstanceId, Item, Presence, SessionKey, SideEntry};

use super::{Case, Line, Shown, store_failed, untrue};
use crate::invariant::{Broken, Checked, Invariant};

/// Pages of one reading, joined.
pub struct Reading<'a> {
    /// The query of the first page.
    pub query: &'a Query,
    /// The lines, in the order in which they were read.
    pub lines: Vec<Line>,
    /// Whether the last page said that there is no more.
    pub complete: bool,
    /// How long the reader's own log can have been when the first page was read.
    pub first: RangeInclusive<usize>,
    /// The same of the last page.
    pub last: RangeInclusive<usize>,
}

/// Checks what came of one request for pages.
pub(super) fn pages(
    case: &Case<'_>,
    query: &Query,
    pages: &[Page],
    error: Option<&PageError>,
) -> Checked {
    let session = &query.session;
    stays_within(case, query, pages)?;
    let gone = |who| {
        case.ever(session, |state| {
            let there = state.participant(who);
            there.is_none_or(|there| there.presence == Presence::Left)
        })
    };
    let wrong = match error {
        None => None,
        Some(PageError::Log(error)) => {
            store_failed(case, error)?;
            None
        }
        Some(PageError::NotFound) => case
            .was_there(session)
            .then_some("the chat of a reader was not found"),
        Some(PageError::Ended) => {
            (!case.has_ended(session)).then_some("a chat that runs was said to have ended")
        }
        Some(PageError::NotAParticipant) => {
            (!query.reader.is_none_or(gone)).then_some("a reader who takes part was said not to")
        }
    };
    if let Some(wrong) = wrong {
        return Err(untrue(wrong));
    }
    receipts_are_kept(case, session, pages)?;
    for (number, page) in pages.iter().enumerate() {
        let placed = number == 0 && !matches!(query.from, From::Newest | From::Cursor(_));
        shows_what_it_may(query, page, placed)?;
        is_filled(case, query, page, placed)?;
    }
    let begins = !matches!(query.from, From::Cursor(_));
    if begins && !pages.is_empty() && case.had_ended(session) {
        return Err(untrue("a chat that had ended could be read as if it ran"));
    }
    if !begins || pages.is_empty() {
        return Ok(());
    }
    let lengths = case.lengths(session);
    let reading = Reading {
        query,
        lines: lines(pages),
        complete: error.is_none() && pages.last().is_some_and(|page| page.next.is_none()),
        first: lengths.clone(),
        last: lengths,
    };
    let shown = case.shown();
    read_as_it_was(shown, &reading)
}

/// The present comes first; the past is on no page that was begun at a place, forward or for one contact.
fn shows_what_it_may(query: &Query, page: &Page, placed: bool) -> Checked {
    let of_past = |item: &Item| item.contact.session() != query.session.session;
    let stays = placed || query.direction == Direction::Forward || query.contact.is_some();
    let may = page.items.is_sorted_by_key(of_past) && !(stays && page.items.iter().any(of_past));
    Invariant::Pages.holds(may, || {
        "a page shows the past before the present, or where it may not".to_owned()
    })
}

/// A page back is short only at the very end. Records without items may leave it half full; what the store cut short
/// may be shorter.
fn is_filled(case: &Case<'_>, query: &Query, page: &Page, placed: bool) -> Checked {
    let at_the_border = placed && matches!(page.next, Some(Cursor::Past(_)));
    let may_be_short = case.cut || query.direction == Direction::Forward || query.contact.is_some();
    if page.next.is_none() || at_the_border || may_be_short {
        return Ok(());
    }
    let reach = case.shown().reach(&query.session);
    let silent = reach.into_iter().any(|session| {
        let key = SessionKey::new(&query.session.instance, session);
        let mut later = case.store.log(&key).iter().skip(1);
        later.any(|record| Line::all_of(session, record).is_empty())
    });
    let items = page.items.len();
    let filled = items == query.limit || (silent && items * 2 >= query.limit);
    Invariant::Pages.holds(filled, || {
        format!("a page has {items} items of {} and a token", query.limit)
    })
}

/// Whatever a page says of whom a message has reached is kept beside the log of the message.
fn receipts_are_kept(case: &Case<'_>, session: &SessionKey, pages: &[Page]) -> Checked {
    for (message, received) in pages.iter().flat_map(|page| &page.receipts) {
        let mut items = pages.iter().flat_map(|page| &page.items);
        let of = items.find(|item| item.id == *message);
        let of = of.map_or(session.session, |item| item.contact.session());
        let key = SessionKey::new(&session.instance, of);
        for told in received {
            let is = |entry: &SideEntry| match entry {
                SideEntry::Receipt(it) => {
                    let at = Some(it.at);
                    Some(it.message) == message.slot()
                        && it.recipient == told.recipient
                        && (at == told.delivered || at == told.read)
                }
                SideEntry::Attributes(_) => false,
            };
            if !case.store.beside(&key).any(is) {
                return Err(untrue("a page tells of a receipt that nobody gave"));
            }
        }
    }
    Ok(())
}

/// The lines of pages.
pub(super) fn lines(pages: &[Page]) -> Vec<Line> {
    let items = pages.iter().flat_map(|page| &page.items);
    items.map(Line::of).collect()
}

/// Whatever a page shows is of the reader's session or of one that it continues, and nothing else was asked of the
/// store.
fn stays_within(case: &Case<'_>, query: &Query, pages: &[Page]) -> Checked {
    let shown = case.shown();
    let reach = shown.reach(&query.session);
    let items = pages.iter().flat_map(|page| &page.items);
    let mut asked = case.calls.iter().filter_map(|call| call.session());
    let within =
        asked.all(|key| key.instance == query.session.instance && reach.contains(&key.session));
    Invariant::Isolation.holds(within, || {
        "a page was looked for in a session that the reader's chat does not continue".to_owned()
    })?;
    for item in items {
        Invariant::Isolation.holds(reach.contains(&item.contact.session()), || {
            "a page shows a session that the reader's chat does not continue".to_owned()
        })?;
    }
    Ok(())
}

/// Checks that a reading is the transcript as it stood at some moment when it may have been read.
///
/// # Errors
/// When it is not.
pub fn read_as_it_was(shown: Shown<'_>, reading: &Reading<'_>) -> Checked {
    let lengths = reading.first.clone();
    let candidates: Vec<(usize, usize)> = match (reading.query.direction, reading.query.from) {
        (Direction::Forward, _) => vec![(*reading.last.end(), 0)],
        // Where the n-th newest item stands, and which past is linked, is looked at side by side.
        (Direction::Backward, From::MostRecent(_)) => lengths
            .flat_map(|length| reading.first.clone().map(move |past| (length, past)))
            .collect(),
        (Direction::Backward, _) => lengths.rev().map(|length| (length, length)).collect(),
    };
    let mut expected = Vec::new();
    for (length, past) in candidates {
        expected = match reading.query.direction {
            Direction::Backward => backward(shown, reading.query, length, past),
            Direction::Forward => forward(shown, reading.query, length),
        };
        let least = match (reading.complete, reading.query.direction) {
            (false, _) => 0,
            (true, Direction::Backward) => expected.len(),
            (true, Direction::Forward) => {
                forward(shown, reading.query, *reading.last.start()).len()
            }
        };
        if reading.lines.len() >= least && expected.starts_with(&reading.lines) {
            return Ok(());
        }
    }
    Err(blame(shown, reading, &expected))
}

/// What a reading from the newest item, or the n-th newest, shows if the log is so long, newest first, and if it was so
/// long when the past was looked for.
fn backward(shown: Shown<'_>, query: &Query, length: usize, past: usize) -> Vec<Line> {
    let mut present = shown.present(&query.session, length);
    if let Some(contact) = query.contact {
        present.retain(|line| line.contact == contact);
    }
    if let From::MostRecent(n) = query.from {
        let from = present.len().saturating_sub(n.max(1) - 1);
        present.truncate(from.max(1));
    }
    let mut lines = match query.contact {
        None => shown.past(&query.session, past),
        Some(_) => Vec::new(),
    };
    lines.extend(present);
    lines.reverse();
    lines
}

/// What a reading from an item or a moment towards the present shows if the log is so long, oldest first.
fn forward(shown: Shown<'_>, query: &Query, length: usize) -> Vec<Line> {
    let log = shown.store.log(&query.session);
    let length = length.min(log.len());
    // Whoever has left reads no further than that.
    let left = query.reader.and_then(|who| {
        log[..length].iter().position(|record| {
            let there = record.state.participant(who);
            there.is_some_and(|there| there.presence == Presence::Left)
        })
    });
    let length = left.map_or(length, |left| left + 1);
    let mut lines = shown.present(&query.session, length);
    if let Some(contact) = query.contact {
        lines.retain(|line| line.contact == contact);
    }
    match query.from {
        From::Time(time) => lines.retain(|line| line.at >= time),
        From::Item(id) => {
            let all = log
                .iter()
                .flat_map(|record| record.items(query.session.session));
            // An item of another contact than the one asked for is as good as none.
            let of = |contact| query.contact.is_none_or(|only| only == contact);
            let mut all = all.into_iter().filter(|item| of(item.contact));
            let start = all.find(|item| item.id == id).map(|item| item.at);
            lines.retain(|line| start.is_some_and(|start| line.at >= start));
        }
        _ => {}
    }
    lines
}

/// Which invariant a wrong reading breaks.
fn blame(shown: Shown<'_>, reading: &Reading<'_>, expected: &[Line]) -> Broken {
    let reach = shown.reach(&reading.query.session);
    let lines = &reading.lines;
    let surplus = lines.iter().find(|line| !expected.contains(line));
    let foreign = surplus.filter(|line| !reach.contains(&line.contact.session()));
    let own = reading.query.session.session;
    let beyond = surplus.filter(|line| line.contact.session() != own);
    let (invariant, how) = match (foreign, beyond) {
        (Some(_), _) => (Invariant::Isolation, "shows a session of others"),
        (None, Some(_)) => (Invariant::Bounds, "shows what came after its source"),
        (None, None) => (Invariant::Pages, "is not the transcript"),
    };
    let wrong = (0..)
        .zip(lines)
        .find(|(at, line)| expected.get(*at) != Some(*line));
    let place = wrong.map_or(lines.len(), |(at, _)| at);
    let read = lines.len();
    let how = format!(
        "a reading {how}: {read} lines were read and {} stand there; the first that differs is number {}, {:?} instead of {:?}",
        expected.len(),
        place + 1,
        lines.get(place).map(|line| &line.what),
        expected.get(place).map(|line| &line.what),
    );
    invariant.broken(how)
}

/// Checks one part of an export.
pub(super) fn exported(
    case: &Case<'_>,
    here: &InstanceId,
    contact: ContactId,
    start: Option<Point>,
    answer: &Result<Exported, PageError>,
) -> Checked {
    let session: SessionKey = Case::session(here, contact);
    let exported = match answer {
        Ok(exported) => exported,
        Err(PageError::Log(error)) => return store_failed(case, error),
        Err(_) => {
            let missing = !case.was_there(&session)
                || case.ever(&session, |state| state.segment < contact.ordinal());
            return if missing {
                Ok(())
            } else {
                Err(untrue("a contact was there and was not exported"))
            };
        }
    };
    let log = case.store.log(&session);
    let lines_up_to = |length: usize| -> Vec<Line> {
        let of = log.iter().take(length);
        let of = of.filter(|record| record.slot.ordinal() == contact.ordinal());
        let of = of.filter(|record| start.is_none_or(|start| record.slot >= start.slot));
        let lines = of.flat_map(|record| {
            let before = start.filter(|start| start.slot == record.slot);
            let before = before.map_or(0, |start| usize::from(start.index));
            Line::all_of(session.session, record)
                .into_iter()
                .skip(before)
        });
        lines.collect()
    };
    let lengths = case.lengths(&session);
    let (least, most) = (lines_up_to(*lengths.start()), lines_up_to(*lengths.end()));
    let got: Vec<Line> = exported.items.iter().map(Line::of).collect();
    let whole = exported.next.is_some() || got.len() >= least.len();
    Invariant::Pages.holds(whole && most.starts_with(&got), || {
        let over = log
            .iter()
            .any(|record| matches!(record.body, Body::Ended { .. }));
        format!("an export is not the contact's transcript (its session has ended: {over})")
    })
}
