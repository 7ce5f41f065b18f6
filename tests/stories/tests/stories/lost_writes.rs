//! Replies of DynamoDB that are lost: the write has happened, and nobody was told.

use aws_sdk_connect::types::RehydrationType::FromSegment;

use crate::pages::{lines, receipt, said};
use crate::proxy::Proxy;
use crate::refusal::{DENIED, refused};
use crate::service::Service;

const PUT: &str = "x-amz-target: DynamoDB_20120810.PutItem";
const QUERY: &str = "x-amz-target: DynamoDB_20120810.Query";

#[tokio::test]
async fn a_chat_is_started_once_though_the_reply_of_its_put_is_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let backend = service.backend();
    database.lose(PUT);
    let jane = backend.start(backend.chat("Jane")).await;
    assert_eq!(database.carried(PUT), 2);
    assert_eq!(service.sessions().await, 1);
    let jane = jane.connected().await;
    jane.leave().await;

    database.lose(PUT);
    let after = backend.jane_after(&jane.contact, FromSegment).await;
    assert_eq!(service.sessions().await, 2);
    let expected = ["Jane joined", "Jane left", "ended", "Jane joined"];
    assert_eq!(lines(&after.history().await), expected);
}

#[tokio::test]
async fn a_visitors_chat_is_started_once_though_the_reply_of_its_put_is_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let visitor = crate::people::Backend::unsigned(&service.url, &service.instance);
    database.lose(PUT);
    let jane = visitor.jane().await;
    assert_eq!(service.sessions().await, 1);
    assert_eq!(lines(&jane.history().await), ["Jane joined"]);
}

#[tokio::test]
async fn a_customer_joins_once_though_the_reply_of_the_put_is_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let backend = service.backend();
    let jane = backend.start(backend.chat("Jane")).await;
    database.lose(PUT);
    let jane = jane.connected().await;
    assert_eq!(database.carried(PUT), 3);
    assert_eq!(lines(&jane.history().await), ["Jane joined"]);
}

#[tokio::test]
async fn a_message_stands_once_though_the_reply_of_its_put_is_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let jane = service.backend().jane().await;
    let puts = database.carried(PUT);
    database.lose(PUT);
    let hello = jane.say("Hello").await;
    assert_eq!(database.carried(PUT), puts + 2);
    let history = jane.history().await;
    assert_eq!(lines(&history), ["Jane joined", "Jane: Hello"]);
    assert_eq!(receipt(&history[1]), hello);
}

#[tokio::test]
async fn a_message_stands_once_though_its_put_comes_again_behind_others() {
    let (service, database) = Service::over_lossy_database().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    // The same chat by another way, which loses nothing.
    let other = service.sibling().await;
    let quick = jane.through(&other.url);
    let mut held = database.hold(PUT);
    let (slow, ()) = tokio::join!(jane.say("slow"), async {
        held.is_carried_out().await;
        quick.say("one").await;
        quick.say("two").await;
        quick.leave().await;
        drop(held);
    });
    assert_eq!(refused(jane.saying("too late").send().await).is(), DENIED);
    let after = backend.jane_after(&jane.contact, FromSegment).await;
    let history = after.history().await;
    assert_eq!(said(&history), ["slow", "one", "two"]);
    assert_eq!(receipt(&history[1]), slow);
}

#[tokio::test]
async fn a_message_that_lost_its_slot_while_a_reply_was_lost_stands_once_behind_the_winner() {
    let (service, database) = Service::over_lossy_database().await;
    let jane = service.backend().jane().await;
    let other = service.sibling().await;
    let quick = jane.through(&other.url);
    // Between the slow one's read and its put another message takes the slot; then the reply to the put is lost.
    let mut held = database.hold(QUERY);
    let (slow, ()) = tokio::join!(jane.say("slow"), async {
        held.is_carried_out().await;
        quick.say("quick").await;
        database.lose(PUT);
        drop(held);
    });
    let history = jane.history().await;
    assert_eq!(said(&history), ["quick", "slow"]);
    assert_eq!(receipt(&history[2]), slow);
    database.carried(PUT);
}

#[tokio::test]
async fn a_chat_ends_once_though_the_reply_of_its_end_is_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let backend = service.backend();
    let stopped = backend.jane().await;
    database.lose(PUT);
    backend.stop(&stopped.contact).await;
    let left = backend.jane().await;
    database.lose(PUT);
    left.leave().await;
    database.carried(PUT);
    for jane in [stopped, left] {
        let records = service.records(&jane.contact).await;
        assert_eq!(records.len(), 3, "start, join, end: {records:?}");
        assert!(records[2]["body"]["ended"].is_object());
        assert_eq!(refused(jane.saying("x").send().await).is(), DENIED);
    }
}

#[tokio::test]
async fn a_page_is_read_though_the_replies_of_its_reads_are_lost() {
    let (service, database) = Service::over_lossy_database().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("before").await;
    source.leave().await;
    let jane = backend.jane_after(&source.contact, FromSegment).await;
    database.lose(QUERY);
    let first = jane.older(2).send().await.unwrap();
    assert_eq!(first.transcript().len(), 2);
    database.lose(QUERY);
    assert_eq!(said(&jane.history_from(first, 100).await), ["before"]);
    database.carried(QUERY);
}

#[tokio::test]
async fn when_every_reply_is_lost_the_caller_is_told_to_try_again_and_then_gets_the_first_answer() {
    let (service, database) = Service::over_lossy_database().await;
    let network = Proxy::before(&service.url).await;
    let jane = service.backend().jane().await.through(&network.url);
    let puts = database.carried(PUT);
    for _ in 0..dynamodb::ATTEMPTS {
        database.lose(PUT);
    }
    let hello = jane.say("Hello").await;
    let send = "POST /participant/message";
    assert_eq!(network.carried(send), 2, "the first was answered by 500");
    let attempts = dynamodb::ATTEMPTS as usize;
    assert_eq!(
        database.carried(PUT),
        puts + attempts,
        "the second found the message by reading"
    );
    let history = jane.history().await;
    assert_eq!(lines(&history), ["Jane joined", "Jane: Hello"]);
    assert_eq!(receipt(&history[1]), hello);
}
