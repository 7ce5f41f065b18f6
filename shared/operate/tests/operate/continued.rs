//! Chats that continue an erased one: they go on, without what is gone.

use domain::transcript::{Direction, From, Query, page};
use domain::{ItemKind, Rehydration, Rules, SourceRefusal, StartError, StartRefusal};

use crate::stage::{Chat, NOON, Stage, customer};

/// What the chat shows of the past, page by page, newest first.
async fn past(stage: &Stage, chat: &Chat) -> Vec<String> {
    let (mut words, mut from, mut pages) = (Vec::new(), From::Newest, 0);
    loop {
        let query = Query {
            session: chat.key.clone(),
            reader: Some(chat.customer),
            contact: None,
            direction: Direction::Backward,
            from,
            limit: 2,
            accompanied: false,
        };
        let page = page(&stage.log, &query, NOON).await.expect("a page");
        let mut items = page.items;
        items.retain(|item| item.contact.session() != chat.key.session);
        words.extend(items.into_iter().filter_map(|item| match item.kind {
            ItemKind::Message { content, .. } => Some(content.0),
            ItemKind::Event { .. } => None,
        }));
        pages += 1;
        assert!(pages < 100, "the pages never end");
        match page.next {
            None => return words,
            Some(cursor) => from = From::Cursor(cursor),
        }
    }
}

/// Chats of nobody, each going on from the one before; the last one runs.
async fn chain(stage: &Stage, names: &[&str]) -> Vec<Chat> {
    let mut chats: Vec<Chat> = Vec::new();
    for name in names {
        let chat = match chats.last() {
            None => stage.started(stage.wish("here", None)).await,
            Some(source) => stage.continuing(source, None).await,
        };
        stage.say(&chat, name).await.expect("it is said");
        if name != names.last().expect("a name") {
            stage.end(&chat).await;
        }
        chats.push(chat);
    }
    chats
}

#[tokio::test]
async fn a_chat_whose_past_was_erased_in_part_shows_the_rest_to_its_end() {
    for erased in [vec![0], vec![1], vec![2], vec![1, 2], vec![0, 1, 2]] {
        let stage = Stage::new().await;
        let chats = chain(&stage, &["a", "b", "c", "now"]).await;
        let whole = past(&stage, &chats[3]).await;
        assert_eq!(whole, ["c", "Hello", "b", "Hello", "a", "Hello"]);
        for place in &erased {
            let chat = &chats[*place];
            let done = stage
                .eraser()
                .contact(&chat.key.instance, chat.contact)
                .await;
            assert_eq!(done.expect("it is erased").chats, 1);
        }
        let mut expected = Vec::new();
        for (place, name) in ["a", "b", "c"].into_iter().enumerate().rev() {
            if !erased.contains(&place) {
                expected.extend([name, "Hello"]);
            }
        }
        assert_eq!(past(&stage, &chats[3]).await, expected, "{erased:?}");
        stage
            .say(&chats[3], "it goes on")
            .await
            .expect("it is said");
    }
}

#[tokio::test]
async fn nobody_continues_an_erased_chat() {
    let stage = Stage::new().await;
    let source = stage.past_chat("here", Some("jane")).await;
    let jane = customer("jane");
    let erased = stage.eraser().customer(&source.key.instance, &jane).await;
    assert_eq!(erased.expect("it is erased").chats, 1);
    let mut wish = stage.wish("here", Some("jane"));
    wish.source = Some((source.contact, Rehydration::EntirePastSession));
    let started = domain::start(&stage.log, &wish, Rules::default(), NOON).await;
    let Err(StartError::Refused(StartRefusal::Source(refusal))) = started else {
        panic!("{started:?}");
    };
    assert_eq!(refusal, SourceRefusal::NotFound);
}
