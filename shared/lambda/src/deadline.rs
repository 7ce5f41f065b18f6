//! When a call is given up: before its invocation ends, so that there is time left to say that it failed.

use std::future::Future;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use api::{Fault, Problem};
use domain::{Timestamp, Urgency};
use tokio::runtime::Handle;
use tokio::task_local;
use tokio::time::timeout;

/// How long a call may take where nobody says when its invocation ends, as locally. The template gives a function
/// [`MARGIN`] more.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(9);
/// How long before its invocation ends a call is given up: after that Lambda would cut it off and the gateway answer in
/// its own words.
pub const MARGIN: Duration = Duration::from_secs(1);
/// How much of its time a call keeps to undo what it could not finish; of a short time, a third.
pub const FAREWELL: Duration = Duration::from_secs(3);

/// What an invocation that has just begun may have left, of 15 minutes at most. Where it is anything else one of the two
/// clocks is wrong, and no call is to fail for that.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>
const LIKELY: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(900);

task_local! {
    // Calls do not carry it: it is of the invocation, of which a handler knows nothing.
    static DEADLINE: Deadline;
}

/// Of the time that a call keeps for its last try, an end keeps this part: it may go on for longer than a message.
const END_KEEPS: u32 = 3;

/// When a call is given up. Its time runs from the moment at which this is made.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    end: Instant,
    farewell: Duration,
}

impl Deadline {
    /// So long from now.
    pub fn after(time: Duration) -> Self {
        Self {
            end: Instant::now() + time,
            farewell: FAREWELL.min(time / 3),
        }
    }

    /// That of the call of an invocation that begins `now` and that Lambda ends then, in milliseconds since the epoch, if
    /// it says so.
    pub(crate) fn of_invocation(ends: Option<u64>, now: Timestamp) -> Self {
        let ends = ends.map(Timestamp::from_millis);
        Self::after(ends.map_or(CALL_TIMEOUT, |ends| time_until(ends, now)))
    }

    /// That of the call which is answered here.
    pub(crate) fn of_this_call() -> Self {
        let given = DEADLINE.try_with(|deadline| *deadline);
        given.unwrap_or_else(|_| Self::after(CALL_TIMEOUT))
    }

    /// What a call keeps of its time for one more try after a pause: a put that is under way when the call is given up
    /// may be carried out, and its caller must be told of a fault.
    pub(crate) fn kept_for_a_try(self, urgency: Urgency) -> Duration {
        match urgency {
            Urgency::Usual => self.farewell,
            Urgency::End => self.farewell / END_KEEPS,
        }
    }

    /// Has a call answered by this deadline.
    pub async fn hold<T>(self, answering: impl Future<Output = T>) -> T {
        DEADLINE.scope(self, answering).await
    }

    /// What the work comes to, if it comes to it so early that what it has left undone can still be undone.
    pub async fn early<T>(self, work: impl Future<Output = T>) -> Option<T> {
        within(self.left().saturating_sub(self.farewell), work).await
    }

    /// What the work comes to, or a fault where it comes to nothing in time. What it has under way then may be carried out
    /// or not, as after any fault.
    pub(crate) async fn in_time<T>(
        self,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let late = || Err(Problem::Internal(Fault("no end in time".to_owned())));
        within(self.left(), work).await.unwrap_or_else(late)
    }

    pub(crate) fn left(self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

fn time_until(ends: Timestamp, now: Timestamp) -> Duration {
    let left = Duration::from_millis(ends.as_millis().saturating_sub(now.as_millis()));
    if LIKELY.contains(&left) {
        left - MARGIN
    } else {
        CALL_TIMEOUT
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    // Without a runtime there is no clock, and nothing to wait for but a log in memory.
    if Handle::try_current().is_err() {
        return Some(work.await);
    }
    timeout(limit, work).await.ok()
}

#[cfg(test)]
mod tests;
