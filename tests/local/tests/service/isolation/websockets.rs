//! WebSockets of others: they do not open with anything but their own token, hear nothing of other chats, and say nothing into them.

use api::Tokens;
use api::live::SocketEvent;
use domain::ConnectionId;
use serde_json::{Value, json};

use super::credentials::{bearer, removed_key};
use super::jane::Jane;
use super::world;
use crate::stage::{
    BEGIN, Floor, World, at, connect, connection, disconnect, message, subscribe, typing,
};

fn named(name: &str) -> ConnectionId {
    ConnectionId::new(name).expect("a name")
}

/// Checks that a WebSocket does not open with a token, and whether a store is asked for it.
#[track_caller]
fn refused(world: &World, token: &str, unread: bool) {
    let watch = &world.service.log.watch;
    let before = watch.asked().len();
    let token = Some(token.to_owned());
    let reply = world.socket(&named("stranger"), SocketEvent::Connect { token });
    assert_eq!(reply.status, 403);
    assert_eq!(reply.frame, None);
    assert_eq!(watch.asked().len() == before, unread);
    // And what did not open is told nothing.
    let reply = world.socket(&named("stranger"), subscribe());
    assert_eq!(reply.frame, None);
}

#[test]
fn a_websocket_opens_with_no_token_but_its_own() {
    let world = world();
    let jane = Jane::of(&world);
    let url = at(
        &world.takes(connection(&jane.running.participant_token)),
        "Websocket.Url",
    );
    let (_, good) = url.split_once("?token=").expect("a token");
    let mut tried = 0;
    for n in 0..good.len() {
        let changed = if &good[n..=n] == "A" { "B" } else { "A" };
        let token = [&good[..n], changed, &good[n + 1..]].concat();
        refused(&world, &token, true);
        tried += 1;
    }
    let tokens = &world.service.settings.tokens;
    let of = |tokens: &Tokens, then| {
        let bearer = bearer(&jane.running, jane.running.session());
        tokens.websocket(&bearer, then)
    };
    for token in [
        "",
        &jane.running.participant_token,
        &jane.running.connection_token,
        &jane.next[0],
        &jane.next[2],
        &of(&removed_key(), world.now()),
        &of(tokens, BEGIN),
        &good[1..],
        &format!("{good}="),
    ] {
        refused(&world, token, true);
        tried += 1;
    }
    // Whose part in a chat is over, as his token cannot know.
    for chat in [&jane.gone, &jane.past] {
        let token = tokens.websocket(&bearer(chat, chat.session()), world.now());
        refused(&world, &token, false);
        tried += 1;
    }
    println!("{tried} tokens");
    jane.check_untouched(&world);
    assert_eq!(world.socket(&named("hers"), connect(&url)).status, 200);
}

#[tokio::test]
async fn a_websocket_hears_its_own_chat_alone_whatever_topic_it_asks_for() {
    let floor = Floor::new().await;
    let (jane, john) = (floor.chat().await, floor.chat().await);
    let ann = floor.agent(&jane).await;
    let (hers, his) = (floor.listens(&jane).await, floor.listens(&john).await);
    floor.delivers().await;
    floor.heard(&hers);
    floor.heard(&his);
    let chat = |topic: &str| json!({"topic": "aws/subscribe", "content": {"topics": [topic]}});
    let contact = &jane.contact;
    let item = json!({"Type": "MESSAGE", "Content": "it is me", "InitialContactId": contact});
    let spoof = |topic: &str| json!({"topic": topic, "content": item.to_string(), "to": contact});
    let frames = [
        chat(contact),
        chat(&format!("aws/chat/{contact}")),
        chat("aws/*"),
        chat("*"),
        chat(""),
        json!({"topic": "aws/subscribe", "content": {
            "topics": ["aws/chat", contact], "contactId": contact, "connectionToken": jane.connection_token,
        }}),
        spoof("aws/chat"),
        spoof(contact),
        spoof("aws/heartbeat"),
        json!({"action": "sendMessage", "ConnectionToken": jane.connection_token, "Content": "it is me"}),
    ];
    for frame in frames {
        let reply = floor
            .socket(&his, SocketEvent::Frame(frame.to_string()))
            .await;
        assert_eq!(reply.status, 200);
        let answered = reply.frame.map(|frame| frame.0).unwrap_or_default();
        assert!(!answered.contains(contact.as_str()), "{answered}");
    }
    assert_eq!(floor.heard(&hers), [Value::Null; 0], "a frame for Jane");
    // He has been told his own past once more, and no other.
    let again = floor.heard(&his);
    assert!(
        again
            .iter()
            .all(|item| item["InitialContactId"] == json!(john.contact))
    );
    floor.takes(message(&jane, "hello")).await;
    floor.takes(typing(&ann)).await;
    floor.takes(typing(&jane)).await;
    floor.takes(disconnect(&ann)).await;
    floor.takes(disconnect(&jane)).await;
    floor.delivers().await;
    assert!(floor.heard(&hers).len() >= 4);
    assert_eq!(floor.heard(&his), [Value::Null; 0], "a frame for John");
    floor.takes(message(&john, "anybody here?")).await;
    floor.delivers().await;
    assert_eq!(floor.words(&his), ["anybody here?"]);
    assert_eq!(floor.heard(&hers), [Value::Null; 0]);
}
