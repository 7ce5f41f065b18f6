//! Receipts on pages: wherever a page starts and however large it is, in the present and in the past.

mod costs;

use std::collections::BTreeMap;

use domain::ReceiptKind::{self, Delivered, Read};
use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, Page, Query, Received};
use domain::{ItemId, Role, seconds};

use crate::stage::{Call, Chat, World};

type Receipts = BTreeMap<ItemId, Vec<Received>>;

/// Everybody there tells that everything the others have said has reached them.
fn all_received(world: &World, there: &[&Chat]) {
    for who in there {
        for item in world.items(who) {
            for kind in ReceiptKind::ALL {
                world.wait(seconds(1));
                world.receive(who, item.id, kind);
            }
        }
    }
}

/// A chat of two contacts with Ann, in which all has been received.
fn talk(world: &World, source: Option<&Chat>) -> (Chat, Chat) {
    let wish = match source {
        Some(source) => world.wish_to_resume(source.contact, EntirePastSession),
        None => world.wish(),
    };
    let jane = world.joined(&wish);
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    world.say(&jane, "one");
    world.say(&ann, "two");
    let second = world.transfer(jane.contact);
    world.say(&jane, "three");
    world.say(&ann, "four");
    world.transfer(second);
    world.say(&jane, "five");
    all_received(world, &[&jane, &ann]);
    (jane, ann)
}

fn joined(pages: &[Page]) -> Receipts {
    let all = pages.iter().flat_map(|page| page.receipts.clone());
    all.collect()
}

/// What a page costs: reads of logs, reads beside them, round trips.
fn cost(world: &World, query: &Query) -> (usize, usize, usize) {
    let counted = world.plainly();
    counted.read(query).unwrap();
    let beside = |call: &&Call| matches!(call, Call::ReadSide(..));
    let beside = counted.log.calls().iter().filter(beside).count();
    let (reads, _, trips) = counted.log.take_counts();
    (reads - beside, beside, trips)
}

#[test]
fn the_receipts_of_a_page_are_those_of_its_messages_whatever_its_size_start_and_direction() {
    let world = World::new();
    let (jane, ann) = talk(&world, None);
    let all = world.read(&jane.newest()).unwrap();
    assert_eq!(all.receipts.len(), 5);
    let items = world.items(&jane);
    let mut starts = vec![From::Newest];
    starts.extend((0..=11).map(From::MostRecent));
    starts.extend(items.iter().map(|item| From::Item(item.id)));
    starts.extend(items.iter().map(|item| From::Time(item.at)));
    for (reader, accompanied) in [(&jane, false), (&jane, true), (&ann, true)] {
        for from in &starts {
            for direction in [Backward, Forward] {
                if (*from, direction) == (From::Newest, Forward) {
                    continue;
                }
                let contacts = [0, 6, 9].map(|at| Some(items[at].contact));
                for contact in contacts.into_iter().chain([None]) {
                    for limit in [1, 2, 3, 100] {
                        let pages = world.pages(&Query {
                            direction,
                            from: *from,
                            contact,
                            limit,
                            accompanied,
                            ..reader.newest()
                        });
                        for page in &pages {
                            let of = |id: &ItemId| page.items.iter().any(|item| item.id == *id);
                            let mut expected = all.receipts.clone();
                            expected.retain(|id, _| of(id));
                            assert_eq!(page.receipts, expected);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_page_of_the_past_reads_receipts_of_the_sessions_that_had_company_in_its_two_round_trips() {
    let world = World::new();
    let (first, _) = talk(&world, None);
    world.finish(&first);
    let alone = world.joined(&world.wish_to_resume(first.contact, EntirePastSession));
    world.say(&alone, "alone");
    world.finish(&alone);
    let (last, _) = talk(&world, Some(&alone));
    let present = world.read(&last.newest()).unwrap();
    let mut expected = present.receipts;
    world.finish(&last);

    let jane = world.joined(&world.wish_to_resume(last.contact, EntirePastSession));
    let mut query = jane.newest();
    query.from = world.border(&jane);
    assert_eq!(cost(&world, &query), (1 + 3, 2, 2));
    let of_last = |page: &Page| {
        let mut receipts = page.receipts.clone();
        receipts.retain(|id, _| expected.contains_key(id));
        receipts
    };
    let page = world.read(&query).unwrap();
    assert_eq!(of_last(&page), expected);
    assert_eq!(page.receipts.len(), 10);
    expected = page.receipts;
    for limit in 1..30 {
        query.limit = limit;
        let mut next = query.clone();
        let mut receipts = Receipts::new();
        loop {
            let page = world.read(&next).unwrap();
            let sessions = page.items.iter().map(|item| item.contact.session());
            let sessions: std::collections::BTreeSet<_> = sessions.collect();
            let (reads, beside, trips) = cost(&world, &next);
            assert!(
                reads <= 1 + sessions.len() && beside <= sessions.len() && trips <= 2,
                "{reads} {beside} {trips} {sessions:?} {limit}"
            );
            receipts.extend(page.receipts);
            let Some(cursor) = page.next else { break };
            next.from = From::Cursor(cursor);
        }
        assert_eq!(receipts, expected);
    }
}

#[test]
fn what_is_shown_of_a_past_session_up_to_one_contact_has_receipts_if_there_was_company_by_then() {
    let world = World::new();
    let jane = world.chat();
    let alone = world.say(&jane, "alone");
    let second = world.transfer(jane.contact);
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    let hello = world.say(&jane, "hello");
    world.receive(&ann, alone.id, Read);
    world.receive(&ann, hello.id, Read);
    let third = world.transfer(second);
    world.stop(third);
    for (contact, shown) in [(jane.contact, 0), (second, 2), (third, 2)] {
        let chat = world.resume(contact, FromSegment);
        assert_eq!(joined(&world.pages(&chat.newest())).len(), shown);
    }
}

#[test]
fn receipts_of_those_who_have_left_stay() {
    let world = World::new();
    let jane = world.chat();
    let hello = world.say(&jane, "hello");
    let mut expected = Vec::new();
    // Whose ids are in another order than that in which they come.
    let names = ["Dan", "Cid", "Bob", "Ann"];
    let invitations = names.map(|name| world.invitation(&jane, Role::Agent, name));
    // Each takes the place of the one before, who is forgotten then.
    for invitation in invitations.iter().rev() {
        let added = world.try_add(invitation, world.fresh_key()).unwrap();
        let agent = Chat {
            customer: added.participant,
            ..jane.clone()
        };
        world.try_join(&agent).unwrap();
        for kind in [Read, Delivered] {
            world.wait(seconds(1));
            world.receive(&agent, hello.id, kind);
        }
        expected.push(agent.customer);
        world.leave(&agent);
    }
    let recipients = |receipts: &Receipts| -> Vec<_> {
        receipts[&hello.id]
            .iter()
            .map(|each| each.recipient)
            .collect()
    };
    let now = world.read(&jane.newest()).unwrap().receipts;
    assert_eq!(
        recipients(&now),
        expected,
        "in the order in which it reached them"
    );
    world.finish(&jane);
    let later = world.resume(jane.contact, EntirePastSession);
    assert_eq!(joined(&world.pages(&later.newest())), now);
}

#[test]
fn more_receipts_than_a_page_usually_has_are_all_shown_and_cost_a_second_look() {
    let world = World::new();
    let jane = world.chat();
    for n in 0..10 {
        world.say(&jane, &n.to_string());
    }
    for n in 0..7 {
        let agent = world.accompanied(&jane, Role::Agent, &n.to_string());
        all_received(&world, &[&agent]);
        world.leave(&agent);
    }
    let expected = world.read(&jane.newest()).unwrap().receipts;
    assert!(expected.values().all(|list| list.len() == 7));
    assert_eq!(expected.len(), 10);
    let first = world.items(&jane)[1].id;
    for limit in [1, 2, 5, 10] {
        for (from, direction) in [
            (From::MostRecent(24), Backward),
            (From::Item(first), Forward),
            (From::MostRecent(100), Forward),
        ] {
            let pages = world.pages(&Query {
                from,
                direction,
                limit,
                accompanied: true,
                ..jane.newest()
            });
            let shown = joined(&pages);
            let messages = pages.iter().flat_map(|page| &page.items);
            let messages = messages.filter(|item| expected.contains_key(&item.id));
            assert_eq!(shown.len(), messages.count());
            assert!(shown.iter().all(|(id, list)| expected[id] == *list));
        }
        let query = Query {
            from: From::MostRecent(28 + 1),
            limit,
            accompanied: true,
            ..jane.newest()
        };
        let (reads, beside, trips) = cost(&world, &query);
        assert!(reads == 2 && beside <= 2 && trips <= 2);
    }
}

#[test]
fn receipts_of_one_who_came_after_the_first_page_are_for_the_next_reading() {
    let world = World::new();
    let jane = world.chat();
    let hello = world.say(&jane, "hello");
    world.say(&jane, "are you there?");
    let mut query = Query {
        limit: 1,
        ..jane.newest()
    };
    query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    world.receive(&ann, hello.id, Read);
    assert_eq!(world.read(&query).unwrap().receipts, Receipts::new());
    // Unless the reader has connected again and knows.
    query.accompanied = true;
    assert_eq!(world.read(&query).unwrap().receipts.len(), 1);
    assert_eq!(world.read(&jane.newest()).unwrap().receipts.len(), 1);
}
