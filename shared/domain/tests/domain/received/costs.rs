//! What receipts cost a page, and when they are seen.

use domain::Rehydration::FromSegment;
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Query};
use domain::{Consistency, Item, ItemKind, Role};

use super::{Receipts, all_received, cost, joined, talk};
use crate::stage::{Call, World};

#[test]
fn a_chat_without_company_has_no_receipts_and_nobody_looks_for_them() {
    let world = World::new();
    let past = world.past(&["before"]);
    let jane = world.joined(&world.wish_to_resume(past.contact, FromSegment));
    let said = world.say(&jane, "alone");
    for from in [
        From::Newest,
        From::Item(said.id),
        From::MostRecent(1),
        From::Time(said.at),
    ] {
        let counted = world.plainly();
        let pages = counted.pages(&Query {
            from,
            limit: 1,
            ..jane.newest()
        });
        assert_eq!(joined(&pages), Receipts::new());
        let beside = |call: &Call| matches!(call, Call::ReadSide(..));
        assert!(!counted.log.calls().iter().any(beside));
    }
}

#[test]
fn receipts_are_one_read_more_at_the_same_time_where_the_reader_knows_of_company() {
    let world = World::new();
    let (jane, ann) = talk(&world, None);
    for _ in 0..20 {
        world.say(&jane, "and so on");
    }
    let items = world.items(&jane);
    let known = Query {
        limit: 5,
        accompanied: true,
        ..ann.newest()
    };
    assert_eq!(cost(&world, &known), (1, 1, 1));
    for from in [From::Item(items[20].id), From::MostRecent(9)] {
        for direction in [Backward, Forward] {
            let query = Query {
                from,
                direction,
                ..known.clone()
            };
            assert_eq!(cost(&world, &query), (2, 1, 1));
        }
    }
    let of_contact = Query {
        contact: Some(jane.contact),
        ..known.clone()
    };
    assert_eq!(cost(&world, &of_contact), (2, 1, 1));
    // And so on, from page to page.
    let mut query = known.clone();
    while let Some(next) = world.read(&query).unwrap().next {
        query.from = From::Cursor(next);
        assert_eq!(cost(&world, &query), (1, 1, 1));
    }
}

#[test]
fn a_first_or_forward_page_sees_every_receipt_that_was_acknowledged_and_others_cost_half() {
    let world = World::new();
    let (jane, ann) = talk(&world, None);
    let consistency = |query: &Query| {
        let counted = world.plainly();
        counted.read(query).unwrap();
        let beside = |call| match call {
            Call::ReadSide(_, read) => Some(read.consistency),
            _ => None,
        };
        counted.log.calls().into_iter().find_map(beside)
    };
    let oldest = world.items(&jane)[0].id;
    for (direction, from, next) in [
        (Backward, From::Newest, Consistency::Eventual),
        (Forward, From::Item(oldest), Consistency::Strong),
    ] {
        let mut query = Query {
            direction,
            from,
            limit: 4,
            accompanied: true,
            ..ann.newest()
        };
        assert_eq!(consistency(&query), Some(Consistency::Strong));
        query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
        assert_eq!(consistency(&query), Some(next));
    }
}

#[test]
fn a_reader_who_goes_forward_meets_the_company_that_came_since_the_first_page() {
    let world = World::new();
    let jane = world.chat();
    let hello = world.say(&jane, "hello");
    for n in 0..5 {
        world.say(&jane, &n.to_string());
    }
    let mut query = Query {
        direction: Forward,
        from: From::Item(hello.id),
        limit: 3,
        ..jane.newest()
    };
    assert_eq!(cost(&world, &query), (2, 0, 1));
    query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    world.say(&jane, "at last");
    all_received(&world, &[&ann]);
    for expected in [(1, 1, 2), (1, 1, 1)] {
        assert_eq!(
            cost(&world, &query),
            expected,
            "and once it is known, at once"
        );
        let page = world.read(&query).unwrap();
        let messages = page.items.iter().filter(|item| is_message(item)).count();
        assert_eq!(page.receipts.len(), messages);
        let Some(next) = page.next else { break };
        query.from = From::Cursor(next);
    }
}

fn is_message(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Message { .. })
}

#[test]
fn the_first_page_of_a_customer_connected_since_before_anybody_came_is_one_round_trip_more() {
    let world = World::new();
    let (jane, _) = talk(&world, None);
    let mut query = Query {
        limit: 3,
        ..jane.newest()
    };
    assert_eq!(cost(&world, &query), (1, 1, 2));
    query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
    assert_eq!(
        cost(&world, &query),
        (1, 1, 1),
        "that page has told the next"
    );
    // A page without a message needs none.
    let joined = world.items(&jane)[0].id;
    let events = Query {
        from: From::Item(joined),
        ..query
    };
    assert_eq!(cost(&world, &events), (2, 0, 1));
}
