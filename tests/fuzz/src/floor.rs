//! The service that the targets call: the functions over a log in memory that counts, behind Lambda's own events.

use std::cell::Cell;
use std::sync::LazyLock;
use std::time::Duration;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Call, Entropy, Operation, Service, Settings};
use domain::{ConnectionId, Timestamp};
use futures_executor::block_on;
use http::Method;
use lambda::Environment;
use lambda_http::request::LambdaRequest;
use serde_json::Value;

use crate::stage::{Answer, WatchedLog, dispatch, entropy_of, knows};

/// When every floor opens: 2027-01-15T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const INSTANCE: &str = "12345678-1234-1234-1234-123456789012";

/// No answer may hold one of these.
const SECRETS: [&str; 3] = [
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "panicked",
];

/// The most calls of the store that any call of the service makes here, where nobody else writes.
const MOST_CALLS: usize = 40;
/// A page of a customer's chats asks for each of its chats.
const MOST_CALLS_OF_A_LIST: usize = 80;

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let environment = Environment::from(|name| {
        let value = match name {
            "TABLE_NAME" => "chat",
            "SIGNING_KEYS" => {
                "a:0123456789abcdef0123456789abcdef,old:fedcba9876543210fedcba9876543210"
            }
            "SESSION_ID_KEY" => "fedcba9876543210fedcba9876543210",
            "ACCESS_KEYS" => "local:local,second:second",
            "ANONYMOUS_START" => "true",
            "DISCONNECT_CONTACT_FLOW_ID" => "survey",
            "WEBSOCKET_URL" => "wss://live.example.org/live",
            _ => return None,
        };
        Some(value.to_owned())
    });
    environment.expect("legal settings").settings
});

/// The settings of every floor.
pub(crate) fn settings() -> &'static Settings {
    &SETTINGS
}

/// A service and its clock.
pub(crate) struct Floor {
    pub(crate) service: Service<WatchedLog>,
    now: Cell<Timestamp>,
    drawn: Cell<u64>,
}

impl Floor {
    pub(crate) fn new() -> Self {
        Self {
            service: Service {
                log: WatchedLog::new(),
                settings: settings().clone(),
            },
            now: Cell::new(BEGIN),
            drawn: Cell::new(1),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// Randomness that is the same for the same bytes, and that no call had before.
    pub(crate) fn entropy(&self) -> Entropy {
        entropy_of(self.drawn.replace(self.drawn.get() + 1))
    }

    /// Gives an HTTP event, as Lambda hands it over, to the function of an operation, and checks what every answer must
    /// have. None where the event is none of HTTP, which Lambda's runtime refuses by itself.
    pub(crate) fn event(&self, operation: Operation, event: &str) -> Option<Exchange> {
        let event: LambdaRequest = serde_json::from_str(event).ok()?;
        let request = lambda::readable(event).into();
        let call = lambda::call_of(request, self.now(), self.entropy());
        Some(self.call(operation, call))
    }

    /// Gives a call to the function of its operation.
    pub(crate) fn call(&self, operation: Operation, call: Call) -> Exchange {
        // One function has two operations, and tells them by the method.
        let operation = match (operation, &call.method) {
            (Operation::UpdateContactAttributes, &Method::GET) => Operation::GetContactAttributes,
            (Operation::GetContactAttributes, method) if method != Method::GET => {
                Operation::UpdateContactAttributes
            }
            _ => operation,
        };
        let log = &self.service.log;
        let (request_id, method, body) = (
            call.request_id.clone(),
            call.method.clone(),
            call.body.clone(),
        );
        let (calls, stored, ends) = (log.watch.made(), log.stored(), log.ends());
        let reply = block_on(dispatch(&self.service, operation, call));
        assert!(
            reply.status < 500 && reply.status != 429,
            "{operation:?} failed: {}",
            String::from_utf8_lossy(&reply.body)
        );
        let shown = String::from_utf8_lossy(&reply.body).into_owned();
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{operation:?} tells {secret}");
        }
        let answered = lambda::response_of(reply.clone()).expect("a response");
        assert_eq!(answered.status(), reply.status);
        let answer = Answer::of(reply, &request_id);
        knows(operation, &method, &body, &answer);
        let made = log.watch.made() - calls;
        let most = match operation {
            Operation::ListCustomerChats => MOST_CALLS_OF_A_LIST,
            _ => MOST_CALLS,
        };
        assert!(made <= most, "{operation:?} called the store {made} times");
        let (written, ended) = (log.stored() - stored, log.ends() - ends);
        // Whatever is refused may have found that a chat's time had passed: its own, or that of its source.
        assert!(
            answer.status == 200 || written == ended && ended <= 1,
            "{operation:?} was refused and wrote {written} records, of which {ended} are ends"
        );
        Exchange {
            operation,
            status: answer.status,
            body: answer.body,
        }
    }

    /// Gives an event of a WebSocket to its function.
    pub(crate) fn socket(&self, connection: &ConnectionId, event: SocketEvent) -> SocketReply {
        self.pass(Duration::from_millis(10));
        let call = SocketCall {
            connection: connection.clone(),
            event,
            request_id: self.entropy().request_id(),
            now: self.now(),
        };
        self.hear(call)
    }

    /// The same with the call as a whole.
    pub(crate) fn hear(&self, call: SocketCall) -> SocketReply {
        let calls = self.service.log.watch.made();
        let reply = block_on(websocket::handle(&self.service, call));
        assert!(
            matches!(reply.status, 200 | 403),
            "a WebSocket is answered {}",
            reply.status
        );
        let made = self.service.log.watch.made() - calls;
        assert!(
            made <= MOST_CALLS,
            "a WebSocket called the store {made} times"
        );
        reply
    }
}

/// What came of a call.
pub(crate) struct Exchange {
    pub(crate) operation: Operation,
    pub(crate) status: u16,
    pub(crate) body: Value,
}
