//! WebSockets: their addresses, who may open one, how many, and what their clients are answered (clients.md 0 and 2.5).

use api::live::{SocketEvent, SocketReply};
use api::{Operation, parse_iso};
use domain::{ConnectionId, Frame, LogError, days, seconds};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, Failure, Request, World, at, connect, connection, disconnect, message, start,
    stop, subscribe,
};

const URL: &str = "wss://live.example.org/live";

fn world() -> World {
    World::with(&[("WEBSOCKET_URL", URL)])
}

fn named(name: &str) -> ConnectionId {
    ConnectionId::new(name).expect("a name")
}

/// A new address of a participant's WebSockets.
fn url(world: &World, chat: &Chat) -> String {
    at(
        &world.takes(connection(&chat.participant_token)),
        "Websocket.Url",
    )
}

/// Opens a WebSocket of a participant, and gives the status.
fn open(world: &World, chat: &Chat, name: &str) -> u16 {
    let url = url(world, chat);
    let opened = world.socket(&named(name), connect(&url)).status;
    if opened == 200 {
        world.service.log.gateway.open(&named(name), world.now());
    }
    opened
}

fn says(world: &World, name: &str, text: &str) -> Option<Value> {
    let reply = world.socket(&named(name), SocketEvent::Frame(text.to_owned()));
    assert_eq!(reply.status, 200);
    let json = |Frame(text): Frame| serde_json::from_str(&text).expect("JSON");
    reply.frame.map(json)
}

#[test]
fn the_address_is_that_of_the_deployment_with_a_token_and_lasts_an_hour() {
    let world = world();
    let started = world.takes(start(&json!({"ConnectionTypes": ["WEBSOCKET"]})));
    let connected = world.takes(connection(&at(&started, "ParticipantToken")));
    for answer in [started, connected] {
        let url = at(&answer, "Websocket.Url");
        let (front, token) = url.split_once("?token=").expect("a token");
        assert_eq!(front, URL);
        assert!(token.len() > 40 && url.len() <= 2_000, "{url}");
        let expiry = at(&answer, "Websocket.ConnectionExpiry");
        assert_eq!(expiry, api::iso(world.now() + seconds(3_600)));
    }
}

#[test]
fn trap_10_without_a_websocket_its_address_is_there_and_empty() {
    let world = World::new();
    let chat = world.chat();
    let connected = world.takes(connection(&chat.participant_token));
    assert_eq!(connected["Websocket"]["Url"], "");
    assert!(connected["Websocket"]["ConnectionExpiry"].is_string());
}

#[test]
fn trap_11_expiries_are_never_so_near_nor_so_far_that_clients_ask_at_once() {
    for world in [World::new(), world()] {
        let chat = world.chat();
        for _ in 0..3 {
            let connected = world.takes(connection(&chat.participant_token));
            for member in ["Websocket.ConnectionExpiry", "ConnectionCredentials.Expiry"] {
                let expiry = parse_iso(&at(&connected, member)).expect("a time");
                assert!(expiry > world.now() + seconds(60), "{member}");
                assert!(expiry < world.now() + days(24), "{member}");
            }
            world.pass(seconds(3_540));
        }
    }
}

#[test]
fn trap_8_after_the_end_neither_a_connection_nor_a_websocket_is_to_be_had() {
    let world = world();
    type End = fn(&World, &Chat);
    let ends: [End; 2] = [
        |world, chat| drop(world.takes(disconnect(chat))),
        |world, chat| drop(world.takes(stop(&chat.contact))),
    ];
    for end in ends {
        let chat = world.chat();
        let url = url(&world, &chat);
        end(&world, &chat);
        world.refuses(connection(&chat.participant_token), DENIED, "Access denied");
        assert_eq!(world.socket(&named("late"), connect(&url)).status, 403);
        assert!(says(&world, "late", r#"{"topic":"aws/ping"}"#).is_some());
    }
}

#[test]
fn an_address_is_good_for_100_seconds() {
    let world = world();
    let chat = world.chat();
    let url = url(&world, &chat);
    world.pass(seconds(99));
    assert_eq!(world.socket(&named("in-time"), connect(&url)).status, 200);
    world.pass(seconds(1));
    assert_eq!(world.socket(&named("late"), connect(&url)).status, 403);
}

#[test]
fn a_websocket_opens_with_its_own_token_only() {
    let world = world();
    let chat = world.chat();
    let token = |token: Option<&str>| SocketEvent::Connect {
        token: token.map(str::to_owned),
    };
    for wrong in [
        None,
        Some(""),
        Some("bm8gdG9rZW4"),
        Some(&*chat.participant_token),
        Some(&*chat.connection_token),
    ] {
        assert_eq!(world.socket(&named("wrong"), token(wrong)).status, 403);
    }
    let elsewhere = World::with(&[
        ("WEBSOCKET_URL", URL),
        ("SIGNING_KEYS", "a:another-secret-of-32-characters-or-more"),
    ]);
    let foreign = url(&elsewhere, &elsewhere.chat());
    assert_eq!(
        world.socket(&named("foreign"), connect(&foreign)).status,
        403
    );
}

#[test]
fn who_has_left_opens_no_websocket() {
    let world = world();
    let chat = world.chat();
    let agent = world.accompanied(&chat, "AGENT", "Ann");
    let url = url(&world, &agent);
    world.takes(disconnect(&agent));
    assert_eq!(world.socket(&named("agent"), connect(&url)).status, 403);
}

#[test]
fn a_participant_has_five_websockets_and_the_sixth_is_refused() {
    let world = world();
    let chat = world.chat();
    let agent = world.accompanied(&chat, "AGENT", "Ann");
    for name in ["1", "2", "3", "4", "5"] {
        assert_eq!(open(&world, &chat, name), 200, "{name}");
        world.socket(&named(name), subscribe());
    }
    assert_eq!(open(&world, &chat, "6"), 403);
    // Of each, that is: others have their own five, and so has the customer in another chat.
    assert_eq!(open(&world, &agent, "agent"), 200);
    assert_eq!(open(&world, &world.chat(), "elsewhere"), 200);
    // One closes, one opens.
    world.socket(&named("3"), SocketEvent::Disconnect);
    assert_eq!(open(&world, &chat, "6"), 200);
    assert_eq!(open(&world, &chat, "7"), 403);
}

/// Opens a WebSocket and subscribes it.
fn listens(world: &World, chat: &Chat, name: &str) {
    assert_eq!(open(world, chat, name), 200, "{name}");
    world.socket(&named(name), subscribe());
}

#[test]
fn websockets_that_died_in_silence_do_not_lock_their_owner_out() {
    let world = world();
    let chat = world.chat();
    let gateway = &world.service.log.gateway;
    for name in ["1", "2", "3", "4", "5"] {
        listens(&world, &chat, name);
    }
    gateway.cut(&named("2"));
    listens(&world, &chat, "6");
    assert_eq!(open(&world, &chat, "7"), 403);
    // Whoever changes the network leaves a socket that still takes what is posted, and says nothing any more.
    world.pass(seconds(29));
    for name in ["3", "4", "5", "6"] {
        gateway.hears(&named(name), world.now());
    }
    assert_eq!(open(&world, &chat, "too-early"), 403);
    world.pass(seconds(1));
    listens(&world, &chat, "8");
    assert!(!gateway.is_open(&named("1")), "it is closed");
    assert_eq!(open(&world, &chat, "9"), 403);
}

#[test]
fn websockets_whose_clients_never_came_do_not_lock_their_owner_out() {
    let world = world();
    let chat = world.chat();
    for name in ["1", "2", "3", "4", "5"] {
        assert_eq!(open(&world, &chat, name), 200);
    }
    world.pass(std::time::Duration::from_millis(9_999));
    assert_eq!(open(&world, &chat, "too-early"), 403);
    world.pass(std::time::Duration::from_millis(1));
    listens(&world, &chat, "in-time");
    // Should one of them come after all, it is told that it is too late.
    world.socket(&named("1"), subscribe());
    assert!(!world.service.log.gateway.is_open(&named("1")));
}

#[test]
fn a_websocket_past_its_two_hours_does_not_count() {
    let world = world();
    let chat = world.chat();
    for name in ["1", "2", "3", "4", "5"] {
        listens(&world, &chat, name);
    }
    world.pass(seconds(7_199));
    for name in ["1", "2", "3", "4", "5"] {
        let gateway = &world.service.log.gateway;
        gateway.hears(&named(name), world.now());
    }
    assert_eq!(open(&world, &chat, "6"), 403);
    world.pass(seconds(1));
    assert_eq!(open(&world, &chat, "7"), 200);
}

#[test]
fn clients_are_answered_in_the_frames_that_they_wait_for() {
    let world = world();
    let chat = world.chat();
    open(&world, &chat, "1");
    let subscribed =
        json!({"topic": "aws/subscribe", "content": {"status": "success", "topics": ["aws/chat"]}});
    // The SDK for iOS sends one parenthesis too many (trap 9).
    for frame in [
        r#"{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}"#,
        r#"{"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})"#,
    ] {
        assert_eq!(says(&world, "1", frame), Some(subscribed.clone()));
    }
    let heartbeat = json!({"topic": "aws/heartbeat"});
    assert_eq!(
        says(&world, "1", r#"{"topic":"aws/heartbeat"}"#),
        Some(heartbeat)
    );
    let ping = json!({"topic": "aws/ping", "statusCode": 200, "statusContent": "OK"});
    assert_eq!(says(&world, "1", r#"{"topic":"aws/ping"}"#), Some(ping));
    for nothing in ["", "hello", r#"{"topic":"aws/other"}"#] {
        assert_eq!(says(&world, "1", nothing), None);
    }
    assert!(world.service.log.gateway.is_open(&named("1")));
}

#[test]
fn a_websocket_that_is_not_known_is_closed_so_that_its_client_comes_back() {
    let world = world();
    world
        .service
        .log
        .gateway
        .open(&named("forgotten"), world.now());
    let reply = world.socket(&named("forgotten"), subscribe());
    assert_eq!(reply, SocketReply::OK);
    assert!(!world.service.log.gateway.is_open(&named("forgotten")));
}

#[test]
fn a_websocket_that_could_not_be_closed_has_no_answer_to_its_next_heartbeat() {
    let world = world();
    let chat = world.chat();
    let gateway = &world.service.log.gateway;
    listens(&world, &chat, "1");
    let heartbeat = r#"{"topic":"aws/heartbeat"}"#;
    assert!(says(&world, "1", heartbeat).is_some());
    // What is posted fails, and to close it fails too.
    gateway.jam(&named("1"));
    let session = chat.session();
    let frame = Frame("{}".to_owned());
    let parcels = [domain::Parcel {
        frame,
        to: domain::Audience::Everybody,
        of: None,
    }];
    let log = &world.service.log;
    let push = domain::push(log, &session, &parcels, domain::Effort::Full);
    assert_eq!(futures_executor::block_on(push).map(|it| it.failed), Ok(1));
    assert!(gateway.is_open(&named("1")));
    gateway.mend(&named("1"));
    assert_eq!(says(&world, "1", heartbeat), None);
    assert!(!gateway.is_open(&named("1")));
}

#[test]
fn a_chat_in_which_everybody_is_silent_ends_when_its_duration_has_passed() {
    let world = world();
    let chat = world.chat();
    listens(&world, &chat, "1");
    let heartbeat = r#"{"topic":"aws/heartbeat"}"#;
    let stored = world.service.log.stored();
    world.pass(days(1) + seconds(3_599));
    assert!(says(&world, "1", heartbeat).is_some());
    assert_eq!(world.service.log.stored(), stored);
    world.pass(seconds(2));
    for _ in 0..2 {
        assert!(says(&world, "1", heartbeat).is_some());
        assert_eq!(world.service.log.stored(), stored + 1);
    }
}

#[test]
fn who_subscribes_after_the_end_is_told_of_it() {
    let world = world();
    let chat = world.chat();
    world.pass(seconds(1));
    open(&world, &chat, "1");
    world.takes(disconnect(&chat));
    world.socket(&named("1"), subscribe());
    let told = world.service.log.gateway.take(&named("1"));
    let [Frame(left), Frame(ended)] = &told[..] else {
        panic!("{} frames", told.len());
    };
    assert!(left.contains("participant.left"), "{left}");
    assert!(
        ended.contains("chat.ended") && ended.contains(&chat.contact),
        "{ended}"
    );
}

#[test]
fn what_was_said_before_a_websocket_subscribed_is_told_once_it_has() {
    let world = world();
    let chat = world.chat();
    world.takes(message(&chat, "before"));
    world.pass(seconds(1));
    open(&world, &chat, "1");
    world.takes(message(&chat, "meanwhile"));
    let answered = world.socket(&named("1"), subscribe());
    assert!(answered.frame.is_some());
    let told = world.service.log.gateway.take(&named("1"));
    let [Frame(told)] = &told[..] else {
        panic!("{} frames", told.len());
    };
    assert!(told.contains("meanwhile"), "{told}");
    // Where it cannot be told, its client is not to believe that it has missed nothing.
    open(&world, &chat, "2");
    world.takes(message(&chat, "again"));
    world.service.log.gateway.jam(&named("2"));
    assert_eq!(world.socket(&named("2"), subscribe()), SocketReply::OK);
}

#[test]
fn a_store_that_fails_opens_nothing_and_answers_as_overload_or_fault() {
    let world = world();
    let chat = world.chat();
    let url = url(&world, &chat);
    let burns = LogError::Unavailable("the table burns".to_owned());
    for (error, status) in [(LogError::Throttled, 429), (burns, 500)] {
        world.service.log.fail(Failure::All(error));
        for event in [connect(&url), subscribe(), SocketEvent::Disconnect] {
            assert_eq!(world.socket(&named("1"), event).status, status);
        }
        world.service.log.fail(Failure::None);
    }
    // Signs of life ask no store.
    world.service.log.fail(Failure::All(LogError::Throttled));
    assert!(says(&world, "1", r#"{"topic":"aws/heartbeat"}"#).is_some());
}

#[test]
fn a_type_that_is_not_asked_for_makes_no_address() {
    let world = world();
    let chat = world.chat();
    let body = json!({"Type": ["CONNECTION_CREDENTIALS"]});
    let request = Request::new(Operation::CreateParticipantConnection, &body);
    let connected = world.takes(request.bearer(&chat.participant_token));
    assert_eq!(connected.get("Websocket"), None);
}
