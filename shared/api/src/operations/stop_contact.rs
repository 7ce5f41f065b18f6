//! `POST /contact/stop`: StopContact.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_StopContact.html>

use domain::{ContactId, InstanceId};
use serde_json::json;

use crate::call::{Call, Reply};
use crate::limits::ID_LENGTH;
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;

/// A contact to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its instance.
    pub instance: InstanceId,
    /// The contact.
    pub contact: ContactId,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the member that is missing or wrong. An id that is none of ours is an unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let members = Members::parse(&call.body)?;
        let contact = members.required_text("ContactId", ID_LENGTH)?;
        // For outbound campaigns only, says the reference.
        members.refuse(&["DisconnectReason"])?;
        Ok(Self {
            instance: settings.instance(&members)?,
            contact: ContactId::parse(contact).ok_or(Problem::NoSession)?,
        })
    }
}

/// The answer: nothing.
pub fn reply(call: &Call) -> Reply {
    Reply::json(200, &call.request_id, &json!({}))
}
