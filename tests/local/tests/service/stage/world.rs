//! A service over a log in memory, with a clock and a source of randomness that do what the test says.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Call, Entropy, Limits, Operation, Service};
use domain::{ConnectionId, Timestamp};
use futures_util::FutureExt;
use lambda::Environment;
use serde_json::Value;

use super::{Answer, DENIED, Kind, Request, WatchedLog, dispatch, knows};

/// When every world begins: 2027-01-15T08:00:00Z.
pub(crate) const BEGIN: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const INSTANCE: &str = "12345678-1234-1234-1234-123456789012";
pub(crate) const FLOW: &str = "846ec553-a005-41c0-8341-0123456789ab";
/// A ClientToken that anybody may use.
pub(crate) const UUID_4: &str = "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10";

/// How many worlds there have been: no two share an id.
static WORLDS: AtomicU64 = AtomicU64::new(0);

/// A service and everything around it.
pub(crate) struct World {
    pub(crate) service: Service<WatchedLog>,
    now: Cell<Timestamp>,
    drawn: Cell<u64>,
    held_against_the_document: Cell<bool>,
}

impl World {
    /// A service that knows one backend and lets anybody start a chat.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// The same with other settings.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        let usual = [
            ("TABLE_NAME", "chat"),
            ("SIGNING_KEYS", "a:0123456789abcdef0123456789abcdef"),
            ("SESSION_ID_KEY", "fedcba9876543210fedcba9876543210"),
            ("ACCESS_KEYS", "local:local,second:second"),
            ("ANONYMOUS_START", "true"),
        ];
        let environment = Environment::from(|name| {
            let mut all = settings.iter().chain(&usual);
            all.find(|(each, _)| *each == name)
                .map(|(_, value)| (*value).to_owned())
        });
        Self {
            service: environment
                .expect("legal settings")
                .service(WatchedLog::new()),
            now: Cell::new(BEGIN),
            drawn: Cell::new(WORLDS.fetch_add(1, Ordering::SeqCst) << 40),
            held_against_the_document: Cell::new(true),
        }
    }

    /// Holds what comes from now on against the OpenAPI document, or does not, where the same comes a thousand times.
    pub(crate) fn hold_against_the_document(&self, held: bool) {
        self.held_against_the_document.set(held);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.now.set(self.now.get() + time);
    }

    /// Randomness that no call had before.
    pub(crate) fn entropy(&self) -> Entropy {
        let mut bytes = [0; 48];
        for part in bytes.chunks_exact_mut(8) {
            // SplitMix64, whose outputs never repeat.
            let mut bits = self.drawn.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
            self.drawn.set(bits);
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            part.copy_from_slice(&(bits ^ (bits >> 31)).to_be_bytes());
        }
        Entropy::new(bytes)
    }

    #[track_caller]
    pub(crate) fn send(&self, request: Request) -> Answer {
        self.send_altered(request, |_| {})
    }

    /// Sends a request that is altered on its way, after it was signed.
    #[track_caller]
    pub(crate) fn send_altered(&self, request: Request, altered: impl FnOnce(&mut Call)) -> Answer {
        let operation = request.operation;
        let call = request.call(self.now(), self.entropy(), altered);
        self.handle(operation, call)
    }

    /// Gives a call to the function of its operation, and holds what comes of it against the OpenAPI document.
    #[track_caller]
    pub(crate) fn handle(&self, operation: Operation, call: Call) -> Answer {
        let answer = self.handle_unless_killed(operation, call);
        answer.expect("nothing waits for what does not come")
    }

    /// The same where the process may be killed while it waits for one of its own calls: then there is no answer.
    #[track_caller]
    pub(crate) fn handle_unless_killed(&self, operation: Operation, call: Call) -> Option<Answer> {
        let request_id = call.request_id.clone();
        let (method, body) = (call.method.clone(), call.body.clone());
        // Everything around is in memory: what is not done at once waits for ever, and is dropped.
        let reply = dispatch(&self.service, operation, call).now_or_never()?;
        let answer = Answer::of(reply, &request_id);
        // The length of a message is that of a deployment that sets none.
        let usual = Limits::default().content_bytes;
        let usual = self.service.settings.limits.content_bytes == usual;
        if usual && self.held_against_the_document.get() {
            knows(operation, &method, &body, &answer);
        }
        Some(answer)
    }

    /// Gives an event of a WebSocket to its function.
    pub(crate) fn socket(&self, connection: &ConnectionId, event: SocketEvent) -> SocketReply {
        let reply = self.socket_unless_killed(connection, event);
        reply.expect("nothing waits for what does not come")
    }

    /// The same where the process may be killed meanwhile.
    pub(crate) fn socket_unless_killed(
        &self,
        connection: &ConnectionId,
        event: SocketEvent,
    ) -> Option<SocketReply> {
        let call = SocketCall {
            connection: connection.clone(),
            event,
            request_id: self.entropy().request_id(),
            now: self.now(),
        };
        websocket::handle(&self.service, call).now_or_never()
    }

    /// Checks that a request is refused in these words and that nothing was written.
    #[track_caller]
    pub(crate) fn refuses(&self, request: Request, kind: Kind, message: &str) {
        let before = self.service.log.puts();
        let answer = self.send(request);
        answer.is(kind, message);
        assert_eq!(self.service.log.puts(), before, "something was written");
    }

    /// Checks that a start is refused whose slot is taken: it learns that by a put, which writes nothing.
    #[track_caller]
    pub(crate) fn refuses_repetition(&self, request: Request, kind: Kind, message: &str) {
        let before = self.service.log.stored();
        self.send(request).is(kind, message);
        assert_eq!(self.service.log.stored(), before, "something was written");
    }

    /// Checks that a request is denied because the chat's time has passed; that alone is written down.
    #[track_caller]
    pub(crate) fn refuses_after_expiry(&self, request: Request) {
        let before = self.service.log.puts();
        self.send(request).is(DENIED, "Access denied");
        assert_eq!(
            self.service.log.puts(),
            before + 1,
            "the end, and nothing else"
        );
    }

    /// Checks that a request is taken, and gives the answer's body.
    #[track_caller]
    pub(crate) fn takes(&self, request: Request) -> Value {
        self.send(request).ok()
    }
}
