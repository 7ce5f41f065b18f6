//! What a chat shows, read naively: every record of a log in turn, and before them all that the chat was asked to
//! continue.

use std::sync::Arc;

use domain::{
    Attributes, Body, ContactId, ContentType, DisplayName, EventType, Item, ItemId, ItemKind,
    Participant, ParticipantId, Record, Rehydration, Role, SessionId, SessionKey, Timestamp,
};

use super::Asked;
use crate::store::Store;

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Under which id.
    pub id: ItemId,
    /// The contact on which it happened.
    pub contact: ContactId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody said something.
    Said(Somebody, ContentType, String),
    /// Something happened, to somebody perhaps.
    Happened(EventType, Option<Somebody>),
}

/// Somebody, as a transcript shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody(ParticipantId, Role, DisplayName);

impl Somebody {
    fn of(participant: &Participant) -> Self {
        let Participant { id, role, .. } = *participant;
        Self(id, role, participant.display_name.clone())
    }
}

impl Line {
    /// The line that an item makes.
    pub fn of(item: &Item) -> Self {
        let what = match &item.kind {
            ItemKind::Message {
                sender,
                content_type,
                content,
            } => What::Said(Somebody::of(sender), *content_type, content.0.clone()),
            ItemKind::Event { event, participant } => {
                What::Happened(*event, participant.as_ref().map(Somebody::of))
            }
        };
        Self {
            id: item.id,
            contact: item.contact,
            at: item.at,
            what,
        }
    }

    /// The lines of a record, oldest first.
    pub fn all_of(session: SessionId, record: &Record) -> Vec<Self> {
        let mut whats = Vec::new();
        let named = |who: ParticipantId| record.state.participant(who).map(Somebody::of);
        let said = |who, content_type: ContentType, text: &str| {
            named(who).map(|who| What::Said(who, content_type, text.to_owned()))
        };
        let mut happened = |event, who: Option<ParticipantId>| {
            whats.push(What::Happened(event, who.and_then(named)))
        };
        match &record.body {
            Body::Started(started) => {
                let customer = record.state.participants[0].id;
                if started.joined {
                    happened(EventType::ParticipantJoined, Some(customer));
                }
                if let Some((content_type, content)) = &started.initial {
                    whats.extend(said(customer, *content_type, &content.0));
                }
            }
            Body::Added { participant } => {
                happened(EventType::ParticipantInvited, Some(*participant));
            }
            Body::Joined { participant } => {
                happened(EventType::ParticipantJoined, Some(*participant));
            }
            Body::Left { participant } => happened(EventType::ParticipantLeft, Some(*participant)),
            Body::Message {
                sender,
                content_type,
                content,
            } => whats.extend(said(*sender, *content_type, &content.0)),
            Body::Transferred { left, .. } | Body::Ended { left, .. } => {
                if left.is_some() {
                    happened(EventType::ParticipantLeft, *left);
                }
                let ended = matches!(record.body, Body::Ended { .. });
                let event = if ended {
                    EventType::ChatEnded
                } else {
                    EventType::TransferSucceeded
                };
                happened(event, None);
            }
            Body::Linked(_) | Body::Attributes(_) => {}
        }
        let line = |(index, what): (u8, What)| {
            let at = Timestamp::from_millis(record.at.as_millis() + u64::from(index));
            Line {
                id: ItemId::new(session, record.slot, index, at),
                contact: ContactId::new(session, record.slot.ordinal()),
                at,
                what,
            }
        };
        (0..).zip(whats).map(line).collect()
    }
}

/// Reads the logs of a store.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The store.
    pub store: &'a Store,
    /// What every chat was asked to continue.
    pub asked: &'a Asked,
}

impl Shown<'_> {
    /// The lines of a session's first records, oldest first, without its past.
    pub fn present(&self, session: &SessionKey, length: usize) -> Vec<Line> {
        let records = self.store.log(session).iter().take(length);
        let lines = records.flat_map(|record| Line::all_of(session.session, record));
        lines.collect()
    }

    /// Everything that a session shows after its first records: its past, then its present.
    pub fn all(&self, session: &SessionKey, length: usize) -> Vec<Line> {
        let mut lines = self.past(session, length);
        lines.extend(self.present(session, length));
        lines
    }

    /// What a session shows of others after its first records.
    pub fn past(&self, session: &SessionKey, length: usize) -> Vec<Line> {
        match self.source(session, length) {
            None => Vec::new(),
            Some((source, how)) => {
                let key = SessionKey::new(&session.instance, source.session());
                self.all(&key, self.bound(&key, source, how))
            }
        }
    }

    /// What a session was asked to continue, as far as its first records say that it does.
    pub fn source(&self, session: &SessionKey, length: usize) -> Option<(ContactId, Rehydration)> {
        let log = self.store.log(session);
        let records = || log.iter().take(length);
        let linked = records().rev().find_map(|record| match &record.body {
            Body::Linked(linked) => Some((linked.asked, linked.rehydration)),
            _ => None,
        });
        linked
            .filter(|linked| self.asked.was_associated(session, *linked))
            .or_else(|| self.asked.past(session, records().next()?))
    }

    /// The contact that a session was linked to, as far as its first records say: the last of which its past shows
    /// anything.
    pub fn continued(&self, session: &SessionKey, length: usize) -> Option<ContactId> {
        let (source, how) = self.source(session, length)?;
        let key = SessionKey::new(&session.instance, source.session());
        let last = self.store.log(&key)[..self.bound(&key, source, how)].last()?;
        // From a contact in which nothing stood, the end of its session is continued.
        Some(ContactId::new(key.session, last.slot.ordinal()))
    }

    /// How many records of a source are shown to whoever continues it: all, or those up to the end of the contact.
    pub fn bound(&self, session: &SessionKey, source: ContactId, how: Rehydration) -> usize {
        let log = self.store.log(session);
        match how {
            Rehydration::EntirePastSession => log.len(),
            Rehydration::FromSegment => {
                log.partition_point(|record| record.slot.ordinal() <= source.ordinal())
            }
        }
    }

    /// The attributes of a session after its first records, as the last of them to hold any says.
    pub fn attributes(&self, session: &SessionKey, length: usize) -> Option<&Attributes> {
        let log = self.store.log(session);
        let mut newest_first = log[..length.min(log.len())].iter().rev();
        newest_first.find_map(|record: &Arc<Record>| record.body.attributes())
    }

    /// The sessions that a session shows anything of, itself included.
    pub fn reach(&self, session: &SessionKey) -> Vec<SessionId> {
        let mut reach = vec![session.session];
        let mut at = (session.clone(), usize::MAX);
        while let Some((source, how)) = self.source(&at.0, at.1) {
            let key = SessionKey::new(&session.instance, source.session());
            let bound = self.bound(&key, source, how);
            reach.push(key.session);
            at = (key, bound);
        }
        reach
    }
}
