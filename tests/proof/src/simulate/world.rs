//! The world of one history: a queue of what happens when, carried out in the order of time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use super::board::{Board, beginning};
use super::client::Client;
use super::dice::Dice;
use super::judge::Judge;
use super::script::{Place, Script};
use super::weather::{Fate, Weather};
use crate::attempt::Attempt;
use crate::check::Asked;
use crate::invariant::{Broken, Checked, Invariant};
use crate::store::{Sight, Store};
use crate::story::{answer_in_words, call_in_words};
use crate::wire::{Call, Reply, unavailable};
use crate::wish::{Answer, Wish};
use domain::LogError;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// A client turns to his next wish.
    Wishes,
    /// A call reaches the store.
    Reaches { again: bool },
    /// A reply reaches the server.
    Replies(Box<Reply>),
    /// A client asks for the first time, or again.
    Asks,
    /// A client has waited long enough.
    LosesPatience,
}

/// A server at work on one attempt.
pub(super) struct Server {
    pub(super) attempt: Attempt,
    pub(super) wish: Arc<Wish>,
    /// How many records had been put when it began.
    pub(super) began: u64,
    pub(super) troubled: bool,
    pub(super) taken: u32,
    /// Whether anything that it was shown was older than the store.
    pub(super) stale: bool,
    pub(super) cut: bool,
}

/// One history while it is played.
pub(super) struct World {
    pub(super) script: Script,
    pub(super) weather: Weather,
    pub(super) store: Store,
    pub(super) asked: Asked,
    pub(super) board: Board,
    pub(super) judge: Judge,
    pub(super) clients: Vec<Client>,
    pub(super) now: u64,
    queue: BinaryHeap<Reverse<(u64, Place, u64)>>,
    events: HashMap<u64, Event>,
    servers: HashMap<Place, Server>,
    number: u64,
    /// Where something became of a call that should not.
    pub(super) stirred: Vec<Place>,
    /// What happened, if it is to be told.
    pub(super) story: Option<Vec<String>>,
    pub(super) calls: u64,
}

/// More than this happens in no history that comes to an end.
const MOST_EVENTS: u64 = 200_000;

impl World {
    pub(super) fn new(script: Script, telling: bool) -> Option<Self> {
        let dice = Dice::new(script.seed);
        let (stage, board) = beginning(dice.at(2))?;
        let clients = 3 + dice.at(3).throw(6);
        let wishes = 3 + dice.at(4).throw(6);
        let clients = (0..clients).map(|client| Client::new(dice.at(5).at(client), wishes as u8));
        let mut world = Self {
            weather: Weather::of(&script),
            judge: Judge::of(&stage.store),
            store: stage.store,
            asked: stage.asked,
            board,
            clients: clients.collect(),
            now: 0,
            queue: BinaryHeap::new(),
            events: HashMap::new(),
            servers: HashMap::new(),
            number: 0,
            stirred: Vec::new(),
            story: telling.then(Vec::new),
            calls: 0,
            script,
        };
        for client in 0..world.clients.len() as u8 {
            if !world.script.absent.contains(&client) {
                let place = Place {
                    client,
                    wish: 0,
                    request: 0,
                    attempt: 0,
                    call: 0,
                };
                world.after(world.weather.thinks(place).min(50), place, Event::Wishes);
            }
        }
        Some(world)
    }

    /// Lets something happen, so many milliseconds from now.
    pub(super) fn after(&mut self, wait: u64, place: Place, event: Event) {
        self.number += 1;
        self.events.insert(self.number, event);
        self.queue
            .push(Reverse((self.now + wait, place, self.number)));
    }

    /// Notes a sentence, if the history is told.
    pub(super) fn tells(&mut self, place: Place, sentence: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(story) = &mut self.story {
            let (client, attempt) = (place.client + 1, place.attempt + 1);
            let sentence = sentence();
            story.push(format!(
                "{now:>6} ms, client {client}, attempt {attempt}: {sentence}"
            ));
        }
    }

    /// Plays to the end.
    pub(super) fn plays(&mut self) -> Checked {
        while let Some(Reverse((time, place, number))) = self.queue.pop() {
            self.now = time;
            if number > MOST_EVENTS {
                let how = "somebody goes on for ever, by then with";
                return Err(Invariant::Answers.broken(format!("{how} {number} events")));
            }
            match self.events.remove(&number) {
                None => {}
                Some(Event::Wishes) => self.wishes(place),
                Some(Event::Asks) => self.asks(place)?,
                Some(Event::LosesPatience) => self.loses_patience(place),
                Some(Event::Reaches { again }) => self.reaches(place, again),
                Some(Event::Replies(reply)) => self.replies(place, *reply)?,
            }
        }
        self.ends()
    }

    /// A server begins on an attempt.
    pub(super) fn begins(&mut self, place: Place, wish: Arc<Wish>) -> Result<(), Broken> {
        let now = self.weather.clock(place, self.now);
        let attempt = Attempt::begin(&wish, now);
        let server = Server {
            attempt,
            wish,
            began: self.judge.now(),
            troubled: false,
            taken: 0,
            stale: false,
            cut: false,
        };
        self.servers.insert(place, server);
        self.goes_on(place)
    }

    /// A server has come as far as it could: it has made calls, or it has answered.
    fn goes_on(&mut self, place: Place) -> Result<(), Broken> {
        let Some(server) = self.servers.get(&place) else {
            return Ok(());
        };
        if server.attempt.answer().is_some() {
            let Some(server) = self.servers.remove(&place) else {
                return Ok(());
            };
            return self.answers(place, server);
        }
        let mut sent = Vec::new();
        for (number, _) in server.attempt.waiting() {
            let call = u16::try_from(number).unwrap_or(u16::MAX);
            sent.push(Place { call, ..place });
        }
        let client = &mut self.clients[usize::from(place.client)];
        sent.retain(|call| client.sent.insert(*call));
        for call in sent {
            let takes = self.weather.takes(call, false);
            self.after(takes, call, Event::Reaches { again: false });
        }
        Ok(())
    }

    fn server(place: Place) -> Place {
        Place { call: 0, ..place }
    }

    fn reaches(&mut self, place: Place, again: bool) {
        let Some(server) = self.servers.get(&Self::server(place)) else {
            return;
        };
        let waiting = server.attempt.waiting().into_iter();
        let call = waiting
            .into_iter()
            .find(|(number, _)| *number == usize::from(place.call));
        let Some((_, call)) = call else { return };
        self.calls += 1;
        let calm = self.script.calm.contains(&place);
        let silent = Sight {
            silent: self.weather.silent,
            ..Sight::CLEAR
        };
        let fate = match calm || again {
            true => Fate::Done,
            false => self.weather.fate(place, &call),
        };
        let sight = match calm {
            true => silent,
            false => self.weather.sight(place, &call),
        };
        let stale = sight.hidden != 0 || sight.most != usize::MAX;
        if let Some(server) = self.servers.get_mut(&Self::server(place)) {
            server.stale |= sight.hidden != 0;
            server.cut |= sight.most != usize::MAX;
        }
        if fate != Fate::Done || stale {
            self.stirred.push(place);
        }
        self.tells(place, || {
            format!("{}: {}", call_in_words(&call), becomes(fate, sight))
        });
        let kills = matches!(fate, Fate::KilledBefore | Fate::KilledAfter);
        let reply = match fate {
            Fate::Done => self.carries_out(&call, sight),
            Fate::NotDone => call.failed(unavailable()),
            Fate::Throttled => call.failed(LogError::Throttled),
            Fate::KilledBefore => call.failed(unavailable()),
            Fate::Lost | Fate::KilledAfter => {
                self.carries_out(&call, sight);
                call.failed(unavailable())
            }
            Fate::Twice => {
                self.carries_out(&call, sight);
                let takes = self.weather.takes(place, true);
                return self.after(takes, place, Event::Reaches { again: true });
            }
        };
        if kills {
            self.servers.remove(&Self::server(place));
            return;
        }
        let takes = self.weather.takes(place, true);
        self.after(takes, place, Event::Replies(Box::new(reply)));
    }

    fn carries_out(&mut self, call: &Call, sight: Sight) -> Reply {
        let reply = self.store.carry_out(call, sight);
        self.judge.sees(call, &reply);
        reply
    }

    fn replies(&mut self, place: Place, reply: Reply) -> Result<(), Broken> {
        let at = Self::server(place);
        let Some(server) = self.servers.get_mut(&at) else {
            return Ok(());
        };
        server.troubled |= reply.error().is_some();
        server.taken += u32::from(reply.is_taken());
        server.attempt.reply(usize::from(place.call), reply);
        server.attempt.go_on();
        self.goes_on(at)
    }

    fn answers(&mut self, place: Place, server: Server) -> Result<(), Broken> {
        let Some(answer) = server.attempt.answer().cloned() else {
            return Ok(());
        };
        self.tells(place, || answer_in_words(&answer));
        let answer: Answer = self
            .judge
            .hears(&self.store, &self.asked, &server, answer)?;
        self.takes(place, &server, answer)
    }
}

fn becomes(fate: Fate, sight: Sight) -> String {
    let fate = match fate {
        Fate::Done => "done",
        Fate::Lost => "done, and the reply is lost",
        Fate::NotDone => "not done, and no answer",
        Fate::Throttled => "refused for load",
        Fate::Twice => "done, and it comes a second time",
        Fate::KilledBefore => "never sent: the server is killed",
        Fate::KilledAfter => "done, and the server is killed",
    };
    let stale = match sight.hidden {
        0 => String::new(),
        hidden => format!("; newest records not to be seen: {hidden:#b}"),
    };
    let cut = match sight.most {
        usize::MAX => String::new(),
        most => format!("; at most {most} in one answer"),
    };
    format!("{fate}{stale}{cut}")
}
