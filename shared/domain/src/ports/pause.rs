//! The port to time that passes: a pause between two tries of one call, for as long as the call has time for another.

use std::future::Future;
use std::time::Duration;

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
