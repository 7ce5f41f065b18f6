//! CreatePersistentContactAssociation: a running chat is given a past.

use aws_sdk_connect::types::RehydrationType::{self, EntirePastSession, FromSegment};

use crate::control::SALES;
use crate::pages::{lines, page, said};
use crate::people::{BOTH, Backend, Participant};
use crate::refusal::{BAD_PARAMETER, BAD_REQUEST, NOT_FOUND, refused};
use crate::service::{Service, unique};

/// A chat that has ended, in which this was said.
async fn ended(backend: &Backend, text: &str) -> Participant {
    let jane = backend.jane().await;
    jane.say(text).await;
    jane.leave().await;
    jane
}

#[tokio::test]
async fn the_past_can_be_read_from_the_next_first_page_on() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let jane = backend.jane().await;
    for text in ["one", "two"] {
        jane.say(text).await;
    }
    let before = jane.older(1).send().await.unwrap();

    let from = backend
        .associate(&jane.contact, &source.contact, EntirePastSession)
        .await;
    assert_eq!(from, source.contact);
    jane.say("three").await;

    let first = page(jane.older(100)).await;
    let past = ["Jane joined", "Jane: before", "Jane left", "ended"];
    let present = ["Jane joined", "Jane: one", "Jane: two", "Jane: three"];
    assert_eq!(lines(&first), [past, present].concat());
    for item in &first[..4] {
        assert_eq!(item.related_contact_id(), Some(&*source.contact));
        assert_eq!(item.contact_id(), None);
    }
    let ann = backend.agent(&jane.contact, "Ann").await;
    assert_eq!(
        said(&ann.history().await),
        ["before", "one", "two", "three"]
    );
    // A token from before keeps the border that it had.
    let older = jane.history_from(before, 1).await;
    assert_eq!(lines(&older), ["Jane joined", "Jane: one", "Jane: two"]);
}

#[tokio::test]
async fn the_chat_is_described_as_related_to_its_past_from_then_on() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let jane = backend.jane().await;
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.related_contact_id(), None);
    let second = backend.transfer(&jane.contact, SALES).await;
    // The contact of the path may be any of the session; it is the open one that is related.
    backend
        .associate(&second, &source.contact, FromSegment)
        .await;
    let described = backend.describe(&second).await;
    assert_eq!(described.related_contact_id(), Some(&*source.contact));
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.related_contact_id(), None);
}

#[tokio::test]
async fn a_repeated_association_is_answered_alike_and_a_second_one_is_refused() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let other = ended(&backend, "other").await;
    let jane = backend.jane().await;
    let associate = |source: &Participant, how_much: RehydrationType| {
        let association = backend.associating(&jane.contact, &source.contact, how_much);
        association.send()
    };
    for _ in 0..2 {
        let answer = associate(&source, FromSegment).await.unwrap();
        assert_eq!(answer.continued_from_contact_id(), Some(&*source.contact));
        jane.say("Hello").await;
    }
    for (source, how_much) in [
        (&source, EntirePastSession),
        (&other, FromSegment),
        (&other, EntirePastSession),
    ] {
        let refusal = refused(associate(source, how_much).await);
        assert_eq!(refusal.is(), BAD_REQUEST);
    }
    assert_eq!(said(&jane.history().await), ["before", "Hello", "Hello"]);
}

#[tokio::test]
async fn a_chat_started_as_persistent_has_its_past_already() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let other = ended(&backend, "other").await;
    let jane = backend.jane_after(&source.contact, FromSegment).await;
    for source in [&source, &other] {
        for how_much in BOTH {
            let second = backend.associating(&jane.contact, &source.contact, how_much);
            assert_eq!(refused(second.send().await).is(), BAD_REQUEST);
        }
    }
    assert_eq!(said(&jane.history().await), ["before"]);
}

#[tokio::test]
async fn what_continues_an_associated_chat_shows_all_that_it_showed() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let jane = backend.jane().await;
    jane.say("one").await;
    let second = backend.transfer(&jane.contact, SALES).await;
    backend
        .associate(&second, &source.contact, FromSegment)
        .await;
    jane.say("two").await;
    jane.leave().await;
    let whole = backend.jane_after(&jane.contact, EntirePastSession).await;
    assert_eq!(said(&whole.history().await), ["before", "one", "two"]);
    // What was linked in a later contact is not seen from an earlier one.
    let part = backend.jane_after(&jane.contact, FromSegment).await;
    assert_eq!(said(&part.history().await), ["one"]);
}

#[tokio::test]
async fn a_source_is_refused_for_the_same_reasons_as_at_a_start() {
    let service = Service::open().await;
    let backend = service.backend();
    let active = backend.jane().await;
    let jane = backend.jane().await;
    let associate = |source: &str, how_much| {
        let association = backend.associating(&jane.contact, source, how_much);
        association.send()
    };
    let nowhere = "00000000-0000-8000-8000-000000000000";
    let owned = backend
        .start(backend.chat("Jane").customer_id("jane"))
        .await;
    backend.stop(&owned.contact).await;
    for how_much in BOTH {
        let refusal = refused(associate(&active.contact, how_much.clone()).await);
        assert_eq!(refusal.is(), BAD_REQUEST);
        let named = refusal.message.contains(&active.contact);
        assert!(named, "{}", refusal.message);
        let itself = refused(associate(&jane.contact, how_much.clone()).await);
        assert_eq!(itself.is(), BAD_REQUEST);
        let missing = refused(associate(nowhere, how_much.clone()).await);
        assert_eq!(missing.is(), NOT_FOUND);
        // An owned past never becomes readable through a chat of nobody.
        let foreign = refused(associate(&owned.contact, how_much).await);
        assert_eq!(foreign, missing);
    }
    let wrong = RehydrationType::from("FROM_THE_START");
    assert_eq!(refused(associate(nowhere, wrong).await).is(), BAD_PARAMETER);
    let of_jane = backend.start(backend.chat("Jane").customer_id("jane"));
    let of_jane = of_jane.await.contact;
    backend
        .associate(&of_jane, &owned.contact, EntirePastSession)
        .await;
}

#[tokio::test]
async fn a_chat_that_is_over_or_unknown_is_given_no_past() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = ended(&backend, "before").await;
    let over = ended(&backend, "over").await;
    let running = backend.jane().await;
    let unknown = running.contact.replacen("-8000-", "-8001-", 1);
    let associate = |backend: &Backend, contact: &str| {
        let association = backend.associating(contact, &source.contact, FromSegment);
        association.send()
    };
    let refusal = refused(associate(&backend, &over.contact).await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    for contact in [&*unknown, "x"] {
        let refusal = refused(associate(&backend, contact).await);
        assert_eq!(refusal.is(), NOT_FOUND, "{contact}");
    }
    let elsewhere = backend.of_instance(&unique());
    let refusal = refused(associate(&elsewhere, &running.contact).await);
    assert_eq!(refusal.is(), NOT_FOUND);
}
