//! How long calls took, from the moment at which each was due.

use std::time::Duration;

/// The latencies of one kind of call in one step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// What so many of a hundred did not exceed; none of no calls.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied()
    }

    pub(crate) fn longest(&self) -> Option<Duration> {
        self.0.iter().max().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(millis: impl IntoIterator<Item = u64>) -> Latencies {
        Latencies(millis.into_iter().map(Duration::from_millis).collect())
    }

    #[test]
    fn a_percentile_is_the_least_that_so_many_do_not_exceed() {
        let hundred = latencies((1..=100).rev());
        let millis = |percent| hundred.percentile(percent).map(|it| it.as_millis());
        assert_eq!(
            (millis(50), millis(99), millis(100)),
            (Some(50), Some(99), Some(100))
        );
        // Of few calls the slowest one counts.
        assert_eq!(
            latencies([7, 900, 8]).percentile(99),
            Some(Duration::from_millis(900))
        );
        assert_eq!(latencies([]).percentile(99), None);
    }
}
