//! The local server over its one port: HTTP for the calls, and WebSockets as clients open them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use api::Tokens;
use futures_util::{SinkExt, StreamExt};
use local::{Running, Store, parse, serve_live};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Chat, Signer, at, http, transcript_words};

/// How long anything may take that is told at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server with its store.
pub(crate) struct Server {
    running: Running,
    store: Store,
    /// What makes its tokens.
    pub(crate) tokens: Tokens,
}

/// A client's end of a WebSocket.
pub(crate) struct Wire {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Items that came while something else was waited for.
    waiting: VecDeque<Value>,
}

impl Server {
    /// A server with these options, on any free port unless they name one.
    pub(crate) async fn with(options: &[&str]) -> Self {
        let words = ["--port", "0"].iter().chain(options);
        let arguments = parse(words.map(|word| (*word).into())).expect("legal");
        let opened = Store::with_keys(&arguments).await;
        let (store, keys) = opened.expect("an engine");
        let service = local::service(store.log(), &keys).expect("legal settings");
        let line = store.line().expect("a stream");
        let tokens = service.settings.tokens.clone();
        let running = serve_live(service, line, arguments.door).await;
        Self {
            running: running.expect("a port"),
            store,
            tokens,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Stops it, and closes its store.
    pub(crate) async fn stop(self) {
        self.running.stop().await.expect("stopped");
        self.store.close().await.expect("closed");
    }

    /// A participant's call that must be taken.
    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let (body, headers) = (body.to_string(), [("x-amz-bearer", token)]);
        let answer = http(self.address(), "POST", path, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// A backend's call that must be taken.
    pub(crate) async fn signed(&self, method: &str, path: &str, body: &Value) -> Value {
        let (now, _) = lambda::now_and_entropy().expect("a clock");
        let server = self.address();
        let headers = [("host".to_owned(), server.to_string())];
        let (uri, body) = (format!("http://{server}{path}"), body.to_string());
        let added = Signer::BACKEND.headers(method, &uri, &headers, body.as_bytes(), now);
        let headers = headers.iter().chain(&added);
        let headers: Vec<(&str, &str)> = headers.map(|(n, v)| (&**n, &**v)).collect();
        let answer = http(server, method, path, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// A chat that its customer is connected to.
    pub(crate) async fn chat(&self, members: &Value) -> Chat {
        let started = self
            .signed("PUT", "/contact/chat", &super::start_with(members))
            .await;
        let chat = Chat::started(&started);
        self.connected(chat).await
    }

    /// The chat as an agent knows it who has come.
    pub(crate) async fn agent(&self, chat: &Chat) -> Chat {
        let details = json!({"ParticipantRole": "AGENT", "DisplayName": "Ann"});
        let body = json!({
            "InstanceId": super::INSTANCE, "ContactId": chat.contact, "ParticipantDetails": details,
        });
        let added = self
            .signed("POST", "/contact/create-participant", &body)
            .await;
        let chat = chat.invited(&added);
        self.connected(chat).await
    }

    async fn connected(&self, mut chat: Chat) -> Chat {
        let connected = self.connection(&chat).await;
        chat.connection_token = at(&connected, "ConnectionCredentials.ConnectionToken");
        chat
    }

    /// A new connection of a participant.
    pub(crate) async fn connection(&self, chat: &Chat) -> Value {
        let types = json!({"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]});
        self.post("/participant/connection", &chat.participant_token, &types)
            .await
    }

    pub(crate) async fn say(&self, chat: &Chat, text: &str) -> Value {
        let body = json!({"ContentType": "text/plain", "Content": text});
        self.post("/participant/message", &chat.connection_token, &body)
            .await
    }

    pub(crate) async fn leave(&self, chat: &Chat) {
        self.post(
            "/participant/disconnect",
            &chat.connection_token,
            &json!({}),
        )
        .await;
    }

    /// A WebSocket of a participant, and the status if it does not open.
    pub(crate) async fn open(&self, chat: &Chat) -> Result<Wire, u16> {
        let connected = self.connection(chat).await;
        Wire::open(&at(&connected, "Websocket.Url")).await
    }

    /// A WebSocket of a participant that is told what happens.
    pub(crate) async fn listens(&self, chat: &Chat) -> Wire {
        let mut wire = self.open(chat).await.expect("it opens");
        wire.subscribe().await;
        wire
    }
}

impl Wire {
    pub(crate) async fn open(url: &str) -> Result<Self, u16> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self {
                stream,
                waiting: VecDeque::new(),
            }),
            Err(Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn send(&mut self, text: &str) {
        let sent = self.stream.send(Message::text(text)).await;
        sent.expect("the server listens");
    }

    /// The next frame; none where the server has closed.
    async fn frame(&mut self) -> Option<Value> {
        loop {
            let next = timeout(PATIENCE, self.stream.next()).await;
            match next.expect("nothing came in time") {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The answer to what was sent, by its topic.
    pub(crate) async fn answer(&mut self, topic: &str) -> Value {
        loop {
            let frame = self.frame().await.expect("an answer");
            if frame["topic"] == topic {
                return frame;
            }
            assert_eq!(frame["topic"], "aws/chat", "{frame}");
            self.waiting.push_back(frame);
        }
    }

    pub(crate) async fn subscribe(&mut self) {
        let subscribe = json!({"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}});
        self.send(&subscribe.to_string()).await;
        let answer = self.answer("aws/subscribe").await;
        assert_eq!(answer["content"]["status"], "success");
    }

    /// The next item that it is told of.
    pub(crate) async fn item(&mut self) -> Value {
        let frame = match self.waiting.pop_front() {
            Some(frame) => frame,
            None => self.frame().await.expect("an item"),
        };
        assert_eq!(frame["topic"], "aws/chat", "{frame}");
        let content = frame["content"].as_str().expect("a text");
        serde_json::from_str(content).expect("JSON in it")
    }

    /// The same in a word: what was said, or the last words of the event.
    pub(crate) async fn word(&mut self) -> String {
        let item = self.item().await;
        transcript_words(&json!({"Transcript": [item]})).swap_remove(0)
    }

    /// The words up to one of them.
    pub(crate) async fn words_until(&mut self, last: &str) -> Vec<String> {
        let mut words = Vec::new();
        while words.last().is_none_or(|word| word != last) {
            words.push(self.word().await);
        }
        words
    }

    /// Waits until the server closes.
    pub(crate) async fn closed(mut self) {
        while self.frame().await.is_some() {}
    }

    /// Closes it as a client does.
    pub(crate) async fn close(mut self) {
        let _ = self.stream.close(None).await;
        self.closed().await;
    }
}
