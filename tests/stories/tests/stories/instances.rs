//! An instance is named by its id or by its ARN, in bodies and in paths.

use aws_sdk_connect::types::RehydrationType::FromSegment;

use crate::control::{SALES, pairs};
use crate::pages::said;
use crate::people::Backend;
use crate::refusal::{NOT_FOUND, refused};
use crate::service::{Service, unique};

/// The same backend, which names its instance by an ARN.
fn by_arn(backend: &Backend) -> Backend {
    let instance = &backend.instance;
    backend.of_instance(&format!(
        "arn:aws:connect:us-east-1:123456789012:instance/{instance}"
    ))
}

#[tokio::test]
async fn every_operation_takes_an_instance_by_its_arn() {
    let service = Service::open().await;
    let bare = service.backend();
    let arn = by_arn(&bare);

    let source = arn.jane().await;
    source.say("before").await;
    arn.stop(&source.contact).await;
    let chat = arn.chat("Jane").customer_id("jane");
    let jane = arn.start(chat).await.connected().await;
    let chat = bare.chat_after(&source.contact, FromSegment);
    arn.update(&jane.contact, &[("a", "1")]).await;
    assert_eq!(bare.attributes(&jane.contact).await, pairs(&[("a", "1")]));
    assert_eq!(arn.attributes(&jane.contact).await, pairs(&[("a", "1")]));
    let ann = arn.agent(&jane.contact, "Ann").await;
    ann.say("Hello").await;
    let next = arn.transfer(&jane.contact, SALES).await;
    let (one, other) = (bare.describe(&next), arn.describe(&next));
    assert_eq!(one.await, other.await);
    let exported = bare.export(&jane.contact, "").await.ok();
    assert_eq!(arn.export(&jane.contact, "").await.ok(), exported);
    assert_eq!(exported["InstanceId"], *bare.instance);
    let listed = bare.chats_of("jane", "").await.ok();
    assert_eq!(arn.chats_of("jane", "").await.ok(), listed);
    assert_eq!(listed["Chats"][0]["InitialContactId"], *jane.contact);
    arn.stop(&next).await;

    let after = bare.start(chat).await.connected().await;
    assert_eq!(said(&after.history().await), ["before"]);
    let running = bare.jane().await;
    let from = arn
        .associate(&running.contact, &source.contact, FromSegment)
        .await;
    assert_eq!(from, source.contact);
    assert_eq!(said(&running.history().await), ["before"]);
}

#[tokio::test]
async fn an_instance_that_does_not_exist_is_not_found_by_any_operation() {
    let only = domain::InstanceId::new("only").unwrap();
    let service = Service::set_up(|settings| settings.instances = vec![only]).await;
    let jane = service.backend().of_instance("only").jane().await;
    let contact = &jane.contact;
    let elsewhere = service.backend().of_instance(&unique());
    for other in [&elsewhere, &by_arn(&elsewhere)] {
        let invited = other.inviting(contact, "AGENT".into(), "Ann");
        let associated = other.associating(contact, contact, FromSegment);
        for refusal in [
            refused(other.transferring(contact, SALES).send().await),
            refused(invited.send().await),
            refused(other.describing(contact).send().await),
            refused(other.reading_attributes(contact).send().await),
            refused(other.updating(contact, &[]).send().await),
            refused(associated.send().await),
        ] {
            assert_eq!(refusal.is(), NOT_FOUND);
        }
        let exported = other.export(contact, "").await;
        assert_eq!(exported.refusal(), NOT_FOUND);
        let listed = other.chats_of("jane", "").await;
        assert_eq!(listed.refusal(), NOT_FOUND);
    }
    jane.say("I am still here").await;
}
