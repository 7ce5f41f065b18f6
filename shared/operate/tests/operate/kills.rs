//! The command is killed after every one of its calls to the table, and run again.

use std::collections::BTreeSet;

use domain::{Consistency, Log, Read, SlotRange};
use dynamodb::keys;

use crate::stage::{Chat, NOON, Stage, customer, instance};

const JANE: &str = "jane";

/// A story that has everything: a full chat, and one that continues it and runs.
async fn story(stage: &Stage) -> [Chat; 2] {
    let full = stage.full_chat("here", Some(JANE)).await;
    let running = stage.continuing(&full, Some(JANE)).await;
    stage.say(&running, "still here").await.expect("it is said");
    [full, running]
}

#[tokio::test]
async fn killed_between_any_two_calls_and_run_again_nothing_is_left_and_nobody_wrote_meanwhile() {
    let stage = Stage::new().await;
    stage.full_chat("here", Some("john")).await;
    stage.full_chat("here", None).await;
    let others = stage.everything().await;
    let (here, jane) = (instance("here"), customer(JANE));
    for calls in 0..200 {
        let chats = story(&stage).await;
        let whole = stage.everything().await;
        let killed = stage.doomed(calls).customer(&here, &jane).await;
        let left = stage.everything().await;
        for chat in &chats {
            check(&stage, chat, &whole, &left).await;
        }
        if killed.is_ok() {
            assert!(calls > 30, "only {calls} calls");
            assert_eq!(left, others);
            return;
        }
        let again = stage.eraser().customer(&here, &jane).await;
        again.unwrap_or_else(|error| panic!("{calls}: {error}"));
        assert_eq!(stage.everything().await, others, "{calls}");
    }
    panic!("it does not come to an end");
}

/// Its newest record can be read, so calls that look at nothing else would go on.
#[tokio::test]
async fn a_chat_with_a_damaged_record_has_ceased_to_exist_before_anything_of_it_goes() {
    let stage = Stage::new().await;
    for calls in 0..60 {
        let chat = stage.chat("here", None).await;
        stage.damage(&chat, 1).await;
        let whole = stage.everything().await;
        let (here, contact) = (&chat.key.instance, chat.contact);
        let killed = stage.doomed(calls).contact(here, contact).await;
        let left = stage.everything().await;
        let newest = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
        let tail = stage.log.read(&chat.key, newest).await.expect("a tail");
        let gone = |tail: &domain::Record| tail.state.is_past_retention(NOON);
        let begun = whole.iter().any(|key| !left.contains(key));
        assert!(!begun || tail.records.first().is_none_or(gone), "{calls}");
        if killed.is_ok() {
            assert_eq!(left.len(), 0);
            return;
        }
        let again = stage.eraser().contact(here, contact).await;
        again.unwrap_or_else(|error| panic!("{calls}: {error}"));
        assert_eq!(stage.everything().await.len(), 0, "{calls}");
    }
    panic!("it does not come to an end");
}

/// A chat of which something is gone can be found by the index, and is no chat any more for anybody.
async fn check(
    stage: &Stage,
    chat: &Chat,
    whole: &BTreeSet<(String, String)>,
    left: &BTreeSet<(String, String)>,
) {
    let log = keys::partition(&chat.key);
    let of_chat = |(session, _): &&(String, String)| session.starts_with(&log);
    let missing = whole.iter().filter(of_chat).any(|key| !left.contains(key));
    if !missing {
        return;
    }
    if left.iter().any(|key| of_chat(&key)) {
        let first = (log.clone(), "0".to_owned());
        assert!(
            left.contains(&first),
            "the index does not find what is left"
        );
    }
    let newest = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
    let tail = stage
        .log
        .read(&chat.key, newest)
        .await
        .expect("it can be read");
    let gone = |tail: &domain::Record| tail.state.is_past_retention(NOON);
    assert!(tail.records.first().is_none_or(gone));
    let said = stage.say(chat, "I was never here").await;
    assert_eq!(said, Err(domain::AppendError::NotFound));
    let attributes = domain::contact_attributes(&stage.log, &chat.key.instance, chat.contact, NOON);
    assert_eq!(attributes.await, Err(domain::AppendError::NotFound));
}
