//! A chat from its start to its end.

use aws_sdk_connect::primitives::{DateTime, DateTimeFormat};
use aws_sdk_connect::types::ChatMessage;
use aws_sdk_connectparticipant::types::ParticipantRole;

use crate::pages::{assert_strictly_rising, ids, lines, receipt};
use crate::people::{BOTH, Participant, sent};
use crate::refusal::{DENIED, refused};
use crate::service::Service;

#[tokio::test]
async fn a_customer_connects_and_talks() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let hello = jane.say("Hello").await;
    let parcel = jane.say("Where is my parcel?").await;

    let history = jane.history().await;
    assert_eq!(
        lines(&history),
        ["Jane joined", "Jane: Hello", "Jane: Where is my parcel?"]
    );
    assert_eq!(
        [receipt(&history[1]), receipt(&history[2])],
        [hello, parcel]
    );
    assert_strictly_rising(&history);
    for item in &history {
        assert_eq!(item.contact_id(), Some(&*jane.contact));
        assert_eq!(item.related_contact_id(), None);
        assert_eq!(item.participant_id(), Some(&*jane.participant));
        assert_eq!(item.participant_role(), Some(&ParticipantRole::Customer));
    }
}

#[tokio::test]
async fn a_new_chat_continues_nothing_and_shows_nothing() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    assert_eq!(jane.continued_from, None);
    let page = jane.older(100).send().await.unwrap();
    assert_eq!(lines(page.transcript()), ["Jane joined"]);
    assert_eq!(page.initial_contact_id(), Some(&*jane.contact));
    assert_eq!(page.next_token(), None);
}

#[tokio::test]
async fn an_initial_message_is_the_first_item_and_stands_before_anybody_connects() {
    let service = Service::open().await;
    let backend = service.backend();
    let hello = ChatMessage::builder()
        .content_type("text/plain")
        .content("Hello")
        .build();
    let chat = backend.chat("Jane").initial_message(hello.unwrap());
    let jane = backend.start(chat).await.connected().await;
    let history = jane.history().await;
    assert_eq!(lines(&history), ["Jane: Hello", "Jane joined"]);
    assert_eq!(history[0].participant_id(), Some(&*jane.participant));
    assert_strictly_rising(&history);
}

#[tokio::test]
async fn a_customer_who_connects_again_has_joined_once_and_both_connections_are_good() {
    let service = Service::open().await;
    let first = service.backend().jane().await;
    let second = first.clone().connected().await;
    first.say("from the first").await;
    second.say("from the second").await;
    let expected = [
        "Jane joined",
        "Jane: from the first",
        "Jane: from the second",
    ];
    assert_eq!(lines(&first.history().await), expected);
    assert_eq!(first.history().await, second.history().await);
}

#[tokio::test]
async fn a_connection_lasts_a_day_and_names_no_websocket() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let connected = jane.connecting().send().await.unwrap();
    let credentials = connected.connection_credentials().unwrap();
    let (now, expiry) = (jane.say("now").await.time, credentials.expiry().unwrap());
    let seconds = |text| {
        DateTime::from_str(text, DateTimeFormat::DateTime)
            .unwrap()
            .secs()
    };
    let lasts = seconds(expiry) - seconds(&now);
    assert!((86_400 - 60..=86_400).contains(&lasts), "{now} {expiry}");
    let websocket = connected.websocket().unwrap();
    assert_eq!(websocket.url(), Some(""));
    assert_eq!(websocket.connection_expiry(), Some(expiry));
}

#[tokio::test]
async fn two_chats_know_nothing_of_each_other() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let john = backend.start(backend.chat("John")).await.connected().await;
    jane.say("I am Jane").await;
    john.say("I am John").await;
    assert_eq!(
        lines(&jane.history().await),
        ["Jane joined", "Jane: I am Jane"]
    );
    assert_eq!(
        lines(&john.history().await),
        ["John joined", "John: I am John"]
    );
    assert_ne!(jane.contact, john.contact);
    assert_ne!(jane.participant, john.participant);
}

#[tokio::test]
async fn a_stopped_chat_is_closed_to_its_customer() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    backend.stop(&jane.contact).await;
    everything_is_denied_to(&jane).await;
}

#[tokio::test]
async fn a_chat_that_was_left_is_closed_to_its_customer() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    jane.leave().await;
    everything_is_denied_to(&jane).await;
}

#[tokio::test]
async fn the_customer_leaves_in_one_record_that_reads_as_two_items() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    jane.leave().await;

    let records = service.records(&jane.contact).await;
    assert_eq!(records.len(), 3, "start, join, end: {records:?}");
    assert_eq!(records[2]["body"]["ended"]["reason"], "CUSTOMER_DISCONNECT");
    assert_eq!(records[2]["body"]["ended"]["left"], *jane.participant);

    for how_much in BOTH {
        let after = backend.jane_after(&jane.contact, how_much).await;
        let history = after.history().await;
        let expected = ["Jane joined", "Jane left", "ended", "Jane joined"];
        assert_eq!(lines(&history), expected);
        assert_eq!(history[1].participant_id(), Some(&*jane.participant));
        assert_eq!(history[2].participant_id(), None);
        assert_eq!(history[2].participant_role(), None);
        assert_strictly_rising(&history);
    }
}

#[tokio::test]
async fn stopping_adds_one_end_however_often_it_is_asked_for() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    backend.stop(&jane.contact).await;
    backend.stop(&jane.contact).await;
    backend.stop(&jane.contact).await;
    let records = service.records(&jane.contact).await;
    assert_eq!(records.len(), 3, "start, join, end: {records:?}");
    assert_eq!(records[2]["body"]["ended"]["reason"], "API");
    assert!(records[2]["body"]["ended"]["left"].is_null());
}

#[tokio::test]
async fn an_arn_and_its_bare_id_are_one_instance() {
    let service = Service::open().await;
    let backend = service.backend();
    let arn = format!(
        "arn:aws:connect:us-east-1:123456789012:instance/{}",
        service.instance
    );
    let by_arn = backend.of_instance(&arn);

    let jane = by_arn.jane().await;
    let source = jane.contact.clone();
    assert_eq!(service.records(&source).await.len(), 2);
    backend.stop(&source).await;
    let after = backend.jane_after(&source, BOTH[0].clone()).await;
    by_arn.stop(&after.contact).await;
    assert_eq!(refused(after.saying("x").send().await).is(), DENIED);

    let token = service.instance.as_str();
    let one = backend
        .start(backend.chat("Jane").client_token(token))
        .await;
    let same = by_arn.start(by_arn.chat("Jane").client_token(token)).await;
    assert_eq!(one.contact, same.contact);
}

#[tokio::test]
async fn a_visitor_without_any_key_starts_and_continues_chats_that_nobody_owns() {
    let service = Service::open().await;
    let backend = service.backend();
    let visitor = crate::people::Backend::unsigned(&service.url, &service.instance);

    let first = visitor.jane().await;
    first.say("Hello").await;
    first.leave().await;
    let second = visitor.jane_after(&first.contact, BOTH[1].clone()).await;
    assert_eq!(second.continued_from, Some(first.contact));
    let stop = refused(visitor.stopping(&second.contact).send().await);
    assert_eq!((&*stop.code, stop.status), DENIED);
    second.say("I am still here").await;

    let owned = backend
        .start(backend.chat("Jane").customer_id("jane"))
        .await;
    backend.stop(&owned.contact).await;
    let chat = visitor.chat_after(&owned.contact, BOTH[1].clone());
    assert_eq!(refused(chat.send().await).is(), crate::refusal::NOT_FOUND);
}

#[tokio::test]
async fn messages_keep_their_text_whatever_it_is() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let long = "漢".repeat(5_461);
    let texts = [
        "\"quotes\" \\ and\nlines\t",
        "💶 Ünïcödé \u{200d}",
        " ",
        "{\"a\":1}",
        &long,
    ];
    for text in texts {
        sent(jane.saying(text)).await;
    }
    let history = jane.history().await;
    assert_eq!(crate::pages::said(&history), texts);
    let mut different = ids(&history);
    different.dedup();
    assert_eq!(different.len(), texts.len() + 1);
}

/// What a customer can do with the tokens of a chat is refused, one and all.
async fn everything_is_denied_to(jane: &Participant) {
    assert_eq!(refused(jane.connecting().send().await).is(), DENIED);
    assert_eq!(
        refused(jane.saying("still there?").send().await).is(),
        DENIED
    );
    assert_eq!(refused(jane.older(10).send().await).is(), DENIED);
    assert_eq!(refused(jane.leaving().send().await).is(), DENIED);
}
