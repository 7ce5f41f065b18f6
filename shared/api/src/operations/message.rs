//! A message's ContentType and Content, in SendMessage and as InitialMessage.

use domain::{Content, ContentType};

use crate::limits::{CONTENT_TYPE_LENGTH, Limits};
use crate::members::Members;
use crate::problem::Problem;

/// The content types that a participant may send; interactive messages come from flows and bots alone.
const SENDABLE: [ContentType; 4] = [
    ContentType::Plain,
    ContentType::Markdown,
    ContentType::Json,
    ContentType::InteractiveResponse,
];

pub(super) fn message(
    members: &Members,
    limits: &Limits,
) -> Result<(ContentType, Content), Problem> {
    let name = members.required_text("ContentType", CONTENT_TYPE_LENGTH)?;
    let kind = SENDABLE
        .into_iter()
        .find(|kind| kind.as_str() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = SENDABLE.iter().map(|kind| kind.as_str()).collect();
            members.invalid(
                "ContentType",
                format!("must be one of {}", names.join(", ")),
            )
        })?;
    let content = members.required_bytes("Content", 1..=limits.content_bytes)?;
    Ok((kind, Content(content.to_owned())))
}
