//! What a reader asks for, and the page that answers it.

use std::collections::BTreeMap;

use super::cursor::Cursor;
use super::receipts::Received;
use crate::model::ids::{ContactId, ItemId, ParticipantId, SessionKey};
use crate::model::item::Item;
use crate::model::slot::SlotRange;
use crate::model::time::Timestamp;
use crate::ports::log::LogError;

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
    pub(super) fn empty() -> Self {
        Self {
            items: Vec::new(),
            receipts: BTreeMap::new(),
            next: None,
        }
    }
}

impl Query {
    /// The slots that the page may show, or none for a contact that is not of this session.
    pub(super) fn range(&self) -> Option<SlotRange> {
        match self.contact {
            None => Some(SlotRange::ALL),
            Some(contact) if contact.session() == self.session.session => {
                Some(SlotRange::segment(contact.ordinal()))
            }
            Some(_) => None,
        }
    }
}
