//! `POST /participant/connection`: CreateParticipantConnection.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_CreateParticipantConnection.html>

use domain::Joined;
use serde_json::{Map, Value};

use super::connection::ConnectionTypes;
use crate::call::{Call, Reply};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::token::{Bearer, Connection};

/// A participant who connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub bearer: Bearer,
    /// What of the connection is asked for.
    types: ConnectionTypes,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token; else names the member that is missing or wrong.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let bearer = settings.tokens.participant_of(call)?;
        let members = Members::parse(&call.body)?;
        let connect = members.flag("ConnectParticipant")?;
        let types = match ConnectionTypes::of(&members, "Type")? {
            Some(types) => types,
            None if connect => ConnectionTypes::NONE,
            None => return Err(members.missing("Type")),
        };
        Ok(Self { bearer, types })
    }

    /// The answer: what was asked for.
    pub fn reply(&self, call: &Call, settings: &Settings, joined: &Joined) -> Reply {
        let mut body = Map::new();
        let connection = Connection {
            bearer: self.bearer.clone(),
            accompanied: joined.state.is_accompanied(),
        };
        self.types.answer(call, settings, &connection, &mut body);
        Reply::json(200, &call.request_id, &Value::Object(body))
    }
}
