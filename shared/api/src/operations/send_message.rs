//! `POST /participant/message`: SendMessage.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendMessage.html>

use domain::{IdempotencyKey, Message, Sent};
use serde_json::json;

use super::idempotency::key_of;
use super::message::message;
use crate::call::{Call, Reply};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::iso;
use crate::token::Bearer;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who sends it.
    pub bearer: Bearer,
    /// The message.
    pub message: Message,
    /// Tells a retry from a second message.
    pub key: IdempotencyKey,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token; else names the member that is missing or wrong.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let bearer = settings.tokens.connected(call)?.bearer;
        let members = Members::parse(&call.body)?;
        let (content_type, content) = message(&members, &settings.limits)?;
        let says = ["message", content_type.as_str(), &content.0];
        let key = key_of(call, &members, bearer.participant, &says)?;
        Ok(Self {
            message: Message {
                sender: bearer.participant,
                content_type,
                content,
            },
            bearer,
            key,
        })
    }
}

/// The answer: the message's id and time, the same for every repetition.
pub fn reply(call: &Call, sent: &Sent) -> Reply {
    let body = json!({"Id": sent.id.to_string(), "AbsoluteTime": iso(sent.at)});
    Reply::json(200, &call.request_id, &body)
}
