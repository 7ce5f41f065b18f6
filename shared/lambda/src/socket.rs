//! The events of API Gateway's WebSocket APIs as calls, and their answers.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-proxy-integrations.html>

use std::collections::BTreeMap;

use api::live::{SocketCall, SocketEvent, SocketReply};
use domain::{ConnectionId, Frame, Timestamp};
use lambda_http::Error;
use serde::{Deserialize, Serialize};

/// An event of a WebSocket API: what of it is looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketRequest {
    request_context: Context,
    #[serde(default)]
    query_string_parameters: Option<BTreeMap<String, String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    connection_id: String,
    route_key: String,
    #[serde(default)]
    request_id: Option<String>,
}

/// The answer to API Gateway, which hands the body to the client where the route has a response.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketResponse {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

impl SocketRequest {
    /// The event as a call.
    ///
    /// # Errors
    /// When the event names no connection.
    pub fn call(self, now: Timestamp) -> Result<SocketCall, Error> {
        let connection = ConnectionId::new(self.request_context.connection_id);
        let event = match &*self.request_context.route_key {
            "$connect" => SocketEvent::Connect {
                token: self
                    .query_string_parameters
                    .and_then(|mut query| query.remove("token")),
            },
            "$disconnect" => SocketEvent::Disconnect,
            // No client of ours sends bytes, which alone come encoded.
            _ if self.is_base64_encoded => SocketEvent::Frame(String::new()),
            _ => SocketEvent::Frame(self.body.unwrap_or_default()),
        };
        Ok(SocketCall {
            connection: connection.ok_or("the event's connectionId is none")?,
            event,
            request_id: self.request_context.request_id.unwrap_or_default(),
            now,
        })
    }
}

impl From<SocketReply> for SocketResponse {
    fn from(reply: SocketReply) -> Self {
        Self {
            status_code: reply.status,
            body: reply.frame.map(|Frame(text)| text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    fn call(event: &str) -> SocketCall {
        let request: SocketRequest = serde_json::from_str(event).expect("an event");
        request.call(NOW).expect("a call")
    }

    #[test]
    fn a_connect_has_its_token() {
        let opening = call(include_str!("../../../tests/events/websocket-connect.json"));
        let token = Some("bm8gdG9rZW4".to_owned());
        assert_eq!(opening.event, SocketEvent::Connect { token });
        assert_eq!(opening.connection.as_str(), "L0SM9cOFvHcCIhw=");
        assert_eq!(opening.request_id, "JKJaXmPLvHcESHA=");
        assert_eq!(opening.now, NOW);
        let bare = r#"{"requestContext":{"routeKey":"$connect","connectionId":"a"},
            "queryStringParameters":null,"isBase64Encoded":false}"#;
        assert_eq!(call(bare).event, SocketEvent::Connect { token: None });
    }

    #[test]
    fn a_frame_has_its_text() {
        let sent = call(include_str!(
            "../../../tests/events/websocket-subscribe.json"
        ));
        let text = r#"{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}"#;
        assert_eq!(sent.event, SocketEvent::Frame(text.to_owned()));
        let bytes = r#"{"requestContext":{"routeKey":"$default","connectionId":"a"},
            "body":"AAAA","isBase64Encoded":true}"#;
        assert_eq!(call(bytes).event, SocketEvent::Frame(String::new()));
    }

    #[test]
    fn a_disconnect_is_one() {
        let closed = call(include_str!(
            "../../../tests/events/websocket-disconnect.json"
        ));
        assert_eq!(closed.event, SocketEvent::Disconnect);
    }

    #[test]
    fn an_answer_has_a_body_where_the_client_gets_one() {
        let answer =
            |reply: SocketReply| serde_json::to_string(&SocketResponse::from(reply)).expect("JSON");
        assert_eq!(answer(SocketReply::OK), r#"{"statusCode":200}"#);
        let frame = SocketReply::with(Some(Frame("{}".to_owned())));
        assert_eq!(answer(frame), r#"{"statusCode":200,"body":"{}"}"#);
    }
}
