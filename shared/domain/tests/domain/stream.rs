//! Present and past on one page: what that costs at any depth, what bounds it, and what it does not lose.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::Role;
use domain::transcript::{From, Page, Query};

use crate::stage::{Call, Chat, Faults, World, line};

/// Reads of logs, reads beside them, round trips; and the page.
fn cost(world: &World, query: &Query) -> ((usize, usize, usize), Page) {
    let counted = world.plainly();
    let page = counted.read(query).unwrap();
    let beside = |call: &&Call| matches!(call, Call::ReadSide(..));
    let beside = counted.log.calls().iter().filter(beside).count();
    let (reads, _, trips) = counted.log.take_counts();
    ((reads - beside, beside, trips), page)
}

/// A chat that continues so many others, each of three items; it has one item itself.
fn deep(world: &World, depth: usize) -> Chat {
    let mut chat = world.past(&["0"]);
    for n in 1..depth {
        let next = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
        world.say(&next, &n.to_string());
        world.stop(next.contact);
        chat = next;
    }
    world.joined(&world.wish_to_resume(chat.contact, FromSegment))
}

fn texts(page: &Page) -> Vec<String> {
    page.items.iter().map(line).collect()
}

#[test]
fn a_first_page_is_one_read_for_each_session_on_it_in_two_round_trips_at_any_depth() {
    for depth in [1, 2, 50, 99, 100, 150] {
        let world = World::new();
        let chat = deep(&world, depth);
        for limit in 1..=100 {
            let ((reads, beside, trips), page) = cost(
                &world,
                &Query {
                    limit,
                    ..chat.newest()
                },
            );
            let shown = limit.min(3 * depth + 1);
            assert_eq!(page.items.len(), shown);
            let sessions = 1 + (shown - 1).div_ceil(3);
            let round_trips = if limit == 1 { 1 } else { 2 };
            assert_eq!((reads, beside, trips), (sessions, 0, round_trips));
        }
    }
}

#[test]
fn receipts_come_with_a_page_of_present_and_past_in_the_same_two_round_trips() {
    for known in [false, true] {
        let world = World::new();
        let jane = world.chat();
        let ann = world.accompanied(&jane, Role::Agent, "Ann");
        let old = world.say(&jane, "old");
        world.receive(&ann, old.id, domain::ReceiptKind::Read);
        world.stop(jane.contact);
        let chat = world.joined(&world.wish_to_resume(jane.contact, EntirePastSession));
        let new = world.say(&chat, "new");
        let bob = world.accompanied(&chat, Role::Agent, "Bob");
        world.receive(&bob, new.id, domain::ReceiptKind::Read);
        let query = Query {
            accompanied: known,
            ..chat.newest()
        };
        let (cost, page) = cost(&world, &query);
        assert_eq!(cost, (2, 2, 2), "the reader knows of company: {known}");
        assert!(page.receipts.contains_key(&old.id) && page.receipts.contains_key(&new.id));
    }
}

#[test]
fn a_page_after_a_token_enters_the_past_in_two_round_trips_wherever_the_link_stands() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    let say = |texts: std::ops::Range<usize>| {
        for n in texts {
            world.say(&chat, &n.to_string());
        }
    };
    say(0..5);
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    say(5..10);
    let second = world.transfer(chat.contact);
    say(10..12);
    world.transfer(second);
    let all: Vec<String> = world.transcript(&chat).into_iter().rev().collect();
    for first in 1..all.len() {
        for limit in 1..all.len() {
            let begun = world.read(&Query {
                limit: first,
                ..chat.newest()
            });
            let Some(next) = begun.unwrap().next else {
                continue;
            };
            let query = Query {
                limit,
                from: From::Cursor(next),
                ..chat.newest()
            };
            let ((reads, _, trips), page) = cost(&world, &query);
            let until = all.len().min(first + limit);
            assert_eq!(texts(&page), all[first..until]);
            assert!(trips <= 2 && reads <= 3, "{reads} reads, {trips} trips");
        }
    }
}

#[test]
fn a_link_behind_more_changes_than_the_page_reads_costs_a_third_round_trip_and_hides_nothing() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.open(&world.wish_to_resume(source.contact, FromSegment));
    for n in 0..30 {
        world.update(chat.contact, &format!("n={n}"));
    }
    world.try_join(&chat).unwrap();
    let query = Query {
        limit: 10,
        ..chat.newest()
    };
    let (cost, page) = cost(&world, &query);
    assert_eq!(
        texts(&page),
        ["Jane joined", "ended", "Jane: before", "Jane joined"]
    );
    assert_eq!(cost, (3, 0, 3));
}

#[test]
fn a_first_page_shows_what_lies_behind_erased_sessions() {
    let world = World::new();
    let mut chat = world.past(&["oldest"]);
    let mut erased = Vec::new();
    for _ in 0..2 {
        chat = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
        for _ in 0..30 {
            world.say(&chat, "erased");
        }
        world.stop(chat.contact);
        erased.push(chat.key.clone());
    }
    let chat = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
    let without = world.through(Faults {
        deleted: Box::new(move |session, _| erased.contains(session)),
        ..Faults::default()
    });
    let page = without.read(&Query {
        limit: 15,
        ..chat.newest()
    });
    let shown = ["Jane joined", "ended", "Jane: oldest", "Jane joined"];
    assert_eq!(texts(&page.unwrap()), shown);
}

#[test]
fn present_and_past_of_one_page_weigh_no_more_than_a_page_may() {
    // Seven bytes each in JSON within JSON: 45 of these messages are more than a page holds.
    let heavy = "\u{1}".repeat(16_384);
    let world = World::new();
    for of_present in [0, 1, 20, 43, 44] {
        let past = world.chat();
        for _ in 0..44 {
            world.say(&past, &heavy);
        }
        world.stop(past.contact);
        let chat = world.open(&world.wish_to_resume(past.contact, FromSegment));
        for _ in 0..of_present {
            world.say(&chat, &heavy);
        }
        let pages = world.pages(&chat.newest());
        for page in &pages {
            let weight: usize = page.items.iter().map(|item| 7 * line(item).len()).sum();
            assert!(weight < 5_200_000, "{weight}");
        }
        // As much as there is room for: the end of the past session lies between.
        let messages = pages[0].items.iter().filter(|item| line(item).len() > 100);
        assert_eq!(messages.count(), 43);
        let items: usize = pages.iter().map(|page| page.items.len()).sum();
        assert_eq!(items, of_present + 44 + 2);
    }
}

#[test]
fn agents_and_customers_see_the_past_that_is_linked_to_a_running_chat_on_their_first_page() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.joined(&world.wish());
    let agent = world.accompanied(&chat, Role::Agent, "Ann");
    world
        .try_associate(chat.contact, source.contact, EntirePastSession)
        .unwrap();
    world.say(&chat, "one");
    for reader in [&chat, &agent] {
        let (cost, page) = cost(&world, &reader.newest());
        let past = page
            .items
            .iter()
            .filter(|item| item.contact == source.contact);
        assert_eq!(past.count(), 3);
        assert_eq!((cost.0, cost.2), (2, 2));
    }
}
