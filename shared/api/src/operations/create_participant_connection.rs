//! `POST /participant/connection`: CreateParticipantConnection.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_CreateParticipantConnection.html>

use serde_json::{Map, Value, json};

use crate::call::{Call, Reply};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::iso;
use crate::token::Bearer;

/// A participant who connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub bearer: Bearer,
    /// Whether a WebSocket address is wanted.
    pub websocket: bool,
    /// Whether a connection token is wanted.
    pub credentials: bool,
}

const TYPES: [&str; 2] = ["WEBSOCKET", "CONNECTION_CREDENTIALS"];

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token; else names the member that is missing or wrong.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let bearer = settings.tokens.participant_of(call)?;
        let members = Members::parse(&call.body)?;
        let connect = members.flag("ConnectParticipant")?;
        let types = match members.texts("Type")? {
            Some(types) if types.is_empty() => {
                return Err(members.invalid("Type", "must not be empty"));
            }
            Some(types) => types,
            None if connect => Vec::new(),
            None => return Err(members.missing("Type")),
        };
        if types.contains(&"WEBRTC_CONNECTION") {
            return Err(members.invalid("Type", "WEBRTC_CONNECTION is not supported"));
        }
        if types.iter().any(|each| !TYPES.contains(each)) {
            return Err(members.invalid("Type", format!("must be among {}", TYPES.join(", "))));
        }
        Ok(Self {
            bearer,
            websocket: types.contains(&"WEBSOCKET"),
            credentials: types.contains(&"CONNECTION_CREDENTIALS"),
        })
    }

    /// The answer: what was asked for. The WebSocket's Url is empty as long as there is none; clients then
    /// poll, while a missing one makes `amazon-connect-chatjs` fail.
    pub fn reply(&self, call: &Call, settings: &Settings) -> Reply {
        let (token, expires) = settings.tokens.connection(&self.bearer, call.now);
        let expires = iso(expires);
        let mut body = Map::new();
        if self.websocket {
            let websocket = json!({"Url": "", "ConnectionExpiry": expires});
            body.insert("Websocket".to_owned(), websocket);
        }
        if self.credentials {
            let credentials = json!({"ConnectionToken": token, "Expiry": expires});
            body.insert("ConnectionCredentials".to_owned(), credentials);
        }
        Reply::json(200, &call.request_id, &Value::Object(body))
    }
}
