//! What a WebSocket gets that subscribes: all that has come since it opened, once, or it is closed.

use api::live::SocketReply;
use domain::{ConnectionId, Frame};
use serde_json::json;

use crate::stage::{Server, World, at, connect, connection, message, subscribe, transcript_words};

#[tokio::test]
async fn row_98_somebody_who_joins_while_a_websocket_subscribes_is_told_once() {
    let server = Server::with(&["--memory"]).await;
    for _ in 0..12 {
        let jane = server.chat(&json!({})).await;
        let mut hers = server.open(&jane).await.expect("it opens");
        let ann = server.agent(&jane).await;
        hers.subscribe().await;
        server.say(&ann, "Hello").await;
        let told = hers.words_until("Hello").await;
        assert_eq!(told, ["participant.invited", "participant.joined", "Hello"]);
    }
    server.stop().await;
}

#[tokio::test]
async fn row_88_all_that_came_before_the_subscription_is_told_once_and_in_order() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let ann = server.agent(&jane).await;
    let mut hers = server.open(&jane).await.expect("it opens");
    let mut expected: Vec<String> = (0..100).map(|n| format!("message {n}")).collect();
    for text in &expected {
        server.say(&ann, text).await;
    }
    hers.subscribe().await;
    server.say(&ann, "last").await;
    expected.push("last".to_owned());
    assert_eq!(hers.words_until("last").await, expected);
    // A client that repeats its subscription has its answer, and is told nothing again.
    hers.subscribe().await;
    server.say(&ann, "again").await;
    assert_eq!(hers.word().await, "again");
    server.stop().await;
}

fn world() -> World {
    World::with(&[("WEBSOCKET_URL", "wss://live.example.org/live")])
}

/// A chat whose customer's WebSocket was open while so much was said, and what the WebSocket is answered and told when it
/// subscribes.
fn subscribes_after(world: &World, name: &ConnectionId, said: usize) -> (SocketReply, Vec<String>) {
    let chat = world.chat();
    let url = at(
        &world.takes(connection(&chat.participant_token)),
        "Websocket.Url",
    );
    assert_eq!(world.socket(name, connect(&url)).status, 200);
    world.service.log.gateway.open(name, world.now());
    world.hold_against_the_document(false);
    for n in 0..said {
        world.takes(message(&chat, &n.to_string()));
    }
    let reply = world.socket(name, subscribe());
    let frames = world.service.log.gateway.take(name).into_iter();
    let word = |Frame(text): Frame| {
        let frame: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let item = frame["content"].as_str().expect("a text");
        let item: serde_json::Value = serde_json::from_str(item).expect("JSON in it");
        transcript_words(&json!({"Transcript": [item]})).swap_remove(0)
    };
    (reply, frames.map(word).collect())
}

#[test]
fn row_88_who_has_missed_too_much_is_closed_and_not_told_a_part() {
    let name = ConnectionId::new("hers").expect("a name");
    for (said, told) in [(255, true), (256, false), (2_000, false)] {
        let world = world();
        let (reply, words) = subscribes_after(&world, &name, said);
        assert_eq!(reply.frame.is_some(), told, "{said}");
        assert_eq!(world.service.log.gateway.is_open(&name), told);
        let all: Vec<String> = (0..said).map(|n| n.to_string()).collect();
        match told {
            true => assert_eq!(words, all),
            false => assert_eq!(words, [""; 0]),
        }
    }
}

#[test]
fn a_websocket_that_subscribes_again_is_answered_by_one_read_and_told_nothing() {
    let world = world();
    let name = ConnectionId::new("hers").expect("a name");
    let (_, words) = subscribes_after(&world, &name, 3);
    assert_eq!(words, ["0", "1", "2"]);
    let asked = world.service.log.watch.made();
    let again = world.socket(&name, subscribe());
    assert!(
        again
            .frame
            .is_some_and(|Frame(text)| text.contains("success"))
    );
    assert_eq!(world.service.log.gateway.take(&name), []);
    assert_eq!(world.service.log.watch.made(), asked + 1);
}
