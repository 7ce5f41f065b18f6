//! What a ClientToken stands for in the participant API.

use domain::{IdempotencyKey, ParticipantId};
use sha2::{Digest, Sha256};

use crate::call::Call;
use crate::keys::first_half;
use crate::limits::CLIENT_TOKEN_LENGTH;
use crate::members::Members;
use crate::problem::Problem;

/// The key of a participant's request: participant, what it does, ClientToken and everything it says. A call
/// without a token (or with an empty one) is like no other.
///
/// What it says is part of the key because chatjs sends one constant token with every receipt.
pub(super) fn key_of(
    call: &Call,
    members: &Members,
    participant: ParticipantId,
    says: &[&str],
) -> Result<IdempotencyKey, Problem> {
    let token = members.text("ClientToken", CLIENT_TOKEN_LENGTH)?;
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(call.entropy.key());
    };
    let mut hash = Sha256::new();
    hash.update(participant.bits().to_be_bytes());
    for part in [token].iter().chain(says) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    Ok(IdempotencyKey(
        first_half(&hash.finalize().into()).to_be_bytes(),
    ))
}

#[cfg(test)]
mod tests;
