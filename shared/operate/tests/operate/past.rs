//! Chats of nobody that a customer has gone on from: they are named while that can still be told.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::{Association, ContactId, Rehydration, associate};
use operate::erase::News;

use crate::stage::{Chat, NOON, Stage, customer, instance};

fn named(heard: &Mutex<Vec<News>>) -> Vec<ContactId> {
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let named = heard.iter().filter_map(|news| match news {
        News::Continued(contact) => Some(*contact),
        _ => None,
    });
    named.collect()
}

/// A chat of nobody that goes on from another one, and has ended.
async fn following(stage: &Stage, source: &Chat) -> Chat {
    let chat = stage.continuing(source, None).await;
    stage.end(&chat).await;
    chat
}

#[tokio::test]
async fn chats_of_nobody_that_hers_continue_are_named_once_and_left_as_they_are() {
    let stage = Stage::new().await;
    let strangers = stage.past_chat("here", None).await;
    following(&stage, &strangers).await;
    let first = stage.past_chat("here", None).await;
    let second = following(&stage, &first).await;
    let nobodys = stage.everything().await;
    let hers = stage.continuing(&second, Some("jane")).await;
    stage.end(&hers).await;
    stage.continuing(&hers, Some("jane")).await;
    let running = stage.chat("here", Some("jane")).await;
    let association = Association {
        contact: running.contact,
        source: hers.contact,
        rehydration: Rehydration::EntirePastSession,
    };
    let linked = associate(
        &stage.log,
        &running.key.instance,
        association,
        stage.key(),
        NOON,
    );
    linked.await.expect("it is linked");

    let (here, jane) = (instance("here"), customer("jane"));
    let expected = BTreeSet::from([first.contact, second.contact]);
    let (counting, heard) = stage.heard();
    counting
        .count_customer(&here, &jane)
        .await
        .expect("counted");
    assert_eq!(named(&heard).len(), 2);
    assert_eq!(BTreeSet::from_iter(named(&heard)), expected);
    let (eraser, heard) = stage.heard();
    let erased = eraser.customer(&here, &jane).await.expect("erased");
    assert_eq!(erased.chats, 3);
    assert_eq!(named(&heard).len(), 2);
    assert_eq!(BTreeSet::from_iter(named(&heard)), expected);
    let told = heard.lock().expect("no panic").clone();
    let first_deletion = told.iter().position(|news| matches!(news, News::SoFar(_)));
    let last_name = told
        .iter()
        .rposition(|news| matches!(news, News::Continued(_)));
    assert!(last_name < first_deletion, "{told:?}");
    assert_eq!(stage.everything().await, nobodys);
}

#[tokio::test]
async fn a_past_longer_than_one_list_is_named_to_its_beginning() {
    let stage = Stage::new().await;
    let mut chats = vec![stage.past_chat("here", None).await];
    for _ in 0..103 {
        let source = chats.last().expect("a chat");
        chats.push(following(&stage, source).await);
    }
    let last = chats.last().expect("a chat");
    stage.continuing(last, Some("jane")).await;
    let (eraser, heard) = stage.heard();
    let counted = eraser
        .count_customer(&instance("here"), &customer("jane"))
        .await;
    assert_eq!(counted.expect("counted").chats, 1);
    assert_eq!(named(&heard).len(), 104);
    let all: BTreeSet<_> = chats.iter().map(|chat| chat.contact).collect();
    assert_eq!(BTreeSet::from_iter(named(&heard)), all);
}

#[tokio::test]
async fn what_is_gone_of_a_past_or_cannot_be_read_is_passed_over() {
    let stage = Stage::new().await;
    let first = stage.past_chat("here", None).await;
    let second = following(&stage, &first).await;
    let third = following(&stage, &second).await;
    stage.continuing(&third, Some("jane")).await;
    let erased = stage
        .eraser()
        .contact(&instance("here"), first.contact)
        .await;
    erased.expect("erased");
    stage.damage(&second, 0).await;
    let (eraser, heard) = stage.heard();
    let erased = eraser.customer(&instance("here"), &customer("jane")).await;
    assert_eq!(erased.expect("erased").chats, 1);
    assert_eq!(named(&heard), [third.contact]);
}
