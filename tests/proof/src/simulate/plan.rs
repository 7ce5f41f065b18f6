//! What a client wishes for next, as the dice have it and by what is known by then.

use domain::transcript::{Direction, From, Query};
use domain::{
    Association, Attributes, ContactFlowId, ContactId, Content, ContentType, CustomerId,
    DisplayName, Event, Fingerprint, IdempotencyKey, InstanceId, Invitation, ReceiptKind,
    Rehydration, Role, SessionId, SessionKey, Start, Timestamp, TransferMethod, seconds,
};

use super::board::{Board, CUSTOMERS, Chat, starter};
use super::dice::Dice;
use crate::stage::session as numbered;
use crate::stage::{attribute, contact, handed_on, here, message, participant, wish_for};
use crate::wish::Wish;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Say,
    SayTogether,
    Start,
    StartTogether,
    Resume,
    Associate,
    Transfer,
    Stop,
    Leave,
    Exit,
    Join,
    Invite,
    Update,
    Attributes,
    Event,
    Describe,
    ReadBack,
    ReadOn,
    Export,
    List,
}

const KINDS: [(u64, Kind); 20] = [
    (22, Kind::Say),
    (5, Kind::SayTogether),
    (2, Kind::Start),
    (4, Kind::StartTogether),
    (16, Kind::Resume),
    (8, Kind::Associate),
    (8, Kind::Transfer),
    (4, Kind::Stop),
    (4, Kind::Leave),
    (3, Kind::Exit),
    (4, Kind::Join),
    (6, Kind::Invite),
    (7, Kind::Update),
    (2, Kind::Attributes),
    (7, Kind::Event),
    (3, Kind::Describe),
    (12, Kind::ReadBack),
    (6, Kind::ReadOn),
    (4, Kind::Export),
    (3, Kind::List),
];

/// Draws wishes for one client.
pub(super) struct Planner<'a> {
    pub(super) dice: Dice,
    pub(super) board: &'a Board,
    /// The dice of the client, which say who he is.
    pub(super) client: Dice,
    pub(super) seed: u64,
}

impl Planner<'_> {
    pub(super) fn wish(&self) -> Option<Wish> {
        let (here, key) = (here()?, self.key());
        let chat = self.chat()?;
        let session = chat.key.clone();
        Some(match self.dice.at(0).weighed(&KINDS)? {
            Kind::Say => {
                let text = format!("message {:08x}", self.dice.bits() >> 32);
                Wish::Send(session, message(self.somebody(chat)?, &text), key)
            }
            Kind::SayTogether => {
                let sender = *chat.people.first()?;
                let key = self.common_key(chat.key.session);
                Wish::Send(session, message(sender, "all say this"), key)
            }
            Kind::Start => Wish::Start(Box::new(self.start(self.own_session(&here)))),
            Kind::StartTogether => {
                let mut start = self.start(SessionKey::new(&here, numbered(7)));
                let common = Dice::new(self.seed).at(77);
                // Now and then somebody uses the token for another request.
                let other = self.dice.at(60).one_in(5);
                start.starter = starter(common);
                start.attributes = attribute("other", if other { "1" } else { "0" });
                start.duration = seconds(600);
                (start.initial, start.connects) = (None, true);
                start.disconnect_agent_on_exit = false;
                start.source = common.at(1).one_in(2).then(|| {
                    (
                        numbered(3).initial_contact(),
                        Rehydration::EntirePastSession,
                    )
                });
                start.fingerprint = Fingerprint([u8::from(other) + 1; 16]);
                Wish::Start(Box::new(start))
            }
            Kind::Resume => {
                let mut start = self.start(self.own_session(&here));
                start.source = Some((self.source()?, self.rehydration()));
                Wish::Start(Box::new(start))
            }
            Kind::Associate => {
                let association = Association {
                    contact: contact(&session, 0),
                    source: self.source()?,
                    rehydration: self.rehydration(),
                };
                Wish::Associate(here, association, key)
            }
            Kind::Transfer => {
                Wish::Transfer(here, handed_on(self.contact(chat), self.method()?), key)
            }
            Kind::Stop => Wish::Stop(here, self.contact(chat), key),
            Kind::Leave => Wish::Leave(session, self.somebody(chat)?, None, key),
            Kind::Exit => {
                let flow = ContactFlowId("survey".to_owned());
                Wish::Leave(session, *chat.people.first()?, Some(flow), key)
            }
            Kind::Join => Wish::Join(session, self.somebody(chat)?, key),
            Kind::Invite => {
                let roles = [Role::Agent, Role::CustomBot, Role::Supervisor];
                let invitation = Invitation {
                    contact: self.contact(chat),
                    participant: participant(0),
                    role: *self.dice.at(20).pick(&roles)?,
                    display_name: DisplayName(format!("{:x}", self.dice.bits())),
                };
                Wish::Invite(here, invitation, key)
            }
            Kind::Update => Wish::Update(here, self.contact(chat), self.change(), key),
            Kind::Attributes => Wish::Attributes(here, self.contact(chat)),
            Kind::Event => {
                let kinds = [ReceiptKind::Delivered, ReceiptKind::Read];
                let receipt = Event::Receipt {
                    message: self.dice.at(21).pick(&chat.messages).copied(),
                    kind: *self.dice.at(22).pick(&kinds)?,
                };
                let events = [Event::Typing, Event::Passing, receipt, receipt, receipt];
                let event = *self.dice.at(23).pick(&events)?;
                Wish::Event(session, self.somebody(chat)?, event, key)
            }
            Kind::Describe => Wish::Describe(self.instance(here)?, self.contact(chat)),
            Kind::ReadBack => Wish::Page(self.reads_back(chat)?),
            Kind::ReadOn => Wish::Page(self.reads_on(chat)?),
            Kind::Export => {
                let limit = 1 + self.dice.at(24).throw(12) as usize;
                Wish::Export(self.instance(here)?, self.contact(chat), None, limit)
            }
            Kind::List => {
                let customer = CustomerId((*self.dice.at(25).pick(&CUSTOMERS)?).to_owned());
                Wish::List(here, customer, None, 1 + self.dice.at(26).throw(3) as usize)
            }
        })
    }

    fn key(&self) -> IdempotencyKey {
        let [high, low] = [self.dice.at(90).bits(), self.dice.at(91).bits()];
        IdempotencyKey((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }

    fn common_key(&self, session: SessionId) -> IdempotencyKey {
        let bits = Dice::new(self.seed).at(78).bits();
        IdempotencyKey((u128::from(bits) ^ session.bits()).to_be_bytes())
    }

    /// Mostly the chat that all know from the beginning, or the one that was heard of last.
    fn chat(&self) -> Option<&Chat> {
        let (dice, chats) = (self.dice.at(1), &self.board.chats);
        match dice.throw(8) {
            0 => dice.at(1).pick(chats),
            1..4 => chats.last(),
            _ => chats.first(),
        }
    }

    fn somebody(&self, chat: &Chat) -> Option<domain::ParticipantId> {
        self.dice.at(2).pick(&chat.people).copied()
    }

    /// Mostly the newest contact of a chat; an earlier one; one that nobody was told of.
    fn contact(&self, chat: &Chat) -> ContactId {
        let dice = self.dice.at(3);
        let ordinal = match dice.throw(8) {
            0 => chat.newest + 1,
            1 | 2 => dice.at(1).throw(u64::from(chat.newest) + 1) as u16,
            _ => chat.newest,
        };
        contact(&chat.key, ordinal)
    }

    /// A contact to continue: of any chat, ended or not, whoever's it is; or none of ours.
    fn source(&self) -> Option<ContactId> {
        let dice = self.dice.at(4);
        if dice.one_in(20) {
            return Some(self.own_session(&here()?).session.initial_contact());
        }
        let chat = match dice.at(1).one_in(2) {
            true => self.board.chats.first(),
            false => dice.at(2).pick(&self.board.chats),
        }?;
        let ordinal = dice.at(3).throw(u64::from(chat.newest) + 1) as u16;
        Some(contact(&chat.key, ordinal))
    }

    fn rehydration(&self) -> Rehydration {
        match self.dice.at(5).one_in(2) {
            true => Rehydration::EntirePastSession,
            false => Rehydration::FromSegment,
        }
    }

    fn method(&self) -> Option<TransferMethod> {
        self.dice.at(6).pick(&TransferMethod::ALL).copied()
    }

    /// A key that nobody else sets.
    fn change(&self) -> Attributes {
        attribute(&format!("{:x}", self.dice.at(7).bits()), "1")
    }

    fn instance(&self, here: InstanceId) -> Option<InstanceId> {
        if self.dice.at(8).one_in(10) {
            return InstanceId::new("there");
        }
        Some(here)
    }

    fn own_session(&self, here: &InstanceId) -> SessionKey {
        let [high, low] = [self.dice.at(92).bits(), self.dice.at(93).bits()];
        let bits = u128::from(high) << 64 | u128::from(low);
        SessionKey::new(here, SessionId::from_bits(bits))
    }

    fn start(&self, session: SessionKey) -> Start {
        let dice = self.dice.at(30);
        let lasts = *dice.at(1).pick(&[3, 30, 600, 86_400]).unwrap_or(&600);
        let says = (ContentType::Plain, Content("hello".to_owned()));
        Start {
            starter: starter(self.client),
            connects: !dice.at(2).one_in(4),
            initial: dice.at(3).one_in(2).then_some(says),
            disconnect_agent_on_exit: dice.at(4).one_in(2),
            attributes: attribute("of the new", "1"),
            ..wish_for(session, participant(0), seconds(lasts))
        }
    }

    fn query(&self, chat: &Chat) -> Option<Query> {
        let dice = self.dice.at(40);
        let contact = self.contact(chat);
        Some(Query {
            session: chat.key.clone(),
            reader: Some(self.somebody(chat)?),
            contact: dice.at(1).one_in(5).then_some(contact),
            direction: Direction::Backward,
            from: From::Newest,
            limit: *dice.at(2).pick(&[1, 2, 3, 5, 15, 100])?,
            accompanied: dice.at(3).one_in(2),
        })
    }

    fn reads_back(&self, chat: &Chat) -> Option<Query> {
        let dice = self.dice.at(41);
        let mut query = self.query(chat)?;
        if dice.one_in(4) {
            query.from = From::MostRecent(dice.at(1).throw(6) as usize);
        }
        Some(query)
    }

    fn reads_on(&self, chat: &Chat) -> Option<Query> {
        let dice = self.dice.at(42);
        let from = match dice.at(1).pick(&chat.messages) {
            Some(message) if !dice.one_in(3) => From::Item(*message),
            _ => From::Time(Timestamp::from_millis(0)),
        };
        Some(Query {
            direction: Direction::Forward,
            from,
            ..self.query(chat)?
        })
    }
}
