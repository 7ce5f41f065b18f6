//! Everything that ever happened, in plain vectors.

use domain::transcript::Received;
use domain::{
    Attributes, ContactId, Content, CustomerId, DisconnectReason, DisplayName, IdempotencyKey,
    ItemId, Ordinal, Participant, ParticipantId, Presence, Rehydration, Role, SessionId,
    SessionKey, Slot, Start, Timestamp, TransferMethod,
};

use super::deed::Answer;

/// All chats, in the order of their beginnings.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) chats: Vec<Chat>,
    /// Every line of every chat, in the order in which they were written.
    pub(crate) lines: Vec<Written>,
    /// The sessions that anybody ever wanted to begin, for their names.
    pub(crate) wanted: Vec<SessionId>,
}

/// A line as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) chat: usize,
    /// The number of the contact, from 0.
    pub(crate) contact: usize,
    pub(crate) id: ItemId,
    pub(crate) at: Timestamp,
    pub(crate) text: String,
    /// Who said it, if it was said.
    pub(crate) sender: Option<ParticipantId>,
    /// Whom it has reached.
    pub(crate) received: Vec<Received>,
}

/// One chat.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) start: Start,
    pub(crate) owner: Option<CustomerId>,
    pub(crate) began: Timestamp,
    pub(crate) retained_until: Timestamp,
    pub(crate) expires: Timestamp,
    /// Until when the customer must connect; nothing once he has.
    pub(crate) connect_by: Option<Timestamp>,
    /// The time of the newest line, or of the newest record without one.
    pub(crate) time: Timestamp,
    pub(crate) ended: Option<DisconnectReason>,
    /// Everybody who takes part, or did; the customer first.
    pub(crate) people: Vec<Participant>,
    pub(crate) contacts: Vec<Contact>,
    /// The attributes as they are.
    pub(crate) attributes: Attributes,
    pub(crate) past: Option<Past>,
    /// What was answered to each request that changed the chat, oldest first.
    pub(crate) answers: Vec<(IdempotencyKey, Answer)>,
}

/// A contact of a chat.
#[derive(Debug)]
pub(crate) struct Contact {
    /// By which transfer it came about, if it is not the first.
    pub(crate) method: Option<TransferMethod>,
    pub(crate) opened: Timestamp,
    /// How many records stand in it, and the time of the last.
    pub(crate) records: u32,
    pub(crate) updated: Timestamp,
    pub(crate) closed: Option<Closed>,
}

/// How a contact ended.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) reason: Option<DisconnectReason>,
    /// What the chat's attributes were then.
    pub(crate) attributes: Attributes,
}

/// What a chat shows of those before it.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) source: ContactId,
    /// What was asked for, where it was asked for by a running chat.
    pub(crate) asked: Option<(ContactId, Rehydration)>,
    /// The contact in which the link was made: earlier ones show nothing of it.
    pub(crate) since: usize,
    /// The lines, oldest first, by their numbers.
    pub(crate) lines: Vec<usize>,
    /// Whether each chat in it began after all that it shows, and so does this one.
    pub(crate) in_order: bool,
}

impl Model {
    pub(crate) fn number_of(&self, session: SessionId) -> Option<usize> {
        let is = |chat: &Chat| chat.start.session.session == session;
        self.chats.iter().position(is)
    }

    /// The chat, unless it is too old or never was.
    pub(crate) fn find(&self, session: SessionId, now: Timestamp) -> Option<usize> {
        let found = self.number_of(session)?;
        (now < self.chats[found].retained_until).then_some(found)
    }

    /// The chat of a contact that exists, and which of its contacts it is.
    pub(crate) fn find_contact(
        &self,
        contact: ContactId,
        now: Timestamp,
    ) -> Option<(usize, usize)> {
        let chat = self.find(contact.session(), now)?;
        let number = usize::from(contact.ordinal().get());
        (number < self.chats[chat].contacts.len()).then_some((chat, number))
    }

    pub(crate) fn contact(&self, chat: usize, number: usize) -> ContactId {
        let ordinal = u16::try_from(number).ok().and_then(Ordinal::new).unwrap();
        ContactId::new(self.chats[chat].start.session.session, ordinal)
    }

    /// Whether all that a chat shows lies before it, as it does where chats are continued after their ends.
    pub(crate) fn in_order(&self, session: SessionId) -> bool {
        let chat = self.number_of(session).unwrap();
        let past = self.chats[chat].past.as_ref();
        past.is_none_or(|past| past.in_order)
    }

    /// The lines of a chat's own, by their numbers.
    pub(crate) fn own_lines(&self, chat: usize) -> Vec<usize> {
        let own = |line: &usize| self.lines[*line].chat == chat;
        (0..self.lines.len()).filter(own).collect()
    }

    /// Writes a record of these lines, later than all before it whatever the clock says, and returns its time.
    pub(crate) fn writes(&mut self, chat: usize, now: Timestamp, texts: &[String]) -> Timestamp {
        let session = self.chats[chat].start.session.session;
        let to = &mut self.chats[chat];
        let at = now.max(to.time.next());
        let contact = to.contacts.len() - 1;
        let ordinal = u16::try_from(contact).ok().and_then(Ordinal::new).unwrap();
        let slot = Slot::new(ordinal, to.contacts[contact].records);
        to.contacts[contact].records += 1;
        to.time = at;
        for (index, text) in (0_u8..).zip(texts) {
            if index > 0 {
                to.time = to.time.next();
            }
            self.lines.push(Written {
                chat,
                contact,
                id: ItemId::new(session, slot, index, to.time),
                at: to.time,
                text: text.clone(),
                sender: None,
                received: Vec::new(),
            });
        }
        to.contacts[contact].updated = to.time;
        at
    }

    /// Notes what a request was answered that has just changed the chat.
    pub(crate) fn notes(&mut self, chat: usize, key: IdempotencyKey, answer: &Answer) {
        self.chats[chat].answers.push((key, answer.clone()));
    }

    /// Whether a request was answered so long ago that its repetition is soon another request.
    pub(crate) fn is_far_back(&self, key: IdempotencyKey) -> bool {
        let is = |(other, _): &(IdempotencyKey, Answer)| *other == key;
        let far = |chat: &Chat| chat.answers.iter().rev().skip(24).any(is);
        self.chats.iter().any(far)
    }

    /// A chat in a story: A, B, C and so on.
    pub(crate) fn name_of(&self, session: SessionId) -> String {
        let known = self.wanted.iter().position(|wanted| *wanted == session);
        match known.and_then(|n| u8::try_from(n).ok()) {
            None => "a chat that never was".to_owned(),
            Some(n) => match n / 26 {
                0 => char::from(b'A' + n).to_string(),
                round => format!("{}{round}", char::from(b'A' + n % 26)),
            },
        }
    }

    /// Somebody in a story.
    pub(crate) fn name_in(&self, key: &SessionKey, who: ParticipantId) -> String {
        let chat = self.number_of(key.session).map(|n| &self.chats[n]);
        let found = chat.and_then(|chat| chat.person(who));
        found.map_or("somebody".to_owned(), |one| one.display_name.0.clone())
    }
}

impl Chat {
    pub(crate) fn person(&self, who: ParticipantId) -> Option<&Participant> {
        self.people.iter().find(|person| person.id == who)
    }

    pub(crate) fn set(&mut self, who: ParticipantId, presence: Presence) {
        let person = self.people.iter_mut().find(|person| person.id == who);
        person.unwrap().presence = presence;
    }

    pub(crate) fn present(&self) -> impl Iterator<Item = &Participant> {
        let here = |person: &&Participant| person.presence == Presence::Present;
        self.people.iter().filter(here)
    }

    /// What was answered to a request of this key among the newest 32 records.
    pub(crate) fn answered(&self, key: IdempotencyKey) -> Option<Answer> {
        let newest = self.answers.iter().rev().take(32);
        let mut same = newest.filter(|(other, _)| *other == key);
        same.next().map(|(_, answer)| answer.clone())
    }

    /// When the chat ends by itself, and why.
    pub(crate) fn deadline(&self) -> (Timestamp, DisconnectReason) {
        let expires = (self.expires, DisconnectReason::Expired);
        let absent = DisconnectReason::CustomerConnectionNotEstablished;
        match self.connect_by {
            Some(connect_by) if connect_by < self.expires => (connect_by, absent),
            _ => expires,
        }
    }

    /// Closes the last contact.
    pub(crate) fn closes(&mut self, reason: Option<DisconnectReason>) {
        let attributes = self.attributes.clone();
        let last = self.contacts.last_mut().unwrap();
        last.closed = Some(Closed { reason, attributes });
    }

    /// Opens a contact at the time of the newest line.
    pub(crate) fn opens(&mut self, method: Option<TransferMethod>) {
        self.contacts.push(Contact {
            method,
            opened: self.time,
            records: 0,
            updated: self.time,
            closed: None,
        });
    }

    /// The customer of a chat that is to begin.
    pub(crate) fn customer(start: &Start) -> Participant {
        Participant {
            id: start.customer,
            role: Role::Customer,
            display_name: DisplayName(start.display_name.0.clone()),
            presence: if start.connects {
                Presence::Present
            } else {
                Presence::Expected
            },
        }
    }
}

/// What somebody says, as a line.
pub(crate) fn said(name: &str, content: &Content) -> String {
    format!("{name}: {}", content.0)
}
