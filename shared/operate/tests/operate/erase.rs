//! Erasing a customer's chats, or one chat: all of it goes, and nothing else.

use std::time::{Duration, Instant};

use domain::{
    AppendError, Body, Consistency, DisconnectReason, Log, Phase, Put, Read, SlotRange, days,
    seconds,
};
use operate::erase::{Erased, Eraser, Pace};

use crate::stage::{AT_ONCE, NOON, Stage, TABLE, customer, instance, silent};

#[tokio::test]
async fn everything_of_a_customer_goes_and_nothing_of_anybody_else() {
    let stage = Stage::new().await;
    stage.full_chat("here", Some("john")).await;
    stage.full_chat("there", Some("jane")).await;
    // Whose name begins like hers, and who has none.
    stage.full_chat("here", Some("janet")).await;
    stage.full_chat("here", None).await;
    let others = stage.everything().await;
    let full = stage.full_chat("here", Some("jane")).await;
    let items = (stage.everything().await.len() - others.len()) as u64;
    stage.continuing(&full, Some("jane")).await;
    stage.past_chat("here", Some("jane")).await;
    stage.chat("here", Some("jane")).await;

    let (here, jane) = (instance("here"), customer("jane"));
    let counted = stage.eraser().count_customer(&here, &jane).await;
    let counted = counted.expect("they are counted");
    assert_eq!((counted.chats, counted.running), (4, 2));
    assert!(counted.items > items + 6, "{counted:?}");
    let erased = stage.eraser().customer(&here, &jane).await;
    let erased = erased.expect("they are erased");
    // The ends that erasing added are erased too: one of each chat, two of those that ran.
    let expected = Erased {
        items: counted.items + 6,
        ..counted
    };
    assert_eq!(erased, expected);
    assert_eq!(stage.everything().await, others);
    let again = stage.eraser().customer(&here, &jane).await;
    assert_eq!(again.expect("nothing is left"), Erased::default());
}

#[tokio::test]
async fn counting_changes_nothing() {
    let stage = Stage::new().await;
    let chat = stage.chat("here", Some("jane")).await;
    let before = stage.everything().await;
    let (here, jane) = (instance("here"), customer("jane"));
    let counted = stage.eraser().count_customer(&here, &jane).await;
    let of_contact = stage.eraser().count_contact(&here, chat.contact).await;
    assert_eq!(counted.expect("counted"), of_contact.expect("counted"));
    assert_eq!(stage.everything().await, before);
    stage.say(&chat, "still here").await.expect("it goes on");
}

#[tokio::test]
async fn more_chats_and_more_messages_than_one_request_takes_are_erased() {
    let stage = Stage::new().await;
    for _ in 0..103 {
        stage.started(stage.wish("here", Some("jane"))).await;
    }
    let long = stage.chat("here", Some("jane")).await;
    for number in 0..80 {
        let said = stage.say(&long, &format!("{number}")).await;
        said.expect("it is said");
    }
    let (here, jane) = (instance("here"), customer("jane"));
    let counted = stage.eraser().count_customer(&here, &jane).await;
    let counted = counted.expect("they are counted");
    assert_eq!((counted.chats, counted.items), (104, 103 + 84));
    let erased = stage.eraser().customer(&here, &jane).await;
    assert_eq!(erased.expect("they are erased").chats, 104);
    assert_eq!(stage.everything().await.len(), 0);
}

#[tokio::test]
async fn a_chat_of_nobody_is_erased_by_any_of_its_contacts() {
    let stage = Stage::new().await;
    stage.full_chat("here", None).await;
    let others = stage.everything().await;
    let chat = stage.full_chat("here", None).await;
    let elsewhere = instance("there");
    let missed = stage.eraser().contact(&elsewhere, chat.contact).await;
    assert_eq!(missed.expect("nothing is there"), Erased::default());
    let later = domain::ContactId::new(chat.key.session, domain::Ordinal::LAST);
    let erased = stage.eraser().contact(&chat.key.instance, later).await;
    assert_eq!(erased.expect("it is erased").chats, 1);
    assert_eq!(stage.everything().await, others);
}

#[tokio::test]
async fn a_chat_past_its_retention_that_the_table_still_shows_is_erased_without_a_word_added() {
    let stage = Stage::new().await;
    let chat = stage.past_chat("here", Some("jane")).await;
    let items = stage.everything().await.len() as u64;
    let late = || NOON + days(800);
    let client = dynamodb::client(&stage.engine.sdk_config());
    let eraser = Eraser::new(client, TABLE, AT_ONCE, late, silent);
    let erased = eraser.customer(&chat.key.instance, &customer("jane")).await;
    let expected = Erased {
        chats: 1,
        running: 0,
        items,
    };
    assert_eq!(erased.expect("it is erased"), expected);
    assert_eq!(stage.everything().await.len(), 0);
}

#[tokio::test]
async fn a_record_that_nobody_can_read_is_erased_like_any_other() {
    let stage = Stage::new().await;
    let chat = stage.chat("here", Some("jane")).await;
    for slot in [3, 1] {
        stage.damage(&chat, slot).await;
        let said = stage.say(&chat, "more").await;
        assert!(matches!(said, Err(AppendError::Log(_))), "{said:?}");
    }
    let erased = stage
        .eraser()
        .customer(&chat.key.instance, &customer("jane"))
        .await;
    assert_eq!(erased.expect("it is erased").chats, 1);
    assert_eq!(stage.everything().await.len(), 0);
}

/// A message whose writer had read the log before the chat ended, and is slow.
#[tokio::test]
async fn a_call_that_had_begun_before_finds_its_slot_taken() {
    let stage = Stage::new().await;
    let chat = stage.chat("here", Some("jane")).await;
    let newest = Read::newest(SlotRange::ALL, 32, Consistency::Strong);
    let seen = stage.log.read(&chat.key, newest).await.expect("a log");
    let slow = next_message(seen.records);
    let pace = Pace {
        calls_are_over: Duration::from_millis(900),
        ..AT_ONCE
    };
    // By the eraser's clock the end has just been written, however the chat's own clock stands.
    let (eraser, jane) = (stage.eraser_at(pace), customer("jane"));
    let begun = Instant::now();
    let key = chat.key.clone();
    let erasing = tokio::spawn(async move { eraser.customer(&key.instance, &jane).await });
    let closed = |records: &[domain::Record]| {
        let gone = records
            .first()
            .map(|tail| tail.state.is_past_retention(NOON));
        gone == Some(true)
    };
    while !closed(
        &stage
            .log
            .read(&chat.key, newest)
            .await
            .expect("a log")
            .records,
    ) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let put = stage.log.put(&chat.key, &slow).await;
    assert!(matches!(put, Ok(Put::Taken(Some(end))) if matches!(end.body, Body::Ended { .. })));
    erasing.await.expect("no panic").expect("it is erased");
    assert!(begun.elapsed() > Duration::from_millis(850));
    assert_eq!(stage.everything().await.len(), 0);
}

/// The message that would have come next.
fn next_message(newest_first: Vec<domain::Record>) -> domain::Record {
    let mut parts = newest_first
        .into_iter()
        .next()
        .expect("a tail")
        .into_parts();
    parts.slot = parts.slot.following();
    parts.at = parts.state.time + seconds(1);
    parts.state.time = parts.at;
    parts.state.items += 1;
    domain::Record::new(parts).expect("a record")
}

/// Those who are connected hear of it as of any other end.
#[tokio::test]
async fn an_active_chat_is_ended_as_by_stop_contact() {
    let stage = Stage::new().await;
    let mut changes = stage.engine.changes(TABLE).expect("a stream");
    let chat = stage.chat("here", Some("jane")).await;
    let jane = customer("jane");
    let erased = stage.eraser().customer(&chat.key.instance, &jane).await;
    assert_eq!(erased.expect("it is erased").running, 1);
    let mut ends = Vec::new();
    loop {
        let batch = changes.read().expect("changes");
        if batch.event.changes.is_empty() {
            break;
        }
        for change in &batch.event.changes {
            if let Ok(Some((_, record))) = change.written() {
                ends.extend(record.state.has_ended().then_some(record));
            }
        }
        changes.done(batch.next);
    }
    let reasons: Vec<_> = ends.iter().map(|end| end.state.phase).collect();
    assert_eq!(reasons, [Phase::Ended(DisconnectReason::Api); 2]);
    assert!(!ends[0].state.is_past_retention(NOON));
    assert!(ends[1].state.is_past_retention(NOON));
}
