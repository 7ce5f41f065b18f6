//! The connection of a participant: the same from CreateParticipantConnection and from a start with ConnectionTypes.

use domain::seconds;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::limits::WEBSOCKET_SECONDS;
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::iso;
use crate::token::Connection;

/// An AUTHENTICATION_SESSION lets a flow ask the customer to sign in while the chat runs. No flow runs here and none
/// will ask, so it is taken and nothing is answered for it.
const TYPES: [&str; 3] = [
    "WEBSOCKET",
    "CONNECTION_CREDENTIALS",
    "AUTHENTICATION_SESSION",
];
/// What Connect has for calls.
const UNSUPPORTED: &str = "WEBRTC_CONNECTION";

/// What of a connection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConnectionTypes {
    /// Whether a WebSocket address is wanted.
    pub(super) websocket: bool,
    /// Whether a connection token is wanted.
    pub(super) credentials: bool,
}

impl ConnectionTypes {
    /// Nothing: only to say that one is there.
    pub(super) const NONE: ConnectionTypes = ConnectionTypes {
        websocket: false,
        credentials: false,
    };

    /// The types that `member` lists, of which there is at least one; none where it is absent.
    pub(super) fn of(members: &Members, member: &str) -> Result<Option<Self>, Problem> {
        let Some(types) = members.texts(member)? else {
            return Ok(None);
        };
        if types.is_empty() {
            return Err(members.invalid(member, "must not be empty"));
        }
        if types.contains(&UNSUPPORTED) {
            return Err(members.invalid(member, format!("{UNSUPPORTED} is not supported")));
        }
        if types.iter().any(|each| !TYPES.contains(each)) {
            return Err(members.invalid(member, format!("must be among {}", TYPES.join(", "))));
        }
        Ok(Some(Self {
            websocket: types.contains(&"WEBSOCKET"),
            credentials: types.contains(&"CONNECTION_CREDENTIALS"),
        }))
    }

    /// Adds to an answer what was asked for, with tokens of its own. The WebSocket's Url is empty where
    /// there is none; clients then poll, while a missing one makes `amazon-connect-chatjs` fail.
    pub(super) fn answer(
        self,
        call: &Call,
        settings: &Settings,
        connection: &Connection,
        answer: &mut Map<String, Value>,
    ) {
        let (token, expires) = settings.tokens.connection(connection, call.now);
        let expires = iso(expires);
        if self.websocket {
            let token = settings.tokens.websocket(&connection.bearer, call.now);
            let (url, expires) = match settings.websockets.url(call, &token) {
                Some(url) => (url, iso(call.now + seconds(WEBSOCKET_SECONDS))),
                None => (String::new(), expires.clone()),
            };
            let websocket = json!({"Url": url, "ConnectionExpiry": expires});
            answer.insert("Websocket".to_owned(), websocket);
        }
        if self.credentials {
            let credentials = json!({"ConnectionToken": token, "Expiry": expires});
            answer.insert("ConnectionCredentials".to_owned(), credentials);
        }
    }
}
