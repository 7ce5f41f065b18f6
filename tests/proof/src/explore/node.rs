//! A state of a history, and the steps that lead on from it.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A state of a history: the store, the clock, and of each attempt the replies that it has had. The domain's futures
/// are functions of their replies, so two histories that have come to the same state go on alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) store: u32,
    /// Whether the chat's time has passed.
    pub(super) late: bool,
    /// How much may still go wrong.
    pub(super) faults: u8,
    /// The attempt whose turn it must be: it has just made an eventually consistent read.
    pub(super) turn: Option<u8>,
    /// The two attempts of the first client, then those of the second.
    pub(super) attempts: [Progress; 4],
}

/// How far an attempt has come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Progress {
    /// It has not begun.
    Waiting,
    /// It is at work.
    Running {
        /// After these replies.
        trail: u32,
        /// And these to the calls that it has made since.
        round: Vec<Option<u32>>,
        /// The store when it began.
        began: u32,
    },
    /// It is over: with this answer, or killed.
    Over(Option<u32>),
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A call of an attempt.
    Call {
        attempt: u8,
        call: u8,
        how: How,
        lags: bool,
    },
    /// An attempt is killed.
    Kill(u8),
    /// The chat's time passes.
    Clock,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It is carried out and answered; an eventually consistent read does not see these of the newest records.
    Done(u64),
    /// The slot was taken, and the answer does not say by whom.
    Silent,
    /// It is carried out, and the reply is lost.
    Lost,
    /// It is carried out, its reply is lost, and it comes a second time.
    Twice,
    /// It is not carried out, and nobody knows.
    NotDone,
    /// It is refused for load.
    Throttled,
    /// It was a pause, and its call has no time for another try.
    OutOfTime,
}

impl Node {
    /// The state by 128 bits that tell it from others.
    pub(super) fn fingerprint(&self) -> u128 {
        let half = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            self.hash(&mut hasher);
            u128::from(hasher.finish())
        };
        (half(1) << 64) | half(2)
    }

    /// Which attempts may make a step, and what of faults it costs that they do.
    pub(super) fn turns(&self) -> Vec<(u8, u8)> {
        if let Some(turn) = self.turn {
            return vec![(turn, 0)];
        }
        let mut turns = Vec::new();
        for first in [0, 2] {
            let second = first + 1;
            let [one, other] = [first, second].map(|at| &self.attempts[usize::from(at)]);
            match (one, other) {
                (Progress::Over(_), Progress::Over(_)) => {}
                (Progress::Over(_), _) => turns.push((second, 0)),
                // The client has lost patience while the first attempt goes on.
                (Progress::Running { .. }, Progress::Waiting) => {
                    turns.push((first, 0));
                    turns.push((second, 1));
                }
                (_, Progress::Waiting | Progress::Over(_)) => turns.push((first, 0)),
                (_, Progress::Running { .. }) => turns.extend([(first, 0), (second, 0)]),
            }
        }
        turns.retain(|(_, cost)| *cost <= self.faults);
        turns
    }

    pub(super) fn is_over(&self) -> bool {
        self.attempts
            .iter()
            .all(|each| matches!(each, Progress::Over(_)))
    }
}

/// What an eventually consistent read of a log of this length may miss: any number of the newest records, or a single
/// one with newer ones about it.
pub(super) fn sights(length: usize) -> impl Iterator<Item = u64> {
    let length = length.min(63) as u32;
    let prefixes = (0..=length).map(|newest| (1 << newest) - 1);
    let holes = (1..length).map(|age| 1 << age);
    prefixes.chain(holes)
}
