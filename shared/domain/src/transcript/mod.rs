//! GetTranscript: pages of a session's items, and of the past that the session shows.
//!
//! The present and the past are one stream, newest first: a page backward that the present does not fill goes on
//! into the past. It never does where the reader said at which place it begins or which contact it is of, nor
//! forward. A page is a bounded number of range reads, however long the session or its past is, in two round trips
//! unless records without items lie on its way. Only two things are found by bisection, in reads that grow with the
//! logarithm of the records: a moment, and forward an item behind a run of records without any.
//!
//! # Receipts
//! Receipts stand beside the log, so a page with messages takes one read more for each of its sessions in which
//! anybody but the customer has ever taken part; sessions without company cost nothing more. It makes no round
//! trip more, since whoever asks for a page mostly says so beforehand: the reader is not the customer, or his
//! connection was made when there was company ([`Query::accompanied`]); a page before saw it ([`Begun`],
//! [`PastPoint`]); the link says it of a past session
//! ([`PastSession::accompanied`](crate::PastSession::accompanied)). Three cases need a second look, in one
//! round trip more, or beside the past where the page shows some: a customer who has been connected since before
//! anybody came, at the first page; a FORWARD page that goes on beyond a transfer; and messages that have reached
//! more than two others each, as where agents take turns. Receipts of those who came after the first page of a
//! reading are for the next one to see.
//!
//! A receipt belongs to its message and is shown wherever that is, in past sessions too.

mod backward;
pub(crate) mod collect;
mod cursor;
pub(crate) mod export;
mod forward;
mod past;
mod present;
mod receipts;
mod records;
mod search;

use std::collections::BTreeMap;

pub use cursor::{Begun, Cursor, LinkAddress, PastCursor, PastPoint, Point};
pub use receipts::Received;

use crate::model::ids::{ContactId, ItemId, ParticipantId, SessionKey};
use crate::model::item::Item;
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::log::{Log, LogError};
use crate::ports::side::SideLog;

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
    /// Who reads: whoever has left begins nothing more, and reads no further than that. None: nobody who takes part.
    pub reader: Option<ParticipantId>,
    /// Only this contact's items.
    pub contact: Option<ContactId>,
    /// Which way.
    pub direction: Direction,
    /// From where.
    pub from: From,
    /// At most this many items, from 1.
    pub limit: usize,
    /// Whether the reader knows that anybody but the customer has taken part in the session. It may be said
    /// wrongly: receipts are then looked for in vain, or found one round trip later.
    pub accompanied: bool,
}

/// A page of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items in the order of the direction: of the reader's session, then of past ones.
    pub items: Vec<Item>,
    /// Whom the messages among them have reached; nothing for those that have reached nobody.
    pub receipts: BTreeMap<ItemId, Vec<Received>>,
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
    /// The reader takes no part, or no longer, and a first page was asked for.
    #[error("the reader is no participant")]
    NotAParticipant,
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Page {
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            receipts: BTreeMap::new(),
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
/// [`PageError::Ended`] for a first page of a session that has ended, and [`PageError::NotAParticipant`] for one of
/// a reader who has left: what was begun before may be read to its end, nothing new may be begun.
pub async fn page<L: Log + SideLog>(
    log: &L,
    query: &Query,
    now: Timestamp,
) -> Result<Page, PageError> {
    // Boxed: the future of a page holds all that it may read side by side, too much for a small stack in a debug build.
    match query.from {
        From::Cursor(Cursor::Past(cursor)) => Box::pin(past::page(log, query, cursor, now)).await,
        From::Cursor(Cursor::Present { at, before, begun }) => {
            Box::pin(present::next_page(log, query, at, before, begun, now)).await
        }
        _ => Box::pin(present::first_page(log, query, now)).await,
    }
}
