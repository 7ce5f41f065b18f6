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
        self.0[n * 16..(n + 1) * 16]
            .iter()
            .fold(0, |bits, byte| (bits << 8) | u128::from(*byte))
    }
}
