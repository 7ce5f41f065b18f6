//! The ids in a path, whether a gateway has decoded it or not.

use domain::{ContactId, InstanceId};
use percent_encoding::percent_decode_str;

use crate::call::Call;
use crate::limits::{CUSTOMER_LENGTH, ID_LENGTH};
use crate::problem::Problem;
use crate::service::Settings;

/// The form of a path that names an instance and, after it, one thing more. What stands before it is the
/// gateway's: a stage, or what a domain's mapping puts there.
pub(crate) struct PathForm {
    before: &'static [&'static str],
    /// How messages name what follows the instance.
    member: &'static str,
    longest: usize,
    after: &'static [&'static str],
}

/// `/contacts/{InstanceId}/{ContactId}`
pub(crate) const CONTACT: PathForm = PathForm {
    before: &["contacts"],
    member: "ContactId",
    longest: *ID_LENGTH.end(),
    after: &[],
};

/// `/contacts/{InstanceId}/{ContactId}/transcript`
pub(crate) const CONTACT_TRANSCRIPT: PathForm = PathForm {
    before: &["contacts"],
    member: "ContactId",
    longest: *ID_LENGTH.end(),
    after: &["transcript"],
};

/// `/contact/attributes/{InstanceId}/{InitialContactId}`
pub(crate) const CONTACT_ATTRIBUTES: PathForm = PathForm {
    before: &["contact", "attributes"],
    member: "InitialContactId",
    longest: *ID_LENGTH.end(),
    after: &[],
};

/// `/contact/persistent-contact-association/{InstanceId}/{InitialContactId}`
pub(crate) const ASSOCIATION: PathForm = PathForm {
    before: &["contact", "persistent-contact-association"],
    member: "InitialContactId",
    longest: *ID_LENGTH.end(),
    after: &[],
};

/// `/customers/{InstanceId}/{CustomerId}/chats`
pub(crate) const CUSTOMER_CHATS: PathForm = PathForm {
    before: &["customers"],
    member: "CustomerId",
    longest: *CUSTOMER_LENGTH.end(),
    after: &["chats"],
};

/// What a path says, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathIds {
    /// The instance, a bare id or an ARN: [`Settings::instance_in_path`] knows it.
    pub(crate) instance: String,
    /// What follows it.
    pub(crate) id: String,
}

impl PathForm {
    /// The ids in the path of a call.
    ///
    /// # Errors
    /// When the path has another form; names the id that is too long or no text.
    pub(crate) fn ids(&self, call: &Call) -> Result<PathIds, Problem> {
        // A signature holds for the place to which these lead, and what is read here is what stands before them.
        let steered = call.path.split('/').any(|raw| matches!(raw, "." | ".."));
        let segments = segments(&call.path);
        // Read from the end, a stage may have any name.
        let matched = self.matched(&segments).filter(|_| !steered);
        let (instance, id) = matched.ok_or_else(|| {
            Problem::Malformed(format!("the path must end in {}", self.template()))
        })?;
        let id = text(self.member, id)?;
        let characters = id.chars().count();
        if !(1..=self.longest).contains(&characters) {
            let most = self.longest;
            let reason = format!("must have 1 to {most} characters, not {characters}");
            return Err(invalid(self.member, &reason));
        }
        Ok(PathIds {
            instance: text("InstanceId", instance)?,
            id,
        })
    }

    /// The instance and the contact in the path of a call.
    ///
    /// # Errors
    /// As [`PathForm::ids`]; when the deployment has no such instance, or when the contact's id is none of ours.
    pub(crate) fn contact(
        &self,
        call: &Call,
        settings: &Settings,
    ) -> Result<(InstanceId, ContactId), Problem> {
        let PathIds { instance, id } = self.ids(call)?;
        let instance = settings.instance_in_path(&instance)?;
        let contact = ContactId::parse(&id).ok_or(Problem::NoSession)?;
        Ok((instance, contact))
    }

    fn matched<'a>(&self, segments: &'a [Vec<u8>]) -> Option<(&'a [u8], &'a [u8])> {
        let (rest, after) =
            segments.split_at_checked(segments.len().checked_sub(self.after.len())?)?;
        let [rest @ .., instance, id] = rest else {
            return None;
        };
        let is = |given: &[Vec<u8>], literal: &[&str]| {
            given.len() == literal.len()
                && given.iter().zip(literal).all(|(a, b)| a == b.as_bytes())
        };
        let before = rest.get(rest.len().checked_sub(self.before.len())?..)?;
        (is(before, self.before) && is(after, self.after)).then_some((instance, id))
    }

    fn template(&self) -> String {
        let id = format!("{{{}}}", self.member);
        let ids = ["{InstanceId}", &id];
        let parts: Vec<&str> = [self.before, &ids, self.after].concat();
        parts.join("/")
    }
}

/// The segments of a path, each decoded. An ARN that a gateway has decoded is one segment again: a client
/// encodes the `:` and the `/` in it, and nothing else in a path of ours begins and ends as the ARN of an instance
/// does before its slash. A client that was made for the path with the two halves of an ARN encodes each by itself.
pub(crate) fn segments(path: &str) -> Vec<Vec<u8>> {
    let mut segments: Vec<Vec<u8>> = Vec::new();
    let mut halved = false;
    for raw in path.split('/') {
        let decoded = percent_decode_str(raw);
        if halved && let Some(arn) = segments.last_mut() {
            arn.push(b'/');
            arn.extend(decoded);
            halved = false;
            continue;
        }
        let decoded: Vec<u8> = decoded.collect();
        let half = decoded.starts_with(b"arn:") && decoded.ends_with(b":instance");
        halved = half && !decoded.contains(&b'/');
        segments.push(decoded);
    }
    segments
}

fn text(member: &str, bytes: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(bytes);
    text.map(str::to_owned)
        .map_err(|_| invalid(member, "must be UTF-8, percent-encoded"))
}

fn invalid(member: &str, reason: &str) -> Problem {
    Problem::InvalidMember {
        member: member.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
