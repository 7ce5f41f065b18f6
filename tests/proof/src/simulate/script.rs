//! The script of a history: a seed, and what is left out of what follows from it.

use std::collections::BTreeSet;

/// Where something happens: which client, which of his wishes, which request for it, which attempt, which call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) client: u8,
    pub(super) wish: u8,
    pub(super) request: u16,
    pub(super) attempt: u8,
    pub(super) call: u16,
}

impl Place {
    /// The place in numbers that dice take.
    pub(super) fn number(self) -> u64 {
        let place = u64::from(self.client) << 56 | u64::from(self.wish) << 48;
        place | u64::from(self.request) << 32 | u64::from(self.attempt) << 16 | u64::from(self.call)
    }
}

/// A history to play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) seed: u64,
    /// Clients who stay away.
    pub(super) absent: BTreeSet<u8>,
    /// Wishes that nobody has.
    pub(super) unwished: BTreeSet<(u8, u8)>,
    /// Calls of which nothing becomes but what should.
    pub(super) calm: BTreeSet<Place>,
    /// Whether all clocks are right.
    pub(super) clocks_are_right: bool,
}

impl Script {
    pub(super) fn of(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }
}
