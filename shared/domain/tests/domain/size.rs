//! What is too large for one page, or for one answer of the store.

use domain::Item;
use domain::Rehydration::FromSegment;
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Page, Query};

use crate::stage::{Faults, World, line};

#[test]
fn most_recent_n_finds_the_nth_newest_item_however_little_the_store_shows_at_once() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..20 {
        world.say(&chat, &n.to_string());
    }
    let expected = world.items(&chat);
    for cut_after in [2, 3, 7, 19] {
        let sparing = world.through(Faults {
            cut_after,
            ..Faults::default()
        });
        for n in 1..=21 {
            for limit in [1, 5, 100] {
                let query = |direction| Query {
                    direction,
                    from: From::MostRecent(n),
                    limit,
                    ..chat.newest()
                };
                sparing.log.take_counts();
                sparing.read(&query(Forward)).unwrap();
                assert_eq!(sparing.log.take_counts().0, 1 + n.div_ceil(cut_after));
                let shown = |direction| -> Vec<Item> {
                    let pages = sparing.pages(&query(direction));
                    assert!(
                        direction == Backward || pages.iter().all(|page| !page.items.is_empty())
                    );
                    pages.into_iter().flat_map(|page| page.items).collect()
                };
                assert_eq!(shown(Forward), expected[21 - n..]);
                let mut backward = shown(Backward);
                backward.reverse();
                assert_eq!(backward, expected[..=21 - n]);
            }
        }
    }
}

#[test]
fn pages_of_heavy_messages_are_short_and_nothing_is_lost() {
    // A control character takes seven bytes in JSON within JSON, a quotation mark and a backslash four.
    for (character, bytes) in [("\u{1}", 7), ("\"", 4), ("\\", 4)] {
        pages_are_short_and_nothing_is_lost(character, bytes);
    }
}

fn pages_are_short_and_nothing_is_lost(character: &str, bytes: usize) {
    let world = World::new();
    let heavy = character.repeat(7 * 16_384 / bytes);
    let past = world.chat();
    for _ in 0..60 {
        world.say(&past, &heavy);
    }
    world.stop(past.contact);
    let chat = world.joined(&world.wish_to_resume(past.contact, FromSegment));
    for _ in 0..60 {
        world.say(&chat, &heavy);
    }
    let weight =
        |page: &Page| -> usize { page.items.iter().map(|item| line(item).len() * bytes).sum() };
    let forward = Query {
        direction: Forward,
        from: From::MostRecent(61),
        ..chat.newest()
    };
    for (query, items) in [(chat.newest(), 123), (forward, 61)] {
        let pages = world.pages(&query);
        assert!(pages.iter().all(|page| weight(page) < 5_200_000));
        let mut ids: Vec<_> = pages
            .iter()
            .flat_map(|page| &page.items)
            .map(|item| item.id)
            .collect();
        assert_eq!(ids.len(), items);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), items);
        assert!(pages[0].items.len() < 60 && pages[0].next.is_some());
    }
}

#[test]
fn a_page_of_the_past_that_is_full_just_before_a_session_begins_goes_on_with_its_first_item() {
    let heavy = "\u{1}".repeat(16_384);
    let world = World::new();
    // Of one whose customer never came there is the end alone, and nothing is before it.
    let nobody_came = world.open(&world.wish());
    world.stop(nobody_came.contact);
    for (first, items_of_first) in [(world.past(&["one"]), 3), (nobody_came, 1)] {
        // The last message decides at which of the items around the border the page is full.
        for last in (39_000..42_000).step_by(200) {
            let second = world.joined(&world.wish_to_resume(first.contact, FromSegment));
            for _ in 0..43 {
                world.say(&second, &heavy);
            }
            world.say(&second, &"x".repeat(last));
            world.stop(second.contact);
            let chat = world.resume(second.contact, FromSegment);
            let items = world.items(&chat);
            assert_eq!(items.len(), items_of_first + 46);
            assert!(items.windows(2).all(|pair| pair[0].at < pair[1].at));
        }
    }
}

#[test]
fn an_item_heavier_than_any_page_is_a_page_of_its_own() {
    let world = World::new();
    let chat = world.chat();
    world.say(&chat, &"\u{1}".repeat(800_000));
    let sizes: Vec<_> = world
        .pages(&chat.newest())
        .iter()
        .map(|page| page.items.len())
        .collect();
    assert_eq!(sizes, [1, 1]);
}

#[test]
fn a_stale_read_that_stops_short_does_not_make_a_short_page() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..10 {
        world.say(&chat, &n.to_string());
    }
    let sizes = |world: &World| -> Vec<usize> {
        let pages = world.pages(&Query {
            limit: 2,
            ..chat.newest()
        });
        pages.iter().map(|page| page.items.len()).collect()
    };
    assert_eq!(sizes(&world), [2, 2, 2, 2, 2, 1]);
    for seen in 1..11 {
        let stale = world.through(Faults::unseen(u64::MAX << seen));
        assert_eq!(sizes(&stale), sizes(&world));
    }
}

#[test]
fn a_forward_page_that_the_store_cut_short_leads_on_without_a_second_look() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..10 {
        world.say(&chat, &n.to_string());
    }
    let query = Query {
        direction: Forward,
        from: From::Item(world.items(&chat)[0].id),
        ..chat.newest()
    };
    let sparing = world.through(Faults {
        cut_after: 3,
        ..Faults::default()
    });
    let page = sparing.read(&query).unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (3, true));
    assert_eq!(sparing.log.take_counts(), (2, 0, 1));
}
