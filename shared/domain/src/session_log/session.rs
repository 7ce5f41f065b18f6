//! A session as it is now: its first and its last record, and what the last one's state only names.

use futures_util::future::join;

use crate::model::content::Attributes;
use crate::model::ids::{ContactId, SessionKey};
use crate::model::link::Link;
use crate::model::record::{Record, Started};
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, LogError, read_one};

/// A session that exists.
pub(crate) struct Session {
    pub(crate) first: Record,
    /// The last record, whose state is the session's present.
    pub(crate) tail: Record,
}

impl Session {
    /// Reads the session of `contact`: two strongly consistent reads, side by side. None where the contact does not
    /// exist, or no longer.
    pub(crate) async fn read<L: Log>(
        log: &L,
        key: &SessionKey,
        contact: ContactId,
        now: Timestamp,
    ) -> Result<Option<Self>, LogError> {
        let newest_of = |range| read_one(log, key, range, Consistency::Strong);
        let (tail, first) = join(
            newest_of(SlotRange::ALL),
            newest_of(SlotRange::only(Slot::FIRST)),
        )
        .await;
        let (Some(tail), Some(first)) = (tail?, first?) else {
            return Ok(None);
        };
        // A contact exists from the transfer that opened it, before anything stands in its segment.
        let exists = contact.ordinal() <= tail.state.segment;
        Ok((exists && !tail.state.is_past_retention(now)).then_some(Self { first, tail }))
    }

    /// How the session began.
    pub(crate) fn started(&self) -> Result<&Started, LogError> {
        let started = self.first.started();
        started.ok_or_else(|| LogError::Corrupt("the first record is no start".to_owned()))
    }

    /// The session's records, of which these two need not be read again.
    pub(crate) fn records<'a, L>(&'a self, log: &'a L, key: &'a SessionKey) -> Records<'a, L> {
        Records {
            log,
            key,
            at_hand: [&self.first, &self.tail],
        }
    }
}

/// The records of a session, of which two have been read already.
pub(crate) struct Records<'a, L> {
    pub(crate) log: &'a L,
    pub(crate) key: &'a SessionKey,
    pub(crate) at_hand: [&'a Record; 2],
}

impl<L: Log> Records<'_, L> {
    /// The record at `slot`, which the session's state names; read strongly if it is not at hand.
    pub(crate) async fn at(&self, slot: Slot) -> Result<Record, LogError> {
        if let Some(record) = self.at_hand.iter().find(|each| each.slot == slot) {
            return Ok((*record).clone());
        }
        let range = SlotRange::only(slot);
        let record = read_one(self.log, self.key, range, Consistency::Strong).await?;
        record.ok_or_else(LogError::gap)
    }

    /// The link in the record at `slot`, if the session has one.
    pub(crate) async fn link(&self, slot: Option<Slot>) -> Result<Option<Link>, LogError> {
        match slot {
            None => Ok(None),
            Some(slot) => link_in(&self.at(slot).await?).map(Some),
        }
    }

    /// The attributes in the record at `slot`.
    pub(crate) async fn attributes(&self, slot: Slot) -> Result<Attributes, LogError> {
        attributes_in(&self.at(slot).await?)
    }

    /// The link, if the session has one, and the attributes in the records at these slots: read side by side,
    /// and once only where one record holds both.
    pub(crate) async fn link_and_attributes(
        &self,
        link: Option<Slot>,
        attributes: Slot,
    ) -> Result<(Option<Link>, Attributes), LogError> {
        if link == Some(attributes) {
            let record = self.at(attributes).await?;
            return Ok((Some(link_in(&record)?), attributes_in(&record)?));
        }
        let (link, attributes) = join(self.link(link), self.attributes(attributes)).await;
        Ok((link?, attributes?))
    }
}

fn link_in(record: &Record) -> Result<Link, LogError> {
    let link = record.body.link().cloned();
    link.ok_or_else(|| LogError::Corrupt("a link is not where the state says".to_owned()))
}

fn attributes_in(record: &Record) -> Result<Attributes, LogError> {
    let attributes = record.body.attributes().cloned();
    attributes
        .ok_or_else(|| LogError::Corrupt("attributes are not where the state says".to_owned()))
}
