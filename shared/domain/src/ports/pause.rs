//! The port to time that passes: a pause between two tries of one call, for as long as the call has time for another.

use std::future::Future;
use std::time::Duration;

use crate::session_log::append::AppendError;

/// The bound of the first pause: about three round trips to a store.
const FIRST_BOUND: Duration = Duration::from_millis(50);
/// The highest bound: with it a hundred writers of one chat come again about as often as one can be served.
const LONGEST_BOUND: Duration = Duration::from_secs(1);
/// How much shorter an end pauses than a message.
const END_IS_FASTER: u32 = 10;

/// What lets time pass, within the time that a call has.
pub trait Pause: Send + Sync {
    /// Waits for a random time between nothing and `bound`, every length equally likely (full jitter): so that of many
    /// writers that lost the same slot only one or two come again at any moment.
    ///
    /// What is urgent has more of the call's time than what is not: of two calls that began together, the end is never
    /// given up before the message.
    fn pause(&self, bound: Duration, urgency: Urgency) -> impl Future<Output = TimeLeft> + Send;
}

/// How urgent another try is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// As most are.
    Usual,
    /// The end of a session: everybody else waits for it.
    End,
}

/// Whether a call has time for another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// It has.
    Enough,
    /// It has not: it must answer now.
    None,
}

/// A pause that takes no time, for a call whose time never runs out: for tests, and where nobody else writes.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPause;

impl Pause for NoPause {
    async fn pause(&self, _: Duration, _: Urgency) -> TimeLeft {
        TimeLeft::Enough
    }
}

/// The pauses of a call that loses to other writers again and again, each bounded by twice as much as the one before.
pub(crate) struct Backoff<'a, P> {
    pause: &'a P,
    losses: u32,
}

impl<'a, P: Pause> Backoff<'a, P> {
    pub(crate) const fn new(pause: &'a P) -> Self {
        Self { pause, losses: 0 }
    }

    /// How often the call has lost.
    pub(crate) const fn losses(&self) -> u32 {
        self.losses
    }

    /// Pauses after another loss.
    ///
    /// # Errors
    /// [`AppendError::Contended`] where the call has no time for another try: so it must surely have written nothing.
    pub(crate) async fn lost(&mut self, urgency: Urgency) -> Result<(), AppendError> {
        let doubled = FIRST_BOUND.saturating_mul(1 << self.losses.min(10));
        self.losses += 1;
        let bound = match urgency {
            Urgency::Usual => doubled.min(LONGEST_BOUND),
            Urgency::End => doubled.min(LONGEST_BOUND) / END_IS_FASTER,
        };
        match self.pause.pause(bound, urgency).await {
            TimeLeft::Enough => Ok(()),
            TimeLeft::None => Err(AppendError::Contended),
        }
    }
}
