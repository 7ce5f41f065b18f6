//! Cursors: where the next page of a transcript starts. What a NextToken means.

use crate::model::ids::SessionId;
use crate::model::slot::Slot;

/// Where the next page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// In the reader's own session.
    Present {
        /// After this point, in the direction of the page.
        at: Point,
        /// How many items of the session lie before it: so few may be left that the page enters the past.
        before: u64,
        /// What the first page saw.
        begun: Begun,
    },
    /// In the past that the session shows.
    Past(PastCursor),
}

/// What a reading of the present has found out about the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The link that the first page saw: where a backward reading goes on when it has shown the present.
    pub link: Option<Slot>,
    /// Whether anybody but the customer had been part of the session by the newest record that was seen.
    pub accompanied: bool,
}

/// A place between items: everything from `index` on in the record at `slot` lies after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The record.
    pub slot: Slot,
    /// How many of the record's items lie before the place, 0 to 2.
    pub index: u8,
}

/// A place in the past: an entry of a list of past sessions, and how far it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastCursor {
    /// The list.
    pub list: LinkAddress,
    /// Which of its sessions, from 0.
    pub entry: u8,
    /// How far that session has been read; from its bound, if not at all.
    pub at: Option<PastPoint>,
}

/// The record that holds a list of past sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkAddress {
    /// Its session.
    pub session: SessionId,
    /// Its slot.
    pub slot: Slot,
}

/// A place in a past session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastPoint {
    /// The session.
    pub session: SessionId,
    /// The place.
    pub point: Point,
    /// How many items lie before it: with enough of them, the next page needs no list.
    pub before: u64,
    /// Whether the session may have receipts, as the list says.
    pub accompanied: bool,
}
