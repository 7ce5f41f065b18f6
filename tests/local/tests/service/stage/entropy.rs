//! Randomness for calls: the same in every run, and no two calls have the same.

use api::Entropy;

/// The randomness of the call that drew this number.
pub(crate) fn entropy_of(drawn: u64) -> Entropy {
    let mut bytes = [0; 48];
    for (part, salt) in bytes.chunks_exact_mut(8).zip(1..) {
        let bits = drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.wrapping_add(salt));
        part.copy_from_slice(&bits.to_be_bytes());
    }
    Entropy::new(bytes)
}
