//! A client: has one wish after the other, asks again where there is no answer, and reads page after page.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::transcript::{From, Page, PageError, Query};
use domain::{
    AppendError, AssociateError, EventError, Exported, Item, LogError, SessionKey, StartError,
    UpdateError,
};

use super::dice::Dice;
use super::judge::After;
use super::plan::Planner;
use super::script::Place;
use super::world::{Event, Server, World};
use crate::check::{Case, Length, Line, Reading, Shown, answer_is_true, read_as_it_was};
use crate::invariant::{Broken, Checked};
use crate::stage::participant;
use crate::story::wish_in_words;
use crate::wish::{Answer, Wish};

/// A client.
pub(super) struct Client {
    pub(super) dice: Dice,
    wishes: u8,
    /// The calls that its servers have sent.
    pub(super) sent: HashSet<Place>,
    /// What he asks for at the moment, and for which attempt he waits.
    asking: Option<(Place, Wish)>,
    /// What he has read of a transcript.
    read: Option<Read>,
    /// What he has of an export.
    exported: Vec<Item>,
}

/// What a client has read.
pub(super) struct Read {
    query: Query,
    lines: Vec<Line>,
    first: RangeInclusive<usize>,
    last: RangeInclusive<usize>,
    complete: bool,
}

/// So often a client asks, until he gives up.
const MOST_ATTEMPTS: u8 = 4;

impl Client {
    pub(super) fn new(dice: Dice, wishes: u8) -> Self {
        Self {
            dice,
            wishes,
            sent: HashSet::new(),
            asking: None,
            read: None,
            exported: Vec::new(),
        }
    }
}

impl World {
    fn client(&mut self, place: Place) -> &mut Client {
        &mut self.clients[usize::from(place.client)]
    }

    /// A client turns to a wish.
    pub(super) fn wishes(&mut self, place: Place) {
        let client = self.client(place);
        if place.wish >= client.wishes {
            return;
        }
        let dice = client.dice;
        if self.script.unwished.contains(&(place.client, place.wish)) {
            return self.next_wish(place);
        }
        let planner = Planner {
            dice: dice.at(100).at(place.wish.into()),
            board: &self.board,
            client: dice.at(101),
            seed: self.script.seed,
        };
        let Some(wish) = planner.wish() else {
            return self.next_wish(place);
        };
        match &wish {
            Wish::Start(start) => self.asked.start(start),
            Wish::Associate(here, association, _) => {
                let chat = SessionKey::new(here, association.contact.session());
                self.asked.associate(chat, association);
            }
            _ => {}
        }
        self.tells(place, || format!("wishes to {}", wish_in_words(&wish)));
        self.client(place).asking = Some((place, wish));
        self.after(0, place, Event::Asks);
    }

    fn next_wish(&mut self, place: Place) {
        let client = self.client(place);
        client.asking = None;
        client.exported.clear();
        let next = Place {
            wish: place.wish + 1,
            request: 0,
            attempt: 0,
            call: 0,
            ..place
        };
        let thinks = self.weather.thinks(next);
        self.after(thinks, next, Event::Wishes);
    }

    /// A client asks: a server begins.
    pub(super) fn asks(&mut self, place: Place) -> Checked {
        let Some((at, wish)) = &self.client(place).asking else {
            return Ok(());
        };
        if *at != place {
            return Ok(());
        }
        let wish = Arc::new(made_up(wish, place));
        let patience = self.weather.patience(place);
        self.after(patience, place, Event::LosesPatience);
        self.begins(place, wish)
    }

    /// A client has waited long enough for this attempt, if he still waits for it.
    pub(super) fn loses_patience(&mut self, place: Place) {
        if self.waits_for(place) {
            self.tells(place, || "has no answer in time".to_owned());
            self.asks_again(place, 0);
        }
    }

    fn waits_for(&mut self, place: Place) -> bool {
        let asking = &self.client(place).asking;
        asking.as_ref().is_some_and(|(at, _)| *at == place)
    }

    fn asks_again(&mut self, place: Place, wait: u64) {
        let next = Place {
            attempt: place.attempt + 1,
            ..place
        };
        if next.attempt == MOST_ATTEMPTS {
            return self.next_wish(place);
        }
        if let Some((at, _)) = &mut self.client(place).asking {
            *at = next;
        }
        self.after(wait, next, Event::Asks);
    }

    /// A client is given an answer; nobody listens any more to that of an attempt that was given up.
    pub(super) fn takes(&mut self, place: Place, server: &Server, answer: Answer) -> Checked {
        self.board.learns(&server.wish, &answer);
        if !self.waits_for(place) {
            return Ok(());
        }
        if comes_back(&answer) {
            self.asks_again(place, 20);
            return Ok(());
        }
        let more = match (&*server.wish, answer) {
            (Wish::Page(query), Answer::Pages(mut pages, error)) => {
                let page = pages.pop().filter(|_| error.is_none());
                self.reads(place, server, query, page)?
            }
            (Wish::Export(here, contact, _, limit), Answer::Exported(Ok(part))) => {
                let next = self.has_exported(place, server, &part)?;
                next.map(|next| Wish::Export(here.clone(), *contact, Some(next), *limit))
            }
            (Wish::List(here, customer, _, limit), Answer::Listed(Ok(part))) => part
                .next
                .map(|next| Wish::List(here.clone(), customer.clone(), Some(next), *limit)),
            _ => None,
        };
        match more {
            None => self.next_wish(place),
            Some(wish) => {
                let next = Place {
                    request: place.request + 1,
                    attempt: 0,
                    ..place
                };
                self.client(place).asking = Some((next, wish));
                self.after(1, next, Event::Asks);
            }
        }
        Ok(())
    }

    /// Reads a page; what to ask for to read the next.
    fn reads(
        &mut self,
        place: Place,
        server: &Server,
        query: &Query,
        page: Option<Page>,
    ) -> Result<Option<Wish>, Broken> {
        let (began, done) = (After(&self.judge, server.began), self.judge.now());
        let done = After(&self.judge, done);
        let span = began.of(&query.session)..=done.of(&query.session);
        let client = &mut self.clients[usize::from(place.client)];
        if !matches!(query.from, From::Cursor(_)) {
            client.read = Some(Read {
                query: query.clone(),
                lines: Vec::new(),
                first: span.clone(),
                last: span.clone(),
                complete: false,
            });
        }
        let (Some(read), Some(page)) = (&mut client.read, page) else {
            client.read = None;
            return Ok(None);
        };
        read.last = span;
        read.lines.extend(page.items.iter().map(Line::of));
        read.complete = page.next.is_none();
        let reading = Reading {
            query: &read.query,
            lines: read.lines.clone(),
            complete: read.complete,
            first: read.first.clone(),
            last: read.last.clone(),
        };
        let shown = Shown {
            store: &self.store,
            asked: &self.asked,
        };
        read_as_it_was(shown, &reading)?;
        Ok(page.next.map(|next| {
            Wish::Page(Query {
                from: From::Cursor(next),
                ..query.clone()
            })
        }))
    }

    /// Keeps a part of an export; checks all parts together; says where the next begins.
    fn has_exported(
        &mut self,
        place: Place,
        server: &Server,
        part: &Exported,
    ) -> Result<Option<domain::transcript::Point>, Broken> {
        let Wish::Export(here, contact, _, limit) = &*server.wish else {
            return Ok(None);
        };
        let client = &mut self.clients[usize::from(place.client)];
        client.exported.extend(part.items.iter().cloned());
        let whole = Exported {
            items: client.exported.clone(),
            next: part.next,
        };
        answer_is_true(&Case {
            store: &self.store,
            asked: &self.asked,
            wish: &Wish::Export(here.clone(), *contact, None, *limit),
            answer: &Answer::Exported(Ok(whole)),
            began: &After(&self.judge, server.began),
            done: &After(&self.judge, self.judge.now()),
            troubled: true,
            taken: 0,
            stale: true,
            cut: true,
            calls: &[],
        })?;
        Ok(part.next)
    }

    /// When all is over.
    pub(super) fn ends(&self) -> Checked {
        self.judge.concludes(&self.store, &self.asked)
    }
}

/// Each attempt makes up the ids that are its own, should it be the one.
fn made_up(wish: &Wish, place: Place) -> Wish {
    let mut wish = wish.clone();
    let id = participant(place.number() | 1 << 63);
    match &mut wish {
        Wish::Start(start) => start.customer = id,
        Wish::Invite(_, invitation, _) => invitation.participant = id,
        _ => {}
    }
    wish
}

/// Whether a client has to ask again, not knowing what became of his request.
fn comes_back(answer: &Answer) -> bool {
    let append =
        |error: &AppendError| matches!(error, AppendError::Contended | AppendError::Log(_));
    match answer {
        Answer::Started(Err(StartError::Append(error)))
        | Answer::Associated(Err(AssociateError::Append(error)))
        | Answer::Sent(Err(error))
        | Answer::Transferred(Err(error))
        | Answer::Stopped(Err(error))
        | Answer::Left(Err(error))
        | Answer::Joined(Err(error))
        | Answer::Invited(Err(error))
        | Answer::Attributes(Err(error))
        | Answer::Described(Err(error))
        | Answer::Updated(Err(UpdateError::Append(error)))
        | Answer::Event(Err(EventError::Append(error))) => append(error),
        Answer::Pages(_, Some(PageError::Log(_))) | Answer::Exported(Err(PageError::Log(_))) => {
            true
        }
        Answer::Listed(Err(error)) => {
            matches!(error, LogError::Throttled | LogError::Unavailable(_))
        }
        _ => false,
    }
}
