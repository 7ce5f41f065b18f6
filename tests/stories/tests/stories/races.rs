//! Races on the real engine, many rounds each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};
use aws_sdk_connectparticipant::types::Item;
use tokio::sync::{Barrier, Semaphore};
use tokio::task::JoinSet;

use crate::pages::{assert_strictly_rising, at_id, ids, lines, page, said};
use crate::people::{BOTH, Participant, sent};
use crate::refusal::{BAD_REQUEST, Refusal, refused};
use crate::service::Service;

const RACERS: usize = 32;

/// Two rounds at least, and as many as two seconds allow.
fn rounds() -> impl Iterator<Item = usize> {
    let end = Instant::now() + Duration::from_secs(2);
    (0..).take_while(move |round| *round < 2 || Instant::now() < end)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_starts_with_one_client_token_make_one_chat() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.leave().await;
    let mut sessions = 1;
    for round in rounds() {
        let persistent = round % 2 == 1;
        let mut starts = JoinSet::new();
        for _ in 0..RACERS {
            let chat = match persistent {
                true => backend.chat_after(&source.contact, FromSegment),
                false => backend.chat("Jane"),
            };
            let chat = chat.client_token(format!("round {round}"));
            let backend = backend.clone();
            starts.spawn(async move { backend.start(chat).await });
        }
        let started = starts.join_all().await;
        let first = &started[0];
        for each in &started {
            assert_eq!(each.contact, first.contact, "round {round}");
            assert_eq!(each.participant, first.participant, "round {round}");
            assert_eq!(each.continued_from.is_some(), persistent, "round {round}");
        }
        sessions += 1;
        assert_eq!(service.sessions().await, sessions, "round {round}");
        // Every one of the tokens is good.
        let last = started.last().unwrap().clone().connected().await;
        let first = first.clone().connected().await;
        last.say("Hello").await;
        assert_eq!(said(&page(first.older(100)).await), ["Hello"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_messages_race_an_end_and_the_acknowledged_ones_are_those_that_stand() {
    let service = Service::open().await;
    let backend = service.backend();
    let (mut stood, mut refusals) = (0, 0);
    for round in rounds() {
        let jane = backend.jane().await.without_retries();
        let answered = Arc::new(Semaphore::new(0));
        let mut senders = JoinSet::new();
        for number in 0..RACERS {
            let (jane, answered) = (jane.clone(), Arc::clone(&answered));
            senders.spawn(async move {
                let text = number.to_string();
                let answer = jane.saying(&text).send().await;
                answered.add_permits(1);
                (text, answer)
            });
        }
        // The end comes when so many have been answered, and all others are under way.
        let some = [2, 0, 4][round % 3];
        drop(answered.acquire_many(some).await.unwrap());
        backend.stop(&jane.contact).await;

        let mut acknowledged = Vec::new();
        for (text, answer) in senders.join_all().await {
            match answer {
                Ok(sent) => acknowledged.push((sent.id.unwrap(), text)),
                Err(error) => {
                    assert_surely_not_written(&refused::<(), _>(Err(error)));
                    refusals += 1;
                }
            }
        }
        acknowledged.sort();
        stood += acknowledged.len();

        let records = service.records(&jane.contact).await;
        let slots: Vec<u64> = records
            .iter()
            .map(|r| r["slot"].as_u64().unwrap())
            .collect();
        assert_eq!(
            slots,
            (0..records.len() as u64).collect::<Vec<_>>(),
            "no gap"
        );
        let ends = records
            .iter()
            .filter(|record| record["body"]["ended"].is_object());
        assert_eq!(ends.count(), 1);

        // Two readers, with pages of different sizes, see one and the same order.
        let one = backend.jane_after(&jane.contact, FromSegment).await;
        let two = backend.jane_after(&jane.contact, EntirePastSession).await;
        let (one, two) = (past(&one, 100).await, past(&two, 7).await);
        assert_eq!(one, two, "round {round}");
        assert_strictly_rising(&one);
        assert_eq!(
            lines(&one).last().unwrap(),
            "ended",
            "nothing follows the end"
        );
        let present = one.iter().filter(|item| item.content().is_some());
        let present: Vec<_> = present
            .map(|item| {
                (
                    item.id().unwrap().to_owned(),
                    item.content().unwrap().to_owned(),
                )
            })
            .collect();
        assert_eq!(present, acknowledged, "round {round}");
    }
    assert!(
        stood > 0 && refusals > 0,
        "no race: {stood} stood, {refusals} were refused"
    );
}

/// A 403 after the end, or the request to slow down, which promises as much.
fn assert_surely_not_written(refusal: &Refusal) {
    let legal = [("AccessDeniedException", 403), ("ThrottlingException", 429)];
    assert!(legal.contains(&refusal.is()), "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resume_that_races_the_end_is_refused_or_comes_after_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let mut refusals = 0;
    for round in rounds() {
        let source = backend.jane().await;
        let how_much = BOTH[round % 2].clone();
        let leaving = {
            let source = source.clone();
            tokio::spawn(async move {
                source.say("last words").await;
                source.leave().await;
            })
        };
        // Asked for again and again until it is granted.
        let after = loop {
            let chat = backend.chat_after(&source.contact, how_much.clone());
            match chat.send().await {
                Ok(after) => break after,
                Err(error) => {
                    let refusal = refused::<(), _>(Err(error));
                    assert_eq!(refusal.is(), BAD_REQUEST);
                    assert!(refusal.message.contains(&source.contact), "{refusal:?}");
                    refusals += 1;
                }
            }
        };
        // The end stood before the new chat did, and the link leads up to it.
        let new = &service.records(after.contact_id().unwrap()).await[0];
        let old = service.records(&source.contact).await;
        let end = old.last().unwrap();
        assert!(end["body"]["ended"].is_object(), "round {round}: {end}");
        let past = &new["body"]["started"]["link"]["past"][0];
        assert_eq!(past["bound"], end["slot"], "round {round}");
        assert_eq!(past["items"], 4, "joined, said, left, ended");
        assert!(
            new["at"].as_u64() > end["state"]["time"].as_u64(),
            "round {round}"
        );
        leaving.await.unwrap();
    }
    assert!(refusals > 0, "no resume ever came too early: no race");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_resumes_of_one_source_at_once_both_succeed_and_never_see_each_other() {
    let service = Service::open().await;
    let backend = service.backend();
    for round in rounds() {
        let source = backend.jane().await;
        source.say("common").await;
        source.leave().await;
        let start = Arc::new(Barrier::new(2));
        let mut resumes = JoinSet::new();
        for how_much in BOTH {
            let (backend, source) = (backend.clone(), source.contact.clone());
            let start = Arc::clone(&start);
            resumes.spawn(async move {
                start.wait().await;
                let jane = backend.jane_after(&source, how_much).await;
                jane.say(&jane.contact).await;
                jane
            });
        }
        let janes = resumes.join_all().await;
        assert_ne!(janes[0].contact, janes[1].contact, "round {round}");
        for jane in &janes {
            assert_eq!(said(&jane.history().await), ["common", &jane.contact]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ends_at_once_both_succeed_and_one_stands() {
    let service = Service::open().await;
    let backend = service.backend();
    for round in rounds() {
        let jane = backend.jane().await;
        let (stopping, leaving) = (backend.stopping(&jane.contact), jane.leaving());
        let stopping = tokio::spawn(stopping.send());
        let leaving = tokio::spawn(leaving.send());
        stopping.await.unwrap().expect("whoever ended it");
        if let Err(error) = leaving.await.unwrap() {
            assert_eq!(refused::<(), _>(Err(error)).is(), crate::refusal::DENIED);
        }
        let records = service.records(&jane.contact).await;
        assert_eq!(records.len(), 3, "round {round}: {records:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_are_read_while_others_write_join_without_a_seam() {
    let service = Service::open().await;
    let backend = service.backend();
    let source = backend.jane().await;
    source.say("past").await;
    source.leave().await;
    let jane = backend.jane_after(&source.contact, FromSegment).await;
    let joined = page(jane.older(1)).await.remove(0);
    let writing = Arc::new(AtomicBool::new(true));
    let mut writers = JoinSet::new();
    for writer in 0..3 {
        let (jane, writing) = (jane.clone(), Arc::clone(&writing));
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            while writing.load(Ordering::Relaxed) {
                let text = format!("{writer}.{}", acknowledged.len());
                acknowledged.push(sent(jane.saying(&text)).await);
            }
            acknowledged
        });
    }

    let mut readings: Vec<Vec<Item>> = Vec::new();
    for size in [1, 3, 10, 100] {
        readings.push(jane.history_in_pages_of(size).await);
    }
    let mut forward = Vec::new();
    for size in [1, 4, 20] {
        forward.push(forward_from(&jane, &joined, size).await);
    }
    writing.store(false, Ordering::Relaxed);
    let acknowledged = writers.join_all().await.concat();

    let whole = jane.history().await;
    assert_strictly_rising(&whole);
    for reading in readings {
        assert_eq!(
            reading,
            whole[..reading.len()],
            "backward, from what was the newest then"
        );
    }
    let present = &whole[4..];
    for reading in forward {
        assert_eq!(
            reading,
            present[..reading.len()],
            "forward, up to what was the newest then"
        );
    }
    let mut expected: Vec<_> = acknowledged.into_iter().map(|sent| sent.id).collect();
    expected.sort();
    assert_eq!(
        ids(&present[1..]),
        expected,
        "every acknowledged message, once"
    );
    assert!(
        expected.len() > 30,
        "only {} messages were written meanwhile",
        expected.len()
    );
}

/// The past alone, read in pages of this size.
async fn past(jane: &Participant, size: i32) -> Vec<Item> {
    let mut items = jane.history_in_pages_of(size).await;
    items.retain(|item| item.related_contact_id().is_some());
    items
}

/// From this item on, until a page says that it is the last, or the writers have won.
async fn forward_from(jane: &Participant, first: &Item, size: i32) -> Vec<Item> {
    let start = at_id(first.id().unwrap());
    let start = jane.newer(size).start_position(start);
    let mut page = start.send().await.unwrap();
    let mut items = page.transcript.take().unwrap();
    while items.len() < 60 {
        let Some(token) = page.next_token() else {
            break;
        };
        page = jane.newer(size).next_token(token).send().await.unwrap();
        items.extend(page.transcript.take().unwrap());
    }
    items
}
