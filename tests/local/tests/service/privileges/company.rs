//! Every function as the template makes it, over one account.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Entropy, Operation, Reply, Service};
use boot::{Boot, Connections, Gateway};
use domain::{ConnectionId, Live, Timestamp};
use dynamodb::{DynamoDbLog, Meter};
use engine::{Changes, Engine};
use lambda::{BatchAnswer, CallPause};
use serde_json::Value;

use super::account::Account;
use super::template::{Grant, Template};
use crate::stage::{BEGIN, Chat, Request, at, connect, connection, dispatch, entropy_of, start};

type Ports = Live<DynamoDbLog, Connections, Gateway, CallPause>;

/// The functions, each with what it was started with.
pub(super) struct Company {
    account: Account,
    services: BTreeMap<String, Service<Ports>>,
    deliver: Live<(), Connections, Gateway, ()>,
    changes: RefCell<Changes>,
    now: Cell<Timestamp>,
    drawn: Cell<u64>,
    /// Stops when the test is over.
    _engine: Engine,
}

/// The function that answers an operation.
fn function_of(operation: Operation) -> &'static str {
    use Operation as O;
    match operation {
        O::StartChatContact => "start-chat",
        O::StopContact => "end-chat",
        O::TransferContact => "transfer-contact",
        O::CreateParticipant => "create-participant",
        O::DescribeContact => "describe-contact",
        O::GetContactAttributes | O::UpdateContactAttributes => "contact-attributes",
        O::CreatePersistentContactAssociation => "create-persistent-contact-association",
        O::ListCustomerChats => "list-customer-chats",
        O::ExportTranscript => "export-transcript",
        O::CreateParticipantConnection => "create-participant-connection",
        O::GetTranscript => "get-transcript",
        O::SendMessage => "send-message",
        O::SendEvent => "send-event",
        O::DisconnectParticipant => "disconnect-participant",
    }
}

impl Company {
    /// Starts every function with the environment that the template gives it.
    pub(super) async fn of(template: &Template) -> Self {
        let engine = Engine::memory().expect("an engine");
        let client = dynamodb::client(&engine.sdk_config());
        let made = engine::create_table(&client, "Table").await;
        made.expect("a table");
        let made = engine::create_connections_table(&client, "Connections").await;
        made.expect("a table");
        let account = Account::over(&engine);
        let boot = |function: &str, resource: &str| {
            let variables = template.environment(resource);
            let read = move |name: &'static str| variables.get(name).cloned();
            Boot::new(account.config(function), Meter::default(), read)
        };
        let mut services = BTreeMap::new();
        let mut functions = template.functions();
        let deliver = functions.remove("deliver").expect("a function");
        for (function, resource) in functions {
            let service = boot(&function, &resource).live().await;
            services.insert(function, service.expect("a start"));
        }
        let deliver = boot("deliver", &deliver).deliveries().await;
        Self {
            account,
            services,
            deliver: deliver.expect("a start"),
            changes: RefCell::new(engine.changes("Table").expect("a stream")),
            now: Cell::new(BEGIN),
            drawn: Cell::new(1),
            _engine: engine,
        }
    }

    /// What a function has asked of the account so far.
    pub(super) fn asked(&self, function: &str) -> BTreeSet<Grant> {
        self.account.asked(function)
    }

    pub(super) fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// Gives a request to the function of its operation.
    pub(super) async fn send(&self, request: Request) -> Reply {
        let operation = request.operation;
        self.pass(Duration::from_millis(10));
        let call = request.call(self.now.get(), self.entropy(), |_| {});
        let service = &self.services[function_of(operation)];
        dispatch(service, operation, call).await
    }

    /// Sends a request that must be answered with this status, and gives the answer's body.
    pub(super) async fn answers(&self, status: u16, request: Request) -> Value {
        let operation = request.operation;
        let reply = self.send(request).await;
        let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
        assert_eq!(reply.status, status, "{operation:?}: {body}");
        body
    }

    /// Sends a request that must be taken.
    pub(super) async fn takes(&self, request: Request) -> Value {
        self.answers(200, request).await
    }

    /// A chat that a backend has started with these members, and that its customer is connected to.
    pub(super) async fn chat(&self, members: &Value) -> Chat {
        let started = self.takes(start(members).signed()).await;
        self.connected(Chat {
            contact: at(&started, "ContactId"),
            participant: at(&started, "ParticipantId"),
            participant_token: at(&started, "ParticipantToken"),
            connection_token: String::new(),
        })
        .await
    }

    /// A participant who has come.
    pub(super) async fn connected(&self, mut chat: Chat) -> Chat {
        let connected = self.takes(connection(&chat.participant_token)).await;
        chat.connection_token = at(&connected, "ConnectionCredentials.ConnectionToken");
        chat
    }

    /// Opens a WebSocket of this name for a participant, and gives the answer's status.
    pub(super) async fn opens(&self, chat: &Chat, name: &str) -> u16 {
        let connected = self.takes(connection(&chat.participant_token)).await;
        let event = connect(&at(&connected, "Websocket.Url"));
        self.socket(name, event).await.status
    }

    /// Gives an event of a WebSocket to its function.
    pub(super) async fn socket(&self, name: &str, event: SocketEvent) -> SocketReply {
        let call = SocketCall {
            connection: ConnectionId::new(name).expect("legal characters"),
            event,
            request_id: self.entropy().request_id(),
            now: self.now.get(),
        };
        let service = &self.services["websocket"];
        Box::pin(websocket::handle(service, call)).await
    }

    /// Delivers all that was written since this was done last.
    pub(super) async fn deliver(&self) -> BatchAnswer {
        let batch = {
            let mut changes = self.changes.borrow_mut();
            let batch = changes.read().expect("a batch");
            changes.done(batch.next);
            batch.event
        };
        Box::pin(deliver::handle(&self.deliver, batch)).await
    }

    fn entropy(&self) -> Entropy {
        entropy_of(self.drawn.replace(self.drawn.get() + 1))
    }
}
