//! Transcript items: what a reader sees of a record.

use crate::model::content::{Content, ContentType};
use crate::model::ids::{ContactId, ItemId, ParticipantId, SessionId};
use crate::model::record::{Body, Record};
use crate::model::state::Participant;
use crate::model::time::Timestamp;

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
    /// Somebody was asked to take part.
    ParticipantInvited,
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
            Self::ParticipantInvited => {
                "application/vnd.amazonaws.connect.event.participant.invited"
            }
            Self::ParticipantJoined => "application/vnd.amazonaws.connect.event.participant.joined",
            Self::ParticipantLeft => "application/vnd.amazonaws.connect.event.participant.left",
            Self::TransferSucceeded => "application/vnd.amazonaws.connect.event.transfer.succeeded",
            Self::ChatEnded => "application/vnd.amazonaws.connect.event.chat.ended",
        }
    }
}

impl Item {
    /// Whether it is this event.
    pub(crate) fn is(&self, which: EventType) -> bool {
        matches!(self.kind, ItemKind::Event { event, .. } if event == which)
    }
}

impl Record {
    /// The record's transcript items, oldest first.
    pub fn items(&self, session: SessionId) -> Vec<Item> {
        (0u8..)
            .zip(self.kinds())
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

    /// What the record's items are: as many as [`Body::item_count`] says.
    fn kinds(&self) -> Vec<ItemKind> {
        use EventType as E;
        let customer = self.state.participants.first().map(|each| each.id);
        match &self.body {
            Body::Started(started) => {
                let joined = customer.filter(|_| started.joined);
                let initial = started.initial.as_ref().zip(customer);
                joined
                    .map(|customer| self.about(E::ParticipantJoined, customer))
                    .into_iter()
                    .chain(initial.and_then(|((content_type, content), sender)| {
                        self.message(sender, *content_type, content)
                    }))
                    .collect()
            }
            Body::Added { participant } => vec![self.about(E::ParticipantInvited, *participant)],
            Body::Joined { participant } => vec![self.about(E::ParticipantJoined, *participant)],
            Body::Left { participant } => vec![self.about(E::ParticipantLeft, *participant)],
            Body::Message {
                sender,
                content_type,
                content,
            } => self
                .message(*sender, *content_type, content)
                .into_iter()
                .collect(),
            Body::Transferred { left, .. } => self.leaving_and(*left, E::TransferSucceeded),
            Body::Ended { left, .. } => self.leaving_and(*left, E::ChatEnded),
            Body::Linked(_) | Body::Attributes(_) => Vec::new(),
        }
    }

    fn leaving_and(&self, left: Option<ParticipantId>, event: EventType) -> Vec<ItemKind> {
        left.map(|left| self.about(EventType::ParticipantLeft, left))
            .into_iter()
            .chain([ItemKind::Event {
                event,
                participant: None,
            }])
            .collect()
    }

    fn about(&self, event: EventType, participant: ParticipantId) -> ItemKind {
        let participant = self.state.participant(participant).cloned();
        ItemKind::Event { event, participant }
    }

    fn message(
        &self,
        sender: ParticipantId,
        content_type: ContentType,
        content: &Content,
    ) -> Option<ItemKind> {
        Some(ItemKind::Message {
            sender: self.state.participant(sender)?.clone(),
            content_type,
            content: content.clone(),
        })
    }
}
