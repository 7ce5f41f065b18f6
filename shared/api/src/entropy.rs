//! The randomness of one call: drawn once, outside, and used for at most one id of each kind.

use domain::{IdempotencyKey, ParticipantId, SessionId};

/// 48 random bytes.
#[derive(Clone, Copy)]
pub struct Entropy([u8; 48]);

impl Entropy {
    /// The randomness of one call. The bytes must come from the system's generator: the session id that
    /// is made of them must not be guessable.
    pub const fn new(bytes: [u8; 48]) -> Self {
        Self(bytes)
    }

    pub(crate) fn session(&self) -> SessionId {
        SessionId::from_bits(self.part(0))
    }

    pub(crate) fn participant(&self) -> ParticipantId {
        ParticipantId::from_random(self.part(1))
    }

    /// A key that no other request has, for requests that cannot be told from their repetition.
    pub fn key(&self) -> IdempotencyKey {
        IdempotencyKey(self.part(2).to_be_bytes())
    }

    /// An id for the request where nothing in front of the service has given it one.
    pub fn request_id(&self) -> String {
        // Hashed: a request id is shown, and must not give the other ids away.
        use sha2::{Digest, Sha256};
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        ParticipantId::from_random(crate::keys::first_half(&hash)).to_string()
    }

    fn part(&self, n: usize) -> u128 {
        let (parts, _) = self.0.as_chunks();
        u128::from_be_bytes(parts[n])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_things_of_one_call_share_randomness() {
        let things = |entropy: Entropy| {
            let (session, participant) = (entropy.session().bits(), entropy.participant().bits());
            [session, participant, u128::from_be_bytes(entropy.key().0)]
        };
        let plain = things(Entropy::new([0; 48]));
        let mut changed = [0; 3];
        for byte in 0..48 {
            let mut bytes = [0; 48];
            bytes[byte] = 0xFF;
            let differ: Vec<usize> = (0..3)
                .filter(|at| things(Entropy::new(bytes))[*at] != plain[*at])
                .collect();
            assert!(differ.len() <= 1, "byte {byte} is in {differ:?}");
            for at in differ {
                changed[at] += 1;
            }
        }
        assert!(changed.iter().all(|bytes| *bytes >= 7), "{changed:?}");
    }

    #[test]
    fn a_request_id_is_of_its_request_alone_and_gives_no_other_id_away() {
        let one = Entropy::new([1; 48]);
        let other = Entropy::new([2; 48]);
        assert_eq!(one.request_id().len(), 36);
        assert_ne!(one.request_id(), other.request_id());
        assert_ne!(one.request_id(), one.participant().to_string());
    }
}
