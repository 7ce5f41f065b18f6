//! Records without items, hundreds of them in a row: attributes that change, and links. No page skips an item for
//! them, and none that is empty forward is followed by another item.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Page, Query};
use domain::{ContactId, Item, Role, Start};

use crate::export::{items, parts, try_part};
use crate::stage::{Chat, Faults, World, line};

/// Changes the attributes so often.
fn changes(world: &World, contact: ContactId, times: usize) {
    for n in 0..times {
        world.update(contact, &format!("n={n}"));
    }
}

fn lines(pages: &[Page]) -> Vec<String> {
    let items = pages.iter().flat_map(|page| &page.items);
    items.map(line).collect()
}

/// A chat that shows `joined | one, transferred | two`, with so many changes of attributes at its beginning, around
/// each item, and at its end.
fn silent_chat(world: &World, run: usize) -> Chat {
    let chat = world.open(&world.wish());
    changes(world, chat.contact, run);
    world.try_join(&chat).unwrap();
    changes(world, chat.contact, run);
    world.say(&chat, "one");
    changes(world, chat.contact, run);
    let second = world.transfer(chat.contact);
    changes(world, second, run);
    world.say(&chat, "two");
    changes(world, second, run);
    chat
}

/// Base two, rounded up.
fn log2(n: usize) -> usize {
    (usize::BITS - n.leading_zeros()) as usize
}

#[test]
fn a_forward_page_holds_the_next_item_however_many_changes_of_attributes_lie_before_it() {
    for run in [1, 2, 4, 30] {
        let world = World::new();
        let chat = silent_chat(&world, run);
        let items = world.items(&chat);
        assert_eq!(items.len(), 4);
        for limit in [1, 2, 3, 10, 100] {
            for (first, item) in items.iter().enumerate() {
                for from in [From::Item(item.id), From::Time(item.at)] {
                    let mut query = Query {
                        direction: Forward,
                        from,
                        limit,
                        ..chat.newest()
                    };
                    let mut shown = Vec::new();
                    loop {
                        let counted = world.plainly();
                        let page = counted.read(&query).unwrap();
                        let (reads, _, _) = counted.log.take_counts();
                        let records = world.records(&chat.key).len();
                        assert!(reads <= 5 + 2 * log2(records), "{reads} reads of {records}");
                        assert!(!page.items.is_empty());
                        shown.extend(page.items);
                        // No token at the end, though there may be changes of attributes after it.
                        let Some(next) = page.next else { break };
                        assert!(shown.len() < items.len() - first);
                        query.from = From::Cursor(next);
                    }
                    assert_eq!(shown, items[first..]);
                }
            }
        }
    }
}

#[test]
fn a_forward_page_behind_the_last_item_is_empty_and_has_no_token_until_something_is_said() {
    let world = World::new();
    let chat = world.chat();
    let one = world.say(&chat, "one");
    world.say(&chat, "two");
    let mut query = Query {
        direction: Forward,
        from: From::Item(one.id),
        limit: 1,
        ..chat.newest()
    };
    // Kept by a reader who waits for more.
    let next = world.read(&query).unwrap().next.unwrap();
    query.from = From::Cursor(next);
    let page = world.read(&query).unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
    changes(&world, chat.contact, 40);
    assert_eq!(world.read(&query).unwrap().next, None);
    world.say(&chat, "three");
    query.limit = 10;
    assert_eq!(lines(&world.pages(&query)), ["Jane: two", "Jane: three"]);
}

#[test]
fn the_nth_newest_item_is_counted_by_items_and_not_by_records() {
    for run in [0, 1, 15] {
        let world = World::new();
        let chat = silent_chat(&world, run);
        let items = world.items(&chat);
        let second = items[3].contact;
        for cut_after in [usize::MAX, 3] {
            let sparing = world.through(Faults {
                cut_after,
                ..Faults::default()
            });
            for contact in [None, Some(chat.contact), Some(second)] {
                let own: Vec<&Item> = items
                    .iter()
                    .filter(|item| contact.is_none_or(|contact| item.contact == contact))
                    .collect();
                for n in 0..=6 {
                    let start = own.len() - n.max(1).min(own.len());
                    for limit in [1, 100] {
                        let shown = |direction| {
                            lines(&sparing.pages(&Query {
                                contact,
                                direction,
                                from: From::MostRecent(n),
                                limit,
                                ..chat.newest()
                            }))
                        };
                        let expected = |items: &[&Item]| -> Vec<String> {
                            items.iter().map(|item| line(item)).collect()
                        };
                        assert_eq!(shown(Forward), expected(&own[start..]));
                        let mut backward = expected(&own[..=start]);
                        backward.reverse();
                        assert_eq!(shown(Backward), backward);
                    }
                }
            }
        }
    }
}

#[test]
fn the_nth_newest_item_of_a_contact_without_any_is_none() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    let third = |world: &World| {
        changes(world, second, 30);
        let query = |direction| Query {
            contact: Some(second),
            direction,
            from: From::MostRecent(2),
            limit: 1,
            ..chat.newest()
        };
        [Backward, Forward].map(|direction| world.read(&query(direction)).unwrap())
    };
    for page in third(&world) {
        assert_eq!((page.items, page.next), (Vec::new(), None));
    }
}

#[test]
fn the_nth_newest_item_behind_a_long_run_costs_the_logarithm_of_the_records_more() {
    let world = World::new();
    let chat = silent_chat(&world, 60);
    for (n, direction) in [(1, Backward), (1, Forward), (4, Backward), (4, Forward)] {
        let counted = world.plainly();
        let page = counted.read(&Query {
            direction,
            from: From::MostRecent(n),
            limit: 1,
            ..chat.newest()
        });
        assert_eq!(page.unwrap().items.len(), 1);
        let records = world.records(&chat.key).len();
        let (reads, _, _) = counted.log.take_counts();
        assert!(reads <= 2 + 5 + 2 * log2(records), "{reads} reads");
    }
}

#[test]
fn a_backward_page_over_changes_of_attributes_is_half_full_at_least_in_a_few_reads() {
    for run in [1, 3, 20, 60] {
        let world = World::new();
        let past = world.past(&["before"]);
        let chat = silent_chat(&world, run);
        world
            .try_associate(chat.contact, past.contact, FromSegment)
            .unwrap();
        changes(&world, chat.contact, run);
        let expected = world.items(&chat);
        for limit in [1, 5, 100] {
            let mut query = Query {
                limit,
                ..chat.newest()
            };
            let mut shown = Vec::new();
            let mut pages = 0;
            loop {
                let counted = world.plainly();
                let page = counted.read(&query).unwrap();
                let (reads, _, trips) = counted.log.take_counts();
                // Four of the present, the list, and the session in the past.
                assert!(
                    reads <= 6 && trips <= 6,
                    "{reads} reads, {trips} round trips"
                );
                let items = page.items.len();
                shown.extend(page.items);
                pages += 1;
                let Some(next) = page.next else { break };
                // Longer runs than four reads go over leave it shorter.
                assert!(
                    items > 0 && (run == 60 || 2 * items >= limit),
                    "{items} of {limit}"
                );
                query.from = From::Cursor(next);
            }
            assert!(pages <= expected.len());
            shown.reverse();
            assert_eq!(shown, expected);
        }
    }
}

#[test]
fn a_past_session_is_shown_whole_where_it_begins_or_goes_on_with_changes_of_attributes() {
    let world = World::new();
    let chat = silent_chat(&world, 25);
    world.finish(&chat);
    let between = world.open(&world.wish_to_resume(chat.contact, EntirePastSession));
    changes(&world, between.contact, 25);
    world.finish(&between);
    let last = world.resume(between.contact, EntirePastSession);
    let expected = [
        "Jane joined",
        "Jane: one",
        "transferred",
        "Jane: two",
        "ended",
        "ended",
    ];
    assert_eq!(world.transcript(&last), expected);
    for limit in 1..12 {
        let pages = world.pages(&Query {
            limit,
            ..last.newest()
        });
        let mut shown = lines(&pages);
        shown.reverse();
        assert_eq!(shown, expected);
    }
    let first = world.resume(chat.contact, FromSegment);
    assert_eq!(world.transcript(&first), expected[..3]);
}

#[test]
fn a_page_of_one_contact_ends_with_it_where_changes_of_attributes_lie_at_its_borders() {
    let world = World::new();
    let chat = silent_chat(&world, 7);
    let second = world.items(&chat)[3].contact;
    let third = world.transfer(second);
    changes(&world, third, 7);
    let fourth = world.transfer(third);
    changes(&world, fourth, 7);
    let expected = [
        (
            chat.contact,
            vec!["Jane joined", "Jane: one", "transferred"],
        ),
        (second, vec!["Jane: two", "transferred"]),
        (third, vec!["transferred"]),
        (fourth, vec![]),
    ];
    for (contact, expected) in expected {
        for limit in [1, 2, 3, 100] {
            let query = Query {
                contact: Some(contact),
                limit,
                ..chat.newest()
            };
            let mut shown = lines(&world.pages(&query));
            shown.reverse();
            assert_eq!(shown, expected);
            let pages = world.pages(&Query {
                direction: Forward,
                from: From::MostRecent(100),
                ..query
            });
            assert_eq!(lines(&pages), expected);
            assert_eq!(pages.len(), expected.len().div_ceil(limit).max(1));
        }
    }
}

#[test]
fn heavy_attributes_that_the_store_shows_only_a_few_of_hide_no_item() {
    let world = World::new();
    let chat = silent_chat(&world, 60);
    let items = world.items(&chat);
    for cut_after in [2, 7, 31] {
        let sparing = world.through(Faults {
            cut_after,
            ..Faults::default()
        });
        let pages = sparing.pages(&Query {
            direction: Forward,
            from: From::Item(items[0].id),
            limit: 40,
            ..chat.newest()
        });
        let shown: Vec<Item> = pages.into_iter().flat_map(|page| page.items).collect();
        assert_eq!(shown, items);
        let mut backward = lines(&sparing.pages(&chat.newest()));
        backward.reverse();
        assert_eq!(backward, items.iter().map(line).collect::<Vec<_>>());
    }
}

#[test]
fn every_first_page_after_an_association_leads_into_the_past_also_behind_a_run_of_changes() {
    let world = World::new();
    let past = world.past(&["before"]);
    let chat = world.open(&Start {
        connects: true,
        ..world.wish()
    });
    let own = chat.key.session;
    let of_past = |item: &Item| item.contact.session() != own;
    let said = world.say(&chat, "one");
    world.accompanied(&chat, Role::Agent, "Ann");
    let begun = Query {
        limit: 1,
        ..chat.newest()
    };
    let before = world.read(&begun).unwrap().next.unwrap();
    world
        .try_associate(chat.contact, past.contact, FromSegment)
        .unwrap();
    changes(&world, chat.contact, 30);
    for from in [
        From::Newest,
        From::Item(said.id),
        From::Time(said.at),
        From::MostRecent(1),
        From::MostRecent(9),
    ] {
        for limit in [1, 4, 100] {
            let pages = world.pages(&Query {
                from,
                direction: Backward,
                limit,
                ..chat.newest()
            });
            let items = pages.iter().flat_map(|page| &page.items);
            assert_eq!(items.filter(|item| of_past(item)).count(), 3);
        }
    }
    let pages = world.pages(&Query {
        from: From::Cursor(before),
        ..begun
    });
    let mut items = pages.iter().flat_map(|page| &page.items);
    assert!(!items.any(of_past), "its border stands");
}

#[test]
fn an_export_ends_well_whatever_number_of_changes_of_attributes_it_ends_with() {
    for times in 0..12 {
        let world = World::new();
        let chat = world.chat();
        changes(&world, chat.contact, times);
        let expected = items(&world, &chat, chat.contact);
        assert_eq!(parts(&world, chat.contact, Some(1)).concat(), expected);
    }
}

#[test]
fn an_export_reads_nothing_beyond_the_end_of_its_contact() {
    for times in 0..3 {
        let world = World::new();
        let chat = world.chat();
        changes(&world, chat.contact, times);
        world.stop(chat.contact);
        let counted = world.plainly();
        // Room for three items is a read of five records, and there are five at most.
        let part = try_part(&counted, chat.contact, None, Some(3)).unwrap();
        assert_eq!((part.items.len(), part.next), (2, None));
        assert_eq!(counted.log.take_counts(), (1, 0, 1));
    }
}
