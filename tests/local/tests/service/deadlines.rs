//! What becomes of a call that runs out of time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api::live::{SocketCall, SocketReply};
use api::{Reply, Service};
use domain::{
    Chunk, ConnectionId, Connections, Live, Log, LogError, MemoryLog, Put, Read, Record,
    SessionKey, seconds,
};
use lambda::{CallPause, Deadline};
use serde_json::{Value, json};

use crate::stage::{Chat, Fault, World, at, connect, connection, message, start, stop, subscribe};

/// Of this, a third is kept for the end.
const TIME: Duration = Duration::from_millis(300);

/// Long enough that a busy machine does not use it up between two tries.
const LONGER: Duration = Duration::from_secs(3);

/// What a socket's subscription asks of the store before the first of what it has missed is posted.
const BEFORE_THE_POST: usize = 4;

fn open(world: &World, chat: &Chat, name: &ConnectionId) {
    let url = at(
        &world.takes(connection(&chat.participant_token)),
        "Websocket.Url",
    );
    assert_eq!(world.socket(name, connect(&url)).status, 200);
    world.service.log.gateway.open(name, world.now());
}

/// A gateway may take seconds for each frame. Cut off in the midst of that, the socket would be told of all that follows, and
/// nobody would see what it was not told.
#[tokio::test]
async fn a_client_that_cannot_be_told_in_time_what_it_missed_is_forgotten_and_closed() {
    let world = World::with(&[("WEBSOCKET_URL", "wss://live.example.org/live")]);
    let chat = world.chat();
    let name = ConnectionId::new("slow").expect("a name");
    open(&world, &chat, &name);
    world.pass(seconds(1));
    world.takes(message(&chat, "meanwhile"));
    let call = SocketCall {
        connection: name.clone(),
        event: subscribe(),
        request_id: "one".to_owned(),
        now: world.now(),
    };
    let log = &world.service.log;
    log.watch.disturb(BEFORE_THE_POST, Fault::KilledBefore);
    let handling = websocket::handle(&world.service, call);
    let reply = Deadline::after(TIME).hold(handling).await;
    assert!(log.watch.calm(), "the post does not end");
    assert_eq!(reply, SocketReply::OK, "and no answer to the subscription");
    assert_eq!(log.connections.socket(&name).await, Ok(None));
    assert!(!log.gateway.is_open(&name));
    let asked = log.watch.asked();
    let last: Vec<&str> = asked.iter().rev().take(3).map(|it| it.method).collect();
    assert_eq!(last, ["close", "forget", "post"]);
}

/// A log in which somebody else is always first, once that is wanted.
#[derive(Default)]
struct Crowded {
    memory: MemoryLog,
    always: AtomicBool,
}

impl Log for Crowded {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        self.memory.read(session, read).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        match self.always.load(Ordering::SeqCst) {
            true => Ok(Put::Taken(None)),
            false => self.memory.put(session, record).await,
        }
    }
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// Others take every slot until the call has no time left. It says so before it is given up, since nothing was written.
#[tokio::test]
async fn a_call_that_never_gets_a_slot_is_too_much_and_no_fault() {
    let world = World::new();
    let service = Service {
        log: Live {
            log: Crowded::default(),
            connections: (),
            gateway: (),
            pause: CallPause,
        },
        settings: world.service.settings.clone(),
    };
    let call = |request: crate::stage::Request| request.call(world.now(), world.entropy(), |_| {});
    let started = start_chat::handle(&service, call(start(&json!({})))).await;
    let mut chat = Chat::started(&json_of(&started));
    let joins = call(connection(&chat.participant_token));
    let joined = create_participant_connection::handle(&service, joins).await;
    chat.connection_token = at(&json_of(&joined), "ConnectionCredentials.ConnectionToken");
    service.log.log.always.store(true, Ordering::SeqCst);

    let (began, deadline) = (Instant::now(), Deadline::after(LONGER));
    let says = send_message::handle(&service, call(message(&chat, "hello")));
    let said = deadline.hold(says).await;
    let said_after = began.elapsed();
    assert_eq!(
        (said.status, &json_of(&said)["__type"]),
        (429, &json!("ThrottlingException"))
    );
    assert!(said.headers.contains(&("retry-after", "1".to_owned())));
    assert!(said_after < LONGER, "{said_after:?}");

    let (began, deadline) = (Instant::now(), Deadline::after(LONGER));
    let ends = end_chat::handle(&service, call(stop(&chat.contact)));
    let ended = deadline.hold(ends).await;
    assert_eq!(ended.status, 429);
    assert!(began.elapsed() >= LONGER / 2, "an end tries for longer");
}
