//! A link: the past that a chat shows.

use domain::{ContactId, Link, PastSession, Slot, Timestamp};
use serde::{Deserialize, Serialize};

use super::Misfit;
use super::value::Value;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredLink {
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
    // A function of its own keeps serde from reading a missing member as null.
    #[serde(deserialize_with = "Option::deserialize")]
    link: Option<Value<Slot>>,
    accompanied: bool,
    retained_until: Value<Timestamp>,
}

impl From<&Link> for StoredLink {
    fn from(link: &Link) -> Self {
        let past = link.past().iter().map(|past| StoredPast {
            session: Value(past.session.initial_contact()),
            bound: Value(past.bound),
            items: past.items,
            link: past.link.map(Value),
            accompanied: past.accompanied,
            retained_until: Value(past.retained_until),
        });
        Self {
            source: Value(link.source()),
            past: past.collect(),
        }
    }
}

impl StoredLink {
    pub(super) fn into_link(self) -> Result<Link, Misfit> {
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
            accompanied: self.accompanied,
            retained_until: self.retained_until.0,
        })
    }
}
