//! What a ClientToken stands for in requests about a chat that runs.

use domain::{Association, ContactId, IdempotencyKey, InstanceId, ParticipantId, Rehydration};
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
    let who = participant.bits().to_be_bytes();
    key_of_parts(call, members, &[&who], says)
}

/// The key of a backend's request about a contact: what it does (the first of what it says), where,
/// ClientToken and everything it says; what it leaves out it says as an empty text.
pub(super) fn key_on(
    call: &Call,
    members: &Members,
    (instance, contact): (&InstanceId, ContactId),
    says: &[&str],
) -> Result<IdempotencyKey, Problem> {
    let contact = contact.to_string();
    let place = [instance.as_str().as_bytes(), contact.as_bytes()];
    key_of_parts(call, members, &place, says)
}

fn key_of_parts(
    call: &Call,
    members: &Members,
    whose: &[&[u8]],
    says: &[&str],
) -> Result<IdempotencyKey, Problem> {
    let token = members.text("ClientToken", CLIENT_TOKEN_LENGTH)?;
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(call.entropy.key());
    };
    let says = [token].into_iter().chain(says.iter().copied());
    Ok(hashed(whose.iter().copied().chain(says.map(str::as_bytes))))
}

/// The key of an association: what is asked for, of which session. It needs no ClientToken, since a chat is
/// associated once.
pub(super) fn key_of_association(association: Association) -> IdempotencyKey {
    let chat = association.contact.session().initial_contact().to_string();
    let source = association.source.to_string();
    let rehydration = match association.rehydration {
        Rehydration::EntirePastSession => "entire",
        Rehydration::FromSegment => "",
    };
    let parts = ["associate", &chat, &source, rehydration];
    hashed(parts.into_iter().map(str::as_bytes))
}

/// A hash of the parts, each with its length in front so that no two lists of parts agree.
fn hashed<'a>(parts: impl Iterator<Item = &'a [u8]>) -> IdempotencyKey {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    IdempotencyKey(first_half(&hash.finalize().into()).to_be_bytes())
}

#[cfg(test)]
mod tests;
