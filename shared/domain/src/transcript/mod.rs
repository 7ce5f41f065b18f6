//! GetTranscript: pages of a session's items, and of the past that the session shows.
//!
//! A page is a fixed number of range reads, however long the session or its past is. Pages of the present
//! and of the past are never mixed: the present comes first, and its last page ends at the border.

mod collect;
mod cursor;
mod past;
mod present;
mod search;

pub use cursor::{Cursor, LinkAddress, PastCursor, PastPoint, Point};

use crate::ids::{ContactId, ItemId, SessionKey};
use crate::item::Item;
use crate::log::{Log, LogError};
use crate::slot::SlotRange;
use crate::time::Timestamp;

/// Which way a transcript is read from where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards the past.
    Backward,
    /// Towards the present; never into past sessions.
    Forward,
}

/// Where a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// At the newest item.
    Newest,
    /// At this item, itself included.
    Item(ItemId),
    /// At the items of this moment, themselves included.
    Time(Timestamp),
    /// At the n-th newest item; 0 is 1, and beyond the oldest is the oldest.
    MostRecent(usize),
    /// After the last item of an earlier page.
    Cursor(Cursor),
}

/// A page to read.
#[derive(Debug, Clone)]
pub struct Query {
    /// The session of the reader.
    pub session: SessionKey,
    /// Only this contact's items.
    pub contact: Option<ContactId>,
    /// Which way.
    pub direction: Direction,
    /// From where.
    pub from: From,
    /// At most this many items, from 1.
    pub limit: usize,
}

/// A page of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items in the order of the direction.
    pub items: Vec<Item>,
    /// Whether they are of past sessions.
    pub past: bool,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// There is no such session, or it is past its retention.
    #[error("no such session")]
    NotFound,
    /// The session has ended, and a first page was asked for.
    #[error("the session has ended")]
    Ended,
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Page {
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            past: false,
            next: None,
        }
    }
}

impl Query {
    /// The slots that the page may show, or none for a contact that is not of this session.
    fn range(&self) -> Option<SlotRange> {
        match self.contact {
            None => Some(SlotRange::ALL),
            Some(contact) if contact.session() == self.session.session => {
                Some(SlotRange::segment(contact.ordinal()))
            }
            Some(_) => None,
        }
    }
}

/// Reads one page.
///
/// # Errors
/// [`PageError::Ended`] for a first page of a session that has ended: what was begun before the end may be
/// read to its end, nothing new may be begun.
pub async fn page<L: Log>(log: &L, query: &Query, now: Timestamp) -> Result<Page, PageError> {
    match query.from {
        From::Cursor(Cursor::Past(cursor)) => past::page(log, query, cursor, now).await,
        From::Cursor(Cursor::Present { at, link }) => {
            present::next_page(log, query, at, link, now).await
        }
        _ => present::first_page(log, query, now).await,
    }
}
