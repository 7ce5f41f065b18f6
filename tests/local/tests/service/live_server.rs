//! Live chats over the local server: its WebSockets, the functions behind them, and the engine's stream.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::{INSTANCE, Server, Wire, at, continuing, http, transcript_words};

#[tokio::test]
async fn a_chat_is_live_on_both_sides_until_who_ended_it_is_told_so() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let mut hers = server.listens(&jane).await;
    let ann = server.agent(&jane).await;
    let came = ["participant.invited", "participant.joined"];
    assert_eq!(hers.words_until("participant.joined").await, came);
    let mut anns = server.listens(&ann).await;

    let sent = server.say(&jane, "Hello \u{1F600} <b>there</b>").await;
    for wire in [&mut hers, &mut anns] {
        let item = wire.item().await;
        assert_eq!(item["Content"], "Hello \u{1F600} <b>there</b>");
        assert_eq!(item["Id"], sent["Id"]);
        assert_eq!(item["ContactId"], jane.contact.as_str());
        assert_eq!(item["InitialContactId"], jane.contact.as_str());
    }

    // Typing and receipts go to the others alone: what she is told next is what is said next.
    let typing = json!({"ContentType": "application/vnd.amazonaws.connect.event.typing"});
    server
        .post("/participant/event", &jane.connection_token, &typing)
        .await;
    let read = json!({
        "ContentType": "application/vnd.amazonaws.connect.event.message.read",
        "Content": json!({"messageId": sent["Id"]}).to_string(),
    });
    server
        .post("/participant/event", &ann.connection_token, &read)
        .await;
    server.say(&ann, "I have read it.").await;
    assert_eq!(anns.word().await, "typing");
    assert_eq!(anns.word().await, "I have read it.");
    let receipt = hers.item().await;
    assert_eq!(receipt["Type"], "MESSAGEMETADATA");
    assert_eq!(receipt["MessageMetadata"]["MessageId"], sent["Id"]);
    assert_eq!(hers.word().await, "I have read it.");

    server.leave(&jane).await;
    for wire in [&mut hers, &mut anns] {
        assert_eq!(wire.word().await, "participant.left");
        let ended = wire.item().await;
        let kind = "application/vnd.amazonaws.connect.event.chat.ended";
        assert_eq!(ended["ContentType"], kind);
        assert_eq!(ended["ContactId"], jane.contact.as_str());
    }
    server.stop().await;
}

#[tokio::test]
async fn an_association_is_told_and_the_past_is_not() {
    let server = Server::with(&["--memory"]).await;
    let past = server.chat(&json!({})).await;
    server.say(&past, "in the past").await;
    server.leave(&past).await;
    let jane = server.chat(&json!({})).await;
    let mut hers = server.listens(&jane).await;
    let path = format!(
        "/contact/persistent-contact-association/{INSTANCE}/{}",
        jane.contact
    );
    let body = json!({"SourceContactId": past.contact, "RehydrationType": "ENTIRE_PAST_SESSION"});
    server.signed("POST", &path, &body).await;
    let item = hers.item().await;
    let kind = "application/vnd.amazonaws.connect.event.chat.rehydrated";
    assert_eq!(item["ContentType"], kind);
    assert_eq!(item["InitialContactId"], jane.contact.as_str());
    assert!(item["Id"].is_string() && item["AbsoluteTime"].is_string());
    server.leave(&jane).await;
    let next = server
        .chat(&continuing(&jane.contact, "ENTIRE_PAST_SESSION"))
        .await;
    let mut next_wire = server.listens(&next).await;
    server.say(&next, "now").await;
    assert_eq!(next_wire.word().await, "now");
    server.stop().await;
}

#[tokio::test]
async fn trap_1_the_local_address_is_one_that_chatjs_takes() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let url = at(&server.connection(&jane).await, "Websocket.Url");
    let front = format!(
        "ws://127.0.0.1:{}/websocket?token=",
        server.address().port()
    );
    assert!(url.starts_with(&front), "{url}");
    server.stop().await;
}

#[tokio::test]
async fn clients_are_answered_on_the_wire() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let mut wire = server.open(&jane).await.expect("it opens");
    // As the SDK for iOS sends it (trap 9).
    wire.send(r#"{"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})"#)
        .await;
    let subscribed = wire.answer("aws/subscribe").await;
    assert_eq!(subscribed["content"]["status"], "success");
    wire.send(r#"{"topic":"aws/heartbeat"}"#).await;
    wire.send("nothing that is known").await;
    wire.send(r#"{"topic":"aws/ping"}"#).await;
    let heartbeat = wire.answer("aws/heartbeat").await;
    assert_eq!(heartbeat, json!({"topic": "aws/heartbeat"}));
    let ping = wire.answer("aws/ping").await;
    assert_eq!(ping["statusContent"], "OK");
    server.stop().await;
}

#[tokio::test]
async fn a_websocket_without_a_good_token_is_refused() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let url = at(&server.connection(&jane).await, "Websocket.Url");
    let (front, _) = url.split_once('?').expect("a query");
    for url in [
        front.to_owned(),
        format!("{front}?token=bm8"),
        format!("{url}x"),
    ] {
        assert_eq!(Wire::open(&url).await.err(), Some(403), "{url}");
    }
    server.leave(&jane).await;
    assert_eq!(Wire::open(&url).await.err(), Some(403));
    let plain = http(server.address(), "GET", "/websocket?token=bm8", &[], b"").await;
    assert_eq!(plain.status, 426);
    assert_eq!(plain.json(), json!({"message": "Upgrade Required"}));
    server.stop().await;
}

#[tokio::test]
async fn the_sixth_websocket_is_refused_until_one_of_the_five_closes() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let mut wires = Vec::new();
    for _ in 0..5 {
        wires.push(server.listens(&jane).await);
    }
    assert_eq!(server.open(&jane).await.err(), Some(403));
    wires.swap_remove(2).close().await;
    // Its end is noted a moment after the client has seen it.
    let sixth = loop {
        match server.open(&jane).await {
            Ok(wire) => break wire,
            Err(status) => assert_eq!(status, 403),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    drop(sixth);
    server.stop().await;
}

/// What the chat's transcript says, oldest first.
async fn transcript(server: &Server, chat: &crate::stage::Chat) -> Vec<String> {
    let mut words = Vec::new();
    let mut token = Value::Null;
    loop {
        let body = json!({"MaxResults": 100, "ScanDirection": "BACKWARD", "NextToken": token});
        let page = server
            .post("/participant/transcript", &chat.connection_token, &body)
            .await;
        words.extend(transcript_words(&page));
        token = page["NextToken"].clone();
        if token.is_null() {
            words.reverse();
            return words;
        }
    }
}

#[tokio::test]
async fn a_websocket_that_is_cut_loses_nothing_and_doubles_nothing() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let ann = server.agent(&jane).await;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut wire = server.listens(&jane).await;
    let expected: Vec<String> = (0..60).map(|n| format!("message {n:02}")).collect();
    for (n, text) in expected.iter().enumerate() {
        server.say(&ann, text).await;
        if n % 6 == 5 {
            // Cut without a word, while something is on its way. A client that comes back reads what it has missed.
            drop(wire);
            wire = server.listens(&jane).await;
            seen.extend(transcript(&server, &jane).await);
        } else {
            let mut word = wire.word().await;
            while word != *text {
                // From before the cut, and read already.
                assert!(seen.contains(&word), "{word}");
                word = wire.word().await;
            }
            seen.insert(word);
        }
    }
    let read: Vec<String> = transcript(&server, &jane).await;
    let said: Vec<&String> = read
        .iter()
        .filter(|word| word.starts_with("message"))
        .collect();
    assert_eq!(said, expected.iter().collect::<Vec<_>>());
    assert!(expected.iter().all(|text| seen.contains(text)));
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_restarts_under_a_live_chat_says_goodbye_and_goes_on() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("restart");
    let _ = std::fs::remove_dir_all(&folder);
    let file = folder.join("chat.db").display().to_string();
    let server = Server::with(&["--data", &file]).await;
    let jane = server.chat(&json!({})).await;
    let wire = server.listens(&jane).await;
    server.say(&jane, "before").await;
    server.stop().await;
    wire.closed().await;
    let server = Server::with(&["--data", &file]).await;
    // The stored participant token is good again and again.
    let mut wire = server.listens(&jane).await;
    server.say(&jane, "after").await;
    assert_eq!(wire.word().await, "after", "and nothing of before");
    let said = transcript(&server, &jane).await;
    assert_eq!(said, ["participant.joined", "before", "after"]);
    server.stop().await;
    let _ = std::fs::remove_dir_all(&folder);
}

#[tokio::test]
async fn many_chats_at_once_are_each_told_of_their_own() {
    let server = Server::with(&["--memory"]).await;
    let chats = 20;
    let live = (0..chats).map(|n| {
        let server = &server;
        async move {
            let jane = server.chat(&json!({})).await;
            let mut wire = server.listens(&jane).await;
            for round in 0..5 {
                let text = format!("{n} {round}");
                server.say(&jane, &text).await;
                assert_eq!(wire.word().await, text);
            }
        }
    });
    futures_util::future::join_all(live).await;
    server.stop().await;
}
