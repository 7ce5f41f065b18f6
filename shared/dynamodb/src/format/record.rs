//! A record: where it stands, what happened, and the state after it.

use std::collections::BTreeMap;

use domain::{
    Attributes, Body, ContactFlowId, ContactId, Content, ContentType, CustomerId, Destination,
    DisconnectReason, Fingerprint, IdempotencyKey, Linked, ParticipantId, QueueId, RecordParts,
    Rehydration, Slot, Started, Timestamp, TransferMethod, UserId,
};
use serde::{Deserialize, Serialize};

use super::Misfit;
use super::link::StoredLink;
use super::state::StoredState;
use super::value::Value;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    slot: Value<Slot>,
    at: Value<Timestamp>,
    key: Value<IdempotencyKey>,
    body: StoredBody,
    state: StoredState,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredBody {
    Started(Box<StoredStart>),
    Added {
        participant: Value<ParticipantId>,
    },
    Joined {
        participant: Value<ParticipantId>,
    },
    Left {
        participant: Value<ParticipantId>,
    },
    Message {
        sender: Value<ParticipantId>,
        content_type: Value<ContentType>,
        content: String,
    },
    Transferred {
        method: Value<TransferMethod>,
        to: StoredDestination,
        // Here and below: a function of its own keeps serde from reading a missing member as null.
        #[serde(deserialize_with = "Option::deserialize")]
        reason: Option<Value<DisconnectReason>>,
        #[serde(deserialize_with = "Option::deserialize")]
        left: Option<Value<ParticipantId>>,
    },
    Linked(Box<StoredLinked>),
    Attributes(BTreeMap<String, String>),
    Ended {
        reason: Value<DisconnectReason>,
        #[serde(deserialize_with = "Option::deserialize")]
        left: Option<Value<ParticipantId>>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStart {
    flow: Value<ContactFlowId>,
    #[serde(deserialize_with = "Option::deserialize")]
    owner: Option<String>,
    attributes: BTreeMap<String, String>,
    fingerprint: Value<Fingerprint>,
    #[serde(deserialize_with = "Option::deserialize")]
    link: Option<StoredLink>,
    joined: bool,
    #[serde(deserialize_with = "Option::deserialize")]
    initial: Option<StoredMessage>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMessage {
    content_type: Value<ContentType>,
    content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDestination {
    flow: Value<ContactFlowId>,
    #[serde(deserialize_with = "Option::deserialize")]
    queue: Option<Value<QueueId>>,
    #[serde(deserialize_with = "Option::deserialize")]
    user: Option<Value<UserId>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredLinked {
    asked: Value<ContactId>,
    rehydration: Value<Rehydration>,
    link: StoredLink,
    attributes: BTreeMap<String, String>,
}

impl From<RecordParts> for Stored {
    fn from(parts: RecordParts) -> Self {
        Self {
            slot: Value(parts.slot),
            at: Value(parts.at),
            key: Value(parts.key),
            body: StoredBody::from(parts.body),
            state: StoredState::from(parts.state),
        }
    }
}

impl Stored {
    pub(super) fn into_parts(self) -> Result<RecordParts, Misfit> {
        Ok(RecordParts {
            slot: self.slot.0,
            at: self.at.0,
            key: self.key.0,
            body: self.body.into_body()?,
            state: self.state.into_state()?,
        })
    }
}

impl From<Body> for StoredBody {
    fn from(body: Body) -> Self {
        match body {
            Body::Started(started) => Self::Started(Box::new(StoredStart::from(*started))),
            Body::Added { participant } => Self::Added {
                participant: Value(participant),
            },
            Body::Joined { participant } => Self::Joined {
                participant: Value(participant),
            },
            Body::Left { participant } => Self::Left {
                participant: Value(participant),
            },
            Body::Message {
                sender,
                content_type,
                content,
            } => Self::Message {
                sender: Value(sender),
                content_type: Value(content_type),
                content: content.0,
            },
            Body::Transferred {
                method,
                to,
                reason,
                left,
            } => Self::Transferred {
                method: Value(method),
                to: StoredDestination::from(to),
                reason: reason.map(Value),
                left: left.map(Value),
            },
            Body::Linked(linked) => Self::Linked(Box::new(StoredLinked::from(*linked))),
            Body::Attributes(attributes) => Self::Attributes(attributes.0),
            Body::Ended { reason, left } => Self::Ended {
                reason: Value(reason),
                left: left.map(Value),
            },
        }
    }
}

impl StoredBody {
    fn into_body(self) -> Result<Body, Misfit> {
        Ok(match self {
            Self::Started(started) => Body::Started(Box::new(started.into_started()?)),
            Self::Added { participant } => Body::Added {
                participant: participant.0,
            },
            Self::Joined { participant } => Body::Joined {
                participant: participant.0,
            },
            Self::Left { participant } => Body::Left {
                participant: participant.0,
            },
            Self::Message {
                sender,
                content_type,
                content,
            } => Body::Message {
                sender: sender.0,
                content_type: content_type.0,
                content: Content(content),
            },
            Self::Transferred {
                method,
                to,
                reason,
                left,
            } => Body::Transferred {
                method: method.0,
                to: Destination::from(to),
                reason: reason.map(|reason| reason.0),
                left: left.map(|left| left.0),
            },
            Self::Linked(linked) => Body::Linked(Box::new(linked.into_linked()?)),
            Self::Attributes(attributes) => Body::Attributes(Attributes(attributes)),
            Self::Ended { reason, left } => Body::Ended {
                reason: reason.0,
                left: left.map(|left| left.0),
            },
        })
    }
}

impl From<Started> for StoredStart {
    fn from(started: Started) -> Self {
        Self {
            flow: Value(started.flow),
            owner: started.owner.map(|owner| owner.0),
            attributes: started.attributes.0,
            fingerprint: Value(started.fingerprint),
            link: started.link.as_ref().map(StoredLink::from),
            joined: started.joined,
            initial: started
                .initial
                .map(|(content_type, content)| StoredMessage {
                    content_type: Value(content_type),
                    content: content.0,
                }),
        }
    }
}

impl StoredStart {
    fn into_started(self) -> Result<Started, Misfit> {
        Ok(Started {
            flow: self.flow.0,
            owner: self.owner.map(CustomerId),
            attributes: Attributes(self.attributes),
            fingerprint: self.fingerprint.0,
            link: self.link.map(StoredLink::into_link).transpose()?,
            joined: self.joined,
            initial: self
                .initial
                .map(|message| (message.content_type.0, Content(message.content))),
        })
    }
}

impl From<Linked> for StoredLinked {
    fn from(linked: Linked) -> Self {
        Self {
            asked: Value(linked.asked),
            rehydration: Value(linked.rehydration),
            link: StoredLink::from(&linked.link),
            attributes: linked.attributes.0,
        }
    }
}

impl StoredLinked {
    fn into_linked(self) -> Result<Linked, Misfit> {
        Ok(Linked {
            asked: self.asked.0,
            rehydration: self.rehydration.0,
            link: self.link.into_link()?,
            attributes: Attributes(self.attributes),
        })
    }
}

impl From<Destination> for StoredDestination {
    fn from(to: Destination) -> Self {
        Self {
            flow: Value(to.flow),
            queue: to.queue.map(Value),
            user: to.user.map(Value),
        }
    }
}

impl From<StoredDestination> for Destination {
    fn from(stored: StoredDestination) -> Self {
        Self {
            flow: stored.flow.0,
            queue: stored.queue.map(|queue| queue.0),
            user: stored.user.map(|user| user.0),
        }
    }
}
