//! Histories in which anything may happen, and beside each chat the model of what it shows.

use std::collections::BTreeMap;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    ContactId, Content, ContentType, Item, ItemId, ItemKind, Ordinal, ParticipantId, ReceiptKind,
    Rehydration, Role, Sent, SessionId, Start, Stopped, days, seconds,
};
use proptest::prelude::*;
use proptest::sample::Index;

use super::model::Model;
use super::world::{Chat, World};

/// What happens next in a history.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Say,
    Wait,
    Transfer,
    /// Change the attributes so often, in records without items.
    Update(u8),
    /// Ann comes, or she goes.
    AnnTurns,
    /// Somebody who is there has received one of the chat's items, in one of two ways.
    Receive([Index; 2], bool),
    /// Link the chat, while it runs, to one that has ended.
    Associate(Index),
    Leave,
    Stop,
    Expire,
    /// Continue one of the chats that have ended, from one of its contacts or as a whole.
    Resume {
        which: Index,
        contact: Index,
        entire: bool,
        connects: bool,
        says: bool,
    },
}

pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let resume = (any::<[Index; 2]>(), any::<[bool; 3]>());
    let resume = resume.prop_map(|([which, contact], [entire, connects, says])| Act::Resume {
        which,
        contact,
        entire,
        connects,
        says,
    });
    let silent = || {
        let update = prop_oneof![4 => 1..4_u8, 1 => 4..30_u8].prop_map(Act::Update);
        let receive = any::<([Index; 2], bool)>().prop_map(|(who, read)| Act::Receive(who, read));
        prop_oneof![3 => update, 1 => Just(Act::AnnTurns), 2 => receive]
    };
    let associate = any::<Index>().prop_map(Act::Associate);
    let act = prop_oneof![
        6 => Just(Act::Say),
        1 => Just(Act::Wait),
        3 => Just(Act::Transfer),
        5 => silent(),
        1 => associate.clone(),
        1 => Just(Act::Leave),
        1 => Just(Act::Stop),
        1 => Just(Act::Expire),
        5 => resume,
    ];
    let own = prop_oneof![
        6 => Just(Act::Say),
        4 => Just(Act::Transfer),
        4 => silent(),
        1 => associate,
    ];
    let parts = (
        prop::collection::vec(act, 0..40),
        prop::collection::vec(own, 0..12),
    );
    parts.prop_map(|(before, own)| [before, own].concat())
}

/// A world in which things have happened, and what its model says about the last chat, which is running.
pub(crate) struct History {
    pub(crate) world: World,
    pub(crate) chats: Vec<(Chat, Model)>,
    ended: Vec<usize>,
    current: usize,
    pub(crate) sent: BTreeMap<String, Sent>,
    /// Ann's view of the current chat, while she is there.
    ann: Option<Chat>,
    /// Whom each message has reached, in which ways.
    received: BTreeMap<ItemId, Vec<(ParticipantId, ReceiptKind)>>,
    /// Chats that were linked to a past while they ran.
    associated: Vec<usize>,
}

impl History {
    pub(crate) fn of(acts: &[Act]) -> Self {
        let world = World::new();
        let first = world.joined(&world.wish());
        let mut model = Model::default();
        model.adds("Jane joined");
        let mut history = Self {
            world,
            chats: vec![(first, model)],
            ended: Vec::new(),
            current: 0,
            sent: BTreeMap::new(),
            ann: None,
            received: BTreeMap::new(),
            associated: Vec::new(),
        };
        for act in acts {
            history.goes_on(act);
        }
        if !history.is_running() {
            history.resume(history.current, 0, EntirePastSession, false, false);
        }
        history
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.ended.contains(&self.current)
    }

    fn open_contact(&self) -> ContactId {
        let (chat, model) = &self.chats[self.current];
        ContactId::new(chat.key.session, Ordinal::new(model.contact).unwrap())
    }

    pub(crate) fn goes_on(&mut self, act: &Act) {
        let contact = self.open_contact();
        match act {
            Act::Wait => self.world.wait(seconds(3)),
            Act::Resume {
                which,
                contact,
                entire,
                connects,
                says,
            } if !self.ended.is_empty() => {
                let which = *which.get(&self.ended);
                let contacts = usize::from(self.chats[which].1.contact) + 1;
                let (how, contact) = match entire {
                    true => (EntirePastSession, 0),
                    false => (FromSegment, contact.index(contacts)),
                };
                self.resume(which, contact, how, *connects, *says);
            }
            Act::Resume { .. } => {}
            _ if !self.is_running() => {}
            Act::Say => {
                let text = format!("message {}", self.sent.len());
                let (chat, model) = &mut self.chats[self.current];
                self.sent.insert(text.clone(), self.world.say(chat, &text));
                model.adds(&format!("Jane: {text}"));
            }
            Act::Transfer => {
                self.world.transfer(contact);
                self.chats[self.current].1.is_transferred();
            }
            Act::Update(times) => {
                for _ in 0..*times {
                    let id = self.sent.len() + self.world.records(&self.chat().key).len();
                    self.world.update(contact, &format!("at={id}"));
                }
            }
            Act::AnnTurns => {
                let (chat, model) = &mut self.chats[self.current];
                match self.ann.take() {
                    None => {
                        self.ann = Some(self.world.accompanied(chat, Role::Agent, "Ann"));
                        model.adds("Ann invited");
                        model.adds("Ann joined");
                    }
                    Some(ann) => {
                        self.world.leave(&ann);
                        model.adds("Ann left");
                    }
                }
            }
            Act::Receive([who, which], read) => self.receive(*who, *which, *read),
            Act::Associate(which) => self.associate(*which),
            Act::Leave => {
                let (chat, model) = &mut self.chats[self.current];
                self.world.leave(chat);
                model.adds("Jane left");
                self.ends();
            }
            Act::Stop => {
                self.world.stop(contact);
                self.ends();
            }
            Act::Expire => {
                self.world.wait(days(8));
                assert_eq!(self.world.try_stop(contact), Ok(Stopped::Already));
                self.ends();
            }
        }
    }

    fn receive(&mut self, who: Index, which: Index, read: bool) {
        let jane = self.chat().clone();
        let there: Vec<Chat> = [jane].into_iter().chain(self.ann.clone()).collect();
        let who = who.get(&there);
        let items = self.present();
        if items.is_empty() {
            return;
        }
        let item = which.get(&items);
        let kind = [ReceiptKind::Delivered, ReceiptKind::Read][usize::from(read)];
        self.world.receive(who, item.id, kind);
        let theirs =
            matches!(&item.kind, ItemKind::Message { sender, .. } if sender.id != who.customer);
        let receipts = self.received.entry(item.id).or_default();
        if theirs && !receipts.contains(&(who.customer, kind)) {
            receipts.push((who.customer, kind));
        }
    }

    fn associate(&mut self, which: Index) {
        let tail = self.world.records(&self.chat().key).pop().unwrap();
        if self.ended.is_empty() || tail.state.link.is_some() {
            return;
        }
        let (source, past) = &self.chats[*which.get(&self.ended)];
        let past = past.resumed(0, EntirePastSession).past;
        let chat = self.chat();
        let associated = self
            .world
            .try_associate(chat.contact, source.contact, EntirePastSession);
        associated.unwrap();
        self.chats[self.current].1.past = past;
        self.associated.push(self.current);
    }

    /// Whether a past that a chat shows was linked when the chat was running: what it had said before may then
    /// have times before the end of that past.
    pub(crate) fn has_late_links(&self) -> bool {
        !self.associated.is_empty()
    }

    /// Whether any chat has records without items beyond its start.
    pub(crate) fn silent_records(&self) -> usize {
        let silent = |(chat, _): &(Chat, Model)| {
            let records = self.world.records(&chat.key);
            let later = records[1..].iter();
            later.filter(|record| record.item_count() == 0).count()
        };
        self.chats.iter().map(silent).sum()
    }

    fn ends(&mut self) {
        self.ann = None;
        self.chats[self.current].1.adds("ended");
        self.ended.push(self.current);
    }

    fn resume(
        &mut self,
        which: usize,
        contact: usize,
        how: Rehydration,
        connects: bool,
        says: bool,
    ) {
        let (source, model) = &self.chats[which];
        let contact = u16::try_from(contact).unwrap();
        let source = ContactId::new(source.key.session, Ordinal::new(contact).unwrap());
        let text = format!("start {}", self.chats.len());
        let mut model = model.resumed(contact, how);
        let wish = Start {
            initial: says.then(|| (ContentType::Plain, Content(text.clone()))),
            ..self.world.wish_to_resume(source, how)
        };
        let chat = self.world.open(&wish);
        if says {
            model.adds(&format!("Jane: {text}"));
        }
        if connects {
            self.world.try_join(&chat).unwrap();
            model.adds("Jane joined");
        }
        self.ann = None;
        self.current = self.chats.len();
        self.chats.push((chat, model));
    }

    pub(crate) fn chat(&self) -> &Chat {
        &self.chats[self.current].0
    }

    /// The items of the chat's own session, as they stand in its log.
    pub(crate) fn present(&self) -> Vec<Item> {
        let session = &self.chat().key;
        let records = self.world.records(session);
        let items = records.iter().flat_map(|r| r.items(session.session));
        items.collect()
    }

    /// The model of the chat.
    pub(crate) fn model(&self) -> &Model {
        &self.chats[self.current].1
    }

    /// The receipts that readers of the chat are shown of a message: those of a session in which nobody but the
    /// customer took part, as far as it is shown, are none.
    pub(crate) fn received(
        &self,
        message: ItemId,
        of: SessionId,
    ) -> Vec<(ParticipantId, ReceiptKind)> {
        let all = self.received.get(&message).cloned().unwrap_or_default();
        let own = self.world.records(&self.chat().key);
        let link = own.last().unwrap().state.link;
        let linked = own.iter().find(|record| Some(record.slot) == link);
        let mut past = linked
            .iter()
            .flat_map(|linked| linked.body.link().unwrap().past());
        let shown = past.find(|past| past.session == of);
        match shown.is_none_or(|past| past.accompanied) {
            true => all,
            false => Vec::new(),
        }
    }
}
