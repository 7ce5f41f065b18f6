//! Transfers: one session, several contacts, and everybody's tokens go on working.

use crate::control::{SALES, SURVEY};
use crate::pages::{lines, page, said};
use crate::refusal::{BAD_REQUEST, NOT_FOUND, refused};
use crate::service::{Service, unique};

#[tokio::test]
async fn a_transfer_closes_one_contact_and_opens_the_next_and_all_go_on_talking() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    jane.say("one").await;
    let next = backend.transfer(&jane.contact, SALES).await;
    assert_ne!(next, jane.contact);
    jane.say("two").await;
    ann.say("three").await;
    let jane = jane.connected().await;
    jane.say("four").await;

    let whole = jane.history().await;
    assert_eq!(said(&whole), ["one", "two", "three", "four"]);
    assert_eq!(ann.history().await, whole);
    let first = page(jane.older(100).contact_id(&jane.contact)).await;
    let second = page(jane.older(100).contact_id(&next)).await;
    let expected = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Jane: one",
        "transferred",
    ];
    assert_eq!(lines(&first), expected);
    assert_eq!(lines(&second), ["Jane: two", "Ann: three", "Jane: four"]);
    assert_eq!([first, second].concat(), whole);
    // The session is still called by its initial contact.
    let newest = jane.older(1).send().await.unwrap();
    assert_eq!(newest.initial_contact_id(), Some(&*jane.contact));
}

#[tokio::test]
async fn a_contact_exists_from_the_transfer_that_opened_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let next = backend.transfer(&jane.contact, SALES).await;
    let described = backend.describe(&next).await;
    assert_eq!(described.previous_contact_id(), Some(&*jane.contact));
    assert_eq!(described.disconnect_timestamp(), None);
    let closed = backend.describe(&jane.contact).await;
    assert_eq!(
        closed.disconnect_timestamp(),
        described.initiation_timestamp()
    );
    backend.agent(&next, "Ann").await.say("Hello").await;
    backend.stop(&next).await;
    assert_eq!(refused(jane.older(1).send().await).status, 403);
}

#[tokio::test]
async fn how_a_contact_came_about_is_told_by_its_flow_and_queue() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let transfer = async |from: &str, flow: &str, queue: Option<&str>, user: Option<&str>| {
        let transfer = backend.transferring(from, flow);
        let transfer = transfer.set_queue_id(queue.map(str::to_owned));
        let transferred = transfer.set_user_id(user.map(str::to_owned)).send().await;
        let transferred = transferred.unwrap();
        let contact = transferred.contact_id.unwrap();
        let arn = transferred.contact_arn.unwrap();
        let end = format!(":instance/{}/contact/{contact}", service.instance);
        assert!(arn.starts_with("arn:aws:connect:"), "{arn}");
        assert!(arn.ends_with(&end), "{arn}");
        contact
    };
    let by_flow = transfer(&jane.contact, SALES, None, None).await;
    let to_agent = transfer(&by_flow, SALES, None, Some("ann")).await;
    let to_queue = transfer(&to_agent, SALES, Some("parcels"), None).await;
    let survey = transfer(&to_queue, SURVEY, None, None).await;
    for (contact, method, queue) in [
        (&jane.contact, "API", None),
        (&by_flow, "TRANSFER", None),
        (&to_agent, "TRANSFER", None),
        (&to_queue, "QUEUE_TRANSFER", Some("parcels")),
        (&survey, "DISCONNECT", None),
    ] {
        let described = backend.describe(contact).await;
        assert_eq!(described.initiation_method().unwrap().as_str(), method);
        let queued = described.queue_info().and_then(|queue| queue.id());
        assert_eq!(queued, queue, "{method}");
        assert_eq!(described.initial_contact_id(), Some(&*jane.contact));
    }
}

#[tokio::test]
async fn a_repeated_transfer_leads_to_the_same_contact_whatever_has_happened_since() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let token = unique();
    let transfer = async || {
        let transfer = backend.transferring(&jane.contact, SALES);
        let answer = transfer.client_token(&token).send().await;
        answer.unwrap().contact_id.unwrap()
    };
    let next = transfer().await;
    assert_eq!(transfer().await, next);
    jane.say("Hello").await;
    backend.transfer(&next, SURVEY).await;
    jane.leave().await;
    assert_eq!(transfer().await, next);
    let transferred = |record: &&serde_json::Value| !record["body"]["transferred"].is_null();
    let records = service.records(&jane.contact).await;
    assert_eq!(records.iter().filter(transferred).count(), 2);
}

#[tokio::test]
async fn what_has_ended_is_not_transferred() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let next = backend.transfer(&jane.contact, SALES).await;
    let transfer = async |contact: &str| {
        let transfer = backend.transferring(contact, SALES);
        refused(transfer.send().await)
    };
    assert_eq!(transfer(&jane.contact).await.is(), BAD_REQUEST);
    let unknown = next.replacen("-8001-", "-8002-", 1);
    for contact in [&*unknown, "00000000-0000-8000-8000-000000000000", "x"] {
        assert_eq!(transfer(contact).await.is(), NOT_FOUND, "{contact}");
    }
    backend.stop(&next).await;
    assert_eq!(transfer(&next).await.is(), BAD_REQUEST);
    assert_eq!(transfer(&jane.contact).await.is(), BAD_REQUEST);
}

#[tokio::test]
async fn a_transfer_leads_to_one_place_only() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let transfer = |flow| backend.transferring(&jane.contact, flow);
    for two in [
        transfer(SALES).queue_id("parcels").user_id("ann"),
        transfer(SURVEY).queue_id("parcels"),
        transfer(SURVEY).user_id("ann"),
    ] {
        assert_eq!(refused(two.send().await).is(), BAD_REQUEST);
    }
    assert_eq!(service.records(&jane.contact).await.len(), 2);
}
