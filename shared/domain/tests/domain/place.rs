//! Where a page may start: at an item, at a moment, at the n-th newest.

use std::time::Duration;

use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Query};
use domain::{ContactId, Item, ItemId, Ordinal, Slot, Timestamp};

use super::page::{chat_with_a_past, lines};
use crate::stage::World;

fn first(world: &World, query: Query) -> Vec<String> {
    lines(&world.read(&query).unwrap())
}

#[test]
fn row_24_an_item_is_found_by_its_id_itself_included_in_both_directions() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let two = world.items(&chat)[5].id;
    let from = |direction| {
        first(
            &world,
            Query {
                direction,
                from: From::Item(two),
                ..chat.newest()
            },
        )
    };
    assert_eq!(from(Forward), ["Jane: 2", "Jane: 3"]);
    assert_eq!(from(Backward), ["Jane: 2", "Jane: 1", "Jane joined"]);
}

#[test]
fn row_24_an_unknown_id_or_contact_or_one_outside_the_session_gives_an_empty_page_without_token() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let items = world.items(&chat);
    let (of_the_past, own) = (&items[1], &items[5]);
    let slot = own.id.slot().unwrap();
    let session = chat.key.session;
    let wrong = [
        of_the_past.id,
        // Another index, time, slot, session; a slot that does not exist yet; a segment that does not.
        ItemId::new(session, slot, 1, own.at),
        ItemId::new(session, slot, 0, own.at.next()),
        ItemId::new(session, slot.following(), 0, own.at),
        ItemId::new(of_the_past.contact.session(), slot, 0, own.at),
        ItemId::new(session, Slot::new(Ordinal::FIRST, 99), 0, own.at),
        ItemId::new(session, Slot::new(Ordinal::LAST, 0), 0, own.at),
    ];
    let empty = |query: &Query| {
        let page = world.read(query).unwrap();
        assert_eq!((page.items, page.next), (Vec::<Item>::new(), None));
    };
    for direction in [Backward, Forward] {
        for id in wrong {
            empty(&Query {
                direction,
                from: From::Item(id),
                ..chat.newest()
            });
        }
        let no_such_segment = ContactId::new(session, Ordinal::new(1).unwrap());
        for contact in [of_the_past.contact, no_such_segment] {
            for from in [From::Item(own.id), From::MostRecent(1), From::Time(own.at)] {
                empty(&Query {
                    contact: Some(contact),
                    direction,
                    from,
                    ..chat.newest()
                });
            }
        }
    }
}

#[test]
fn row_25_most_recent_n_starts_at_the_nth_newest_item_and_0_and_1_both_mean_the_newest() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let newest_first = ["Jane: 3", "Jane: 2", "Jane: 1", "Jane joined"];
    for (n, skipped) in [(0, 0), (1, 0), (2, 1), (4, 3), (5, 3), (100, 3)] {
        let from = |direction| {
            first(
                &world,
                Query {
                    direction,
                    from: From::MostRecent(n),
                    ..chat.newest()
                },
            )
        };
        assert_eq!(from(Backward), newest_first[skipped..]);
        let mut later = newest_first[..=skipped].to_vec();
        later.reverse();
        assert_eq!(from(Forward), later);
    }
}

#[test]
fn a_moment_is_found_itself_included_in_both_directions() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let two = world.items(&chat)[5].at;
    let shown = |from: u64, direction| {
        first(
            &world,
            Query {
                direction,
                from: From::Time(Timestamp::from_millis(from)),
                ..chat.newest()
            },
        )
    };
    let two = two.as_millis();
    assert_eq!(shown(two, Forward), ["Jane: 2", "Jane: 3"]);
    assert_eq!(shown(two, Backward), ["Jane: 2", "Jane: 1", "Jane joined"]);
    assert_eq!(shown(two + 1, Forward), ["Jane: 3"]);
    assert_eq!(
        shown(two + 1, Backward),
        ["Jane: 2", "Jane: 1", "Jane joined"]
    );
    assert_eq!(shown(two - 1, Forward), ["Jane: 2", "Jane: 3"]);
    assert_eq!(shown(two - 1, Backward), ["Jane: 1", "Jane joined"]);
    assert_eq!(
        shown(0, Forward),
        ["Jane joined", "Jane: 1", "Jane: 2", "Jane: 3"]
    );
    assert_eq!(shown(u64::MAX, Forward), [""; 0]);
    assert_eq!(shown(u64::MAX, Backward).len(), 4);
}

#[test]
fn a_moment_is_found_in_any_contact_of_a_session() {
    let world = World::new();
    let chat = world.chat();
    let mut contact = chat.contact;
    for n in 0..7 {
        for _ in 0..n % 4 {
            world.wait(Duration::from_millis(3));
            world.say(&chat, "hello");
        }
        world.wait(Duration::from_millis(3));
        contact = world.transfer(contact);
    }
    let items = world.items(&chat);
    let (first, last) = (
        items[0].at.as_millis(),
        items.last().unwrap().at.as_millis(),
    );
    for time in (first - 1..=last + 1).map(Timestamp::from_millis) {
        for contact in items.iter().map(|item| Some(item.contact)).chain([None]) {
            let from = |direction| {
                let page = world.read(&Query {
                    contact,
                    direction,
                    from: From::Time(time),
                    ..chat.newest()
                });
                page.unwrap().items
            };
            let wanted = |item: &&Item| contact.is_none_or(|contact| item.contact == contact);
            let all = || items.iter().filter(wanted).cloned();
            let later: Vec<Item> = all().filter(|item| item.at >= time).collect();
            let earlier: Vec<Item> = all().rev().filter(|item| item.at <= time).collect();
            assert_eq!((from(Forward), from(Backward)), (later, earlier));
        }
    }
}
