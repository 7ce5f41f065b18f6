//! The weather: how long things take, what goes wrong with calls, and what the clocks say.

use std::time::Duration;

use domain::{Consistency, TimeLeft, Timestamp, Urgency};

use super::dice::Dice;
use super::script::{Place, Script};
use crate::stage::MORNING;
use crate::store::Sight;
use crate::wire::Call;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is carried out and answered.
    Done,
    /// It is carried out and the reply is lost.
    Lost,
    /// It is not carried out, and nobody knows.
    NotDone,
    /// It is refused for load.
    Throttled,
    /// It is carried out; its reply is lost, it comes a second time, and that is answered.
    Twice,
    /// Its server is killed before it goes out.
    KilledBefore,
    /// It is carried out, and its server is killed before the reply comes.
    KilledAfter,
}

/// The weather of a history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    dice: Dice,
    /// One of so many calls has trouble; 0: none.
    trouble: u64,
    /// One of so many eventually consistent reads is fresh; 0: none is stale.
    fresh: u64,
    /// One of so many answers is cut short; 0: none.
    short: u64,
    /// Whether the store never tells who has taken a slot.
    pub(super) silent: bool,
    /// For how long a call may pause, in milliseconds.
    time: u64,
    clocks_are_right: bool,
}

const SERVERS: u64 = 4;
const SECOND: u64 = 1_000;

impl Weather {
    pub(super) fn of(script: &Script) -> Self {
        let dice = Dice::new(script.seed).at(1);
        Self {
            dice,
            trouble: *dice.at(1).pick(&[0, 60, 20, 8]).unwrap_or(&0),
            fresh: *dice.at(2).pick(&[0, 4, 2]).unwrap_or(&0),
            short: *dice.at(3).pick(&[0, 0, 10]).unwrap_or(&0),
            silent: dice.at(4).one_in(4),
            time: *dice.at(5).pick(&[6_000, 6_000, 60]).unwrap_or(&6_000),
            clocks_are_right: script.clocks_are_right,
        }
    }

    fn at(&self, place: Place, what: u64) -> Dice {
        self.dice.at(place.number()).at(what)
    }

    /// How long a call, or its reply, is under way.
    pub(super) fn takes(&self, place: Place, back: bool) -> u64 {
        let dice = self.at(place, 10 + u64::from(back));
        match dice.throw(20) {
            0 => 100 + dice.at(1).throw(2_000),
            1..5 => 10 + dice.at(1).throw(70),
            _ => 1 + dice.at(1).throw(8),
        }
    }

    /// How long a pause takes.
    pub(super) fn pauses(&self, place: Place, bound: Duration) -> u64 {
        let bound = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        self.at(place, 12).throw(bound.saturating_add(1))
    }

    /// Whether a call that began so many milliseconds ago has time for another try; an end has more of it.
    pub(super) const fn time_left(&self, since: u64, urgency: Urgency) -> TimeLeft {
        let time = match urgency {
            Urgency::Usual => self.time,
            Urgency::End => self.time + self.time / 3,
        };
        match since < time {
            true => TimeLeft::Enough,
            false => TimeLeft::None,
        }
    }

    /// How long a client waits for an answer before he asks again.
    pub(super) fn patience(&self, place: Place) -> u64 {
        let dice = self.at(place, 20);
        match dice.throw(4) {
            0 => 15 + dice.at(1).throw(60),
            _ => 1_000 + dice.at(1).throw(3_000),
        }
    }

    /// How long a client thinks before his next wish.
    pub(super) fn thinks(&self, place: Place) -> u64 {
        let dice = self.at(place, 30);
        match dice.throw(60) {
            0 => 6 * 60 * SECOND,
            1 => 8 * 24 * 3_600 * SECOND,
            2..6 => dice.at(1).throw(20 * SECOND),
            6..30 => dice.at(1).throw(300),
            _ => dice.at(1).throw(15),
        }
    }

    /// What becomes of a call.
    pub(super) fn fate(&self, place: Place, call: &Call) -> Fate {
        let dice = self.at(place, 40);
        if !dice.one_in(self.trouble) {
            return Fate::Done;
        }
        let fates: &[Fate] = if matches!(call, Call::Pause(..)) {
            &[Fate::KilledBefore]
        } else if call.writes() {
            &[
                Fate::Lost,
                Fate::Lost,
                Fate::Twice,
                Fate::NotDone,
                Fate::Throttled,
                Fate::KilledBefore,
                Fate::KilledAfter,
            ]
        } else {
            &[Fate::NotDone, Fate::Throttled, Fate::KilledBefore]
        };
        *dice.at(1).pick(fates).unwrap_or(&Fate::Done)
    }

    /// What a call gets to see.
    pub(super) fn sight(&self, place: Place, call: &Call) -> Sight {
        let eventual = match call {
            Call::Read(_, read) => read.consistency == Consistency::Eventual,
            Call::ReadSide(_, read) => read.consistency == Consistency::Eventual,
            Call::List(..) => true,
            Call::Put(..) | Call::PutSide(..) | Call::Pause(..) => false,
        };
        let stale = eventual && self.fresh > 0 && !self.at(place, 50).one_in(self.fresh);
        let long = matches!(call, Call::Read(_, read) if read.limit > 1);
        let cut = long && self.at(place, 51).one_in(self.short);
        Sight {
            hidden: if stale { self.hidden(place) } else { 0 },
            most: match cut {
                true => 1 + self.at(place, 52).throw(5) as usize,
                false => usize::MAX,
            },
            silent: self.silent,
        }
    }

    fn hidden(&self, place: Place) -> u64 {
        let dice = self.at(place, 53);
        let newest = |most| (1 << dice.at(1).throw(most)) - 1;
        match dice.throw(6) {
            0 => newest(40),
            1 => 1 << dice.at(1).throw(8),
            2 => dice.at(1).bits() & dice.at(2).bits() & 0xFFFF,
            3 => u64::MAX,
            _ => newest(6),
        }
    }

    /// What the clock of an attempt's server says at a moment, in milliseconds since the beginning.
    pub(super) fn clock(&self, place: Place, moment: u64) -> Timestamp {
        let server = self.at(place, 60).throw(SERVERS);
        let dice = self.dice.at(61).at(server);
        let morning = MORNING.as_millis() + 3_600 * SECOND;
        let right = morning + moment;
        let says = match dice.throw(7) {
            _ if self.clocks_are_right => right,
            0 => right + dice.at(1).throw(10 * SECOND),
            1 => right - dice.at(1).throw(10 * SECOND),
            // It stands still.
            2 => morning + moment.min(dice.at(1).throw(400)),
            // It jumps back, once.
            3 if moment > dice.at(1).throw(400) => right - dice.at(2).throw(3_600 * SECOND),
            _ => right,
        };
        Timestamp::from_millis(says)
    }
}
