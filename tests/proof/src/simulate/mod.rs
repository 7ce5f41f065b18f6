//! Simulation: three to eight clients with all operations there are, in a world that follows from a seed.
//!
//! Every call, every reply and every thought takes its time, by dice; what comes first happens first. So a history is
//! the same each time, and stays as it is elsewhere when a client, a wish or a fault is left out of it: that is how a
//! history in which something is wrong is made short enough to be read.

mod board;
mod client;
mod dice;
mod judge;
mod plan;
mod script;
mod shrink;
mod together;
mod weather;
mod world;

use std::collections::BTreeMap;
use std::fmt;

pub use together::simulate_all;

use self::script::{Place, Script};
use self::world::World;
use crate::invariant::{Broken, Invariant};

/// What happened in one or more histories: every invariant held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Simulated {
    /// How many calls reached the store.
    pub calls: u64,
    /// How many of them were disturbed: failed, delivered twice, answered late, stale or cut.
    pub disturbed: u64,
    /// How many answers were checked.
    pub answers: u64,
    /// How many of each kind.
    pub kinds: BTreeMap<String, u64>,
}

impl Simulated {
    /// What happened in other histories as well.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.disturbed += other.disturbed;
        self.answers += other.answers;
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
    }
}

/// A history in which an invariant does not hold, as short as it was found to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failed {
    /// The seed of the history.
    pub seed: u64,
    /// What is wrong.
    pub broken: Broken,
    /// What happened, sentence by sentence.
    pub story: Vec<String>,
    /// How many clients and wishes are left in the story, and how many disturbances.
    pub left: [usize; 3],
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [clients, wishes, faults] = self.left;
        let seed = self.seed;
        writeln!(
            f,
            "seed {seed}; the shortest story found has {clients} clients, {wishes} wishes and {faults} disturbances:"
        )?;
        for sentence in &self.story {
            writeln!(f, "  {sentence}")?;
        }
        writeln!(f, "{}", self.broken)?;
        write!(
            f,
            "Again: cargo run -p proof --bin simulate -- --seed {seed} --histories 1"
        )
    }
}

/// How a script was played.
struct Played {
    done: Result<Simulated, Broken>,
    stirred: Vec<Place>,
    story: Vec<String>,
}

fn play(script: &Script, telling: bool) -> Played {
    let Some(mut world) = World::new(script.clone(), telling) else {
        let broken = Invariant::Answers.broken("the beginning cannot be made".to_owned());
        return Played {
            done: Err(broken),
            stirred: Vec::new(),
            story: Vec::new(),
        };
    };
    let done = world.plays();
    let simulated = Simulated {
        calls: world.calls,
        disturbed: world.stirred.len() as u64,
        answers: world.judge.answers,
        kinds: world.judge.kinds,
    };
    Played {
        done: done.map(|()| simulated),
        stirred: world.stirred,
        story: world.story.unwrap_or_default(),
    }
}

/// Simulates the history of a seed.
///
/// # Errors
/// When an invariant does not hold in it.
pub fn simulate(seed: u64) -> Result<Simulated, Box<Failed>> {
    play(&Script::of(seed), false)
        .done
        .map_err(|broken| Box::new(shrink::shortest(seed, &broken)))
}

#[cfg(test)]
mod tests;
