//! Attributes that change, a past that is linked to a running chat, and receipts, in the model.

use domain::transcript::Received;
use domain::{
    AppendError, AssociateError, Attributes, ContactId, CustomerId, EventError, IdempotencyKey,
    ItemId, ParticipantId, ReceiptKind, Refusal, Rehydration, SessionId, Timestamp, UpdateError,
};

use super::deed::Answer;
use super::model::{Model, Past};

impl Model {
    pub(crate) fn changes_attributes(
        &mut self,
        contact: ContactId,
        changes: &Attributes,
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Answer {
        let Some((chat, _)) = self.find_contact(contact, now) else {
            return Answer::NotChanged(UpdateError::Append(AppendError::NotFound));
        };
        let mut after = self.chats[chat].attributes.clone();
        for (name, value) in &changes.0 {
            match value.is_empty() {
                true => after.0.remove(name),
                false => after.0.insert(name.clone(), value.clone()),
            };
        }
        if after == self.chats[chat].attributes {
            return Answer::Changed;
        }
        if after.bytes() > 32_768 {
            return Answer::NotChanged(UpdateError::TooLong);
        }
        if self.chats[chat].ended.is_none() {
            if let Some(answer) = self.chats[chat].answered(key) {
                return answer;
            }
            self.expires(chat, now);
        }
        if self.chats[chat].ended.is_none() {
            self.writes(chat, now, &[]);
            self.notes(chat, key, &Answer::Changed);
        }
        self.chats[chat].attributes = after;
        Answer::Changed
    }

    pub(crate) fn associates(
        &mut self,
        contact: ContactId,
        source: ContactId,
        how: Rehydration,
        now: Timestamp,
    ) -> Result<ContactId, AssociateError> {
        let refused = |refusal| Err(AppendError::Refused(refusal).into());
        let Some((chat, _)) = self.find_contact(contact, now) else {
            return Err(AppendError::NotFound.into());
        };
        if let Some(past) = &self.chats[chat].past
            && past.asked == Some((source, how))
        {
            return Ok(past.source);
        }
        self.expires(chat, now);
        if self.chats[chat].ended.is_some() {
            return refused(Refusal::Ended);
        }
        if self.chats[chat].past.is_some() {
            return refused(Refusal::AlreadyLinked);
        }
        let owner = self.chats[chat].owner.clone();
        let may = |theirs: Option<&CustomerId>| theirs == owner.as_ref();
        let own = self.chats[chat].attributes.clone();
        let found = self.source(source, how, may, &own, now);
        let found = found.map_err(AssociateError::Source)?;
        self.writes(chat, now.max(found.last.next()), &[]);
        self.notes(
            chat,
            super::rules::NOBODY,
            &Answer::Continues(found.contact),
        );
        let to = &mut self.chats[chat];
        to.attributes = found.attributes;
        to.past = Some(Past {
            source: found.contact,
            asked: Some((source, how)),
            since: to.contacts.len() - 1,
            lines: found.lines,
            in_order: found.in_order && found.last < to.began,
        });
        Ok(found.contact)
    }

    /// When the message has first reached somebody so, or now if there is nothing to keep.
    pub(crate) fn receives(
        &mut self,
        session: SessionId,
        who: ParticipantId,
        message: ItemId,
        kind: ReceiptKind,
        now: Timestamp,
    ) -> Result<Timestamp, EventError> {
        let found = self.find(session, now);
        let chat = found.ok_or(AppendError::NotFound)?;
        self.expires(chat, now);
        let refused = match self.taking_part(chat, who) {
            Err(refusal) => Some(AppendError::Refused(refusal).into()),
            Ok(_) if self.chats[chat].present().count() > 2 => Some(EventError::TooManyRecipients),
            Ok(_) => None,
        };
        let of_others = |sender: ParticipantId| sender != who;
        let mut lines = self.lines.iter_mut();
        let line = lines.find(|line| line.id == message).unwrap();
        if line.chat != chat || !line.sender.is_some_and(of_others) {
            return refused.map_or(Ok(now), Err);
        }
        let known = line.received.iter().position(|one| one.recipient == who);
        let kept = known.map(|known| line.received[known]);
        let first = kept.and_then(|kept| match kind {
            ReceiptKind::Delivered => kept.delivered,
            ReceiptKind::Read => kept.read,
        });
        if let Some(first) = first {
            return Ok(first);
        }
        if let Some(refused) = refused {
            return Err(refused);
        }
        if known.is_none() {
            line.received.push(Received {
                recipient: who,
                delivered: None,
                read: None,
            });
        }
        // It has not arrived before it was sent, whatever the clock says.
        let at = now.max(line.at);
        let position = known.unwrap_or(line.received.len() - 1);
        match kind {
            ReceiptKind::Delivered => line.received[position].delivered = Some(at),
            ReceiptKind::Read => line.received[position].read = Some(at),
        }
        Ok(at)
    }
}
