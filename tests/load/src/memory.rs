//! Whether the server's memory stays flat while it does the same all the time.

use std::fmt;

/// So much more than in the middle third of a run the server may hold in the last: allocators and SQLite's cache vary by less.
const SHARE: f64 = 0.05;

/// The fewest steps that have three thirds.
pub(crate) const FEWEST_STEPS: u32 = 3;

/// What a server held, in MiB, in a run's middle third and in its last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Held {
    middle: f64,
    last: f64,
}

impl Held {
    /// Of what it held after each step; nothing of fewer than three. While the first third runs, caches are filled.
    pub(crate) fn of(steps: &[f64]) -> Option<Self> {
        let third = steps.len() / FEWEST_STEPS as usize;
        if third == 0 {
            return None;
        }
        let newest = steps.rchunks(third).map(mean);
        let mut newest = newest.take(2);
        let (last, middle) = (newest.next()?, newest.next()?);
        Some(Self { middle, last })
    }

    pub(crate) fn is_flat(self) -> bool {
        self.last <= self.middle * (1.0 + SHARE)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { middle, last } = self;
        let verdict = if self.is_flat() {
            "flat"
        } else {
            "WRONG: it grows"
        };
        write!(
            f,
            "The server's memory: {middle:.1} MiB in the middle third, {last:.1} MiB in the last; {verdict}."
        )
    }
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_flat(steps: &[f64]) -> Option<bool> {
        Held::of(steps).map(Held::is_flat)
    }

    #[test]
    fn what_grows_at_first_and_then_no_more_is_flat() {
        assert_eq!(is_flat(&[10.0, 20.0, 20.0]), Some(true));
        assert_eq!(is_flat(&[5.0, 16.0, 18.0, 18.5, 18.0, 19.0]), Some(true));
        assert_eq!(is_flat(&[30.0, 20.0, 10.0]), Some(true));
        // Of steps that have no three equal thirds the first is the longest.
        assert_eq!(is_flat(&[1.0, 2.0, 3.0, 20.0, 20.9]), Some(true));
    }

    #[test]
    fn what_goes_on_growing_is_not() {
        assert_eq!(is_flat(&[20.0, 20.0, 21.1]), Some(false));
        let leaks: Vec<f64> = (0..60).map(|step| 18.0 + f64::from(step) * 0.1).collect();
        assert_eq!(is_flat(&leaks), Some(false));
    }

    #[test]
    fn of_fewer_than_three_steps_nothing_can_be_said() {
        assert_eq!(is_flat(&[]), None);
        assert_eq!(is_flat(&[20.0, 40.0]), None);
    }
}
