//! What is throttled is tried again, more and more slowly.

use std::future::Future;
use std::time::{Duration, Instant};

use domain::{AppendError, LogError, Pause, TimeLeft, Urgency};

use super::Pace;

/// How often what is throttled is tried; the pauses between come to a minute and a half.
const TRIES: u32 = 12;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// How long one try to end a chat may lose to those who write in it.
const LONGEST_TRY: Duration = Duration::from_secs(6);

/// An error that may be one of too many requests at once.
pub(super) trait Busy {
    fn is_busy(&self) -> bool;
}

impl Busy for LogError {
    fn is_busy(&self) -> bool {
        *self == LogError::Throttled
    }
}

impl Busy for AppendError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Contended | Self::Log(LogError::Throttled))
    }
}

/// Does what is asked, again where it was throttled.
pub(super) async fn patiently<T, E: Busy, F>(pace: Pace, mut ask: impl FnMut() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut pauses = Pauses::new(pace);
    loop {
        match ask().await {
            Err(error) if error.is_busy() => {
                if !pauses.pause().await {
                    return Err(error);
                }
            }
            other => return other,
        }
    }
}

/// The pauses between tries.
pub(super) struct Pauses {
    left: u32,
    next: Duration,
}

impl Pauses {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            left: TRIES - 1,
            next: pace.throttled,
        }
    }

    /// Waits, or says that it has been enough.
    pub(super) async fn pause(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        tokio::time::sleep(self.next).await;
        self.left -= 1;
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        true
    }
}

/// The pauses within one try to end a chat, like those of a function's call.
pub(super) struct ShortPauses(Instant);

impl ShortPauses {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Pause for ShortPauses {
    async fn pause(&self, bound: Duration, _: Urgency) -> TimeLeft {
        if self.0.elapsed() >= LONGEST_TRY {
            return TimeLeft::None;
        }
        let drawn = getrandom::u32().unwrap_or(u32::MAX);
        tokio::time::sleep(bound.mul_f64(f64::from(drawn) / f64::from(u32::MAX))).await;
        TimeLeft::Enough
    }
}
