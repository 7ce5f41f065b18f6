//! Records: what stands in the slots of a log, and the transcript items that each one yields.

use std::ops::Deref;

use crate::content::{Attributes, Content, ContentType};
use crate::ids::{
    ContactFlowId, ContactId, CustomerId, Fingerprint, IdempotencyKey, ItemId, ParticipantId,
    SessionId,
};
use crate::link::Link;
use crate::slot::Slot;
use crate::state::{DisconnectReason, Participant, State};
use crate::time::Timestamp;
use crate::transfer::TransferMethod;

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
    },
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
            Body::Started(started) => u8::from(started.initial.is_some()),
            Body::Joined { .. }
            | Body::Left { .. }
            | Body::Message { .. }
            | Body::Transferred { .. } => 1,
            Body::Ended { left, .. } => 1 + u8::from(left.is_some()),
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
    /// The message that the chat began with.
    pub initial: Option<(ContentType, Content)>,
}

/// Why parts make no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CorruptRecord(&'static str);

impl CorruptRecord {
    pub(crate) const fn new(reason: &'static str) -> Self {
        Self(reason)
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id: unique in every transcript that shows it, and the same in all of them.
    pub id: ItemId,
    /// Its AbsoluteTime.
    pub at: Timestamp,
    /// The contact on which it happened.
    pub contact: ContactId,
    /// What it is.
    pub kind: ItemKind,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// Something somebody wrote.
    Message {
        /// From whom.
        sender: Participant,
        /// Of which type.
        content_type: ContentType,
        /// Saying what.
        content: Content,
    },
    /// Something that happened.
    Event {
        /// What.
        event: EventType,
        /// To whom, where it is about somebody.
        participant: Option<Participant>,
    },
}

/// The events that a transcript keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// A participant connected.
    ParticipantJoined,
    /// A participant left.
    ParticipantLeft,
    /// The segment was handed on.
    TransferSucceeded,
    /// The session ended.
    ChatEnded,
}

impl EventType {
    /// The event's content type on the wire.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::ParticipantJoined => "application/vnd.amazonaws.connect.event.participant.joined",
            Self::ParticipantLeft => "application/vnd.amazonaws.connect.event.participant.left",
            Self::TransferSucceeded => "application/vnd.amazonaws.connect.event.transfer.succeeded",
            Self::ChatEnded => "application/vnd.amazonaws.connect.event.chat.ended",
        }
    }
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
            return Err(CorruptRecord(
                "a session's first record must be its start, and no other",
            ));
        }
        if parts.state.has_ended() != matches!(parts.body, Body::Ended { .. }) {
            return Err(CorruptRecord("a session ends with the record that says so"));
        }
        let named = match parts.body {
            Body::Joined { participant } | Body::Left { participant } => Some(participant),
            Body::Message { sender, .. } => Some(sender),
            Body::Ended { left, .. } => left,
            Body::Started(_) | Body::Transferred { .. } => {
                parts.state.participants.first().map(|each| each.id)
            }
        };
        if named.is_some_and(|id| parts.state.participant(id).is_none())
            || parts.state.participants.is_empty()
        {
            return Err(CorruptRecord("a record speaks only of known participants"));
        }
        let record = Self(parts);
        if record.next_slot().is_none() {
            return Err(CorruptRecord("a record must leave room for the next"));
        }
        let open = match record.body {
            Body::Transferred { .. } => record.slot.opening_next_segment().map(Slot::ordinal),
            _ => Some(record.slot.ordinal()),
        };
        let span = u64::from(record.item_count()).saturating_sub(1);
        let last = Timestamp::from_millis(record.at.as_millis() + span);
        if open != Some(record.state.segment) || last != record.state.time {
            return Err(CorruptRecord(
                "a record's state must follow from its slot and time",
            ));
        }
        if record.state.items < u64::from(record.item_count()) {
            return Err(CorruptRecord("a record's own items count"));
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

    /// The record's transcript items, oldest first.
    pub fn items(&self, session: SessionId) -> Vec<Item> {
        let who = |id: ParticipantId| self.state.participant(id).cloned();
        let event = |event, participant| ItemKind::Event { event, participant };
        let kinds = match &self.body {
            Body::Started(started) => started
                .initial
                .iter()
                .filter_map(|(content_type, content)| {
                    Some(ItemKind::Message {
                        sender: self.state.participants.first()?.clone(),
                        content_type: *content_type,
                        content: content.clone(),
                    })
                })
                .collect(),
            Body::Joined { participant } => {
                vec![event(EventType::ParticipantJoined, who(*participant))]
            }
            Body::Left { participant } => {
                vec![event(EventType::ParticipantLeft, who(*participant))]
            }
            Body::Message {
                sender,
                content_type,
                content,
            } => who(*sender)
                .map(|sender| ItemKind::Message {
                    sender,
                    content_type: *content_type,
                    content: content.clone(),
                })
                .into_iter()
                .collect(),
            Body::Transferred { .. } => vec![event(EventType::TransferSucceeded, None)],
            Body::Ended { left, .. } => left
                .map(|left| event(EventType::ParticipantLeft, who(left)))
                .into_iter()
                .chain([event(EventType::ChatEnded, None)])
                .collect(),
        };
        (0u8..)
            .zip(kinds)
            .map(|(index, kind)| {
                let at = Timestamp::from_millis(self.at.as_millis() + u64::from(index));
                Item {
                    id: ItemId::new(session, self.slot, index, at),
                    at,
                    contact: ContactId::new(session, self.slot.ordinal()),
                    kind,
                }
            })
            .collect()
    }

    /// The link that the record holds.
    pub fn link(&self) -> Option<&Link> {
        match &self.body {
            Body::Started(started) => started.link.as_ref(),
            _ => None,
        }
    }

    /// The session's first record, if it is this one.
    pub fn started(&self) -> Option<&Started> {
        match &self.body {
            Body::Started(started) => Some(started),
            _ => None,
        }
    }

    /// The parts, for a store to write down.
    pub fn into_parts(self) -> RecordParts {
        self.0
    }
}
