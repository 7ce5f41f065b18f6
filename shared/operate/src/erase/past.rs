//! Chats of nobody that a customer's chats continue: only these chats know of them.

use std::collections::HashSet;

use domain::{
    Consistency, Link, Log, LogError, Read, Record, SessionId, SessionKey, Slot, SlotRange,
};

use super::patience::patiently;
use super::{EraseError, Eraser, News};

/// What has been looked at already: nothing is read, or told, twice.
#[derive(Default)]
pub(super) struct Seen {
    links: HashSet<(SessionId, Slot)>,
    chats: HashSet<SessionId>,
}

impl Eraser {
    /// Tells of the chats without an owner that this one continues, before it is gone and nobody can tell any more.
    ///
    /// They may well be what the same person said before they were known, but any other who knew the ContactId may have
    /// continued them too. So they are named and left alone. What cannot be read is passed over: it names nobody.
    pub(super) async fn tell_of_past(
        &self,
        key: &SessionKey,
        seen: &mut Seen,
    ) -> Result<(), EraseError> {
        let tail = self.record(key, SlotRange::ALL).await?;
        let mut at = tail.and_then(|tail| Some((key.session, tail.state.link?)));
        while let Some((session, slot)) = at.take().filter(|place| seen.links.insert(*place)) {
            let holder = SessionKey::new(&key.instance, session);
            let record = self.record(&holder, SlotRange::only(slot)).await?;
            let Some(link) = record.as_ref().and_then(|record| record.body.link()) else {
                break;
            };
            for past in link.past() {
                if seen.chats.insert(past.session) && self.is_nobodys(key, past.session).await? {
                    (self.tell.0)(News::Continued(past.session.initial_contact()));
                }
            }
            // A list that is full goes on in the link of its last chat.
            let last = link.past().last();
            let last = last.filter(|_| link.past().len() == Link::MAX);
            at = last.and_then(|last| Some((last.session, last.link?)));
        }
        Ok(())
    }

    /// Whether the chat is there and has no owner.
    async fn is_nobodys(&self, of: &SessionKey, session: SessionId) -> Result<bool, EraseError> {
        let key = SessionKey::new(&of.instance, session);
        let first = self.record(&key, SlotRange::only(Slot::FIRST)).await?;
        let started = first.as_ref().and_then(|first| first.started());
        Ok(started.is_some_and(|started| started.owner.is_none()))
    }

    /// The newest record of a range, if it is there and can be read.
    async fn record(
        &self,
        key: &SessionKey,
        range: SlotRange,
    ) -> Result<Option<Record>, EraseError> {
        let newest = Read::newest(range, 1, Consistency::Strong);
        match patiently(self.pace, || self.log.read(key, newest)).await {
            Ok(chunk) => Ok(chunk.records.into_iter().next()),
            Err(LogError::Corrupt(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
