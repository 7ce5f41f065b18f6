//! How long a call pauses that loses to other writers, from one try to the next.

use std::time::Duration;

use crate::ports::pause::{Pause, TimeLeft, Urgency};
use crate::session_log::error::AppendError;

/// The bound of the first pause: about three round trips to a store.
const FIRST_BOUND: Duration = Duration::from_millis(50);
/// The highest bound: with it a hundred writers of one chat come again about as often as one can be served.
const LONGEST_BOUND: Duration = Duration::from_secs(1);
/// How much shorter an end pauses than a message.
const END_IS_FASTER: u32 = 10;

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
