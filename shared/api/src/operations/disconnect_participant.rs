//! `POST /participant/disconnect`: DisconnectParticipant.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_DisconnectParticipant.html>

use domain::IdempotencyKey;
use serde_json::json;

use super::idempotency::key_of;
use crate::call::{Call, Reply};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::token::Bearer;

/// A participant who leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub bearer: Bearer,
    /// Tells a retry from a second attempt to leave.
    pub key: IdempotencyKey,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token, and for a ClientToken that is too long.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let bearer = settings.tokens.connected(call)?.bearer;
        let members = Members::parse(&call.body)?;
        let key = key_of(call, &members, bearer.participant, &["disconnect"])?;
        Ok(Self { bearer, key })
    }
}

/// The answer: nothing.
pub fn reply(call: &Call) -> Reply {
    Reply::json(200, &call.request_id, &json!({}))
}
