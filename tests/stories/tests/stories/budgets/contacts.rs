//! What the control API asks of DynamoDB where sessions have several contacts.

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use super::assert_costs;
use crate::control::SALES;
use crate::people::BOTH;
use crate::refusal::{BAD_REQUEST, NOT_FOUND, refused};
use crate::service::{Service, unique};

#[tokio::test]
async fn a_transfer_costs_a_read_and_a_write_and_its_retry_only_the_read() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let token = unique();
    let transfer = || {
        let transfer = backend.transferring(&jane.contact, SALES);
        transfer.client_token(&token).send()
    };
    let (answer, cost) = service.requests.of(transfer()).await;
    answer.unwrap();
    assert_costs("transfer", cost, (2, 2));
    let (answer, cost) = service.requests.of(transfer()).await;
    answer.unwrap();
    assert_costs("transfer, its retry", cost, (1, 1));
    let late = backend.transferring(&jane.contact, SALES).send();
    let (answer, cost) = service.requests.of(late).await;
    assert_eq!(refused(answer).is(), BAD_REQUEST);
    // Which contact is open instead could have changed: it is read again, strongly.
    assert_costs("transfer, ended contact: refused", cost, (2, 2));
}

#[tokio::test]
async fn a_description_costs_its_reads_side_by_side() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    let jane = backend.jane_after(&source.contact, FromSegment).await;
    let (_, cost) = service.requests.of(backend.describe(&jane.contact)).await;
    assert_costs("describe, an initial contact", cost, (4, 1));
    let next = backend.transfer(&jane.contact, SALES).await;
    jane.say("Hello").await;
    let (_, cost) = service.requests.of(backend.describe(&next)).await;
    assert_costs("describe, a later contact", cost, (5, 1));
    backend.update(&next, &[("a", "1")]).await;
    jane.say("Hello").await;
    let (_, cost) = service.requests.of(backend.describe(&next)).await;
    assert_costs("describe, attributes changed since", cost, (6, 2));
    let unknown = next.replacen("-8001-", "-8002-", 1);
    let describe = backend.describing(&unknown).send();
    let (answer, cost) = service.requests.of(describe).await;
    assert_eq!(refused(answer).is(), NOT_FOUND);
    assert_costs("describe, no such contact: refused", cost, (5, 1));
}

#[tokio::test]
async fn attributes_cost_their_reads_side_by_side_and_one_write() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let read = || backend.attributes(&jane.contact);
    let update = |value: &'static str| {
        let change = [("a", value)];
        let update = backend.updating(&jane.contact, &change);
        async move { update.send().await.unwrap() }
    };
    let (_, cost) = service.requests.of(read()).await;
    assert_costs("attributes, as the chat began with", cost, (3, 1));
    let (_, cost) = service.requests.of(update("1")).await;
    assert_costs("attributes, the first change", cost, (5, 3));
    // What was said since stands between them and the end of the log, where they would be seen at once.
    jane.say("Hello").await;
    let (_, cost) = service.requests.of(read()).await;
    assert_costs("attributes, changed since", cost, (4, 2));
    let (_, cost) = service.requests.of(update("2")).await;
    assert_costs("attributes, another change", cost, (6, 4));
    jane.say("Hello").await;
    let (_, cost) = service.requests.of(update("2")).await;
    assert_costs("attributes, a change that changes nothing", cost, (4, 2));
    jane.leave().await;
    let (_, cost) = service.requests.of(update("3")).await;
    assert_costs("attributes, a change after the end", cost, (5, 3));
    let (_, cost) = service.requests.of(read()).await;
    assert_costs("attributes, changed after the end", cost, (3, 1));
}

#[tokio::test]
async fn an_association_costs_its_reads_and_one_write() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    let jane = backend.jane().await;
    let associate = || {
        let association = backend.associating(&jane.contact, &source.contact, EntirePastSession);
        association.send()
    };
    let (answer, cost) = service.requests.of(associate()).await;
    answer.unwrap();
    assert_costs("association", cost, (7, 4));
    assert_eq!(cost.puts, 1);
    jane.say("Hello").await;
    let (answer, cost) = service.requests.of(associate()).await;
    answer.unwrap();
    assert_costs("association, its retry", cost, (3, 2));
}

#[tokio::test]
async fn a_persistent_start_reads_link_and_attributes_that_came_later_by_one_request_each() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    for (linked, changed, more) in [
        (false, false, (0, 0)),
        (false, true, (1, 1)),
        (true, false, (1, 1)),
        (true, true, (2, 1)),
    ] {
        let jane = backend.jane().await;
        if linked {
            let (jane, source) = (&jane.contact, &source.contact);
            backend.associate(jane, source, FromSegment).await;
        }
        if changed {
            backend.update(&jane.contact, &[("a", "1")]).await;
        }
        let next = backend.transfer(&jane.contact, SALES).await;
        backend.stop(&next).await;
        for how_much in BOTH {
            let chat = backend.chat_after(&jane.contact, how_much);
            let (_, cost) = service.requests.of(backend.start(chat)).await;
            let call = match (linked, changed) {
                (false, false) => "start, persistent, source of two contacts",
                (false, true) => "the same, its attributes were changed",
                (true, false) => "the same, it had an association",
                (true, true) => "the same, both",
            };
            assert_costs(call, cost, (4 + more.0, 2 + more.1));
        }
    }
}

#[tokio::test]
async fn a_list_costs_one_request_and_one_for_each_chat_on_it() {
    let service = Service::open().await;
    let backend = service.backend();
    for _ in 0..5 {
        let chat = backend.chat("Jane").customer_id("jane");
        backend.start(chat).await;
    }
    for (query, chats) in [("", 5), ("?maxResults=3", 3)] {
        let (answer, cost) = service.requests.of(backend.chats_of("jane", query)).await;
        assert_eq!(answer.ok()["Chats"].as_array().unwrap().len(), chats);
        let call = format!("list, {chats} chats on the page");
        assert_costs(&call, cost, (1 + chats, 2));
    }
    let (_, cost) = service.requests.of(backend.chats_of("nobody", "")).await;
    assert_costs("list, no chats", cost, (1, 1));
}

#[tokio::test]
async fn an_export_costs_what_its_size_asks_for() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    for number in 0..20 {
        jane.say(&number.to_string()).await;
    }
    let (answer, cost) = service.requests.of(backend.export(&jane.contact, "")).await;
    assert_eq!(answer.ok()["Transcript"].as_array().unwrap().len(), 21);
    assert_costs("export, of up to 1 MB", cost, (1, 1));
    let next = backend.transfer(&jane.contact, SALES).await;
    let (answer, cost) = service.requests.of(backend.export(&next, "")).await;
    answer.ok();
    assert_costs("export, of nothing yet", cost, (2, 2));
}
