//! Histories in which anything may happen, and beside each chat the model of what it shows.

use std::collections::BTreeMap;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    ContactId, Content, ContentType, Item, Ordinal, Rehydration, Sent, Start, Stopped, days,
    seconds,
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
    let act = prop_oneof![
        6 => Just(Act::Say),
        1 => Just(Act::Wait),
        3 => Just(Act::Transfer),
        1 => Just(Act::Leave),
        1 => Just(Act::Stop),
        1 => Just(Act::Expire),
        5 => resume,
    ];
    let own = prop_oneof![3 => Just(Act::Say), 2 => Just(Act::Transfer)];
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

    fn ends(&mut self) {
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
}
