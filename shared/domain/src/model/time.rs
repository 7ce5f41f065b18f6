//! Time as the domain sees it: milliseconds since the Unix epoch, always an argument, never read from a clock.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// A moment in milliseconds since 1970-01-01T00:00:00Z, at most 48 bits wide so that it fits an item id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The latest moment that can be expressed (in the year 10889).
    pub const MAX: Timestamp = Timestamp((1 << 48) - 1);

    /// The moment `millis` milliseconds after the epoch; later ones than [`Timestamp::MAX`] become it.
    pub const fn from_millis(millis: u64) -> Self {
        if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The next millisecond.
    pub const fn next(self) -> Self {
        Self::from_millis(self.0 + 1)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_millis(self.0.saturating_add(millis))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

/// A span of whole seconds.
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// A span of whole minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// A span of whole days of 24 hours.
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 86_400)
}
