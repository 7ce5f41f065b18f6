//! Chats that continue chats that continue chats: how far back they are shown, and what time takes away.

use std::collections::BTreeSet;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{Direction, From, Page, Query};
use domain::{
    CorruptRecord, Link, LogError, Rules, SessionId, Start, StartError, Timestamp, days, minutes,
};

use crate::stage::{Chat, Faults, World, line, run};

/// A chain of sessions, each of which says its number and ends; the last one is left running.
fn chain(world: &World, length: usize) -> Vec<Chat> {
    let mut chats = Vec::new();
    lengthen(world, &mut chats, length);
    chats
}

fn lengthen(world: &World, chats: &mut Vec<Chat>, length: usize) {
    for n in chats.len()..length {
        let source = chats.last().map(|before: &Chat| {
            world.finish(before);
            (before.contact, FromSegment)
        });
        let chat = world.open(&Start {
            source,
            ..world.wish()
        });
        world.say(&chat, &n.to_string());
        chats.push(chat);
    }
}

/// What a chain of that length shows, oldest first.
fn whole(length: usize) -> Vec<String> {
    (0..length)
        .flat_map(|n| [format!("Jane: {n}"), "ended".to_owned()])
        .take(2 * length - 1)
        .collect()
}

fn link(world: &World, chat: &Chat) -> Link {
    world.records(&chat.key)[0].body.link().unwrap().clone()
}

fn lines(pages: &[Page]) -> Vec<String> {
    pages
        .iter()
        .flat_map(|page| &page.items)
        .map(line)
        .collect()
}

#[test]
fn what_continues_a_continued_chat_shows_all_that_that_one_showed() {
    let world = World::new();
    for length in 1..6 {
        let chats = chain(&world, length);
        assert_eq!(world.transcript(&chats[length - 1]), whole(length));
    }
}

#[test]
fn what_is_seen_through_an_earlier_contact_is_bounded_at_every_step() {
    let world = World::new();
    let first = world.chat();
    world.say(&first, "one");
    let hidden = world.transfer(first.contact);
    world.say(&first, "hidden");
    world.stop(hidden);
    let second = world.joined(&world.wish_to_resume(first.contact, FromSegment));
    let later = world.transfer(second.contact);
    world.say(&second, "two");
    let last = world.transfer(later);
    world.say(&second, "hidden as well");
    world.stop(last);
    let third = world.resume(later, FromSegment);
    let second_shows = ["Jane joined", "transferred", "Jane: two", "transferred"];
    assert_eq!(
        world.transcript(&third),
        [
            &["Jane joined", "Jane: one", "transferred"],
            &second_shows[..]
        ]
        .concat()
    );
}

#[test]
fn row_10_a_chain_of_250_sessions_is_paged_to_its_very_beginning_with_every_item_once() {
    let world = World::new();
    let length = 250;
    let chats = chain(&world, length);
    let last = &chats[length - 1];
    assert_eq!(link(&world, last).past().len(), Link::MAX);
    assert_eq!(Link::MAX, 100);

    for limit in [1, 7, 100] {
        let query = Query {
            limit,
            ..last.newest()
        };
        let pages = world.pages(&query);
        let mut shown = lines(&pages);
        shown.reverse();
        assert_eq!(shown, whole(length));
        assert!(pages.iter().all(|page| !page.items.is_empty()));
        let ids: BTreeSet<_> = pages
            .iter()
            .flat_map(|page| &page.items)
            .map(|item| item.id)
            .collect();
        assert_eq!(ids.len(), shown.len());
    }
}

#[test]
fn a_link_names_the_source_first_then_what_it_showed_and_of_a_hundred_and_first_only_the_way_there()
{
    let world = World::new();
    for (length, named) in [(2, 1), (3, 2), (100, 99), (101, 100), (102, 100)] {
        let chats = chain(&world, length);
        let link = link(&world, &chats[length - 1]);
        let sessions: Vec<SessionId> = link.past().iter().map(|past| past.session).collect();
        let expected = chats.iter().rev().skip(1).take(named);
        let expected: Vec<SessionId> = expected.map(|chat| chat.key.session).collect();
        assert_eq!(sessions, expected);
        assert_eq!(link.source(), chats[length - 2].contact);
        // Where the past is longer than the list, and nowhere else, the oldest entry leads on.
        assert_eq!(link.past().last().unwrap().link.is_some(), length > 101);
    }
}

#[test]
fn a_link_that_was_stored_is_the_same_link_and_no_other_list_makes_one() {
    let world = World::new();
    let chats = chain(&world, 102);
    let link = link(&world, &chats[101]);
    let (source, past) = (link.source(), link.past().to_vec());
    let restore = |past: &[_]| Link::restore(source, past.to_vec());
    assert_eq!(restore(&past), Ok(link.clone()));
    let corrupt = |restored: Result<Link, CorruptRecord>| restored.is_err();
    assert!(corrupt(restore(&[])));
    assert!(corrupt(restore(&past[1..])));
    assert!(corrupt(restore(&[&past[..], &past[..1]].concat())));
}

#[test]
fn a_source_past_its_retention_vanishes_as_a_whole_and_so_does_everything_behind_it() {
    let world = World::new();
    let old = world.past(&["old"]);
    world.wait(days(300));
    let middle = world.joined(&world.wish_to_resume(old.contact, FromSegment));
    world.stop(middle.contact);
    world.wait(days(300));
    let young = world.joined(&world.wish_to_resume(middle.contact, FromSegment));
    world.stop(young.contact);

    let start = world.records(&old.key)[0].at;
    let own = ["Jane joined", "ended"];
    let all = ["Jane joined", "Jane: old", "ended"];
    for (day, millis, shown) in [
        (731, 1, [&all[..], &own, &own].concat()),
        (731, 0, [&own[..], &own].concat()),
        (1031, 1, [&own[..], &own].concat()),
        (1031, 0, own.to_vec()),
    ] {
        let moment = (start + days(day)).as_millis() - millis;
        world.set_clock(Timestamp::from_millis(moment));
        let chat = world.resume(young.contact, EntirePastSession);
        assert_eq!(world.transcript(&chat), shown);
    }
}

#[test]
fn a_list_whose_oldest_sessions_have_vanished_leads_nowhere() {
    let world = World::new();
    let mut chats = chain(&world, 10);
    world.finish(&chats[9]);
    world.wait(days(300));
    lengthen(&world, &mut chats, 105);
    let last = &chats[104];
    assert!(link(&world, last).past().last().unwrap().link.is_some());
    let oldest = link(&world, last).past().last().unwrap().retained_until;
    // In the very moment in which the oldest of the list vanishes, and when nine others have too.
    for (moment, shown) in [(oldest, 100), (world.now() + days(432), 95)] {
        world.set_clock(moment);
        let pages = world.pages(&last.newest());
        assert_eq!(lines(&pages).len(), 2 * shown - 1);
        assert!(pages.iter().all(|page| !page.items.is_empty()));
    }
}

#[test]
fn a_session_is_not_even_looked_for_from_the_moment_on_in_which_it_vanishes() {
    for (before, expected) in [(1, 2), (0, 1)] {
        let world = World::new();
        let old = world.past(&["old"]);
        let vanishes = world.records(&old.key)[0].state.retained_until.as_millis();
        world.set_clock(Timestamp::from_millis(vanishes - 1));
        let chat = world.resume(old.contact, FromSegment);
        world.try_join(&chat).unwrap();
        let border = world.border(&chat);
        world.set_clock(Timestamp::from_millis(vanishes - before));
        let counted = world.plainly();
        let past = counted.read(&Query {
            from: border,
            ..chat.newest()
        });
        assert_eq!(past.unwrap().items.is_empty(), before == 0);
        assert_eq!(counted.log.take_counts(), (expected, 0, expected));
    }
}

#[test]
fn an_erased_session_is_passed_over_however_much_was_in_it() {
    for limit in 1..6 {
        let world = World::new();
        let mut chats = chain(&world, 2);
        for _ in 0..20 {
            world.say(&chats[1], "erased");
        }
        lengthen(&world, &mut chats, 3);
        let erased = chats[1].key.clone();
        let without = world.through(Faults {
            deleted: Box::new(move |session, _| *session == erased),
            ..Faults::default()
        });
        let pages = without.pages(&Query {
            limit,
            ..chats[2].newest()
        });
        assert_eq!(lines(&pages), ["Jane: 2", "ended", "Jane: 0"]);
        assert!(pages.len() <= 5, "{} pages", pages.len());
    }
}

#[test]
fn paging_that_has_begun_goes_on_without_a_session_whose_retention_has_passed_meanwhile() {
    for limit in [1, 2, 3] {
        // Of the session that goes, the store may have deleted any part before the next page is read.
        for deleted in 0..16_u32 {
            let world = World::new();
            let old = world.past(&["one", "two"]);
            world.wait(days(730));
            let young = world.joined(&world.wish_to_resume(old.contact, FromSegment));
            world.stop(young.contact);
            let chat = world.resume(young.contact, FromSegment);
            let all = whole_past(&world, &chat);

            let mut query = Query {
                limit,
                ..chat.newest()
            };
            let mut shown = Vec::new();
            // Until the first page that shows something of the old session.
            while shown.len() <= 2 {
                let page = world.read(&query).unwrap();
                shown.extend(page.items.iter().map(line));
                query.from = From::Cursor(page.next.unwrap());
            }
            assert_eq!(shown, all[..shown.len()]);
            world.wait(days(1));
            let of = old.key.session;
            let aged = world.through(Faults {
                deleted: Box::new(move |session, record| {
                    session.session == of && (deleted >> record.slot.n()) & 1 == 1
                }),
                ..Faults::default()
            });
            assert_eq!(lines(&aged.pages(&query)), [""; 0]);
        }
    }

    fn whole_past(world: &World, chat: &Chat) -> Vec<String> {
        let mut all = world.transcript(chat);
        all.reverse();
        all
    }
}

#[test]
fn a_session_that_is_kept_for_a_shorter_time_vanishes_from_between_the_others() {
    let world = World::new();
    let old = world.past(&["old"]);
    let wish = world.wish_to_resume(old.contact, FromSegment);
    let rules = Rules {
        retention: days(10),
        ..Rules::default()
    };
    run(domain::start(&world.log, &wish, rules, world.now())).unwrap();
    let short = Chat {
        key: wish.session.clone(),
        contact: wish.session.session.initial_contact(),
        customer: wish.customer,
        continued_from: None,
    };
    for n in 0..4 {
        world.say(&short, &n.to_string());
    }
    world.stop(short.contact);
    let chat = world.resume(short.contact, FromSegment);
    let border = world.border(&chat);
    for limit in [1, 2] {
        let mut query = Query {
            limit,
            from: border,
            ..chat.newest()
        };
        // What is left of the session that goes would have filled the next page.
        query.from = From::Cursor(world.read(&query).unwrap().next.unwrap());
        let before = world.now();
        world.wait(days(11));
        assert_eq!(
            lines(&world.pages(&query)),
            ["ended", "Jane: old", "Jane joined"]
        );
        world.set_clock(before);
    }
}

#[test]
fn retention_is_counted_from_the_start_of_a_session_and_is_a_setting() {
    let world = World::new();
    let rules = Rules {
        retention: days(10),
        ..Rules::default()
    };
    let wish = world.wish();
    run(domain::start(&world.log, &wish, rules, world.now())).unwrap();
    let first = world.records(&wish.session).remove(0);
    assert_eq!(first.state.retained_until, first.at + days(10));
    world.wait(minutes(1));
    world.stop(wish.session.session.initial_contact());
    let tail = world.records(&wish.session).pop().unwrap();
    assert_eq!(tail.state.retained_until, first.at + days(10));
}

#[test]
fn forward_never_enters_the_past() {
    let world = World::new();
    let chats = chain(&world, 3);
    let chat = &chats[2];
    for n in 0..5 {
        world.say(chat, &format!("more {n}"));
    }
    let oldest_of_own = world.items(chat)[4].id;
    for limit in [1, 2, 5, 6, 100] {
        let pages = world.pages(&Query {
            direction: Direction::Forward,
            from: From::Item(oldest_of_own),
            limit,
            ..chat.newest()
        });
        let items = pages.iter().flat_map(|page| &page.items);
        assert!(items.clone().all(|item| item.contact == chat.contact));
        assert_eq!(items.count(), 6);
    }
}

#[test]
fn a_log_with_a_hole_is_reported_and_never_read_over() {
    let world = World::new();
    let source = world.past(&["one", "two", "three"]);
    let chat = world.resume(source.contact, FromSegment);
    let of = source.key.session;
    let torn = world.through(Faults {
        deleted: Box::new(move |session, record| session.session == of && record.slot.n() == 2),
        ..Faults::default()
    });
    let mut query = chat.newest();
    query.from = torn.border(&chat);
    let corrupt = |error: &LogError| matches!(error, LogError::Corrupt(_));
    let answer = torn.read(&query);
    assert!(matches!(&answer, Err(domain::transcript::PageError::Log(e)) if corrupt(e)));
    let said = torn.try_stop(source.contact);
    assert!(matches!(&said, Err(domain::AppendError::Log(e)) if corrupt(e)));
    // Its start and its end are there: it can be continued, and the hole shows once it is read.
    let opened: Result<_, StartError> =
        torn.try_open(&world.wish_to_resume(source.contact, FromSegment));
    assert!(opened.is_ok());
}
