//! One whole chat between a customer and an agent, and what many of them come to.

use domain::transcript::From;
use domain::{ConnectionId, Event, ReceiptKind};

use crate::document::Document;
use crate::meter::Cost;
use crate::stage::{Chat, Stage};
use crate::units;

/// How often in a minute a client sends a ping and a heartbeat, each of which is answered.
const SIGNS_OF_LIFE: u32 = 6;

/// What happened in the chat, counted.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// Calls of the HTTP API.
    calls: u32,
    /// WebSockets opened, subscribed and closed.
    turns: u32,
    /// Signs of life that ask DynamoDB nothing.
    pings: u32,
    /// Signs of life that read the socket.
    heartbeats: u32,
    /// Batches of the stream: one for each record, as where little happens at once. Receipts are filtered out.
    batches: u32,
    /// Frames that clients sent or were sent.
    frames: u32,
    connection_minutes: u32,
    cost: Cost,
}

impl Story {
    /// Tells it, with so many messages, and so many minutes in which both are connected.
    pub(crate) async fn told(messages: u32, minutes: u32) -> Self {
        let stage = Stage::new().await;
        let mut story = Self::default();
        let chat = stage.started(true, None).await;
        story.wrote(&stage, &chat, 1).await;
        let jane = story.comes(&stage, &chat, chat.customer).await;
        let ann = stage.invited(&chat).await;
        story.wrote(&stage, &chat, 1).await;
        let anns = story.comes(&stage, &chat, ann).await;
        for turn in 0..messages {
            let (one, other) = match turn % 2 {
                0 => (chat.customer, ann),
                _ => (ann, chat.customer),
            };
            stage.event(&chat, one, Event::Typing).await;
            let sent = stage.said(&chat, one).await;
            story.wrote(&stage, &chat, 2).await;
            for kind in ReceiptKind::ALL {
                stage.received(&chat, other, sent.id, kind).await;
                story.calls += 1;
            }
        }
        for socket in [&jane, &anns] {
            for _ in 0..minutes * SIGNS_OF_LIFE {
                stage.heard(socket).await;
                story.heartbeats += 1;
                story.pings += 1;
                // Both are answered.
                story.frames += 4;
            }
        }
        stage.stopped(&chat).await;
        story.wrote(&stage, &chat, 1).await;
        for socket in [jane, anns] {
            story.frames += stage.posted(&socket.connection);
            stage.closed(&socket).await;
            story.turns += 1;
            story.connection_minutes += minutes;
        }
        story.cost = stage.meter.take();
        story
    }

    /// So many calls were made, the last of which wrote a record, and it is told.
    async fn wrote(&mut self, stage: &Stage, chat: &Chat, calls: u32) {
        stage.delivered(chat).await;
        self.calls += calls;
        self.batches += 1;
    }

    /// Somebody connects, opens a WebSocket, subscribes, and reads what there is.
    async fn comes(
        &mut self,
        stage: &Stage,
        chat: &Chat,
        who: domain::ParticipantId,
    ) -> domain::Socket {
        stage.connected(chat, who).await;
        self.wrote(stage, chat, 1).await;
        let socket = stage.opened(chat, who).await;
        stage.subscribed(&socket).await;
        self.turns += 2;
        // The subscription and its answer.
        self.frames += 2;
        stage.page(chat, who, From::Newest).await;
        self.calls += 1;
        socket
    }

    /// What happened, as the document counts it.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let kilobytes = self.cost.stored as f64 / 1000.0;
        [
            ("calls of the HTTP API", self.calls.to_string()),
            (
                "WebSockets opened, subscribed and closed",
                self.turns.to_string(),
            ),
            ("pings", self.pings.to_string()),
            ("heartbeats", self.heartbeats.to_string()),
            ("batches of the stream", self.batches.to_string()),
            ("frames, from clients and to them", self.frames.to_string()),
            ("minutes of connection", self.connection_minutes.to_string()),
            ("requests to DynamoDB", self.cost.requests.to_string()),
            ("read units", units(self.cost.reads)),
            ("write units", units(self.cost.writes)),
            ("KB stored", units(kilobytes)),
        ]
        .map(|(what, count)| vec![what.to_owned(), count])
        .to_vec()
    }

    /// What so many of these chats come to, by the document's prices.
    pub(crate) fn bill(&self, chats: f64, document: &Document) -> Vec<Vec<String>> {
        let price = |name| document.price(name);
        let counted = |counts: &[(u32, &str)]| -> f64 {
            let each = counts.iter();
            each.map(|(count, name)| f64::from(*count) * document.assumed(name))
                .sum()
        };
        let invocations = self.calls + self.turns + self.pings + self.heartbeats + self.batches;
        let invocations = f64::from(invocations);
        let waited = counted(&[
            (self.calls + self.turns, "ms of a call"),
            (self.pings, "ms of a ping"),
            (self.heartbeats, "ms of a heartbeat"),
        ]);
        let delivered = counted(&[(self.batches, "ms of a batch")]);
        let gigabyte_seconds = (waited * document.assumed("MB of a function")
            + delivered * document.assumed("MB of Deliver"))
            / (1000.0 * 1024.0);
        let lines = counted(&[(
            self.calls + self.turns + self.batches,
            "KB of log of a call or batch",
        )]);
        let stored = self.cost.stored as f64 / 1e9;
        let million = 1e6;
        let rows = [
            (
                "DynamoDB reads",
                self.cost.reads / million,
                "million units",
                price("read units"),
            ),
            (
                "DynamoDB writes",
                self.cost.writes / million,
                "million units",
                price("write units"),
            ),
            (
                "Lambda invocations",
                invocations / million,
                "million",
                price("invocations"),
            ),
            (
                "Lambda duration",
                gigabyte_seconds,
                "GB-seconds",
                price("duration, arm64"),
            ),
            (
                "HTTP API",
                f64::from(self.calls) / million,
                "million calls",
                price("HTTP API calls"),
            ),
            (
                "WebSocket messages",
                f64::from(self.frames) / million,
                "million frames",
                price("WebSocket messages"),
            ),
            (
                "WebSocket connections",
                f64::from(self.connection_minutes) / million,
                "million minutes",
                price("connection minutes"),
            ),
            ("logs", lines / million, "GB", price("log ingestion")),
            (
                "storage and its backup, a month",
                stored,
                "GB",
                price("storage") + price("backup"),
            ),
        ];
        let mut total = 0.0;
        let mut bill: Vec<Vec<String>> = rows
            .into_iter()
            .map(|(what, quantity, unit, price)| {
                let (quantity, dollars) = (quantity * chats, quantity * chats * price);
                total += dollars;
                vec![
                    what.to_owned(),
                    format!("{quantity:.2} {unit}"),
                    format!("{dollars:.2}"),
                ]
            })
            .collect();
        bill.push(vec![
            "all of it".to_owned(),
            String::new(),
            format!("{total:.2}"),
        ]);
        bill
    }
}

impl Stage {
    /// How many frames a connection was sent.
    fn posted(&self, connection: &ConnectionId) -> u32 {
        self.ports.gateway.take(connection).len() as u32
    }
}
