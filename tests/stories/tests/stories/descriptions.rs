//! DescribeContact: what a contact is, when it began and ended, and why.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_connect::primitives::{DateTime, DateTimeFormat};
use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};
use aws_sdk_connect::types::{Channel, Contact};

use crate::control::{SALES, SURVEY};
use crate::refusal::{NOT_FOUND, refused};
use crate::service::{Service, unique};

/// A moment in milliseconds: the nearest, since the SDK reads seconds with a fraction as a binary number.
fn millis(time: Option<&DateTime>) -> i64 {
    let nanos = time.expect("a time").as_nanos();
    ((nanos + 500_000) / 1_000_000) as i64
}

/// A moment as participants are told it, in milliseconds.
fn millis_of(time: &str) -> i64 {
    let time = DateTime::from_str(time, DateTimeFormat::DateTime);
    time.unwrap().to_millis().unwrap()
}

#[tokio::test]
async fn a_chat_is_described_from_its_start_to_its_end() {
    let service = Service::open().await;
    let backend = service.backend();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let began = now().as_millis() as i64;
    let chat = backend.chat("Jane").attributes("order", "4711");
    let jane = backend.start(chat.customer_id("jane")).await;
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.id(), Some(&*jane.contact));
    assert_eq!(described.initial_contact_id(), Some(&*jane.contact));
    assert_eq!(described.previous_contact_id(), None);
    assert_eq!(described.related_contact_id(), None);
    assert_eq!(described.channel(), Some(&Channel::Chat));
    assert_eq!(described.initiation_method().unwrap().as_str(), "API");
    assert_eq!(described.customer_id(), Some("jane"));
    assert_eq!(described.attributes().unwrap()["order"], "4711");
    let end = format!(":instance/{}/contact/{}", service.instance, jane.contact);
    let arn = described.arn().unwrap();
    assert!(arn.starts_with("arn:aws:connect:") && arn.ends_with(&end));
    let started = millis(described.initiation_timestamp());
    assert!((began..=now().as_millis() as i64).contains(&started));
    assert_eq!(described.disconnect_timestamp(), None);
    assert_eq!(described.disconnect_reason(), None);

    let jane = jane.connected().await;
    let sent = jane.say("Hello").await;
    let described = backend.describe(&jane.contact).await;
    assert_eq!(millis(described.initiation_timestamp()), started);
    assert!(millis(described.last_update_timestamp()) >= started);
    assert_eq!(described.disconnect_timestamp(), None);
    jane.leave().await;
    let described = backend.describe(&jane.contact).await;
    assert_eq!(millis(described.initiation_timestamp()), started);
    let over = millis(described.disconnect_timestamp());
    assert!(over > millis_of(&sent.time), "to the millisecond");
    assert!(millis(described.last_update_timestamp()) >= over);
}

#[tokio::test]
async fn times_are_those_of_the_transcript_to_the_millisecond() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let next = backend.transfer(&jane.contact, SALES).await;
    backend.stop(&next).await;
    let after = backend.jane_after(&jane.contact, EntirePastSession).await;
    let times: Vec<i64> = after.history().await[..3]
        .iter()
        .map(|item| millis_of(item.absolute_time().unwrap()))
        .collect();
    // joined, transferred, ended
    let (first, second) = (backend.describe(&jane.contact), backend.describe(&next));
    let (first, second) = (first.await, second.await);
    assert_eq!(millis(first.disconnect_timestamp()), times[1]);
    assert_eq!(millis(second.initiation_timestamp()), times[1]);
    assert_eq!(millis(second.disconnect_timestamp()), times[2]);
}

#[tokio::test]
async fn every_way_to_end_has_its_reason() {
    let moment = Duration::from_millis(50);
    let hasty = Service::set_up(|settings| settings.rules.connect_within = moment).await;
    let service = hasty.sibling().await;
    let backend = service.backend();
    let reason = |described: Contact| described.disconnect_reason.clone();

    let left = backend.jane().await;
    left.leave().await;
    let stopped = backend.jane().await.contact;
    backend.stop(&stopped).await;
    let late = hasty.backend();
    let late = late.start(late.chat("Jane")).await;
    tokio::time::sleep(moment).await;
    // Until somebody notices, it reads as active.
    let unnoticed = backend.describe(&late.contact).await;
    assert_eq!(unnoticed.disconnect_timestamp(), None);
    refused(late.connecting().send().await);
    for (contact, wanted) in [
        (&left.contact, "CUSTOMER_DISCONNECT"),
        (&stopped, "API"),
        (&late.contact, "CUSTOMER_CONNECTION_NOT_ESTABLISHED"),
    ] {
        let told = reason(backend.describe(contact).await);
        assert_eq!(told.as_deref(), Some(wanted));
    }

    // A contact that another follows: the disconnect flow because of the agent, or of no one; a mere transfer.
    let jane = backend.jane().await;
    backend.agent(&jane.contact, "Ann").await.leave().await;
    let survey = backend.transfer(&jane.contact, SURVEY).await;
    let told = reason(backend.describe(&jane.contact).await);
    assert_eq!(told.as_deref(), Some("AGENT_DISCONNECT"));
    assert_eq!(reason(backend.describe(&survey).await), None);
    let jane = backend.jane().await;
    let next = backend.transfer(&jane.contact, SALES).await;
    backend.transfer(&next, SURVEY).await;
    assert_eq!(reason(backend.describe(&jane.contact).await), None);
    let told = reason(backend.describe(&next).await);
    assert_eq!(told.as_deref(), Some("CONTACT_FLOW_DISCONNECT"));
}

#[tokio::test]
async fn a_continuation_is_described_by_what_it_continues() {
    let service = Service::open().await;
    let backend = service.backend();
    let first = backend.jane().await;
    let second = backend.transfer(&first.contact, SALES).await;
    first.leave().await;
    for (source, how_much, from) in [
        (&first.contact, EntirePastSession, &second),
        (&first.contact, FromSegment, &first.contact),
        (&second, FromSegment, &second),
    ] {
        let jane = backend.jane_after(source, how_much).await;
        let described = backend.describe(&jane.contact).await;
        assert_eq!(described.related_contact_id(), Some(&**from));
        assert_eq!(described.initiation_method().unwrap().as_str(), "API");
        // It is the contact with which the chat began that continues another.
        let next = backend.transfer(&jane.contact, SALES).await;
        let described = backend.describe(&next).await;
        assert_eq!(described.related_contact_id(), None);
        assert_eq!(described.previous_contact_id(), Some(&*jane.contact));
        assert_eq!(described.initial_contact_id(), Some(&*jane.contact));
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_described() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let unknown = jane.contact.replacen("-8000-", "-8001-", 1);
    for contact in [&*unknown, "00000000-0000-8000-8000-000000000000", "x"] {
        let refusal = refused(backend.describing(contact).send().await);
        assert_eq!(refusal.is(), NOT_FOUND, "{contact}");
    }
    let elsewhere = backend.of_instance(&unique());
    let refusal = refused(elsewhere.describing(&jane.contact).send().await);
    assert_eq!(refusal.is(), NOT_FOUND);
}
