//! The side log: what is kept beside a session's log because it may come after the session's end, or changes nothing in it.
//!
//! Nothing here says what is active or ended, in which order anything happened, or who may read it: that is the
//! log's alone. Every entry has a place of its own that is taken once, as in the log.

use std::future::Future;

use crate::model::content::Attributes;
use crate::model::ids::{ParticipantId, SessionKey};
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, LogError};

/// What reads and writes entries beside session logs. Two methods are the whole of it.
pub trait SideLog: Send + Sync {
    /// The entries of a range, highest place first, at most as many as asked for.
    ///
    /// Fewer may come, and not the lowest, where the size of the answer does not allow more; but
    /// [`SideRead::MOST_RECEIPTS`] receipts always fit.
    fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> impl Future<Output = Result<Vec<SideEntry>, LogError>> + Send;

    /// Puts an entry in its place if the place is free.
    ///
    /// The store may forget it once its session has ceased to exist, at `retained_until`, by every server's clock.
    fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> impl Future<Output = Result<SidePut, LogError>> + Send;
}

/// One entry beside a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideEntry {
    /// A message has reached somebody.
    Receipt(Receipt),
    /// The attributes of a session that had ended, after one of their changes.
    Attributes(LateAttributes),
}

/// That a message has reached somebody
/// ([SendEvent](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendEvent.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The record of the message.
    pub message: Slot,
    /// Whom it has reached.
    pub recipient: ParticipantId,
    /// How.
    pub kind: ReceiptKind,
    /// When.
    pub at: Timestamp,
}

/// How a message has reached somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptKind {
    /// It was delivered.
    Delivered,
    /// It was read.
    Read,
}

impl ReceiptKind {
    /// Every kind there is.
    pub const ALL: [ReceiptKind; 2] = [Self::Delivered, Self::Read];
}

/// All attributes of a session, as a change after its end left them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateAttributes {
    /// Which change it was, from 0.
    pub number: u32,
    /// All attributes after it.
    pub attributes: Attributes,
}

/// The place of an entry: taken once. Receipts go by their message first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SidePlace {
    /// That of a receipt.
    Receipt {
        /// The record of the message.
        message: Slot,
        /// Whom it has reached.
        recipient: ParticipantId,
        /// How.
        kind: ReceiptKind,
    },
    /// That of attributes.
    Attributes {
        /// Which change it was, from 0.
        number: u32,
    },
}

impl SideEntry {
    /// Where the entry stands.
    pub const fn place(&self) -> SidePlace {
        match self {
            Self::Receipt(receipt) => SidePlace::Receipt {
                message: receipt.message,
                recipient: receipt.recipient,
                kind: receipt.kind,
            },
            Self::Attributes(late) => SidePlace::Attributes {
                number: late.number,
            },
        }
    }
}

/// Which entries to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideRead {
    /// The places to read.
    pub range: SideRange,
    /// At most this many entries, from 1.
    pub limit: usize,
    /// Whether the newest writes may be missing.
    pub consistency: Consistency,
}

impl SideRead {
    /// As many receipts come at once from any store: below 1 MB, whatever the instance and session are called.
    pub const MOST_RECEIPTS: usize = 1_000;
}

/// A range of places; entries of two kinds are never read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideRange {
    /// The receipts of the messages in these slots, both included.
    Receipts {
        /// The lowest slot.
        from: Slot,
        /// The highest slot.
        to: Slot,
    },
    /// All changes of attributes after the end.
    Attributes,
}

impl SideRange {
    /// Whether `place` lies in the range.
    pub fn contains(self, place: SidePlace) -> bool {
        match (self, place) {
            (Self::Receipts { from, to }, SidePlace::Receipt { message, .. }) => {
                from <= message && message <= to
            }
            (Self::Attributes, SidePlace::Attributes { .. }) => true,
            _ => false,
        }
    }
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SidePut {
    /// It stands in its place.
    Stored,
    /// The place is taken: by this entry, where the store can tell.
    Taken(Option<Box<SideEntry>>),
}
