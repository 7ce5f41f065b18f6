//! WebSocket frames: whatever a client sends is answered in its own form or passed over, and what others are told is, as
//! JSON in JSON, what was said. Each line is a step: `<` a frame that somebody sends, `>` a message, `@` a display name with
//! which somebody joins, `-` a connection that breaks, `^` a token with which one opens, `.` a heartbeat a minute later.

use std::time::Duration;

use api::Operation;
use api::live::{Asked, SocketEvent, answer, asked, parcel};
use domain::{ConnectionId, Consistency, Effort, Frame, Log, Order, Read, SessionKey, SlotRange};
use futures_executor::block_on;
use lambda::{SocketRequest, SocketResponse};
use serde_json::{Value, json};

use crate::events::play;
use crate::floor::{Floor, INSTANCE};
use crate::script::Given;
use crate::tokens::call;

const STORY: &[u8] = br#"
start s {"InstanceId":"12345678-1234-1234-1234-123456789012","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Jane"}}
connect P {"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"]}
"#;

const MOST_STEPS: usize = 24;

/// Plays a conversation.
pub fn check(bytes: &[u8]) {
    let floor = Floor::new();
    let mut given = Given::default();
    play(&floor, &mut given, STORY);
    let contact = domain::ContactId::parse(given.get(b'C').expect("a chat"));
    let instance = domain::InstanceId::new(INSTANCE).expect("an instance");
    let mut chat = Chat {
        session: SessionKey::new(&instance, contact.expect("a contact").session()),
        told: 0,
        connection: ConnectionId::new("customer=").expect("a name"),
        floor,
        given,
    };
    let token = chat.given.get(b'W').map(str::to_owned);
    chat.floor
        .service
        .log
        .gateway
        .open(&chat.connection, chat.floor.now());
    let opened = chat
        .floor
        .socket(&chat.connection, SocketEvent::Connect { token });
    assert_eq!(opened.status, 200);
    let text = String::from_utf8_lossy(bytes);
    for line in text.split('\n').take(MOST_STEPS) {
        chat.floor.pass(Duration::from_millis(50));
        chat.step(line);
    }
}

struct Chat {
    floor: Floor,
    given: Given,
    session: SessionKey,
    /// How many records everybody has been told of.
    told: usize,
    connection: ConnectionId,
}

impl Chat {
    fn step(&mut self, line: &str) {
        let mut rest = line.chars();
        match rest.next() {
            Some('<') => self.hears(rest.as_str()),
            Some('>') => self.says(rest.as_str()),
            Some('@') => self.joins(rest.as_str()),
            Some('^') => self.opens(rest.as_str()),
            Some('-') => {
                self.floor.service.log.gateway.cut(&self.connection);
                self.floor.socket(&self.connection, SocketEvent::Disconnect);
            }
            Some('.') => {
                self.floor.pass(Duration::from_secs(60));
                self.hears(r#"{"topic":"aws/heartbeat"}"#);
            }
            _ => {}
        }
    }

    /// A frame, as API Gateway brings it.
    fn hears(&self, text: &str) {
        let meant = understood(text);
        let event = json!({
            "requestContext": {"routeKey": "$default", "connectionId": self.connection.as_str(), "requestId": "r"},
            "body": text,
            "isBase64Encoded": false,
        });
        let event: SocketRequest = serde_json::from_value(event).expect("an event");
        let call = event
            .call(self.floor.now())
            .expect("it names its connection");
        let log = &self.floor.service.log;
        log.gateway.hears(&self.connection, self.floor.now());
        let open = log.gateway.is_open(&self.connection);
        let reply = self.floor.hear(call);
        let shown = serde_json::to_value(SocketResponse::from(reply.clone())).expect("JSON");
        assert_eq!(shown["statusCode"], reply.status);
        match (meant, &reply.frame) {
            (Asked::Nothing, frame) => assert_eq!(*frame, None),
            (_, Some(frame)) => {
                assert_eq!(Some(frame), answer(meant).as_ref());
                assert!(serde_json::from_str::<Value>(&frame.0).is_ok());
            }
            (Asked::Ping, None) => panic!("a ping has no answer"),
            // Nobody is left without an answer but those whose connection is closed for it.
            (_, None) => assert!(!log.gateway.is_open(&self.connection) || !open),
        }
    }

    fn says(&mut self, content: &str) {
        let body = json!({"ContentType": "text/plain", "Content": content});
        let token = self.given.get(b'T').unwrap_or_default();
        let call = api::Call {
            body: body.to_string().into_bytes(),
            now: self.floor.now(),
            entropy: self.floor.entropy(),
            ..call(token)
        };
        let sent = self.floor.call(Operation::SendMessage, call);
        let items = self.tell();
        if sent.status == 200 {
            // To whoever has subscribed; a chat whose time has passed has told of its end.
            let said = items.iter().find(|item| item["Id"] == sent.body["Id"]);
            if let Some(said) = said {
                assert_eq!(said["Content"], content);
                assert_eq!(said["AbsoluteTime"], sent.body["AbsoluteTime"]);
            }
        }
    }

    fn joins(&mut self, name: &str) {
        let escaped = json!(name).to_string();
        let contact = self.given.get(b'C').unwrap_or_default().to_owned();
        let story = format!(
            "invite s {{\"InstanceId\":\"{INSTANCE}\",\"ContactId\":\"{contact}\",\"ParticipantDetails\":{{\"ParticipantRole\":\"AGENT\",\"DisplayName\":{escaped}}}}}"
        );
        // What was given to the customer is still theirs.
        play(&self.floor, &mut Given::default(), story.as_bytes());
        for item in self.tell() {
            let named = item["DisplayName"].as_str();
            assert!(named.is_none_or(|named| named == "Jane" || named.chars().count() <= 256));
        }
    }

    fn opens(&mut self, token: &str) {
        let token = match token {
            "" => None,
            "$W" => self.given.get(b'W').map(str::to_owned),
            other => Some(other.to_owned()),
        };
        let genuine = token.is_some() && token.as_deref() == self.given.get(b'W');
        let connection = ConnectionId::new(format!("socket-{}", self.floor.now().as_millis()));
        let connection = connection.expect("a name");
        self.floor
            .service
            .log
            .gateway
            .open(&connection, self.floor.now());
        let reply = self
            .floor
            .socket(&connection, SocketEvent::Connect { token });
        assert!(genuine || reply.status == 403, "a stranger was let in");
        if reply.status == 200 {
            self.connection = connection;
        }
    }

    /// Tells everybody of all that was written since, and gives the items that the connection was told of.
    fn tell(&mut self) -> Vec<Value> {
        let log = &self.floor.service.log;
        let all = Read {
            range: SlotRange::ALL,
            order: Order::OldestFirst,
            limit: usize::MAX,
            consistency: Consistency::Strong,
        };
        let records = block_on(log.read(&self.session, all))
            .expect("memory")
            .records;
        let written = records.iter().skip(self.told);
        let parcels: Vec<_> = written
            .flat_map(|record| record.told(self.session.session))
            .map(parcel)
            .collect();
        self.told = records.len();
        let pushed = domain::push(log, &self.session, &parcels, Effort::Full);
        block_on(pushed).expect("memory never fails");
        let frames = log.gateway.take(&self.connection);
        frames.iter().map(|Frame(text)| told(text)).collect()
    }
}

/// What a frame asks for, checked against what its first JSON value says.
fn understood(text: &str) -> Asked {
    let meant = asked(text);
    if let Ok(Value::Object(whole)) = serde_json::from_str::<Value>(text) {
        // What follows a whole value is of no account.
        for more in [")", " ", "{", "\0", "7", "\u{fffd}"] {
            assert_eq!(asked(&format!("{text}{more}")), meant);
        }
        let topic = whole.get("topic").and_then(Value::as_str);
        match meant {
            Asked::Subscribe => assert_eq!(topic, Some("aws/subscribe")),
            Asked::Heartbeat => assert_eq!(topic, Some("aws/heartbeat")),
            Asked::Ping => assert_eq!(topic, Some("aws/ping")),
            Asked::Nothing => assert!(!matches!(topic, Some("aws/heartbeat" | "aws/ping"))),
        }
    }
    meant
}

/// The item in a frame of the chat's topic.
pub(crate) fn told(text: &str) -> Value {
    let frame: Value = serde_json::from_str(text).expect("every frame is JSON");
    assert_eq!(frame["topic"], "aws/chat");
    let content = frame["content"].as_str().expect("a text");
    let item: Value = serde_json::from_str(content).expect("and JSON in it");
    for name in [
        "Id",
        "AbsoluteTime",
        "Type",
        "ContentType",
        "InitialContactId",
    ] {
        assert!(item[name].is_string(), "{name} is missing: {item}");
    }
    item
}
