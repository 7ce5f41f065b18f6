//! The floor on which chats are live: the functions over the embedded engine and its stream, with connections and a
//! gateway in memory, and a clock that does what the test says.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Entropy, Service};
use domain::{ConnectionId, Frame, Live, MemoryConnections, MemoryGateway, NoPause, Timestamp};
use dynamodb::{DynamoDbLog, StreamEvent};
use engine::{Changes, Engine};
use lambda::{BatchAnswer, Environment};
use serde_json::{Value, json};

use super::entropy::entropy_of;
use super::{BEGIN, Chat, Request, at, connection, dispatch, invitation, start};

/// A service whose participants are told at once what happens.
pub(crate) struct Floor {
    pub(crate) service: Service<Live<DynamoDbLog, MemoryConnections, MemoryGateway, NoPause>>,
    changes: RefCell<Changes>,
    now: Cell<Timestamp>,
    drawn: Cell<u64>,
    /// Stops when the test is over.
    _engine: Engine,
}

/// Somebody's WebSocket, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Ear {
    pub(crate) connection: ConnectionId,
}

/// The event of a WebSocket that opens at this address.
pub(crate) fn connect(url: &str) -> SocketEvent {
    let token = url.split_once("?token=").map(|(_, token)| token.to_owned());
    SocketEvent::Connect { token }
}

/// What clients send first.
pub(crate) fn subscribe() -> SocketEvent {
    let frame = json!({"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}});
    SocketEvent::Frame(frame.to_string())
}

impl Floor {
    pub(crate) async fn new() -> Self {
        let engine = Engine::memory().expect("an engine");
        let config = engine.sdk_config();
        let made = engine::create_table(&dynamodb::client(&config), "chat").await;
        made.expect("a table");
        let environment = Environment::from(|name| {
            let value = match name {
                "TABLE_NAME" => "chat",
                "SIGNING_KEYS" => "a:0123456789abcdef0123456789abcdef",
                "SESSION_ID_KEY" => "fedcba9876543210fedcba9876543210",
                "ACCESS_KEYS" => "local:local",
                "ANONYMOUS_START" => "true",
                "DISCONNECT_CONTACT_FLOW_ID" => "survey",
                "WEBSOCKET_URL" => "wss://live.example.org/live",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let live = Live {
            log: DynamoDbLog::from_config(&config, "chat"),
            connections: MemoryConnections::default(),
            gateway: MemoryGateway::default(),
            pause: NoPause,
        };
        Self {
            service: environment.expect("legal settings").service(live),
            changes: RefCell::new(engine.changes("chat").expect("a stream")),
            now: Cell::new(BEGIN),
            drawn: Cell::new(1),
            _engine: engine,
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    fn entropy(&self) -> Entropy {
        entropy_of(self.drawn.replace(self.drawn.get() + 1))
    }

    /// Sends a request that must be taken, and gives the answer's body.
    pub(crate) async fn takes(&self, request: Request) -> Value {
        let operation = request.operation;
        self.pass(Duration::from_millis(10));
        let call = request.call(self.now.get(), self.entropy(), |_| {});
        let reply = dispatch(&self.service, operation, call).await;
        let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!(reply.status, 200, "{operation:?}: {body}");
        body
    }

    /// A chat that its customer is connected to.
    pub(crate) async fn chat(&self) -> Chat {
        self.started(&json!({})).await
    }

    /// The same, started with these members.
    pub(crate) async fn started(&self, members: &Value) -> Chat {
        let started = self.takes(start(members)).await;
        let chat = Chat::started(&started);
        self.connected(chat).await
    }

    /// The chat as an agent knows it who was asked to take part and has come.
    pub(crate) async fn agent(&self, chat: &Chat) -> Chat {
        let added = self.takes(invitation(&chat.contact, "AGENT", "Ann")).await;
        let chat = chat.invited(&added);
        self.connected(chat).await
    }

    async fn connected(&self, mut chat: Chat) -> Chat {
        let connected = self.takes(connection(&chat.participant_token)).await;
        chat.connection_token = at(&connected, "ConnectionCredentials.ConnectionToken");
        chat
    }

    /// Gives an event of a WebSocket to its function.
    pub(crate) async fn socket(&self, ear: &Ear, event: SocketEvent) -> SocketReply {
        let call = SocketCall {
            connection: ear.connection.clone(),
            event,
            request_id: self.entropy().request_id(),
            now: self.now.get(),
        };
        Box::pin(websocket::handle(&self.service, call)).await
    }

    /// A WebSocket of a participant that has opened, and not subscribed.
    pub(crate) async fn opened(&self, chat: &Chat) -> Ear {
        let connected = self.takes(connection(&chat.participant_token)).await;
        let ear = Ear {
            connection: ConnectionId::new(format!("{}=", self.entropy().request_id()))
                .expect("legal characters"),
        };
        self.service
            .log
            .gateway
            .open(&ear.connection, self.now.get());
        let opened = self.socket(&ear, connect(&at(&connected, "Websocket.Url")));
        assert_eq!(opened.await.status, 200);
        ear
    }

    /// A WebSocket of a participant that is told what happens.
    pub(crate) async fn listens(&self, chat: &Chat) -> Ear {
        let ear = self.opened(chat).await;
        let answer = self.socket(&ear, subscribe()).await;
        let Frame(text) = answer.frame.expect("an answer");
        assert!(text.contains("success"), "{text}");
        ear
    }

    /// What stands in the stream and was not taken out of it.
    pub(crate) fn waiting(&self) -> StreamEvent {
        self.changes.borrow().read().expect("a batch").event
    }

    /// What stands in the stream since this was asked for the last time.
    pub(crate) fn batch(&self) -> StreamEvent {
        let mut changes = self.changes.borrow_mut();
        let batch = changes.read().expect("a batch");
        changes.done(batch.next);
        batch.event
    }

    /// Delivers a batch.
    pub(crate) async fn deliver(&self, batch: StreamEvent) -> BatchAnswer {
        Box::pin(deliver::handle(&self.service.log, batch)).await
    }

    /// Delivers all that was written; nothing of it is to come again.
    pub(crate) async fn delivers(&self) {
        let answer = self.deliver(self.batch()).await;
        assert_eq!(answer, BatchAnswer::default());
    }

    /// The items that a WebSocket was told of, since this was asked for the last time.
    pub(crate) fn heard(&self, ear: &Ear) -> Vec<Value> {
        let frames = self.service.log.gateway.take(&ear.connection);
        let item = |Frame(text): Frame| -> Value {
            let frame: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(frame["topic"], "aws/chat", "{frame}");
            let content = frame["content"].as_str().expect("a text");
            serde_json::from_str(content).expect("JSON in it")
        };
        frames.into_iter().map(item).collect()
    }

    /// The same in words: what was said, or the last words of the event.
    pub(crate) fn words(&self, ear: &Ear) -> Vec<String> {
        super::transcript_words(&json!({"Transcript": self.heard(ear)}))
    }
}
