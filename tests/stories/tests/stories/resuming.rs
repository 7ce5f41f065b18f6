//! Chats that continue others: what may be continued, and what comes back.

use std::time::Duration;

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::pages::{assert_strictly_rising, lines, said};
use crate::people::BOTH;
use crate::refusal::{BAD_REQUEST, DENIED, NOT_FOUND, refused};
use crate::service::Service;

/// How long a customer may take to connect, where it is to be too short.
const MOMENT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_running_chat_is_not_continued_and_the_message_names_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let waiting = backend.start(backend.chat("Jane")).await;
    let talking = backend.jane().await;
    for contact in [&waiting.contact, &talking.contact] {
        for how_much in BOTH {
            let refusal = refused(backend.chat_after(contact, how_much).send().await);
            assert_eq!(refusal.is(), BAD_REQUEST);
            assert!(refusal.message.contains(contact), "{}", refusal.message);
            assert!(
                refusal.message.contains("still active"),
                "{}",
                refusal.message
            );
        }
    }
    assert_eq!(
        service.sessions().await,
        2,
        "the refused ones were not begun"
    );
    talking.say("Nothing happened to me").await;
}

#[tokio::test]
async fn a_chat_is_continued_at_once_after_its_end_however_it_ended() {
    let service = Service::open().await;
    let backend = service.backend();
    for how_much in BOTH {
        for leaves in [true, false] {
            let source = backend.jane().await;
            source.say("before").await;
            match leaves {
                true => source.leave().await,
                false => backend.stop(&source.contact).await,
            }
            let after = backend.jane_after(&source.contact, how_much.clone()).await;
            assert_eq!(after.continued_from.as_ref(), Some(&source.contact));
            assert_ne!(after.contact, source.contact);
            assert_ne!(after.participant, source.participant);
            after.say("after").await;
            assert_eq!(said(&after.history().await), ["before", "after"]);
        }
    }
}

#[tokio::test]
async fn the_first_page_goes_on_from_the_present_into_the_past() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("before").await;
    let seen_then = source.history().await;
    source.leave().await;
    let jane = backend.jane_after(&source.contact, EntirePastSession).await;
    jane.say("after").await;

    let first = jane.older(100).send().await.unwrap();
    let past = ["Jane joined", "Jane: before", "Jane left", "ended"];
    let present = ["Jane joined", "Jane: after"];
    assert_eq!(lines(first.transcript()), [&past[..], &present].concat());
    assert_eq!(first.initial_contact_id(), Some(&*jane.contact));
    assert_eq!(first.next_token(), None);
    let (past, present) = first.transcript().split_at(4);
    for item in past {
        assert_eq!(item.contact_id(), None);
        assert_eq!(item.related_contact_id(), Some(&*source.contact));
    }
    for item in present {
        assert_eq!(item.contact_id(), Some(&*jane.contact));
        assert_eq!(item.related_contact_id(), None);
    }
    // The past is what it was: the same items, but for the member that tells where they are from.
    for (then, now) in seen_then.into_iter().zip(past) {
        let mut now = now.clone();
        now.contact_id = now.related_contact_id.take();
        assert_eq!(now, then);
    }
}

#[tokio::test]
async fn a_chain_of_chats_is_read_back_to_its_beginning() {
    let service = Service::open().await;
    let backend = service.backend();
    let mut jane = backend.jane().await;
    let mut contacts = vec![jane.contact.clone()];
    for (nth, how_much) in BOTH.iter().cycle().take(6).enumerate() {
        jane.say(&format!("chat {nth}")).await;
        jane.leave().await;
        let source = &jane.contact;
        jane = backend.jane_after(source, how_much.clone()).await;
        assert_eq!(jane.continued_from.as_ref(), contacts.last());
        contacts.push(jane.contact.clone());
    }
    jane.say("chat 6").await;

    let history = jane.history().await;
    let texts: Vec<String> = (0..7).map(|nth| format!("chat {nth}")).collect();
    assert_eq!(said(&history), texts);
    assert_strictly_rising(&history);
    let mut from: Vec<&str> = history
        .iter()
        .map(|item| item.related_contact_id().or(item.contact_id()).unwrap())
        .collect();
    from.dedup();
    assert_eq!(from, contacts);
}

#[tokio::test]
async fn two_chats_continued_from_one_source_never_see_each_other() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("common").await;
    source.leave().await;
    let left = backend.jane_after(&source.contact, EntirePastSession).await;
    left.say("left").await;
    let right = backend.jane_after(&source.contact, FromSegment).await;
    right.say("right").await;
    left.say("left again").await;
    assert_eq!(
        said(&left.history().await),
        ["common", "left", "left again"]
    );
    assert_eq!(said(&right.history().await), ["common", "right"]);

    left.leave().await;
    let further = backend.jane_after(&left.contact, FromSegment).await;
    assert_eq!(
        said(&further.history().await),
        ["common", "left", "left again"]
    );
}

#[tokio::test]
async fn a_chat_that_was_continued_is_continued_again_from_its_middle() {
    let service = Service::open().await;
    let backend = service.backend();
    let first = backend.jane().await;
    first.say("one").await;
    first.leave().await;
    let second = backend.jane_after(&first.contact, FromSegment).await;
    second.say("two").await;
    second.leave().await;
    // While the second has been continued, the first is still what it was.
    let third = backend.jane_after(&second.contact, FromSegment).await;
    let again = backend.jane_after(&first.contact, FromSegment).await;
    assert_eq!(said(&third.history().await), ["one", "two"]);
    assert_eq!(said(&again.history().await), ["one"]);
}

#[tokio::test]
async fn attributes_of_the_source_come_along_and_those_of_the_request_win() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = backend.chat("Jane").attributes("language", "de");
    let source = backend.start(chat.attributes("order", "4711")).await;
    backend.stop(&source.contact).await;
    let chat = backend.chat_after(&source.contact, FromSegment);
    let after = backend
        .start(chat.attributes("order", "4712").attributes("vip", "yes"))
        .await;

    let started = &service.records(&after.contact).await[0]["body"]["started"];
    let expected = serde_json::json!({"language": "de", "order": "4712", "vip": "yes"});
    assert_eq!(started["attributes"], expected);
    let before = &service.records(&source.contact).await[0]["body"]["started"];
    let expected = serde_json::json!({"language": "de", "order": "4711"});
    assert_eq!(before["attributes"], expected);
}

#[tokio::test]
async fn attributes_that_are_too_long_together_are_refused() {
    let service = Service::open().await;
    let backend = service.backend();
    let most = "x".repeat(32_766);
    let source = backend
        .start(backend.chat("Jane").attributes("a", &most))
        .await;
    backend.stop(&source.contact).await;
    let with = |value| {
        let chat = backend.chat_after(&source.contact, FromSegment);
        chat.attributes("b", value).send()
    };
    with("").await.expect("32,768 bytes in all");
    let refusal = refused(with("y").await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    assert!(refusal.message.contains("32768"), "{}", refusal.message);
    assert_eq!(service.sessions().await, 2);
}

#[tokio::test]
async fn a_chat_that_nobody_connects_to_ends_by_itself_and_can_be_continued() {
    let hasty = Service::set_up(|settings| settings.rules.connect_within = MOMENT).await;
    let backend = hasty.backend();
    let jane = backend.start(backend.chat("Jane")).await;
    tokio::time::sleep(MOMENT).await;
    assert_eq!(refused(jane.connecting().send().await).is(), DENIED);
    let late = backend.start(backend.chat("Jane")).await;
    tokio::time::sleep(MOMENT).await;
    assert_eq!(
        hasty.records(&late.contact).await.len(),
        1,
        "the clock ends nothing"
    );

    let service = hasty.sibling().await;
    let backend = service.backend();
    for contact in [&jane.contact, &late.contact] {
        let after = backend.jane_after(contact, FromSegment).await;
        assert_eq!(lines(&after.history().await), ["ended", "Jane joined"]);
        let records = hasty.records(contact).await;
        assert_eq!(records.len(), 2);
        let reason = "CUSTOMER_CONNECTION_NOT_ESTABLISHED";
        assert_eq!(records[1]["body"]["ended"]["reason"], reason);
        let times = [0, 1].map(|nth: usize| records[nth]["at"].as_u64().unwrap());
        assert_eq!(
            times[1],
            times[0] + MOMENT.as_millis() as u64,
            "it ended then, not now"
        );
    }
}

#[tokio::test]
async fn chats_of_a_customer_are_continued_for_that_customer_alone() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend
        .start(backend.chat("Jane").customer_id("jane"))
        .await;
    backend.stop(&source.contact).await;
    let again = |customer: Option<&str>| {
        let chat = backend.chat_after(&source.contact, EntirePastSession);
        chat.set_customer_id(customer.map(str::to_owned)).send()
    };
    let foreign = refused(again(Some("john")).await);
    assert_eq!(foreign.is(), NOT_FOUND);
    let nowhere = "00000000-0000-8000-8000-000000000000";
    let missing = refused(backend.chat_after(nowhere, FromSegment).send().await);
    assert_eq!(
        foreign, missing,
        "a foreign source is as one that does not exist"
    );
    assert_eq!(service.sessions().await, 1);

    again(Some("jane")).await.expect("her own chat");
    // A backend that names nobody acts for the owner of the source, whose the new chat is.
    let after = again(None).await.expect("any source of the instance");
    let contact = after.contact_id().unwrap();
    let started = &service.records(contact).await[0]["body"]["started"];
    assert_eq!(started["owner"], "jane");
}

#[tokio::test]
async fn chats_of_another_instance_are_not_found() {
    let service = Service::open().await;
    let backend = service.backend();
    let other = backend.of_instance(&crate::service::unique());
    let source = other.jane().await;
    source.leave().await;
    for how_much in BOTH {
        let refusal = refused(backend.chat_after(&source.contact, how_much).send().await);
        assert_eq!(refusal.is(), NOT_FOUND);
    }
    other.jane_after(&source.contact, FromSegment).await;
    assert_eq!(service.sessions().await, 0);
}
