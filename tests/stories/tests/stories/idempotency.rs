//! One ClientToken, one effect: what a repeated call is told.

use aws_sdk_connect::types::RehydrationType::FromSegment;

use crate::pages::{lines, said};
use crate::people::{Backend, sent};
use crate::refusal::{BAD_REQUEST, DENIED, refused};
use crate::service::Service;

#[tokio::test]
async fn a_repeated_start_gets_the_same_chat_and_an_equally_good_token() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = || {
        backend
            .chat("Jane")
            .attributes("a", "b")
            .client_token("once")
    };
    let first = backend.start(chat()).await.connected().await;
    first.say("from the first").await;
    let again = backend.start(chat()).await.connected().await;
    assert_eq!(again.contact, first.contact);
    assert_eq!(again.participant, first.participant);
    again.say("from the second").await;
    let expected = [
        "Jane joined",
        "Jane: from the first",
        "Jane: from the second",
    ];
    assert_eq!(lines(&first.history().await), expected);
    assert_eq!(service.sessions().await, 1);

    again.leave().await;
    let late = backend.start(chat()).await;
    assert_eq!(late.contact, first.contact, "even after the end");
    assert_eq!(refused(late.connecting().send().await).is(), DENIED);
}

#[tokio::test]
async fn a_repeated_persistent_start_gets_the_same_chat() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    let chat = || {
        backend
            .chat_after(&source.contact, FromSegment)
            .client_token("once")
    };
    let first = backend.start(chat()).await;
    let again = backend.start(chat()).await;
    assert_eq!(again.contact, first.contact);
    assert_eq!(again.participant, first.participant);
    assert_eq!(again.continued_from, Some(source.contact.clone()));
    assert_eq!(service.sessions().await, 2);

    // Without the token, or with another one, it is another chat.
    let other = backend.start(chat().client_token("twice")).await;
    assert_ne!(other.contact, first.contact);
    assert_eq!(service.sessions().await, 3);
}

#[tokio::test]
async fn a_client_token_stands_for_one_request_of_one_caller_in_one_instance() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = |backend: &Backend| backend.chat("Jane").client_token(uuid(0));
    let first = backend.start(chat(&backend)).await;

    let other_body = backend.chat("John").client_token(uuid(0));
    let refusal = refused(other_body.send().await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    assert!(
        refusal.message.contains("ClientToken"),
        "{}",
        refusal.message
    );

    let other_instance = backend.of_instance(&crate::service::unique());
    let elsewhere = other_instance.start(chat(&other_instance)).await;
    assert_ne!(elsewhere.contact, first.contact);

    let visitor = Backend::unsigned(&service.url, &service.instance);
    let somebody = visitor.start(chat(&visitor)).await;
    assert_ne!(somebody.contact, first.contact);
}

#[tokio::test]
async fn a_visitors_token_is_no_word_and_is_spent_when_the_chat_is_over() {
    let service = Service::open().await;
    let visitor = Backend::unsigned(&service.url, &service.instance);
    let guessable = visitor.chat("Jane").client_token("my chat");
    let refusal = refused(guessable.send().await);
    assert_eq!(refusal.is(), crate::refusal::BAD_PARAMETER);
    assert!(
        refusal.message.contains("ClientToken"),
        "{}",
        refusal.message
    );

    let chat = || visitor.chat("Jane").client_token(uuid(1));
    let first = visitor.start(chat()).await.connected().await;
    assert_eq!(visitor.start(chat()).await.contact, first.contact);
    first.leave().await;
    assert_eq!(refused(chat().send().await).is(), BAD_REQUEST);
}

#[tokio::test]
async fn the_tokens_that_the_sdk_makes_up_are_good_enough_for_visitors() {
    let service = Service::open().await;
    let visitor = Backend::unsigned(&service.url, &service.instance);
    for _ in 0..8 {
        visitor.start(visitor.chat("Jane")).await;
    }
    assert_eq!(service.sessions().await, 8);
}

#[tokio::test]
async fn a_repeated_message_gets_the_first_ones_id_and_time_even_after_the_end() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let message = || jane.saying("Hello").client_token("once");
    let first = sent(message()).await;
    assert_eq!(sent(message()).await, first);
    jane.say("Hello").await;
    assert_eq!(sent(message()).await, first);
    assert_eq!(said(&jane.history().await), ["Hello", "Hello"]);

    backend.stop(&jane.contact).await;
    assert_eq!(sent(message()).await, first);
    let new = jane.saying("Hello").client_token("another");
    assert_eq!(refused(new.send().await).is(), DENIED);
    assert_eq!(service.records(&jane.contact).await.len(), 5);
}

#[tokio::test]
async fn one_token_with_another_text_is_another_message() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let one = sent(jane.saying("one").client_token("same")).await;
    let two = sent(jane.saying("two").client_token("same")).await;
    assert_ne!(one, two);
    assert_eq!(said(&jane.history().await), ["one", "two"]);
}

#[tokio::test]
async fn one_token_in_two_chats_is_two_messages() {
    let service = Service::open().await;
    let backend = service.backend();
    let (jane, june) = (backend.jane().await, backend.jane().await);
    let one = sent(jane.saying("one").client_token("same")).await;
    let two = sent(june.saying("one").client_token("same")).await;
    assert_ne!(one.id, two.id);
    assert_eq!(said(&june.history().await), ["one"]);
}

#[tokio::test]
async fn a_message_is_found_again_behind_thirty_one_newer_ones() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let message = || jane.saying("first").client_token("once");
    let first = sent(message()).await;
    for number in 0..31 {
        jane.say(&number.to_string()).await;
    }
    assert_eq!(sent(message()).await, first);
    assert_eq!(said(&jane.history().await).len(), 32);
}

#[tokio::test]
async fn a_repeated_departure_is_confirmed_and_any_other_is_denied() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let departure = |token: &str| jane.leaving().client_token(token).send();
    departure("once").await.unwrap();
    departure("once").await.unwrap();
    departure("once").await.unwrap();
    assert_eq!(refused(departure("another").await).is(), DENIED);
    assert_eq!(service.records(&jane.contact).await.len(), 3);
}

/// A UUID of version 4 that this run has to itself.
fn uuid(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-{:012x}", std::process::id())
}
