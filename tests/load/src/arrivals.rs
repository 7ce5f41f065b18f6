//! When something is wanted, and what: a Poisson process, which follows from its seed.

use std::time::Duration;

/// What somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Message,
    Transcript,
    Start,
    End,
}

/// Each wish with its share of a hundred.
const SHARES: [(u64, Wish); 4] = [
    (70, Wish::Message),
    (16, Wish::Transcript),
    (7, Wish::Start),
    (7, Wish::End),
];

/// Numbers that follow from a seed: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A place among so many; 0 of none.
    pub(crate) fn place(&mut self, of: usize) -> usize {
        let faces = u64::try_from(of).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % faces).unwrap_or(0)
    }

    /// Above 0, and 1 at most.
    fn fraction(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn wish(&mut self) -> Wish {
        let mut thrown = self.bits() % 100;
        for (share, wish) in SHARES {
            if thrown < share {
                return wish;
            }
            thrown -= share;
        }
        Wish::Message
    }
}

/// The arrivals of one step: each at its moment after the step's beginning.
#[derive(Debug)]
pub(crate) struct Arrivals {
    dice: Dice,
    rate: f64,
    at: f64,
    until: f64,
}

impl Arrivals {
    /// So many a second, for so long.
    pub(crate) fn new(rate: f64, length: Duration, seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            rate,
            at: 0.0,
            until: length.as_secs_f64(),
        }
    }
}

impl Iterator for Arrivals {
    type Item = (Duration, Wish);

    fn next(&mut self) -> Option<Self::Item> {
        // Nobody waits for anybody: the pauses between arrivals know nothing of each other.
        self.at -= self.dice.fraction().ln() / self.rate;
        let wish = self.dice.wish();
        (self.at < self.until).then(|| (Duration::from_secs_f64(self.at), wish))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn arrivals_come_at_their_rate_and_not_in_step() {
        let all: Vec<_> = Arrivals::new(1_000.0, 20 * SECOND, 7).collect();
        assert!((19_500..20_500).contains(&all.len()), "{}", all.len());
        assert!(all.is_sorted_by_key(|(at, _)| *at));
        let pauses = all.windows(2).map(|pair| pair[1].0 - pair[0].0);
        let short = pauses.filter(|pause| *pause < SECOND / 1_000).count();
        // Of the pauses of a Poisson process 63 % are shorter than their mean.
        let share = short as f64 / all.len() as f64;
        assert!((0.61..0.65).contains(&share), "{share}");
    }

    #[test]
    fn every_wish_comes_as_often_as_its_share() {
        let all: Vec<_> = Arrivals::new(1_000.0, 20 * SECOND, 7).collect();
        for (share, wish) in SHARES {
            let count = all.iter().filter(|(_, each)| *each == wish).count();
            let found = count as f64 / all.len() as f64 * 100.0;
            assert!((found - share as f64).abs() < 1.5, "{wish:?}: {found}");
        }
    }

    #[test]
    fn one_seed_gives_the_same_load_again() {
        let of = |seed| Arrivals::new(50.0, SECOND, seed).collect::<Vec<_>>();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
