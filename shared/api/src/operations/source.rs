//! The source of a persistent chat, in StartChatContact and CreatePersistentContactAssociation.

use domain::{ContactId, Rehydration};

use crate::limits::ID_LENGTH;
use crate::members::Members;
use crate::problem::Problem;

const REHYDRATIONS: [(&str, Rehydration); 2] = [
    ("ENTIRE_PAST_SESSION", Rehydration::EntirePastSession),
    ("FROM_SEGMENT", Rehydration::FromSegment),
];

/// The contact to continue, none where the id is none of ours, and how much of its session comes back. Both
/// members are required.
pub(super) fn source(members: &Members) -> Result<(Option<ContactId>, Rehydration), Problem> {
    let rehydration = members
        .one_of("RehydrationType", &REHYDRATIONS)?
        .ok_or_else(|| members.missing("RehydrationType"))?;
    let id = members.required_text("SourceContactId", ID_LENGTH)?;
    Ok((ContactId::parse(id), rehydration))
}
