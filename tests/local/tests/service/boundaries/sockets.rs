//! What happens on WebSockets, from every beginning in which it takes another way to the stores and the gateway.

use api::live::SocketEvent;
use domain::{ConnectionId, minutes, seconds};
use serde_json::json;

use super::begin::{accompanied, due, janes};
use super::{Case, Deed, case};
use crate::stage::{Chat, World, at, connect, connection, message, stop, subscribe};

/// Every WebSocket that a case has, by its name.
pub(super) const NAMES: [&str; 9] = [
    "hers", "anns", "1", "2", "3", "4", "5", "opens-1", "opens-2",
];

fn named(name: &str) -> ConnectionId {
    ConnectionId::new(name).expect("a name")
}

fn url(world: &World, chat: &Chat) -> String {
    let connected = world.takes(connection(&chat.participant_token));
    at(&connected, "Websocket.Url")
}

/// A WebSocket of a participant that has opened, and not subscribed.
fn opened(world: &World, chat: &Chat, name: &'static str) -> ConnectionId {
    let reply = world.socket(&named(name), connect(&url(world, chat)));
    assert_eq!(reply.status, 200);
    world.service.log.gateway.open(&named(name), world.now());
    named(name)
}

/// A WebSocket of a participant that is told what happens.
pub(super) fn listens(world: &World, chat: &Chat, name: &'static str) -> ConnectionId {
    let connection = opened(world, chat, name);
    assert!(world.socket(&connection, subscribe()).frame.is_some());
    connection
}

fn says_subscribe(name: &'static str) -> Deed {
    match subscribe() {
        SocketEvent::Frame(text) => Deed::Says(name, text),
        SocketEvent::Connect { .. } | SocketEvent::Disconnect => unreachable!("a frame"),
    }
}

fn heartbeat(name: &'static str) -> Deed {
    Deed::Says(name, json!({"topic": "aws/heartbeat"}).to_string())
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("a WebSocket opens", |world| {
            Deed::Opens(url(world, &accompanied(world).0))
        }),
        case("the fifth WebSocket opens", |world| {
            let jane = janes(world, &json!({}));
            for name in ["1", "2", "3", "4"] {
                listens(world, &jane, name);
            }
            Deed::Opens(url(world, &jane))
        }),
        case(
            "a sixth WebSocket opens, since of five three are dead",
            |world| {
                let jane = janes(world, &json!({}));
                opened(world, &jane, "1");
                for name in ["2", "3", "4", "5"] {
                    listens(world, &jane, name);
                }
                world.pass(seconds(35));
                let gateway = &world.service.log.gateway;
                gateway.cut(&named("2"));
                for name in ["4", "5"] {
                    gateway.hears(&named(name), world.now());
                }
                Deed::Opens(url(world, &jane))
            },
        ),
        case("a sixth WebSocket is refused", |world| {
            let jane = janes(world, &json!({}));
            for name in ["1", "2", "3", "4", "5"] {
                let connection = listens(world, &jane, name);
                let gateway = &world.service.log.gateway;
                gateway.hears(&connection, world.now() + minutes(1));
            }
            Deed::Opens(url(world, &jane))
        }),
        case("a WebSocket opens after the end", |world| {
            let jane = janes(world, &json!({}));
            let url = url(world, &jane);
            world.takes(stop(&jane.contact));
            Deed::Opens(url)
        }),
        case(
            "a WebSocket subscribes, and has missed something",
            |world| {
                let (jane, ann) = accompanied(world);
                opened(world, &jane, "hers");
                world.pass(seconds(1));
                world.takes(message(&ann, "are you there?"));
                Deed::Subscribes("hers", url(world, &jane))
            },
        ),
        case("a WebSocket subscribes, and has missed the end", |world| {
            let (jane, _) = accompanied(world);
            opened(world, &jane, "hers");
            let url = url(world, &jane);
            world.takes(stop(&jane.contact));
            Deed::Subscribes("hers", url)
        }),
        case("a WebSocket that nobody knows subscribes", |world| {
            let name = named("hers");
            world.service.log.gateway.open(&name, world.now());
            says_subscribe("hers")
        }),
        case("a heartbeat", |world| {
            listens(world, &accompanied(world).0, "hers");
            heartbeat("hers")
        }),
        case("a heartbeat when the time has passed", |world| {
            let jane = janes(world, &json!({"ChatDurationInMinutes": 60}));
            listens(world, &jane, "hers");
            world.pass(minutes(61));
            heartbeat("hers")
        }),
        case(
            "a heartbeat of a WebSocket that is not told any more",
            |world| {
                let name = named("hers");
                world.service.log.gateway.open(&name, world.now());
                heartbeat("hers")
            },
        ),
        case("a ping", |world| {
            listens(world, &accompanied(world).0, "hers");
            Deed::Says("hers", json!({"topic": "aws/ping"}).to_string())
        }),
        case("a WebSocket closes", |world| {
            listens(world, &accompanied(world).0, "hers");
            Deed::Closes("hers")
        }),
        case("a WebSocket opens when the time has passed", |world| {
            let jane = due(world);
            // An address that was given at the end of the time.
            let bearer = api::Bearer {
                session: jane.session(),
                participant: domain::ParticipantId::parse(&jane.participant).expect("an id"),
                role: domain::Role::Customer,
            };
            let tokens = &world.service.settings.tokens;
            let token = tokens.websocket(&bearer, world.now());
            Deed::Opens(format!("wss://live.example.org/live?token={token}"))
        }),
    ]
}
