//! Records: what stands in the slots of a log.

use std::ops::Deref;

use crate::model::content::{Attributes, Content, ContentType};
use crate::model::corrupt::CorruptRecord;
use crate::model::destination::Destination;
use crate::model::destination::TransferMethod;
use crate::model::ids::{
    ContactFlowId, ContactId, CustomerId, Fingerprint, IdempotencyKey, ParticipantId, SessionId,
};
use crate::model::link::{Link, PastSession, Rehydration};
use crate::model::slot::Slot;
use crate::model::state::{DisconnectReason, EndedSession, State};
use crate::model::time::Timestamp;

/// One record of a session's log. Made from [`RecordParts`] only, so that it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record(RecordParts);

/// Everything that a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordParts {
    /// Where it stands.
    pub slot: Slot,
    /// When it happened: AbsoluteTime of its first item.
    pub at: Timestamp,
    /// The request that it answers.
    pub key: IdempotencyKey,
    /// What happened.
    pub body: Body,
    /// The session after it.
    pub state: State,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The session's first record.
    Started(Box<Started>),
    /// Another participant was asked to take part.
    Added {
        /// Who.
        participant: ParticipantId,
    },
    /// A participant connected for the first time.
    Joined {
        /// Who.
        participant: ParticipantId,
    },
    /// A participant other than the customer left; the session goes on.
    Left {
        /// Who.
        participant: ParticipantId,
    },
    /// A message.
    Message {
        /// From whom.
        sender: ParticipantId,
        /// Of which type.
        content_type: ContentType,
        /// Saying what.
        content: Content,
    },
    /// The segment is closed; the next slot opens the next segment.
    Transferred {
        /// How the next contact came about.
        method: TransferMethod,
        /// Where it leads.
        to: Destination,
        /// Why the contact of the closed segment ended, where Connect has a name for it.
        reason: Option<DisconnectReason>,
        /// The agent whom the customer's exit disconnected, if it was so. Where it disconnected several, the
        /// transcript tells of this one.
        left: Option<ParticipantId>,
    },
    /// A past was linked to the running chat.
    Linked(Box<Linked>),
    /// The session's attributes changed: all of them, as they are now.
    Attributes(Attributes),
    /// The session's last record.
    Ended {
        /// Why.
        reason: DisconnectReason,
        /// Who ended it by leaving, if it was so.
        left: Option<ParticipantId>,
    },
}

impl Body {
    /// How many transcript items a record with this body yields: 0, 1 or 2.
    pub fn item_count(&self) -> u8 {
        match self {
            Body::Started(started) => {
                u8::from(started.joined) + u8::from(started.initial.is_some())
            }
            Body::Added { .. } | Body::Joined { .. } | Body::Left { .. } | Body::Message { .. } => {
                1
            }
            Body::Transferred { left, .. } | Body::Ended { left, .. } => {
                1 + u8::from(left.is_some())
            }
            Body::Linked(_) | Body::Attributes(_) => 0,
        }
    }

    /// The link that a record with this body holds.
    pub fn link(&self) -> Option<&Link> {
        match self {
            Body::Started(started) => started.link.as_ref(),
            Body::Linked(linked) => Some(&linked.link),
            _ => None,
        }
    }

    /// The session's attributes, where a record with this body holds them.
    pub fn attributes(&self) -> Option<&Attributes> {
        match self {
            Body::Started(started) => Some(&started.attributes),
            Body::Linked(linked) => Some(&linked.attributes),
            Body::Attributes(attributes) => Some(attributes),
            _ => None,
        }
    }
}

/// What a session's first record holds beyond its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The flow that was asked for.
    pub flow: ContactFlowId,
    /// Whose chat it is.
    pub owner: Option<CustomerId>,
    /// The attributes that the chat began with, those of its source included.
    pub attributes: Attributes,
    /// The request that started it, to tell a retry from another request under the same token.
    pub fingerprint: Fingerprint,
    /// The past that the chat continues.
    pub link: Option<Link>,
    /// Whether the customer connected by the start itself.
    pub joined: bool,
    /// The message that the chat began with.
    pub initial: Option<(ContentType, Content)>,
}

/// A persistent contact association, made on a running chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The source that was asked for: to know a repetition.
    pub asked: ContactId,
    /// How much of its session was asked for.
    pub rehydration: Rehydration,
    /// The past that the chat shows from here on.
    pub link: Link,
    /// The chat's attributes over those of its source.
    pub attributes: Attributes,
}

impl Deref for Record {
    type Target = RecordParts;

    fn deref(&self) -> &RecordParts {
        &self.0
    }
}

impl Record {
    /// The record of these parts, if they agree with each other.
    ///
    /// # Errors
    /// Names the disagreement, for the operator's log; such a record was not written by this product.
    pub fn new(parts: RecordParts) -> Result<Self, CorruptRecord> {
        let first = parts.slot == Slot::FIRST;
        if first != matches!(parts.body, Body::Started(_)) {
            return Err(CorruptRecord::new(
                "a session's first record must be its start, and no other",
            ));
        }
        if parts.state.has_ended() != matches!(parts.body, Body::Ended { .. }) {
            return Err(CorruptRecord::new(
                "a session ends with the record that says so",
            ));
        }
        let named = match parts.body {
            Body::Added { participant }
            | Body::Joined { participant }
            | Body::Left { participant } => Some(participant),
            Body::Message { sender, .. } => Some(sender),
            Body::Transferred { left, .. } | Body::Ended { left, .. } => left,
            Body::Started(_) | Body::Linked(_) | Body::Attributes(_) => None,
        };
        if named.is_some_and(|id| parts.state.participant(id).is_none())
            || parts.state.participants.is_empty()
        {
            return Err(CorruptRecord::new(
                "a record speaks only of known participants",
            ));
        }
        let (slot, state) = (parts.slot, &parts.state);
        if parts.body.link().is_some() && state.link != Some(slot)
            || parts.body.attributes().is_some() && state.attributes != slot
        {
            return Err(CorruptRecord::new(
                "a state names the record of its link and attributes",
            ));
        }
        let record = Self(parts);
        if record.next_slot().is_none() {
            return Err(CorruptRecord::new("a record must leave room for the next"));
        }
        let open = match record.body {
            Body::Transferred { .. } => record.slot.opening_next_segment().map(Slot::ordinal),
            _ => Some(record.slot.ordinal()),
        };
        let span = u64::from(record.item_count()).saturating_sub(1);
        let last = Timestamp::from_millis(record.at.as_millis() + span);
        if open != Some(record.state.segment) || last != record.state.time {
            return Err(CorruptRecord::new(
                "a record's state must follow from its slot and time",
            ));
        }
        if record.state.items < u64::from(record.item_count()) {
            return Err(CorruptRecord::new("a record's own items count"));
        }
        Ok(record)
    }

    /// The slot of the record that comes after this one; none only at the very end of the numbers.
    pub fn next_slot(&self) -> Option<Slot> {
        match self.body {
            Body::Transferred { .. } => self.slot.opening_next_segment(),
            _ => Some(self.slot.following()),
        }
    }

    /// How many transcript items the record yields: 0, 1 or 2.
    pub fn item_count(&self) -> u8 {
        self.body.item_count()
    }

    /// The number of items in the session before this record's first.
    pub fn items_before(&self) -> u64 {
        self.state.items - u64::from(self.item_count())
    }

    /// The session's first record, if it is this one.
    pub fn started(&self) -> Option<&Started> {
        match &self.body {
            Body::Started(started) => Some(started),
            _ => None,
        }
    }

    /// The link to a session that has ended, up to and including this record of it, and to all that the session showed
    /// here (`earlier`, the link that stood at this record).
    pub fn link_ending_here(
        &self,
        ended: &EndedSession,
        session: SessionId,
        earlier: Option<&Link>,
    ) -> Link {
        let source = PastSession {
            session,
            bound: self.slot,
            items: self.state.items,
            link: self.state.link,
            accompanied: self.state.is_accompanied(),
            retained_until: ended.state().retained_until,
        };
        Link::to(source, earlier)
    }

    /// The parts, for a store to write down.
    pub fn into_parts(self) -> RecordParts {
        self.0
    }
}
