//! A record: where it stands, what happened, and the state after it.

use std::collections::BTreeMap;

use domain::{
    Attributes, Body, ContactFlowId, ContactId, Content, ContentType, CustomerId, DisconnectReason,
    Fingerprint, IdempotencyKey, Link, ParticipantId, PastSession, RecordParts, Slot, Started,
    Timestamp, TransferMethod,
};
use serde::{Deserialize, Serialize};

use super::Misfit;
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
    },
    Ended {
        reason: Value<DisconnectReason>,
        // Here and below: a function of its own keeps serde from reading a missing member as null.
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
struct StoredLink {
    source: Value<ContactId>,
    past: Vec<StoredPast>,
}

/// A past session goes by its initial contact, the text form that a session has.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPast {
    session: Value<ContactId>,
    bound: Value<Slot>,
    items: u64,
    #[serde(deserialize_with = "Option::deserialize")]
    link: Option<Value<Slot>>,
    retained_until: Value<Timestamp>,
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
            Body::Transferred { method } => Self::Transferred {
                method: Value(method),
            },
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
            Self::Transferred { method } => Body::Transferred { method: method.0 },
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
            initial: self
                .initial
                .map(|message| (message.content_type.0, Content(message.content))),
        })
    }
}

impl From<&Link> for StoredLink {
    fn from(link: &Link) -> Self {
        let past = link.past().iter().map(|past| StoredPast {
            session: Value(past.session.initial_contact()),
            bound: Value(past.bound),
            items: past.items,
            link: past.link.map(Value),
            retained_until: Value(past.retained_until),
        });
        Self {
            source: Value(link.source()),
            past: past.collect(),
        }
    }
}

impl StoredLink {
    fn into_link(self) -> Result<Link, Misfit> {
        let past = self.past.into_iter().map(StoredPast::into_past);
        Ok(Link::restore(
            self.source.0,
            past.collect::<Result<_, _>>()?,
        )?)
    }
}

impl StoredPast {
    fn into_past(self) -> Result<PastSession, Misfit> {
        let contact = self.session.0;
        if !contact.is_initial() {
            return Err(Misfit(
                "a past session goes by its initial contact".to_owned(),
            ));
        }
        Ok(PastSession {
            session: contact.session(),
            bound: self.bound.0,
            items: self.items,
            link: self.link.map(|slot| slot.0),
            retained_until: self.retained_until.0,
        })
    }
}
