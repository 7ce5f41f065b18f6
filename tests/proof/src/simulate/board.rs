//! What everybody in a history knows: which chats there are, who takes part, what was said.

use domain::{ContactId, CustomerId, ItemId, ParticipantId, SessionKey, Starter, days};
use domain::{Rehydration, Start, TransferMethod};

use super::dice::Dice;
use crate::stage::{
    Stage, attribute, contact, handed_on, here, key, message, participant, session, wish_for,
};
use crate::wish::{Answer, Wish};

/// A chat that somebody was told of.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub(super) key: SessionKey,
    /// Who takes part, the customer first.
    pub(super) people: Vec<ParticipantId>,
    /// The highest contact that anybody was told of.
    pub(super) newest: u16,
    pub(super) messages: Vec<ItemId>,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Board {
    pub(super) chats: Vec<Chat>,
}

impl Board {
    pub(super) fn chat(&mut self, key: &SessionKey) -> Option<&mut Chat> {
        self.chats.iter_mut().find(|chat| chat.key == *key)
    }

    fn adds(&mut self, key: &SessionKey, customer: ParticipantId) {
        if self.chat(key).is_none() {
            self.chats.push(Chat {
                key: key.clone(),
                people: vec![customer],
                newest: 0,
                messages: Vec::new(),
            });
        }
    }

    /// Notes what an answer tells.
    pub(super) fn learns(&mut self, wish: &Wish, answer: &Answer) {
        match (wish, answer) {
            (Wish::Start(start), Answer::Started(Ok(opened))) => {
                self.adds(&start.session, opened.participant);
            }
            (Wish::Send(session, ..), Answer::Sent(Ok(sent))) => {
                if let Some(chat) = self.chat(session) {
                    chat.messages.push(sent.id);
                }
            }
            (Wish::Transfer(here, ..), Answer::Transferred(Ok(contact))) => {
                self.reaches(&SessionKey::new(here, contact.session()), *contact);
            }
            (Wish::Invite(here, invitation, _), Answer::Invited(Ok(added))) => {
                let key = SessionKey::new(here, invitation.contact.session());
                if let Some(chat) = self.chat(&key)
                    && !chat.people.contains(&added.participant)
                {
                    chat.people.push(added.participant);
                }
            }
            _ => {}
        }
    }

    fn reaches(&mut self, key: &SessionKey, contact: ContactId) {
        if let Some(chat) = self.chat(key) {
            chat.newest = chat.newest.max(contact.ordinal().get());
        }
    }
}

/// The customers.
pub(super) const CUSTOMERS: [&str; 2] = ["Jane", "Joe"];

/// Who starts chats: which of the clients is which follows from the dice.
pub(super) fn starter(dice: Dice) -> Starter {
    let customer = |at: usize| CustomerId(CUSTOMERS[at].to_owned());
    match dice.throw(6) {
        0 => Starter::Backend(Some(customer(0))),
        1 => Starter::Customer(customer(0)),
        2 => Starter::Customer(customer(1)),
        3 => Starter::Anonymous,
        _ => Starter::Backend(None),
    }
}

/// What is there when the clients come: a chat that runs, with an agent, as much said in it as the dice have it; one
/// that has ended; one that has ended and is somebody's.
pub(super) fn beginning(dice: Dice) -> Option<(Stage, Board)> {
    let here = here()?;
    let (mut stage, mut board) = (Stage::new(), Board::default());
    let chat = SessionKey::new(&here, session(1));
    let (jane, ann) = (participant(1), participant(2));
    let past = stage.past(3, "past", Starter::Backend(None))?;
    let owned = SessionKey::new(&here, session(4));
    let joe = Start {
        starter: starter(dice.at(1)),
        ..wish_for(owned.clone(), participant(4), days(7))
    };
    stage.plays(&Wish::Start(Box::new(joe)))?;
    stage.plays(&Wish::Stop(here.clone(), contact(&owned, 0), key(5)))?;

    // Chats whose time passes while they are talked in, and chats that last.
    let lasts = *dice
        .at(2)
        .pick(&[3_594, 3_595, 3_600, 7 * 86_400, 7 * 86_400])?;
    let mut start = Start {
        attributes: attribute("of the chat", "1"),
        disconnect_agent_on_exit: dice.at(3).one_in(2),
        ..wish_for(chat.clone(), jane, domain::seconds(lasts))
    };
    if dice.at(4).one_in(3) {
        let how = Rehydration::EntirePastSession;
        start = Stage::resume(start, contact(&past, 0), how);
    }
    stage.plays(&Wish::Start(Box::new(start)))?;
    stage.invites(contact(&chat, 0), ann, "Ann", 6)?;
    stage.plays(&Wish::Join(chat.clone(), ann, key(7)))?;
    board.adds(&chat, jane);
    board.adds(&past, participant(3));
    board.adds(&owned, participant(4));
    board.chat(&chat)?.people.push(ann);
    // So many that one more is the last, or one too many.
    if dice.at(7).one_in(4) {
        for number in 20..23 {
            let somebody = participant(number);
            stage.invites(contact(&chat, 0), somebody, "Bob", number)?;
            board.chat(&chat)?.people.push(somebody);
        }
    }
    let said = *dice.at(5).pick(&[0, 1, 2, 3, 29, 33])?;
    for number in 0..said {
        let who = if number % 2 == 0 { jane } else { ann };
        let send = Wish::Send(
            chat.clone(),
            message(who, &format!("said {number}")),
            key(100 + number),
        );
        let answer = stage.plays(&send)?;
        board.learns(&send, &answer);
    }
    for ordinal in 0..*dice.at(6).pick(&[0, 0, 1, 2])? {
        let next = handed_on(contact(&chat, ordinal), TransferMethod::Transfer);
        let transfer = Wish::Transfer(here.clone(), next, key(200 + u64::from(ordinal)));
        let answer = stage.plays(&transfer)?;
        board.learns(&transfer, &answer);
    }
    Some((stage, board))
}
