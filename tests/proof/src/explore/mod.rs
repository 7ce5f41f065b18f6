//! Exploration: two clients with two attempts each, and every history that they can have.
//!
//! A choice is whose call comes next and what becomes of it. An eventually consistent read may show any older state of
//! a log, and so at least as much when it comes later: it is moved to just before its attempt's next call, and nothing
//! is lost by it. All else is tried in every order. What goes wrong is bounded by a number of faults in a history;
//! what an eventually consistent read misses is not.

mod node;
mod scene;
mod search;
mod story;
mod table;
mod together;

use std::fmt;

pub use scene::{Beginning, Want};
pub use together::explore_all;

use self::scene::Scene;
use self::search::Search;
use crate::invariant::Broken;

/// What is explored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exploration {
    /// How the chat stands at first.
    pub beginning: Beginning,
    /// What the two clients want.
    pub wants: [Want; 2],
    /// How much goes wrong in one history, at most.
    pub faults: u8,
}

/// What was explored: all of it, and every invariant held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explored {
    /// How many states the histories had between them.
    pub states: u64,
    /// How many histories there are: different sequences of choices.
    pub histories: u128,
    /// How many contents the store had.
    pub stores: u64,
}

/// A history in which an invariant does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Found {
    /// What was explored.
    pub title: String,
    /// What is wrong.
    pub broken: Broken,
    /// What happened, sentence by sentence.
    pub story: Vec<String>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:", self.title)?;
        for sentence in &self.story {
            writeln!(f, "  {sentence}")?;
        }
        write!(f, "{}", self.broken)
    }
}

impl Exploration {
    /// Every pair of wants in every beginning.
    pub fn all(faults: u8) -> Vec<Self> {
        let mut all = Vec::new();
        for beginning in Beginning::ALL {
            for (at, one) in Want::ALL.into_iter().enumerate() {
                for other in Want::ALL.into_iter().skip(at) {
                    all.push(Self {
                        beginning,
                        wants: [one, other],
                        faults,
                    });
                }
            }
        }
        all
    }

    /// Tries everything.
    ///
    /// # Errors
    /// The first history that was found in which an invariant does not hold.
    pub fn run(self) -> Result<Explored, Found> {
        let unmade = || Found {
            title: self.to_string(),
            broken: crate::Invariant::Answers.broken("the beginning cannot be made".to_owned()),
            story: Vec::new(),
        };
        let scene = Scene::new(self.beginning).ok_or_else(unmade)?;
        Search::new(scene, self).run()
    }
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = self.wants.map(Want::words);
        let beginning = self.beginning.words();
        write!(f, "{beginning}: one client {one}, the other {other}")
    }
}
