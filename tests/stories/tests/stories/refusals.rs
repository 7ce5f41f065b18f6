//! Refusals of every operation, each of the type that its model has for it.

use aws_sdk_connect::types::{ChatMessage, PersistentChat, RehydrationType};
use aws_sdk_connectparticipant::types::ConnectionType;

use crate::people::{BOTH, Backend};
use crate::refusal::{BAD_PARAMETER, BAD_REQUEST, DENIED, INVALID, NOT_FOUND, Refusal, refused};
use crate::service::Service;

/// An id like ours, of nothing.
const NOWHERE: &str = "00000000-0000-8000-8000-000000000000";

fn assert_names(refusal: &Refusal, member: &str) {
    assert!(refusal.message.contains(member), "{refusal:?}");
}

#[tokio::test]
async fn a_source_that_does_not_exist_is_not_found() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    jane.leave().await;
    let sibling = jane.contact.replacen("-8000-", "-8001-", 1);
    let version_4 = jane.contact.replacen("-8000-", "-4000-", 1);
    let long = "x".repeat(256);
    for source in [NOWHERE, &sibling, &version_4, &jane.participant, "x", &long] {
        for how_much in BOTH {
            let refusal = refused(backend.chat_after(source, how_much).send().await);
            assert_eq!(refusal.is(), NOT_FOUND, "{source}");
        }
    }
    assert_eq!(service.sessions().await, 1);
}

#[tokio::test]
async fn a_persistent_chat_without_its_members_is_refused_and_they_are_named() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    jane.leave().await;
    let persistent = |source: Option<&str>, how_much| {
        let parts = PersistentChat::builder().set_source_contact_id(source.map(str::to_owned));
        let parts = parts.set_rehydration_type(how_much).build();
        backend.chat("Jane").persistent_chat(parts).send()
    };
    let lacks = refused(persistent(Some(&jane.contact), None).await);
    assert_eq!(lacks.is(), BAD_REQUEST);
    assert_names(&lacks, "RehydrationType");
    let lacks = refused(persistent(None, Some(BOTH[0].clone())).await);
    assert_eq!(lacks.is(), BAD_REQUEST);
    assert_names(&lacks, "SourceContactId");
    for wrong in ["ENTIRE_PAST", "from_segment", " FROM_SEGMENT"] {
        let wrong = persistent(Some(&jane.contact), Some(RehydrationType::from(wrong)));
        let refusal = refused(wrong.await);
        assert_eq!(refusal.is(), BAD_PARAMETER);
        assert_names(&refusal, "RehydrationType");
    }
    let both = backend.chat_after(&jane.contact, BOTH[0].clone());
    let refusal = refused(both.related_contact_id(&jane.contact).send().await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    assert_names(&refusal, "RelatedContactId");
    assert_eq!(service.sessions().await, 1);
}

#[tokio::test]
async fn a_start_with_a_value_out_of_its_range_is_refused_and_it_is_named() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = || backend.chat("Jane");
    for (chat, member) in [
        (chat().chat_duration_in_minutes(59), "ChatDurationInMinutes"),
        (
            chat().chat_duration_in_minutes(10_081),
            "ChatDurationInMinutes",
        ),
        (backend.chat(&"x".repeat(257)), "DisplayName"),
        (chat().client_token("x".repeat(501)), "ClientToken"),
        (chat().customer_id("x".repeat(129)), "CustomerId"),
        (chat().contact_flow_id("x".repeat(501)), "ContactFlowId"),
        (chat().instance_id("x".repeat(101)), "InstanceId"),
        (chat().attributes("no spaces", "x"), "Attributes"),
        (
            chat().supported_messaging_content_types("text/markdown"),
            "SupportedMessagingContentTypes",
        ),
    ] {
        let refusal = refused(chat.send().await);
        assert_eq!(refusal.is(), BAD_PARAMETER, "{member}");
        assert_names(&refusal, member);
    }
    let long = ChatMessage::builder()
        .content_type("text/plain")
        .content("x".repeat(16_385));
    let refusal = refused(chat().initial_message(long.build().unwrap()).send().await);
    assert_eq!(refusal.is(), BAD_PARAMETER);
    assert_names(&refusal, "InitialMessage.Content");
    assert_eq!(service.sessions().await, 0);
    // The limits themselves are legal.
    let most = backend.chat(&"x".repeat(256)).client_token("x".repeat(500));
    let most = most
        .chat_duration_in_minutes(10_080)
        .customer_id("x".repeat(128));
    most.send().await.unwrap();
    chat().chat_duration_in_minutes(60).send().await.unwrap();
}

#[tokio::test]
async fn stopping_an_unknown_contact_says_that_it_is_not_found_by_410() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let sibling = jane.contact.replacen("-8000-", "-8001-", 1);
    for contact in [NOWHERE, &sibling, "x"] {
        let refusal = refused(backend.stopping(contact).send().await);
        assert_eq!(refusal.is(), ("ContactNotFoundException", 410), "{contact}");
    }
    let elsewhere = backend.of_instance(&crate::service::unique());
    let refusal = refused(elsewhere.stopping(&jane.contact).send().await);
    assert_eq!(refusal.is(), ("ContactNotFoundException", 410));
    jane.say("I am still here").await;
}

#[tokio::test]
async fn an_instance_that_is_not_configured_is_not_found() {
    let only = domain::InstanceId::new("only").unwrap();
    let service = Service::set_up(|settings| settings.instances = vec![only]).await;
    let backend = service.backend();
    assert_eq!(refused(backend.chat("Jane").send().await).is(), NOT_FOUND);
    assert_eq!(
        refused(backend.stopping(NOWHERE).send().await).is(),
        NOT_FOUND
    );
    let jane = backend.of_instance("only").jane().await;
    jane.say("Hello").await;
}

#[tokio::test]
async fn a_wrong_key_starts_and_stops_nothing() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let thief = Backend::with_secret(&service.url, &service.instance, "guessed");
    let start = refused(thief.chat("Jane").send().await);
    let stop = refused(thief.stopping(&jane.contact).send().await);
    for refusal in [start, stop] {
        assert_eq!(
            (&*refusal.code, refusal.status),
            ("InvalidSignatureException", 403)
        );
    }
    jane.say("I am still here").await;
    assert_eq!(service.sessions().await, 1);
}

#[tokio::test]
async fn a_token_of_one_purpose_is_nothing_to_another() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let mut mixed_up = jane.clone();
    mixed_up.connection = jane.token.clone();
    mixed_up.token = jane.connection.clone();
    assert_eq!(refused(mixed_up.connecting().send().await).is(), DENIED);
    assert_eq!(refused(mixed_up.saying("x").send().await).is(), DENIED);
    assert_eq!(refused(mixed_up.older(1).send().await).is(), DENIED);
    assert_eq!(refused(mixed_up.leaving().send().await).is(), DENIED);
    jane.say("I am still here").await;
}

#[tokio::test]
async fn tokens_of_one_service_are_nothing_to_another() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    // The same database and the same ids, but other keys.
    let other = service.stranger().await;
    let there = jane.through(&other.url);
    assert_eq!(refused(there.connecting().send().await).is(), DENIED);
    assert_eq!(refused(there.saying("x").send().await).is(), DENIED);
    assert_eq!(refused(there.older(1).send().await).is(), DENIED);
    assert_eq!(refused(there.leaving().send().await).is(), DENIED);
    assert_eq!(service.records(&jane.contact).await.len(), 2);
}

#[tokio::test]
async fn a_message_that_the_chat_does_not_take_is_refused() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let markdown = || jane.saying("*x*").content_type("text/markdown");
    let long = "漢".repeat(5_462);
    for (message, part) in [
        (markdown(), "text/markdown"),
        (jane.saying("x").content_type("text/html"), "ContentType"),
        (jane.saying(""), "Content"),
        (jane.saying(&long), "Content"),
        (
            jane.saying("x").client_token("x".repeat(501)),
            "ClientToken",
        ),
    ] {
        let refusal = refused(message.send().await);
        assert_eq!(refusal.is(), INVALID, "{part}");
        assert_names(&refusal, part);
    }
    assert_eq!(service.records(&jane.contact).await.len(), 2);

    let types = backend
        .chat("Jane")
        .supported_messaging_content_types("text/plain");
    let chat = types.supported_messaging_content_types("text/markdown");
    let jane = backend.start(chat).await.connected().await;
    jane.saying("*x*")
        .content_type("text/markdown")
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_of_an_unknown_type_is_refused() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let wrong = jane.connecting().r#type(ConnectionType::from("PIGEON"));
    let refusal = refused(wrong.send().await);
    assert_eq!(refusal.is(), INVALID);
    assert_names(&refusal, "Type");
}
