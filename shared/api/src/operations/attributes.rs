//! A contact's Attributes, in StartChatContact and UpdateContactAttributes.

use domain::Attributes;

use crate::limits::{ATTRIBUTE_KEY_LENGTH, ATTRIBUTE_VALUE_LENGTH};
use crate::members::Members;
use crate::problem::Problem;

/// The attributes that `member` gives: none where it is absent, and none of those whose value is null.
pub(super) fn attributes(members: &Members, member: &'static str) -> Result<Attributes, Problem> {
    let Some(given) = members.object(member)? else {
        return Ok(Attributes::default());
    };
    let mut attributes = Attributes::default();
    for key in given.names() {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !ATTRIBUTE_KEY_LENGTH.contains(&key.len()) || !key.bytes().all(legal) {
            let reason = "must have keys of letters, digits, - and _";
            return Err(members.invalid(member, reason));
        }
        // An attribute without a value is no attribute.
        if let Some(value) = given.text(key, ATTRIBUTE_VALUE_LENGTH)? {
            attributes.0.insert(key.to_owned(), value.to_owned());
        }
    }
    if attributes.bytes() > Attributes::MAX_BYTES {
        let most = Attributes::MAX_BYTES;
        return Err(members.invalid(member, format!("must not exceed {most} bytes")));
    }
    Ok(attributes)
}
