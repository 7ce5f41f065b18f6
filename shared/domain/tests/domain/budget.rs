//! The design's budgets: reads, puts and round trips of every call.

use std::collections::BTreeSet;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Page, Query};
use domain::{Start, Starter, Stopped, Timestamp, days, seconds};

use crate::export::try_part;
use crate::stage::{Call, Chat, Faults, Trouble, World, key};

/// What `act` costs: reads, puts, round trips.
fn cost(world: &World, act: impl FnOnce(&World)) -> (usize, usize, usize) {
    let counted = world.plainly();
    act(&counted);
    counted.log.take_counts()
}

/// The last of a chain of sessions, each of which ends after one message.
fn last_of_chain(world: &World, length: usize) -> Chat {
    let mut chat = world.joined(&world.wish());
    for _ in 1..length {
        world.say(&chat, "hello");
        world.stop(chat.contact);
        chat = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
    }
    chat
}

#[test]
fn a_fresh_start_and_its_retry_are_one_put_each() {
    let world = World::new();
    let wish = world.wish();
    for _ in 0..2 {
        let start = cost(&world, |world| drop(world.open(&wish)));
        assert_eq!(start, (0, 1, 1));
    }
}

#[test]
fn a_retry_of_somebody_unknown_reads_whether_its_chat_is_active() {
    let world = World::new();
    let wish = Start {
        starter: Starter::Anonymous,
        ..world.wish()
    };
    assert_eq!(cost(&world, |world| drop(world.open(&wish))), (0, 1, 1));
    let retry = Start {
        customer: world.participant(),
        ..wish
    };
    assert_eq!(cost(&world, |world| drop(world.open(&retry))), (1, 1, 2));
}

#[test]
fn a_start_whose_put_meets_itself_is_answered_from_what_it_met() {
    for starter in [Starter::Backend(None), Starter::Anonymous] {
        let world = World::new();
        let repeated = world.through(Faults::at(1, Trouble::Repeated));
        repeated.open(&Start {
            starter,
            ..world.wish()
        });
        assert_eq!(repeated.log.take_counts(), (0, 1, 1));
    }
}

#[test]
fn a_persistent_start_is_three_reads_at_once_and_a_put_however_long_the_chain() {
    for length in [2, 30] {
        let world = World::new();
        let source = last_of_chain(&world, length);
        world.stop(source.contact);
        for how in [FromSegment, EntirePastSession] {
            let resume = |world: &World| drop(world.resume(source.contact, how));
            assert_eq!(cost(&world, resume), (3, 1, 2));
        }
    }
}

#[test]
fn a_source_that_has_expired_costs_the_read_and_the_put_of_its_end_more() {
    let world = World::new();
    let source = world.chat();
    world.wait(days(8));
    let resume = |world: &World| drop(world.resume(source.contact, FromSegment));
    assert_eq!(cost(&world, resume), (4, 2, 4));
    assert_eq!(cost(&world, resume), (3, 1, 2));
}

#[test]
fn a_message_is_a_read_and_a_put_and_its_retry_a_read() {
    let world = World::new();
    let chat = world.chat();
    for expected in [(1, 1, 2), (1, 0, 1)] {
        let say = |world: &World| assert!(world.try_say(&chat, "hello", key("token")).is_ok());
        assert_eq!(cost(&world, say), expected);
    }
}

#[test]
fn an_end_is_a_read_and_a_put_and_a_read_if_it_had_ended() {
    let world = World::new();
    let (left, stopped) = (world.chat(), world.chat());
    for expected in [(1, 1, 2), (1, 0, 1)] {
        let stop = |world: &World| assert!(world.try_stop(stopped.contact).is_ok());
        assert_eq!(cost(&world, stop), expected);
        let leave = |world: &World| assert!(world.try_leave(&left, key("bye")).is_ok());
        assert_eq!(cost(&world, leave), expected);
    }
    let another = |world: &World| drop(world.try_leave(&left, key("other")).unwrap_err());
    assert_eq!(cost(&world, another), (1, 0, 1));
}

#[test]
fn a_connection_is_a_read_and_the_first_one_a_put_more() {
    let world = World::new();
    let chat = world.open(&world.wish());
    for expected in [(1, 1, 2), (1, 0, 1), (1, 0, 1)] {
        let join = |world: &World| drop(world.try_join(&chat).unwrap());
        assert_eq!(cost(&world, join), expected);
    }
}

#[test]
fn a_stale_read_noticed_costs_one_read_more() {
    let world = World::new();
    let past = world.past(&["one", "two", "three"]);
    let chat = world.joined(&world.wish_to_resume(past.contact, FromSegment));
    let hole = world.through(Faults::unseen(0b10));
    hole.say(&chat, "hello");
    assert_eq!(hole.log.take_counts(), (2, 1, 3));

    hole.read(&Query {
        from: world.border(&chat),
        ..chat.newest()
    })
    .unwrap();
    // The list, which is old, and the past session, twice.
    assert_eq!(hole.log.take_counts().0, 1 + 1 + 1);
}

/// What a page costs, and the page.
fn page(world: &World, query: &Query) -> ((usize, usize, usize), Page) {
    let counted = world.plainly();
    let page = counted.read(query).unwrap();
    (counted.log.take_counts(), page)
}

#[test]
fn a_page_within_a_session_is_one_read_and_one_more_at_the_same_time_if_it_starts_anywhere_else() {
    let world = World::new();
    let chat = last_of_chain(&world, 3);
    for _ in 0..50 {
        world.say(&chat, "hello");
    }
    let newest = Query {
        limit: 10,
        ..chat.newest()
    };
    let (first, begun) = page(&world, &newest);
    assert_eq!(first, (1, 0, 1));
    let second = Query {
        from: From::Cursor(begun.next.unwrap()),
        ..newest.clone()
    };
    assert_eq!(page(&world, &second).0, (1, 0, 1));
    for direction in [Backward, Forward] {
        for from in [From::Item(begun.items[9].id), From::MostRecent(10)] {
            let query = Query {
                direction,
                from,
                limit: 5,
                ..newest.clone()
            };
            let (first, begun) = page(&world, &query);
            assert_eq!(first, (2, 0, 1));
            let second = Query {
                from: From::Cursor(begun.next.unwrap()),
                ..query
            };
            assert_eq!(page(&world, &second).0, (1, 0, 1));
        }
    }
    let of_contact = Query {
        contact: Some(chat.contact),
        ..newest
    };
    assert_eq!(page(&world, &of_contact).0, (2, 0, 1));
}

#[test]
fn a_moment_is_found_in_two_reads_and_the_logarithm_of_the_records() {
    for records in [2, 3, 4, 5, 8, 9, 64, 65, 200] {
        let world = World::new();
        let chat = world.chat();
        for _ in 2..records {
            world.wait(seconds(1));
            world.say(&chat, "hello");
        }
        let most = 2 + usize::BITS - (records - 1_usize).leading_zeros();
        let last = world.now().as_millis();
        let start = last - 1_000 * (records as u64 - 2);
        for millis in (start - 1_000..=last + 1_000).step_by(500) {
            for direction in [Backward, Forward] {
                let query = Query {
                    direction,
                    from: From::Time(Timestamp::from_millis(millis)),
                    ..chat.newest()
                };
                let ((reads, _, _), _) = page(&world, &query);
                assert!(reads <= most as usize, "{reads} reads of {records} records");
            }
        }
    }
}

#[test]
fn a_page_across_sessions_is_the_list_and_each_session_on_it_in_two_round_trips_of_any_chain() {
    for length in [30, 99] {
        let world = World::new();
        let chat = last_of_chain(&world, length);
        // Every past session has three items: joined, hello, ended.
        let mut query = chat.newest();
        query.from = world.border(&chat);
        for (limit, sessions) in [(1, 1), (3, 1), (4, 2), (10, 4), (30, 10), (60, 20)] {
            query.limit = limit;
            let mut next = query.clone();
            let (counts, mut shown) = page(&world, &next);
            assert_eq!(counts, (1 + sessions, 0, 2));
            // And so on, wherever in a session a page begins.
            while let Some(cursor) = shown.next {
                next.from = From::Cursor(cursor);
                let (reads, puts, trips);
                ((reads, puts, trips), shown) = page(&world, &next);
                let sessions: BTreeSet<_> =
                    shown.items.iter().map(|i| i.contact.session()).collect();
                assert!(reads <= 1 + sessions.len() && trips <= 2);
                assert_eq!(puts, 0);
            }
        }
    }
}

#[test]
fn a_refusal_of_a_source_costs_the_read_of_its_own_first_slot_more() {
    let world = World::new();
    let source = world.chat();
    let wish = world.wish_to_resume(source.contact, FromSegment);
    let start = |world: &World| drop(world.try_open(&wish).unwrap_err());
    assert_eq!(cost(&world, start), (4, 0, 2));
    assert_eq!(world.try_stop(source.contact), Ok(Stopped::Ended));
}

fn records_asked_for(world: &World, query: &Query) -> Vec<usize> {
    limits(world, |world| drop(world.read(query).unwrap()))
}

/// How many records at most each read of a log asks for, the smallest number first.
fn limits(world: &World, act: impl FnOnce(&World)) -> Vec<usize> {
    let counted = world.plainly();
    act(&counted);
    let limit = |call| match call {
        Call::Read(_, read) => Some(read.limit),
        _ => None,
    };
    let mut limits: Vec<usize> = counted.log.calls().into_iter().filter_map(limit).collect();
    limits.sort_unstable();
    limits
}

#[test]
fn a_page_asks_for_two_records_more_than_it_has_room_for_items() {
    let world = World::new();
    let chat = last_of_chain(&world, 2);
    for _ in 0..50 {
        world.wait(seconds(1));
        world.say(&chat, "hello");
    }
    let middle = world.items(&chat)[30].clone();
    let query = |direction, from| Query {
        direction,
        from,
        limit: 10,
        ..chat.newest()
    };
    assert_eq!(
        records_asked_for(&world, &query(Backward, From::Newest)),
        [12]
    );
    for direction in [Backward, Forward] {
        let item = query(direction, From::Item(middle.id));
        assert_eq!(records_asked_for(&world, &item), [1, 12]);
        let time = query(direction, From::Time(middle.at));
        let asked = records_asked_for(&world, &time);
        let (page, search) = asked.split_last().unwrap();
        assert_eq!(*page, 12);
        assert!(search.iter().all(|one| *one == 1), "{asked:?}");
    }
    // From the n-th newest on: those after it too, since it is found by counting.
    let fifth = |direction| records_asked_for(&world, &query(direction, From::MostRecent(5)));
    assert_eq!(fifth(Backward), [1, 16]);
    assert_eq!(fifth(Forward), [1, 7]);
    // Where it lies among records without items, it is searched for.
    for n in 0..50 {
        world.update(chat.contact, &format!("n={n}"));
    }
    for direction in [Backward, Forward] {
        let asked = records_asked_for(&world, &query(direction, From::MostRecent(1)));
        assert!(asked.len() > 3 && asked[asked.len() - 1] <= 12, "{asked:?}");
    }
}

#[test]
fn a_page_of_the_past_asks_for_what_it_has_room_for_or_for_a_session_as_a_whole() {
    let world = World::new();
    let long = world.past(&["1", "2", "3", "4", "5", "6", "7", "8"]);
    let short = world.joined(&world.wish_to_resume(long.contact, FromSegment));
    world.stop(short.contact);
    let chat = world.joined(&world.wish_to_resume(short.contact, FromSegment));
    let past = Query {
        from: world.border(&chat),
        limit: 5,
        ..chat.newest()
    };
    // The list; of the long session five items at most, and two records more; the short one as a whole, with as many
    // records without items as come along for nothing.
    assert_eq!(records_asked_for(&world, &past), [1, 7, 66]);
}

#[test]
fn a_part_of_an_export_asks_for_two_records_more_than_it_has_room_for_items() {
    let world = World::new();
    let chat = world.past(&["one", "two", "three", "four", "five"]);
    let asked = limits(&world, |world| {
        try_part(world, chat.contact, None, Some(4)).unwrap();
    });
    assert_eq!(asked, [6]);
}

#[test]
fn the_next_item_is_searched_for_behind_the_page_before_however_much_lies_before_that() {
    for said in [1, 300] {
        let world = World::new();
        let chat = world.chat();
        for _ in 0..said {
            world.say(&chat, "before");
        }
        for n in 0..8 {
            world.update(chat.contact, &format!("n={n}"));
        }
        world.say(&chat, "behind");
        let newest = world.items(&chat);
        let mut query = Query {
            direction: Forward,
            from: From::Item(newest[newest.len() - 2].id),
            limit: 1,
            ..chat.newest()
        };
        query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
        // What comes next, the last record, two of those between, and the page.
        let reads = cost(&world, |world| drop(world.read(&query).unwrap())).0;
        assert_eq!(reads, 5, "{said}");
    }
}
