//! The service's own two operations: a customer's chats, and the transcript of a contact as a file.

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};
use serde_json::Value;

use crate::control::SALES;
use crate::pages::said;
use crate::people::{Backend, Participant};
use crate::refusal::NOT_FOUND;
use crate::service::{Service, unique};
use crate::signed::escaped;

/// A chat of this customer, whose customer has connected.
async fn chat_of(backend: &Backend, customer: &str) -> Participant {
    let chat = backend.chat("Jane").customer_id(customer);
    backend.start(chat).await.connected().await
}

/// One member of every element of a list.
fn each<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|each| each[member].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_customers_chats_are_listed_newest_first_and_say_where_to_go_on() {
    let service = Service::open().await;
    let backend = service.backend();
    let first = chat_of(&backend, "jane").await;
    first.say("one").await;
    let survey = backend.transfer(&first.contact, SALES).await;
    first.leave().await;
    let second = backend.chat_after(&first.contact, EntirePastSession);
    let second = backend.start(second).await;
    backend.stop(&second.contact).await;
    let third = chat_of(&backend, "jane").await;
    chat_of(&backend, "john").await;
    backend.jane().await;

    let listed = backend.chats_of("jane", "").await.ok();
    let chats = &listed["Chats"];
    let contacts = [&*third.contact, &*second.contact, &*first.contact];
    assert_eq!(each(chats, "InitialContactId"), contacts);
    assert_eq!(listed["NextToken"], Value::Null);
    assert!(chats[0]["SourceContactId"].is_null(), "it is still active");
    assert!(chats[0]["DisconnectTimestamp"].is_null());
    assert_eq!(chats[1]["SourceContactId"], *second.contact);
    assert_eq!(chats[1]["DisconnectReason"], "API");
    assert_eq!(chats[2]["SourceContactId"], *first.contact);
    assert_eq!(chats[2]["ContactId"], *survey);
    assert_eq!(chats[2]["DisconnectReason"], "CUSTOMER_DISCONNECT");
    for chat in chats.as_array().unwrap() {
        let contact = chat["InitialContactId"].as_str().unwrap();
        let described = backend.describe(contact).await;
        let started = described.initiation_timestamp().unwrap().as_secs_f64();
        let listed = chat["InitiationTimestamp"].as_f64().unwrap();
        assert!((started - listed).abs() < 0.000_5, "{started} {listed}");
    }

    // What the list says is what a start takes.
    let source = chats[2]["SourceContactId"].as_str().unwrap();
    let chat = backend.chat_after(source, EntirePastSession);
    let again = backend.start(chat.customer_id("jane")).await;
    assert_eq!(again.continued_from, Some(survey));
    assert_eq!(said(&again.connected().await.history().await), ["one"]);
}

#[tokio::test]
async fn a_customers_chats_are_paged() {
    let service = Service::open().await;
    let backend = service.backend();
    // An id as other systems have it.
    let customer = "crm/jane+doe@example.com";
    let mut newest_first = Vec::new();
    for _ in 0..7 {
        newest_first.insert(0, chat_of(&backend, customer).await.contact);
    }
    for size in [1, 3, 7, 10] {
        let mut seen = Vec::new();
        let mut query = format!("?maxResults={size}");
        loop {
            let page = backend.chats_of(customer, &query).await.ok();
            let contacts = each(&page["Chats"], "InitialContactId");
            assert!(contacts.len() <= size);
            seen.extend(contacts.iter().map(|&contact| contact.to_owned()));
            let Some(token) = page["NextToken"].as_str() else {
                break;
            };
            let token = escaped(token);
            query = format!("?maxResults={size}&nextToken={token}");
        }
        assert_eq!(seen, newest_first, "in pages of {size}");
    }
    let nobody = backend.chats_of("nobody", "").await.ok();
    assert_eq!(nobody["Chats"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_list_refuses_what_is_out_of_range_and_tokens_of_others() {
    let service = Service::open().await;
    let backend = service.backend();
    for _ in 0..2 {
        chat_of(&backend, "jane").await;
    }
    let page = backend.chats_of("jane", "?maxResults=1").await.ok();
    let token = escaped(page["NextToken"].as_str().unwrap());
    let bad = ("InvalidParameterException", 400);
    for (customer, query) in [
        ("jane", "?maxResults=0".to_owned()),
        ("jane", "?maxResults=1000".to_owned()),
        ("jane", "?nextToken=x".to_owned()),
        ("john", format!("?nextToken={token}")),
    ] {
        let answer = backend.chats_of(customer, &query).await;
        assert_eq!(answer.refusal(), bad, "{customer}{query}");
    }
}

#[tokio::test]
async fn a_contacts_transcript_is_exported_running_or_ended() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("before").await;
    source.leave().await;
    let jane = backend.jane_after(&source.contact, FromSegment).await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    ann.say("one").await;
    let next = backend.transfer(&jane.contact, SALES).await;

    let empty = backend.export(&next, "").await.ok();
    assert_eq!(empty["Transcript"], Value::Array(Vec::new()));
    jane.say("two").await;
    for over in [false, true] {
        if over {
            jane.leave().await;
        }
        let file = backend.export(&jane.contact, "").await.ok();
        assert_eq!(file["Version"], "2019-08-26");
        assert_eq!(file["InstanceId"], *service.instance);
        assert_eq!(file["InitialContactId"], *jane.contact);
        assert_eq!(file["ContactId"], *jane.contact);
        assert!(file["AWSAccountId"].is_string());
        assert_eq!(file["NextToken"], Value::Null);
        let people = each(&file["Participants"], "ParticipantId");
        assert_eq!(people, [&*jane.participant, &*ann.participant]);
        let types = each(&file["Transcript"], "ContentType");
        let types: Vec<_> = types.iter().map(|each| each.rsplit('.').next()).collect();
        let types: Vec<_> = types.into_iter().flatten().collect();
        // Of this contact alone: nothing of the past, nothing of the next.
        assert_eq!(
            types,
            ["joined", "invited", "joined", "text/plain", "succeeded"]
        );
        let message = &file["Transcript"][3];
        assert_eq!(message["Content"], "one");
        assert_eq!(message["ParticipantRole"], "AGENT");
        assert!(message["ContactId"].is_null());
        assert!(message["RelatedContactId"].is_null());
    }
    let file = backend.export(&next, "").await.ok();
    assert_eq!(file["InitialContactId"], *jane.contact);
    assert_eq!(file["ContactId"], *next);
    assert_eq!(file["Transcript"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_export_in_pages_is_the_transcript() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let mut expected = Vec::new();
    for number in 0..10 {
        expected.push(jane.say(&number.to_string()).await.id);
    }
    let mut seen = Vec::new();
    let mut query = "?maxResults=4".to_owned();
    loop {
        let file = backend.export(&jane.contact, &query).await.ok();
        let ids = each(&file["Transcript"], "Id");
        seen.extend(ids.iter().map(|&id| id.to_owned()));
        let Some(token) = file["NextToken"].as_str() else {
            break;
        };
        query = format!("?maxResults=4&nextToken={}", escaped(token));
    }
    assert_eq!(seen[1..], expected);
}

#[tokio::test]
async fn what_does_not_exist_is_not_exported() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let unknown = jane.contact.replacen("-8000-", "-8001-", 1);
    for contact in [&*unknown, "00000000-0000-8000-8000-000000000000", "x"] {
        let answer = backend.export(contact, "").await;
        assert_eq!(answer.refusal(), NOT_FOUND, "{contact}");
    }
    let elsewhere = backend.of_instance(&unique());
    let answer = elsewhere.export(&jane.contact, "").await;
    assert_eq!(answer.refusal(), NOT_FOUND);
}
