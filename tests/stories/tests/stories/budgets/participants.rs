//! What those who take part ask of DynamoDB where they are several.

use aws_sdk_connect::types::ConnectionType::ConnectionCredentials;
use aws_sdk_connect::types::ParticipantRole::Agent;
use aws_sdk_connect::types::RehydrationType::EntirePastSession;

use super::assert_costs;
use crate::pages::at_id;
use crate::service::{Service, unique};

#[tokio::test]
async fn an_invitation_costs_a_read_and_a_write_and_its_retry_only_the_read() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let token = unique();
    let invite = || {
        let invitation = backend.inviting(&jane.contact, Agent, "Ann");
        backend.invite(invitation.client_token(&token))
    };
    let (ann, cost) = service.requests.of(invite()).await;
    assert_costs("create participant", cost, (2, 2));
    let (_, cost) = service.requests.of(invite()).await;
    assert_costs("create participant, its retry", cost, (1, 1));
    let (ann, cost) = service.requests.of(ann.connected()).await;
    assert_costs("connect, an agent", cost, (2, 2));
    let (_, cost) = service.requests.of(ann.leave()).await;
    assert_costs("leave, an agent", cost, (2, 2));
}

#[tokio::test]
async fn a_start_that_connects_costs_no_more_than_one_that_does_not() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = backend.chat("Jane");
    let chat = chat.connection_types(ConnectionCredentials);
    let (_, cost) = service.requests.of(backend.start(chat)).await;
    assert_costs("start, connected", cost, (1, 1));
}

#[tokio::test]
async fn typing_costs_a_read_and_a_receipt_two_reads_and_a_write() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    let hello = jane.say("Hello").await;
    let (answer, cost) = service.requests.of(ann.signalling("typing").send()).await;
    answer.unwrap();
    assert_costs("send event, typing", cost, (1, 1));
    let receipt = || ann.note("message.read", &hello);
    let (_, cost) = service.requests.of(receipt()).await;
    assert_costs("send event, a receipt", cost, (3, 2));
    assert_eq!(cost.puts, 1);
    let (_, cost) = service.requests.of(receipt()).await;
    assert_costs("send event, a receipt, its retry", cost, (3, 2));
}

#[tokio::test]
async fn a_page_with_receipts_costs_one_request_more_and_no_round_trip() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    let mut sent = Vec::new();
    for number in 0..20 {
        let message = jane.say(&number.to_string()).await;
        ann.note("message.delivered", &message).await;
        ann.note("message.read", &message).await;
        sent.push(message);
    }
    // A connection made before Ann came does not know of her; one made since does.
    let (_, cost) = service.requests.of(jane.older(10).send()).await;
    assert_costs(
        "page with receipts, the first on an older connection",
        cost,
        (2, 2),
    );
    let jane = jane.connected().await;
    let first = jane.older(10).send().await.unwrap();
    let token = first.next_token().unwrap();
    let third = || at_id(&sent[2].id);
    for (call, page, budget) in [
        ("page with receipts, newest first", jane.older(10), (2, 1)),
        ("page with receipts, an agent's", ann.older(10), (2, 1)),
        (
            "page with receipts, the next one",
            jane.older(10).next_token(token),
            (2, 1),
        ),
        (
            "page with receipts, forward from an id",
            jane.newer(10).start_position(third()),
            (3, 1),
        ),
    ] {
        let (page, cost) = service.requests.of(page.send()).await;
        let page = page.unwrap();
        assert_eq!(page.transcript().len(), 10);
        let noted = page.transcript().iter();
        let noted = noted.filter(|item| item.message_metadata().is_some());
        assert_eq!(noted.count(), 10, "{call}");
        assert_costs(call, cost, budget);
    }
}

#[tokio::test]
async fn a_page_of_the_past_with_receipts_costs_one_more_for_each_session_with_company() {
    let service = Service::open().await;
    let backend = service.backend();
    let mut jane = backend.jane().await;
    // Four items each, by turns with an agent and without.
    for nth in 0..4 {
        if nth % 2 == 0 {
            let ann = backend.agent(&jane.contact, "Ann").await;
            let hello = jane.say("Hello").await;
            ann.note("message.read", &hello).await;
        } else {
            jane.say("Hello").await;
        }
        jane.leave().await;
        jane = backend.jane_after(&jane.contact, EntirePastSession).await;
    }
    let (page, cost) = service.requests.of(jane.older(100).send()).await;
    assert_eq!(page.unwrap().transcript().len(), 1 + 4 * 4 + 2 * 2);
    assert_costs(
        "first page, 4 past sessions, 2 of them with company",
        cost,
        (1 + 4 + 2, 2),
    );
    let first = jane.older(1).send().await.unwrap();
    let past = jane.older(100).next_token(first.next_token().unwrap());
    let (page, cost) = service.requests.of(past.send()).await;
    let page = page.unwrap();
    assert_eq!(page.transcript().len(), 4 * 4 + 2 * 2);
    assert_costs(
        "page of the past, 4 sessions, 2 of them with company",
        cost,
        (1 + 4 + 2, 2),
    );
    let noted = page.transcript().iter();
    let noted = noted.filter(|item| item.message_metadata().is_some());
    assert_eq!(noted.count(), 2);
}
