//! An attempt: one server that carries out one wish, call by call.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use domain::Timestamp;

use crate::store::{Sight, Store};
use crate::wire::{Call, Reply, Wire};
use crate::wish::{Answer, Wish, perform};

/// A server at work. Between any two of its calls it can be dropped: then it was killed.
pub struct Attempt {
    wire: Wire,
    work: Pin<Box<dyn Future<Output = Answer> + Send>>,
    answer: Option<Answer>,
}

impl Attempt {
    /// Begins, and comes as far as the first calls.
    pub fn begin(wish: &Wish, now: Timestamp) -> Self {
        let wire = Wire::default();
        let work = Box::pin(perform(wire.clone(), wish.clone(), now));
        let mut attempt = Self {
            wire,
            work,
            answer: None,
        };
        attempt.go_on();
        attempt
    }

    /// Goes on as far as the replies that are there allow.
    pub fn go_on(&mut self) {
        if self.answer.is_some() {
            return;
        }
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = self.work.as_mut().poll(&mut context) {
            self.answer = Some(answer);
        }
    }

    /// The answer, once it is there.
    pub const fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// The calls that wait for a reply, each with its number.
    pub fn waiting(&self) -> Vec<(usize, Call)> {
        self.wire.waiting()
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        self.wire.calls()
    }

    /// Replies to a call; [`Attempt::go_on`] makes use of it.
    pub fn reply(&self, number: usize, reply: Reply) {
        self.wire.reply(number, reply);
    }
}

/// Carries a wish out at once, with nobody else about and nothing going wrong. None where it comes to no end.
pub fn plainly(store: &mut Store, wish: &Wish, now: Timestamp) -> Option<Answer> {
    const MOST_ROUNDS: usize = 10_000;
    let mut attempt = Attempt::begin(wish, now);
    for _ in 0..MOST_ROUNDS {
        if let Some(answer) = attempt.answer {
            return Some(answer);
        }
        for (number, call) in attempt.waiting() {
            let reply = store.carry_out(&call, Sight::CLEAR);
            attempt.reply(number, reply);
        }
        attempt.go_on();
    }
    None
}
