//! Dice: numbers that follow from a seed and from the place where they are thrown, and from nothing else.
//!
//! There is no stream of numbers: a history from which something is left out throws the same numbers everywhere else.
//! That is what makes it possible to shrink one.

/// Where dice are thrown. The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dice(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(GOLDEN)))
    }

    /// Another place below this one.
    pub(super) const fn at(self, place: u64) -> Self {
        Self(mix(self.0 ^ mix(place.wrapping_add(1).wrapping_mul(GOLDEN))))
    }

    /// What is thrown here, below `faces`, which is not 0.
    pub(super) const fn throw(self, faces: u64) -> u64 {
        // The bias is below faces / 2⁶⁴.
        self.0 % faces
    }

    /// Whether one of `of` faces is thrown here.
    pub(super) const fn one_in(self, of: u64) -> bool {
        of > 0 && self.throw(of) == 0
    }

    /// One of these; none of nothing.
    pub(super) fn pick<T>(self, of: &[T]) -> Option<&T> {
        of.get(usize::try_from(self.throw(of.len().max(1) as u64)).unwrap_or(0))
    }

    /// One of these, each as often as its weight says.
    pub(super) fn weighed<T: Copy>(self, of: &[(u64, T)]) -> Option<T> {
        let total: u64 = of.iter().map(|(weight, _)| weight).sum();
        let mut thrown = self.throw(total.max(1));
        for (weight, each) in of {
            if thrown < *weight {
                return Some(*each);
            }
            thrown -= weight;
        }
        None
    }

    /// All 64 bits.
    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_that_splitmix64_gives_everywhere() {
        let mut state = 1_234_567_u64;
        let thrown = [(); 3].map(|()| {
            state = state.wrapping_add(GOLDEN);
            mix(state)
        });
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!(thrown, published);
    }

    #[test]
    fn every_face_comes_about_as_often_as_the_others() {
        let mut counts = [0; 6];
        for place in 0..60_000 {
            counts[Dice::new(7).at(place).throw(6) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (9_600..10_400).contains(count)),
            "{counts:?}"
        );
    }
}
