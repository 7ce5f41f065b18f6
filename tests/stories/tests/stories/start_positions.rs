//! Where a page may start: at an item, at a moment, at the n-th newest, or nowhere in particular.

use aws_sdk_connectparticipant::types::{ScanDirection, StartPosition};

use crate::pages::{at_id, at_most_recent, at_time, page, said};
use crate::people::{Participant, Sent};
use crate::refusal::{INVALID, refused};
use crate::service::Service;

/// A chat with the messages 1 to 6, whose receipts are given.
async fn six_messages(service: &Service) -> (Participant, Vec<Sent>) {
    let jane = service.backend().jane().await;
    let mut sent = Vec::new();
    for number in 1..=6 {
        sent.push(jane.say(&number.to_string()).await);
    }
    (jane, sent)
}

#[tokio::test]
async fn a_page_starts_with_the_item_that_is_named() {
    let service = Service::open().await;
    let (jane, sent) = six_messages(&service).await;
    let third = at_id(&sent[2].id);
    let forward = jane.newer(3).start_position(third.clone());
    assert_eq!(said(&page(forward).await), ["3", "4", "5"]);
    let backward = jane.older(2).start_position(third.clone());
    assert_eq!(said(&page(backward).await), ["2", "3"]);
    // A start without a direction looks forward.
    let natural = jane.reading().max_results(2).start_position(third);
    assert_eq!(said(&page(natural).await), ["4", "3"]);
}

#[tokio::test]
async fn pages_go_on_from_where_they_started_in_both_directions() {
    let service = Service::open().await;
    let (jane, sent) = six_messages(&service).await;
    let third = || at_id(&sent[2].id);
    let first = jane.older(2).start_position(third()).send().await.unwrap();
    assert_eq!(said(&jane.history_from(first, 2).await), ["1", "2", "3"]);
    let first = jane.newer(3).start_position(third()).send().await.unwrap();
    let token = first.next_token().unwrap();
    let second = jane.newer(3).next_token(token).send().await.unwrap();
    assert_eq!(said(second.transcript()), ["6"]);
}

#[tokio::test]
async fn an_item_that_is_not_of_this_session_starts_an_empty_page() {
    let service = Service::open().await;
    let (jane, sent) = six_messages(&service).await;
    let (_, of_others) = six_messages(&service).await;
    let mut almost = sent[2].id.clone();
    let last = if almost.ends_with('0') { "1" } else { "0" };
    almost.replace_range(almost.len() - 1.., last);
    let never = "01900000-0000-7000-8000-000000000000";
    for id in [&of_others[2].id, &almost, never, &jane.contact, "no id"] {
        for start in [jane.older(5), jane.newer(5)] {
            let page = start.start_position(at_id(id)).send().await.unwrap();
            assert!(page.transcript().is_empty(), "{id}: {page:?}");
            assert_eq!(page.next_token(), None, "{id}");
        }
    }
}

#[tokio::test]
async fn a_page_starts_at_a_moment() {
    let service = Service::open().await;
    let (jane, sent) = six_messages(&service).await;
    let joined = page(jane.older(100)).await.remove(0);
    for (nth, sent) in sent.iter().enumerate() {
        let forward = page(jane.newer(1).start_position(at_time(&sent.time))).await;
        assert_eq!(
            forward[0].id(),
            Some(&*sent.id),
            "the item of this very moment"
        );
        let backward = page(jane.older(100).start_position(at_time(&sent.time))).await;
        assert_eq!(said(&backward).len(), nth + 1, "it and all before");
        assert_eq!(backward.last().unwrap().id(), Some(&*sent.id));
    }
    let (long_ago, far_ahead) = ("2001-01-01T00:00:00.000Z", "2101-01-01T00:00:00.000Z");
    let forward = |time| page(jane.newer(100).start_position(at_time(time)));
    let backward = |time| page(jane.older(100).start_position(at_time(time)));
    assert_eq!(forward(long_ago).await.len(), 7);
    assert_eq!(forward(long_ago).await[0], joined);
    assert!(forward(far_ahead).await.is_empty());
    assert!(backward(long_ago).await.is_empty());
    assert_eq!(backward(far_ahead).await.len(), 7);
    let refusal = refused(
        jane.newer(1)
            .start_position(at_time("yesterday"))
            .send()
            .await,
    );
    assert_eq!(refusal.is(), INVALID);
    assert!(
        refusal.message.contains("AbsoluteTime"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn a_page_starts_at_the_nth_newest_item() {
    let service = Service::open().await;
    let (jane, _) = six_messages(&service).await;
    let forward = |n| page(jane.newer(100).start_position(at_most_recent(n)));
    let backward = |n| page(jane.older(2).start_position(at_most_recent(n)));
    assert_eq!(said(&forward(1).await), ["6"]);
    assert_eq!(said(&forward(3).await), ["4", "5", "6"]);
    assert_eq!(said(&backward(1).await), ["5", "6"]);
    assert_eq!(said(&backward(3).await), ["3", "4"]);
    // Seven items in all: the seventh is the first, and so is everything beyond.
    assert_eq!(forward(7).await.len(), 7);
    assert_eq!(forward(100).await.len(), 7);
    assert_eq!(backward(100).await.len(), 1);
    let refusal = refused(
        jane.newer(1)
            .start_position(at_most_recent(101))
            .send()
            .await,
    );
    assert_eq!(refusal.is(), INVALID);
    assert!(
        refusal.message.contains("MostRecent"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn an_empty_start_position_is_none() {
    let service = Service::open().await;
    let (jane, _) = six_messages(&service).await;
    // What the SDK makes of this, and of MostRecent 0, is an empty object.
    for empty in [StartPosition::builder().build(), at_most_recent(0)] {
        let with = page(jane.older(3).start_position(empty.clone())).await;
        assert_eq!(said(&with), ["4", "5", "6"]);
        let refusal = refused(jane.newer(3).start_position(empty.clone()).send().await);
        assert_eq!(refusal.is(), INVALID);
        assert!(
            refusal.message.contains("StartPosition"),
            "{}",
            refusal.message
        );
        let first = jane.older(3).send().await.unwrap();
        let beside = jane
            .older(3)
            .next_token(first.next_token().unwrap())
            .start_position(empty);
        assert_eq!(said(&page(beside).await), ["1", "2", "3"]);
    }
    let forward = jane.reading().scan_direction(ScanDirection::Forward);
    assert_eq!(refused(forward.send().await).is(), INVALID);
}

#[tokio::test]
async fn a_start_position_with_two_members_is_refused() {
    let service = Service::open().await;
    let (jane, sent) = six_messages(&service).await;
    let (id, time) = (&sent[0].id, &sent[0].time);
    let start = StartPosition::builder;
    for two in [
        start().id(id).absolute_time(time),
        start().id(id).most_recent(1),
        start().absolute_time(time).most_recent(1),
    ] {
        let refusal = refused(jane.newer(1).start_position(two.build()).send().await);
        assert_eq!(refusal.is(), INVALID);
        assert!(
            refusal.message.contains("StartPosition"),
            "{}",
            refusal.message
        );
    }
}
