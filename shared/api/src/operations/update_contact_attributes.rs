//! `POST /contact/attributes`: UpdateContactAttributes.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateContactAttributes.html>

use domain::{Attributes, ContactId, InstanceId};
use serde_json::json;

use super::attributes::attributes;
use crate::call::{Call, Reply};
use crate::limits::ID_LENGTH;
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;

/// Changes to the attributes of a contact's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its instance.
    pub instance: InstanceId,
    /// The initial contact of the session, or any other.
    pub contact: ContactId,
    /// The changes: an empty value removes its key.
    pub changes: Attributes,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the member that is missing or wrong. An id that is none of ours is an unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let members = Members::parse(&call.body)?;
        let contact = members.required_text("InitialContactId", ID_LENGTH)?;
        if !members.has("Attributes") {
            return Err(members.missing("Attributes"));
        }
        let changes = attributes(&members, "Attributes")?;
        Ok(Self {
            instance: settings.instance(&members)?,
            contact: ContactId::parse(contact).ok_or(Problem::NoSession)?,
            changes,
        })
    }
}

/// The answer: nothing.
pub fn reply(call: &Call) -> Reply {
    Reply::json(200, &call.request_id, &json!({}))
}
