//! Links: which past sessions a chat shows, and of each how far.

use crate::model::corrupt::CorruptRecord;
use crate::model::ids::{ContactId, SessionId};
use crate::model::slot::Slot;
use crate::model::time::Timestamp;

/// The past that a chat continues: its source session first, then what that one showed, newest first.
///
/// It holds at most [`Link::MAX`] sessions. Where the past is longer, the last one's own link continues
/// the list, so that there is no limit to how far back a chat can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    source: ContactId,
    past: Vec<PastSession>,
}

/// A past session and how much of it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastSession {
    /// The session.
    pub session: SessionId,
    /// The last record that is shown.
    pub bound: Slot,
    /// The number of transcript items up to there.
    pub items: u64,
    /// The record of this session that held its own link when it reached the bound.
    pub link: Option<Slot>,
    /// Whether anybody but its customer was ever part of this session: only then can it have receipts.
    pub accompanied: bool,
    /// When the session ceases to exist.
    pub retained_until: Timestamp,
}

/// How much of a past session comes back
/// ([persistent chat](https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rehydration {
    /// Everything up to the end of exactly the given contact.
    FromSegment,
    /// The whole session, given by its initial contact.
    EntirePastSession,
}

impl Link {
    /// The most past sessions that one link names.
    pub const MAX: usize = 100;

    /// The link to `source`, the source session, and to all that it showed itself (`earlier`).
    pub(super) fn to(source: PastSession, earlier: Option<&Link>) -> Self {
        let earlier = earlier.map_or(&[][..], |link| &link.past);
        Self {
            source: ContactId::new(source.session, source.bound.ordinal()),
            past: std::iter::once(source)
                .chain(earlier.iter().copied())
                .take(Self::MAX)
                .collect(),
        }
    }

    /// A link as it was stored.
    ///
    /// # Errors
    /// When no product of this name wrote it: no past, too much, or a source that is not its first session.
    pub fn restore(source: ContactId, past: Vec<PastSession>) -> Result<Self, CorruptRecord> {
        let first = past.first();
        if past.len() > Self::MAX
            || first
                .is_none_or(|first| source != ContactId::new(first.session, first.bound.ordinal()))
        {
            return Err(CorruptRecord::new("a link names its source first"));
        }
        Ok(Self { source, past })
    }

    /// The contact that was continued: Connect's ContinuedFromContactId and RelatedContactId.
    pub fn source(&self) -> ContactId {
        self.source
    }

    /// The past sessions, newest first; never empty.
    pub fn past(&self) -> &[PastSession] {
        &self.past
    }
}
