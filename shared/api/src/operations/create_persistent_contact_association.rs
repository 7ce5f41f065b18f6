//! `POST /contact/persistent-contact-association/{InstanceId}/{InitialContactId}`: CreatePersistentContactAssociation.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_CreatePersistentContactAssociation.html>
//!
//! A ClientToken is held to its length and otherwise not needed: a chat is associated once, so the association
//! itself tells its repetition. SDKs fill none in.

use domain::{Association, ContactId, IdempotencyKey, InstanceId};
use serde_json::json;

use super::idempotency::key_of_association;
use super::source::source;
use crate::call::{Call, Reply};
use crate::limits::CLIENT_TOKEN_LENGTH;
use crate::members::Members;
use crate::path::ASSOCIATION;
use crate::problem::Problem;
use crate::service::Settings;

/// A past for a running chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The instance of both.
    pub instance: InstanceId,
    /// The chat and its source.
    pub association: Association,
    /// Tells a retry from another association.
    pub key: IdempotencyKey,
}

impl Request {
    /// Reads the request. The contact in the path is that of the chat that is running.
    ///
    /// # Errors
    /// Names the member or the id in the path that is missing or wrong. An id that is none of ours is an unknown
    /// contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let members = Members::parse(&call.body)?;
        members.text("ClientToken", CLIENT_TOKEN_LENGTH)?;
        let (source, rehydration) = source(&members)?;
        let (instance, contact) = ASSOCIATION.contact(call, settings)?;
        // An id that is none of ours is answered as one that nobody has: the same refusals come first.
        let nobodys = || call.entropy.session().initial_contact();
        let association = Association {
            contact,
            source: source.unwrap_or_else(nobodys),
            rehydration,
        };
        Ok(Self {
            instance,
            key: key_of_association(association),
            association,
        })
    }
}

/// The answer: the contact that is continued, the same for every repetition.
pub fn reply(call: &Call, continued: ContactId) -> Reply {
    let body = json!({"ContinuedFromContactId": continued.to_string()});
    Reply::json(200, &call.request_id, &body)
}
