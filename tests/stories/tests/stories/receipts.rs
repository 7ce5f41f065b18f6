//! SendEvent: who has got and read what, and who is typing.

use aws_sdk_connect::types::ParticipantRole::Supervisor;
use aws_sdk_connect::types::RehydrationType::EntirePastSession;
use aws_sdk_connectparticipant::types::Item;

use crate::control::SALES;
use crate::pages::lines;
use crate::people::{Participant, Sent};
use crate::refusal::{DENIED, INVALID, refused};
use crate::service::{Service, unique};

const DELIVERED: &str = "message.delivered";
const READ: &str = "message.read";

/// Jane and the agent Ann, in one chat.
async fn jane_and_ann(service: &Service) -> (Participant, Participant) {
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    (jane, ann)
}

/// Who has got an item and who has read it, and when: `delivered`, `read`, `recipient`.
fn receipts(item: &Item) -> Vec<(Option<&str>, Option<&str>, &str)> {
    let Some(metadata) = item.message_metadata() else {
        return Vec::new();
    };
    assert_eq!(metadata.message_id(), item.id());
    assert!(!metadata.receipts().is_empty(), "metadata of nothing");
    let each = metadata.receipts().iter();
    each.map(|receipt| {
        (
            receipt.delivered_timestamp(),
            receipt.read_timestamp(),
            receipt.recipient_participant_id().unwrap(),
        )
    })
    .collect()
}

/// The item of this message in somebody's transcript.
async fn shown(reader: &Participant, message: &Sent) -> Item {
    let is_it = |item: &Item| item.id() == Some(&message.id);
    let mut found: Vec<Item> = reader.history().await;
    found.retain(is_it);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[tokio::test]
async fn a_message_is_delivered_and_read_by_the_agent_and_the_customer_sees_it() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let hello = jane.say("Hello").await;
    let other = jane.say("Are you there?").await;
    assert_eq!(receipts(&shown(&jane, &hello).await), []);

    let delivered = ann.note(DELIVERED, &hello).await;
    let item = shown(&jane, &hello).await;
    let expected = [(Some(&*delivered.time), None, &*ann.participant)];
    assert_eq!(receipts(&item), expected);
    let read = ann.note(READ, &hello).await;
    let both = [(Some(&*delivered.time), Some(&*read.time), &*ann.participant)];
    for reader in [&jane, &ann] {
        assert_eq!(receipts(&shown(reader, &hello).await), both);
        assert_eq!(receipts(&shown(reader, &other).await), []);
    }
    // Receipts are no items.
    let expected = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Jane: Hello",
        "Jane: Are you there?",
    ];
    assert_eq!(lines(&jane.history().await), expected);
}

#[tokio::test]
async fn the_customer_reads_the_agents_messages_too() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let answer = ann.say("It comes today.").await;
    let read = jane.note(READ, &answer).await;
    let expected = [(None, Some(&*read.time), &*jane.participant)];
    assert_eq!(receipts(&shown(&ann, &answer).await), expected);
}

#[tokio::test]
async fn a_repeated_receipt_is_answered_alike_and_the_first_stands() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let hello = jane.say("Hello").await;
    let first = ann.note(DELIVERED, &hello).await;
    let again = ann.note(DELIVERED, &hello).await;
    assert_eq!(first, again);
    assert_ne!(ann.note(READ, &hello).await.id, first.id);
    let item = shown(&jane, &hello).await;
    assert_eq!(receipts(&item)[0].0, Some(&*first.time));
}

#[tokio::test]
async fn constant_client_tokens_as_chatjs_sends_them_swallow_no_receipt() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let mut messages = Vec::new();
    for text in ["one", "two", "three"] {
        messages.push(jane.say(text).await);
    }
    for (event, token) in [
        (DELIVERED, "INCOMING_DELIVERED_RECEIPT"),
        (READ, "INCOMING_READ_RECEIPT"),
    ] {
        for message in &messages {
            let receipt = ann.noting(event, &message.id);
            receipt.client_token(token).send().await.unwrap();
        }
    }
    for message in &messages {
        let item = shown(&jane, message).await;
        let receipts = receipts(&item);
        assert!(receipts[0].0.is_some() && receipts[0].1.is_some());
    }
}

#[tokio::test]
async fn with_three_active_participants_receipts_are_refused_by_409() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let backend = service.backend();
    let hello = jane.say("Hello").await;
    let boss = backend.inviting(&jane.contact, Supervisor, "Boss");
    let boss = backend.invite(boss).await;
    // Who has not come yet is not active.
    ann.note(DELIVERED, &hello).await;
    let boss = boss.connected().await;
    let loud = jane.say("Hello, all").await;
    for event in [DELIVERED, READ] {
        let refusal = refused(ann.noting(event, &loud.id).send().await);
        assert_eq!(refusal.is(), ("ConflictException", 409));
    }
    ann.note(DELIVERED, &hello).await;
    ann.signalling("typing").send().await.expect("no receipt");
    boss.leave().await;
    ann.note(READ, &loud).await;
    let item = shown(&jane, &loud).await;
    assert_eq!(receipts(&item).len(), 1);
    assert_eq!(receipts(&item)[0].0, None);
}

#[tokio::test]
async fn typing_is_answered_and_not_kept() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let before = service.records(&jane.contact).await;
    for event in ["typing", "connection.acknowledged"] {
        for participant in [&jane, &ann] {
            let told = participant.signalling(event).send().await.unwrap();
            assert!(told.id().is_some() && told.absolute_time().is_some());
        }
    }
    assert_eq!(service.records(&jane.contact).await, before);
    assert_eq!(jane.history().await.len(), 3);
}

#[tokio::test]
async fn events_that_nobody_knows_are_refused() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let hello = jane.say("Hello").await;
    for event in [
        ann.signalling("participant.joined"),
        ann.signalling("typing").content_type("text/plain"),
        ann.signalling(DELIVERED),
        ann.signalling(DELIVERED).content("no json"),
        ann.signalling(READ).content(r#"{"messageId":4711}"#),
        ann.noting(READ, &hello.id).client_token("x".repeat(501)),
    ] {
        assert_eq!(refused(event.send().await).is(), INVALID);
    }
    assert_eq!(receipts(&shown(&jane, &hello).await), []);
}

#[tokio::test]
async fn receipts_for_anything_else_than_anothers_message_change_nothing() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    let past = source.say("before").await;
    source.leave().await;
    let chat = backend.jane_after(&source.contact, EntirePastSession);
    let jane = chat.await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    let own = jane.say("Hello").await;
    let joined = jane.history().await[4].id().unwrap().to_owned();
    // The chat interface confirms all that it shows, the past included.
    for message in [&past.id, &own.id, &joined, &unique()] {
        let event = jane.noting(READ, message);
        event.send().await.expect("taken, and not kept");
    }
    for reader in [&jane, &ann] {
        let history = reader.history().await;
        assert!(history.iter().all(|item| receipts(item).is_empty()));
    }
}

#[tokio::test]
async fn receipts_are_seen_over_transfers_pages_and_in_the_past() {
    let service = Service::open().await;
    let backend = service.backend();
    let (jane, ann) = jane_and_ann(&service).await;
    let mut read = Vec::new();
    for number in 0..6 {
        let message = jane.say(&number.to_string()).await;
        if number % 2 == 0 {
            read.push((message.id.clone(), ann.note(READ, &message).await.time));
        }
        if number == 3 {
            backend.transfer(&jane.contact, SALES).await;
        }
    }
    ann.leave().await;
    let found = |items: &[Item]| -> Vec<(String, String)> {
        let of = |item: &Item| {
            let receipts = receipts(item);
            let (_, time, recipient) = receipts.first()?;
            assert_eq!(*recipient, ann.participant);
            Some((item.id()?.to_owned(), (*time)?.to_owned()))
        };
        items.iter().filter_map(of).collect()
    };
    for size in [3, 100] {
        assert_eq!(found(&jane.history_in_pages_of(size).await), read);
    }
    jane.leave().await;
    let after = backend.jane_after(&jane.contact, EntirePastSession).await;
    for size in [1, 3, 100] {
        assert_eq!(found(&after.history_in_pages_of(size).await), read);
    }
}

#[tokio::test]
async fn after_the_end_nobody_notes_anything() {
    let service = Service::open().await;
    let (jane, ann) = jane_and_ann(&service).await;
    let hello = jane.say("Hello").await;
    let gone = service.backend().agent(&jane.contact, "Gone").await;
    gone.leave().await;
    let by_gone = gone.noting(READ, &hello.id).send().await;
    assert_eq!(refused(by_gone).is(), DENIED);
    jane.leave().await;
    for event in [ann.noting(READ, &hello.id), ann.signalling("typing")] {
        assert_eq!(refused(event.send().await).is(), DENIED);
    }
}
