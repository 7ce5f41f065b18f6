//! Whether the answers to one request, told to several attempts, are one and the same.

use crate::invariant::{Checked, Invariant};
use crate::wish::{Answer, Wish};

/// Checks the answers of several attempts against each other.
///
/// # Errors
/// When two of them differ that should not.
pub fn answers_agree(told: &[(&Wish, &Answer)]) -> Checked {
    for (at, one) in told.iter().enumerate() {
        for other in &told[at + 1..] {
            agree(*one, *other)?;
        }
    }
    Ok(())
}

/// Checks two answers against each other, where they are to one request.
///
/// # Errors
/// When they differ.
pub fn agree(one: (&Wish, &Answer), other: (&Wish, &Answer)) -> Checked {
    let (invariant, same) = match (one, other) {
        (
            (Wish::Start(one), Answer::Started(Ok(first))),
            (Wish::Start(other), Answer::Started(Ok(second))),
        ) if one.session == other.session => {
            let same = first == second && one.fingerprint == other.fingerprint;
            (Invariant::Tokens, same)
        }
        (
            (Wish::Send(chat, _, one), Answer::Sent(Ok(first))),
            (Wish::Send(other_chat, _, other), Answer::Sent(Ok(second))),
        ) if (chat, one) == (other_chat, other) => (Invariant::Messages, first == second),
        (
            (Wish::Send(chat, _, one), Answer::Sent(first)),
            (Wish::Send(other_chat, _, other), Answer::Sent(second)),
        ) if (chat, one) == (other_chat, other) => {
            use domain::AppendError::Refused;
            let differ = matches!(
                (first, second),
                (Ok(_), Err(Refused(_))) | (Err(Refused(_)), Ok(_))
            );
            (Invariant::Messages, !differ)
        }
        (
            (Wish::Transfer(_, _, one), Answer::Transferred(Ok(first))),
            (Wish::Transfer(_, _, other), Answer::Transferred(Ok(second))),
        ) if one == other => (Invariant::Answers, first == second),
        (
            (Wish::Invite(_, _, one), Answer::Invited(Ok(first))),
            (Wish::Invite(_, _, other), Answer::Invited(Ok(second))),
        ) if one == other => (Invariant::Tokens, first == second),
        _ => return Ok(()),
    };
    invariant.holds(same, || {
        "two attempts of one request were answered differently".to_owned()
    })
}
