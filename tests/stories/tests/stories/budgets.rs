//! What each call may ask of DynamoDB, counted. `cargo test -p stories budgets -- --nocapture` shows the figures.

use std::time::Duration;

use aws_sdk_connect::types::ChatMessage;
use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};
use aws_sdk_connectparticipant::operation::get_transcript::GetTranscriptOutput;

use crate::pages::{at_id, at_most_recent, at_time};
use crate::people::{BOTH, Participant};
use crate::refusal::{BAD_REQUEST, DENIED, refused};
use crate::requests::Cost;
use crate::service::Service;

mod contacts;
mod participants;

/// Requests and round trips.
type Budget = (usize, usize);

/// Asserts that a call cost exactly this, and notes it for those who look.
#[track_caller]
fn assert_costs(call: &str, cost: Cost, budget: Budget) {
    let Cost {
        strong,
        eventual,
        puts,
        ..
    } = cost;
    let (requests, round_trips) = cost.is();
    #[allow(clippy::print_stdout)]
    {
        println!(
            "| {call:<62} | {requests:>2} | {round_trips:>2} | {strong:>2} strong + {eventual:>2} eventual + {puts} put |"
        );
    }
    assert_eq!((requests, round_trips), budget, "{call}: {cost:?}");
}

#[tokio::test]
async fn a_start_costs_one_request_and_so_does_its_retry() {
    let service = Service::open().await;
    let backend = service.backend();
    let hello = ChatMessage::builder()
        .content_type("text/plain")
        .content("Hello");
    let hello = hello.build().unwrap();
    let chat = || {
        backend
            .chat("Jane")
            .initial_message(hello.clone())
            .client_token("once")
    };
    let (jane, cost) = service.requests.of(backend.start(chat())).await;
    assert_costs("start, with an initial message", cost, (1, 1));
    let (same, cost) = service.requests.of(backend.start(chat())).await;
    assert_costs("start, its retry", cost, (1, 1));
    assert_eq!(jane.contact, same.contact);
}

#[tokio::test]
async fn a_persistent_start_costs_three_strong_reads_side_by_side_and_one_write() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    for how_much in BOTH {
        let chat = || backend.chat_after(&source.contact, how_much.clone());
        let call = format!("start, persistent, {}", how_much.as_str());
        let (_, cost) = service.requests.of(backend.start(chat())).await;
        assert_costs(&call, cost, (4, 2));
        // A source that ended before the call is never refused: an eventual read could miss its end.
        assert_eq!((cost.strong, cost.eventual, cost.puts), (3, 0, 1));
    }
    let chat = || {
        backend
            .chat_after(&source.contact, FromSegment)
            .client_token("once")
    };
    backend.start(chat()).await;
    let (_, cost) = service.requests.of(backend.start(chat())).await;
    assert_costs("start, persistent, its retry", cost, (4, 2));
}

#[tokio::test]
async fn a_persistent_start_that_finds_its_source_expired_costs_two_requests_more() {
    let moment = Duration::from_millis(1);
    let service = Service::set_up(|settings| settings.rules.connect_within = moment).await;
    let backend = service.backend();
    let source = backend.start(backend.chat("Jane")).await;
    tokio::time::sleep(moment * 2).await;
    let chat = backend.chat_after(&source.contact, FromSegment);
    let (_, cost) = service.requests.of(backend.start(chat)).await;
    assert_costs(
        "start, persistent, source expired and not yet ended",
        cost,
        (6, 4),
    );
    assert_eq!(cost.puts, 2);
}

#[tokio::test]
async fn a_refused_persistent_start_costs_its_reads_and_a_look_for_its_own_chat() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    let chat = backend.chat_after(&source.contact, FromSegment);
    let (answer, cost) = service.requests.of(chat.send()).await;
    assert_eq!(refused(answer).is(), BAD_REQUEST);
    assert_costs(
        "start, persistent, source still active: refused",
        cost,
        (4, 2),
    );
    assert_eq!(cost.puts, 0);
}

#[tokio::test]
async fn a_foreign_source_and_a_missing_one_cost_the_same() {
    let service = Service::open().await;
    let backend = service.backend();
    let owned = backend
        .start(backend.chat("Jane").customer_id("jane"))
        .await;
    backend.stop(&owned.contact).await;
    let nowhere = "00000000-0000-8000-8000-000000000000";
    let mut told = Vec::new();
    for (source, call) in [
        (&*owned.contact, "a foreign source"),
        (nowhere, "no source"),
    ] {
        let chat = backend
            .chat_after(source, EntirePastSession)
            .customer_id("john");
        let (answer, cost) = service.requests.of(chat.send()).await;
        assert_costs(&format!("start, persistent, {call}: refused"), cost, (4, 2));
        told.push((refused(answer), cost));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_message_costs_a_read_and_a_write() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    for number in 0..40 {
        let text = number.to_string();
        let (_, cost) = service.requests.of(jane.say(&text)).await;
        match number {
            0 => assert_costs("send message", cost, (2, 2)),
            _ => assert_eq!(cost.is(), (2, 2), "message {number}"),
        }
    }
    let message = || jane.saying("Hello").client_token("once").send();
    message().await.unwrap();
    let (_, cost) = service.requests.of(message()).await;
    assert_costs("send message, its retry", cost, (1, 1));
}

#[tokio::test]
async fn an_end_costs_a_read_and_a_write_and_another_one_only_the_read() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let (_, cost) = service.requests.of(backend.stop(&jane.contact)).await;
    assert_costs("end", cost, (2, 2));
    let (_, cost) = service.requests.of(backend.stop(&jane.contact)).await;
    assert_costs("end, ended already", cost, (1, 1));
    let (answer, cost) = service.requests.of(jane.saying("x").send()).await;
    assert_eq!(refused(answer).is(), DENIED);
    assert_costs("send message, ended: refused", cost, (1, 1));

    let jane = backend.jane().await;
    let departure = || jane.leaving().client_token("once").send();
    let (_, cost) = service.requests.of(departure()).await;
    assert_costs("leave", cost, (2, 2));
    let (_, cost) = service.requests.of(departure()).await;
    assert_costs("leave, its retry", cost, (1, 1));
    let (answer, cost) = service.requests.of(jane.leaving().send()).await;
    assert_eq!(refused(answer).is(), DENIED);
    assert_costs("leave, ended: refused", cost, (1, 1));
}

#[tokio::test]
async fn a_first_connection_costs_a_read_and_a_write_and_every_other_only_the_read() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.start(backend.chat("Jane")).await;
    let (_, cost) = service.requests.of(jane.connecting().send()).await;
    assert_costs("connect, the first time", cost, (2, 2));
    let (_, cost) = service.requests.of(jane.connecting().send()).await;
    assert_costs("connect, again", cost, (1, 1));
}

#[tokio::test]
async fn a_page_of_one_session_costs_one_request_or_two_side_by_side() {
    let service = Service::open().await;
    let jane = service.backend().jane().await;
    let mut sent = Vec::new();
    for number in 0..30 {
        sent.push(jane.say(&number.to_string()).await);
    }
    let third = || at_id(&sent[2].id);
    let first = jane.older(10).send().await.unwrap();
    let token = first.next_token().unwrap();
    let forward = jane.newer(10).start_position(third()).send().await.unwrap();
    let forward_token = forward.next_token().unwrap();
    for (call, page, budget) in [
        ("page, newest first", jane.older(10), (1, 1)),
        (
            "page, newest first, the next one",
            jane.older(10).next_token(token),
            (1, 1),
        ),
        (
            "page, of one contact",
            jane.older(10).contact_id(&jane.contact),
            (2, 1),
        ),
        (
            "page, backward from an id",
            jane.older(10).start_position(third()),
            (2, 1),
        ),
        (
            "page, forward from an id",
            jane.newer(10).start_position(third()),
            (2, 1),
        ),
        (
            "page, forward, the next one",
            jane.newer(10).next_token(forward_token),
            (1, 1),
        ),
        (
            "page, backward from the 5th newest",
            jane.older(10).start_position(at_most_recent(5)),
            (2, 1),
        ),
        (
            "page, forward from the 5th newest",
            jane.newer(10).start_position(at_most_recent(5)),
            (2, 1),
        ),
    ] {
        let (page, cost) = service.requests.of(page.send()).await;
        assert!(!page.unwrap().transcript().is_empty());
        assert_costs(call, cost, budget);
    }
    // 32 records: a bisection of at most 6 steps.
    let from_time = jane.newer(10).start_position(at_time(&sent[2].time));
    let (page, cost) = service.requests.of(from_time.send()).await;
    assert_eq!(page.unwrap().transcript().len(), 10);
    let (requests, _) = cost.is();
    assert_costs("page, from a time, 32 records", cost, (requests, requests));
    assert!(requests <= 2 + 6, "{cost:?}");
}

#[tokio::test]
async fn a_page_of_the_past_costs_one_request_and_one_for_each_session_on_it_however_long_the_chain()
 {
    const SESSIONS: usize = 30;
    let service = Service::open().await;
    let backend = service.backend();
    let mut jane = backend.jane().await;
    for nth in 1..SESSIONS {
        jane.say("Hello").await;
        jane.leave().await;
        let next = backend.jane_after(&jane.contact, BOTH[nth % 2].clone());
        let (next, cost) = service.requests.of(next).await;
        assert_eq!(
            cost.is(),
            (4 + 2, 2 + 2),
            "start and connect after {nth} sessions"
        );
        jane = next;
    }

    let (first, cost) = service.requests.of(jane.older(10).send()).await;
    assert_eq!(sessions_on(&first.unwrap()), 4);
    assert_costs(
        "first page of a chat that continues others, 4 sessions on it",
        cost,
        (4, 2),
    );

    // Each past session has four items.
    let mut read = 0;
    let present = jane.older(100).start_position(at_most_recent(1));
    let mut page: GetTranscriptOutput = present.send().await.unwrap();
    while let Some(token) = page.next_token() {
        let next = jane.older(10).next_token(token).send();
        let (next, cost) = service.requests.of(next).await;
        page = next.unwrap();
        let on_it = sessions_on(&page);
        match read {
            0 => assert_costs(
                "page of the past, the newest, 3 sessions on it",
                cost,
                (1 + 3, 2),
            ),
            10 => assert_costs(
                "page of the past, the next, 3 sessions on it",
                cost,
                (1 + 3, 2),
            ),
            _ => assert_eq!(cost.is(), (1 + on_it, 2), "behind {read} items: {cost:?}"),
        }
        read += page.transcript().len();
    }
    assert_eq!(read, 4 * (SESSIONS - 1));
    assert_costs_of_large_pages(&service, &jane, SESSIONS - 1).await;
}

async fn assert_costs_of_large_pages(service: &Service, jane: &Participant, past: usize) {
    let present = jane.older(100).start_position(at_most_recent(1));
    let present = present.send().await.unwrap();
    let token = present.next_token().unwrap();
    let next = jane.older(100).next_token(token).send();
    let (page, cost) = service.requests.of(next).await;
    let page = page.unwrap();
    assert_eq!(sessions_on(&page), 25);
    assert_costs(
        "page of the past, 100 items of 25 sessions",
        cost,
        (1 + 25, 2),
    );
    let next = jane
        .older(100)
        .next_token(page.next_token().unwrap())
        .send();
    let (page, cost) = service.requests.of(next).await;
    let page = page.unwrap();
    assert_eq!(sessions_on(&page), past - 25);
    assert_costs("page of the past, its last 4 sessions", cost, (1 + 4, 2));

    let next = jane.older(1).next_token(token).send();
    let page = service.requests.of(next).await.0.unwrap();
    let next = jane.older(1).next_token(page.next_token().unwrap()).send();
    let (_, cost) = service.requests.of(next).await;
    assert_costs("page of the past within one session", cost, (1, 1));
}

fn sessions_on(page: &GetTranscriptOutput) -> usize {
    let contacts = page
        .transcript()
        .iter()
        .map(|item| item.related_contact_id().or(item.contact_id()).unwrap());
    let mut contacts: Vec<&str> = contacts.collect();
    contacts.dedup();
    contacts.len()
}
