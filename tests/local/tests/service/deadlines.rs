//! What becomes of a WebSocket whose call runs out of time.

use std::time::Duration;

use api::live::{SocketCall, SocketReply};
use domain::{ConnectionId, Connections, seconds};
use lambda::Deadline;

use crate::stage::{Chat, Fault, World, at, connect, connection, message, subscribe};

/// Of this, a third is kept for the end.
const TIME: Duration = Duration::from_millis(300);

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
