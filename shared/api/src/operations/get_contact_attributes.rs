//! `GET /contact/attributes/{InstanceId}/{InitialContactId}`: GetContactAttributes.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_GetContactAttributes.html>

use domain::{Attributes, ContactId, InstanceId};
use serde_json::json;

use crate::call::{Call, Reply};
use crate::path::CONTACT_ATTRIBUTES;
use crate::problem::Problem;
use crate::service::Settings;

/// A contact whose attributes are asked for: the initial one of its session, or any other.
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
    /// Names the id in the path that is wrong. An id that is none of ours is an unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let (instance, contact) = CONTACT_ATTRIBUTES.contact(call, settings)?;
        Ok(Self { instance, contact })
    }
}

/// The answer: all attributes of the session.
pub fn reply(call: &Call, attributes: &Attributes) -> Reply {
    let body = json!({"Attributes": attributes.0});
    Reply::json(200, &call.request_id, &body)
}
