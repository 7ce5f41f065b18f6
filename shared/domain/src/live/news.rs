//! News: what of a session is told at once, and to whom.

use super::audience::Audience;
use crate::model::ids::{ContactId, ItemId, SessionId};
use crate::model::item::{EventType, Item};
use crate::model::record::{Body, Record};
use crate::model::slot::Slot;
use crate::model::state::Participant;
use crate::model::time::Timestamp;
use crate::ports::side::Receipt;

/// Something to be told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A new line of the transcript.
    Item(Item),
    /// From here on the chat shows a past
    /// ([persistent chat](https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html)).
    Rehydrated {
        /// An id of its own.
        id: ItemId,
        /// When.
        at: Timestamp,
        /// The contact that was open.
        contact: ContactId,
    },
    /// Somebody is typing.
    Typing {
        /// An id of its own.
        id: ItemId,
        /// When.
        at: Timestamp,
        /// The contact that is open.
        contact: ContactId,
        /// Who.
        participant: Participant,
    },
    /// A message has reached somebody.
    Received {
        /// The id of the receipt.
        id: ItemId,
        /// The contact that is open.
        contact: ContactId,
        /// The message.
        message: ItemId,
        /// Whom it has reached, when, and how.
        receipt: Receipt,
    },
}

/// News, and to whom they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub news: News,
    /// To whom.
    pub to: Audience,
    /// The record that they are of: a socket that has it already does not get it once more. None where they are of the
    /// moment.
    pub of: Option<Slot>,
}

impl Record {
    /// What the record is told as to those who are connected, its sender included, in the order in which it happened.
    ///
    /// Whoever has left is told of their own leaving and of nothing after it but the session's end, for which their
    /// client may wait.
    pub fn told(&self, session: SessionId) -> Vec<Told> {
        let news: Vec<News> = match self.body {
            Body::Linked(_) => vec![News::Rehydrated {
                id: ItemId::new(session, self.slot, 0, self.at),
                at: self.at,
                contact: ContactId::new(session, self.slot.ordinal()),
            }],
            _ => self.items(session).into_iter().map(News::Item).collect(),
        };
        let tell = |news| Told {
            to: self.audience(&news),
            of: Some(self.slot),
            news,
        };
        news.into_iter().map(tell).collect()
    }

    fn audience(&self, news: &News) -> Audience {
        match (&self.body, news) {
            (Body::Ended { .. }, News::Item(item)) if item.is(EventType::ChatEnded) => {
                Audience::Everybody
            }
            // It may have disconnected several, of whom it names one; whoever left long before is not known any more.
            (Body::Transferred { left: Some(_), .. }, _) => Audience::known(&self.state),
            (
                Body::Left { participant }
                | Body::Ended {
                    left: Some(participant),
                    ..
                },
                _,
            ) => Audience::present_and(&self.state, *participant),
            _ => Audience::present(&self.state),
        }
    }
}
