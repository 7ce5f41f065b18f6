//! What a reader is shown of the model.

use domain::transcript::PageError;
use domain::{
    AppendError, ContactId, CustomerChat, CustomerId, Description, Disconnected, QueueId,
    SessionId, Timestamp, TransferMethod,
};

use super::deed::{Answer, Line};
use super::model::{Chat, Model};

impl Model {
    /// All that a running chat shows, oldest first, or what it shows of one contact.
    pub(crate) fn shown(
        &self,
        session: SessionId,
        contact: Option<ContactId>,
        now: Timestamp,
    ) -> Answer {
        let Some(chat) = self.find(session, now) else {
            return Answer::NotShown(PageError::NotFound);
        };
        if self.chats[chat].ended.is_some() {
            return Answer::NotShown(PageError::Ended);
        }
        let past = self.chats[chat].past.as_ref();
        let past = past.map_or(Vec::new(), |past| past.lines.clone());
        let mut lines = Vec::new();
        for line in past.into_iter().chain(self.own_lines(chat)) {
            let line = self.line(line, chat);
            let of = self.number_of(line.contact.session()).unwrap();
            let exists = now < self.chats[of].retained_until;
            let wanted = contact.is_none_or(|contact| !line.past && line.contact == contact);
            if exists && wanted {
                lines.push(line);
            }
        }
        Answer::Shown(lines)
    }

    /// All lines of one contact.
    pub(crate) fn exported(&self, contact: ContactId, now: Timestamp) -> Answer {
        let Some((chat, number)) = self.find_contact(contact, now) else {
            return Answer::NotShown(PageError::NotFound);
        };
        let own = self.own_lines(chat).into_iter();
        let lines = own.filter(|line| self.lines[*line].contact == number);
        let bare = |line: usize| Line {
            received: Vec::new(),
            ..self.line(line, chat)
        };
        Answer::Shown(lines.map(bare).collect())
    }

    /// The chats of one customer, newest first.
    pub(crate) fn listed(&self, customer: &CustomerId, now: Timestamp) -> Answer {
        let theirs = |chat: &&Chat| chat.owner.as_ref() == Some(customer);
        let exists = |chat: &&Chat| now < chat.retained_until;
        let mut chats: Vec<&Chat> = self.chats.iter().filter(theirs).filter(exists).collect();
        chats.sort_by_key(|chat| (chat.began, chat.start.session.session));
        let told = |chat: &Chat| {
            let session = chat.start.session.session;
            let number = self.number_of(session).unwrap();
            CustomerChat {
                session,
                started: chat.began,
                contact: self.contact(number, chat.contacts.len() - 1),
                ended: chat.ended.map(|reason| (chat.time, reason)),
                continuable: chat.ended.is_some() || chat.deadline().0 <= now,
            }
        };
        Answer::Chats(chats.into_iter().rev().map(told).collect())
    }

    /// One contact, described.
    pub(crate) fn described(&self, contact: ContactId, now: Timestamp) -> Answer {
        let Some((chat, number)) = self.find_contact(contact, now) else {
            return Answer::Refused(AppendError::NotFound);
        };
        let chat = &self.chats[chat];
        let of = &chat.contacts[number];
        let past = chat.past.as_ref().filter(|past| past.since == number);
        let queued = of.method == Some(TransferMethod::QueueTransfer);
        Answer::Described(Box::new(Description {
            contact,
            related: past.map(|past| past.source),
            method: of.method,
            initiated: of.opened,
            updated: of.updated,
            disconnected: of.closed.as_ref().map(|closed| Disconnected {
                at: of.updated,
                reason: closed.reason,
            }),
            attributes: chat.attributes.clone(),
            owner: chat.owner.clone(),
            queue: queued.then(|| QueueId("queue".to_owned())),
        }))
    }

    /// The attributes of a contact's chat.
    pub(crate) fn looked_at(&self, contact: ContactId, now: Timestamp) -> Answer {
        match self.find_contact(contact, now) {
            None => Answer::Refused(AppendError::NotFound),
            Some((chat, _)) => {
                Answer::Attributes(self.chats[chat].attributes.0.clone().into_iter().collect())
            }
        }
    }

    /// A line as the readers of `chat` see it.
    fn line(&self, number: usize, chat: usize) -> Line {
        let line = &self.lines[number];
        let mut received = line.received.clone();
        received.sort_by_key(|one| {
            (
                one.delivered.into_iter().chain(one.read).min(),
                one.recipient,
            )
        });
        Line {
            id: line.id,
            at: line.at,
            contact: self.contact(line.chat, line.contact),
            past: line.chat != chat,
            text: line.text.clone(),
            received,
        }
    }
}
