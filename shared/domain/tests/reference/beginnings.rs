//! How a chat begins in the model, and what it takes over from the one that it continues.

use domain::{
    Attributes, ContactId, CustomerId, Opened, Rehydration, Rules, SourceRefusal, Start,
    StartRefusal, Starter, Timestamp,
};

use super::deed::Answer;
use super::model::{Chat, Model, Past, said};
use super::rules::NOBODY;

/// A source that may be continued.
pub(crate) struct Source {
    pub(crate) contact: ContactId,
    pub(crate) lines: Vec<usize>,
    pub(crate) in_order: bool,
    pub(crate) attributes: Attributes,
    /// The time of its newest line.
    pub(crate) last: Timestamp,
    owner: Option<CustomerId>,
}

impl Model {
    pub(crate) fn starts(&mut self, start: &Start, now: Timestamp) -> Result<Opened, StartRefusal> {
        if let Some(chat) = self.number_of(start.session.session) {
            return self.starts_again(chat, start, now);
        }
        let source = match start.source {
            None => None,
            Some((contact, how)) => {
                let may = |owner: Option<&CustomerId>| may_continue(&start.starter, owner);
                let source = self.source(contact, how, may, &start.attributes, now);
                Some(source.map_err(StartRefusal::Source)?)
            }
        };
        let began = match &source {
            Some(source) => now.max(source.last.next()),
            None => now,
        };
        let theirs = source.as_ref().and_then(|source| source.owner.clone());
        let owner = match &start.starter {
            Starter::Backend(Some(customer)) | Starter::Customer(customer) => {
                Some(customer.clone())
            }
            Starter::Backend(None) => theirs,
            Starter::Anonymous => None,
        };
        let rules = Rules::default();
        let attributes = source.as_ref().map(|source| source.attributes.clone());
        let chat = self.chats.len();
        self.chats.push(Chat {
            start: start.clone(),
            owner,
            began,
            retained_until: began + rules.retention,
            expires: began + start.duration,
            connect_by: (!start.connects).then(|| began + rules.connect_within),
            time: Timestamp::from_millis(began.as_millis() - 1),
            ended: None,
            people: vec![Chat::customer(start)],
            contacts: Vec::new(),
            attributes: attributes.unwrap_or(start.attributes.clone()),
            past: source.map(|source| Past {
                source: source.contact,
                asked: None,
                since: 0,
                lines: source.lines,
                in_order: source.in_order,
            }),
            answers: Vec::new(),
        });
        self.chats[chat].opens(None);
        self.chats[chat].contacts[0].opened = began;
        let name = &start.display_name.0;
        let joined = start.connects.then(|| format!("{name} joined"));
        let initial = start.initial.as_ref();
        let initial = initial.map(|(_, content)| said(name, content));
        let lines: Vec<String> = joined.into_iter().chain(initial).collect();
        self.writes(chat, began, &lines);
        if start.initial.is_some() {
            self.lines.last_mut().unwrap().sender = Some(start.customer);
        }
        let opened = self.opened(chat);
        self.notes(chat, NOBODY, &Answer::Opened(opened));
        Ok(opened)
    }

    fn starts_again(
        &self,
        chat: usize,
        start: &Start,
        now: Timestamp,
    ) -> Result<Opened, StartRefusal> {
        let of = &self.chats[chat];
        let handed_out = start.starter != Starter::Anonymous || of.ended.is_none();
        if now >= of.retained_until || !handed_out {
            return Err(StartRefusal::TokenSpent);
        }
        Ok(self.opened(chat))
    }

    fn opened(&self, chat: usize) -> Opened {
        let past = self.chats[chat].past.as_ref();
        Opened {
            contact: self.contact(chat, 0),
            participant: self.chats[chat].start.customer,
            continued_from: past
                .filter(|past| past.asked.is_none())
                .map(|past| past.source),
        }
    }

    pub(crate) fn source(
        &mut self,
        contact: ContactId,
        how: Rehydration,
        may: impl Fn(Option<&CustomerId>) -> bool,
        own: &Attributes,
        now: Timestamp,
    ) -> Result<Source, SourceRefusal> {
        let found = self.find(contact.session(), now);
        let chat = found.ok_or(SourceRefusal::NotFound)?;
        let number = usize::from(contact.ordinal().get());
        let last = self.chats[chat].contacts.len() - 1;
        if number > last || !may(self.chats[chat].owner.as_ref()) {
            return Err(SourceRefusal::NotFound);
        }
        let number = match how {
            Rehydration::FromSegment => number,
            Rehydration::EntirePastSession if number == 0 => last,
            Rehydration::EntirePastSession => {
                let initial = self.contact(chat, 0);
                return Err(SourceRefusal::NotInitial { initial });
            }
        };
        // As they were at the end: what changes them afterwards is not copied.
        let closed = self.chats[chat].contacts[number].closed.as_ref();
        let theirs = closed.map_or(&self.chats[chat].attributes, |closed| &closed.attributes);
        let attributes = own.clone().over(theirs);
        if attributes.bytes() > 32_768 {
            return Err(SourceRefusal::AttributesTooLong);
        }
        self.expires(chat, now);
        if self.chats[chat].ended.is_none() {
            let active = self.contact(chat, last);
            return Err(SourceRefusal::StillActive { active });
        }
        let past = self.chats[chat].past.as_ref();
        let past = past.filter(|past| past.since <= number);
        let own = self.own_lines(chat).into_iter();
        let shown = own.filter(|line| self.lines[*line].contact <= number);
        Ok(Source {
            contact: self.contact(chat, number),
            lines: past
                .map_or(Vec::new(), |past| past.lines.clone())
                .into_iter()
                .chain(shown)
                .collect(),
            in_order: past.is_none_or(|past| past.in_order),
            owner: self.chats[chat].owner.clone(),
            attributes,
            last: self.chats[chat].time,
        })
    }
}

fn may_continue(starter: &Starter, owner: Option<&CustomerId>) -> bool {
    match (starter, owner) {
        (Starter::Backend(None), _) | (_, None) => true,
        (Starter::Backend(Some(own)) | Starter::Customer(own), Some(owner)) => own == owner,
        (Starter::Anonymous, Some(_)) => false,
    }
}
