//! A start with ConnectionTypes, by which the customer is connected at once.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{Direction, From, Query};
use domain::{
    Content, ContentType, EventType, ItemKind, Opened, Phase, Presence, Start, StartError,
    StartRefusal, Starter, days, minutes,
};

use crate::stage::{Faults, Trouble, World, assert_whole, at_every_call, line};

/// A start that connects, and says something if `says`.
fn connecting(wish: Start, says: bool) -> Start {
    Start {
        connects: true,
        initial: says.then(|| (ContentType::Plain, Content("hello".to_owned()))),
        ..wish
    }
}

/// The same request again: another process makes up another participant.
fn again(world: &World, wish: &Start) -> Start {
    Start {
        customer: world.participant(),
        ..wish.clone()
    }
}

#[test]
fn row_64_a_start_that_connects_is_one_record_of_joining_and_then_the_initial_message() {
    for says in [false, true] {
        let world = World::new();
        let chat = world.open(&connecting(world.wish(), says));
        let shown = ["Jane joined", "Jane: hello"];
        assert_eq!(world.transcript(&chat), shown[..1 + usize::from(says)]);
        let records = world.records(&chat.key);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].state.phase, Phase::Running);
        assert_eq!(records[0].state.participants[0].presence, Presence::Present);
        // Connecting again adds nothing, and whoever is connected may speak at once.
        world.try_join(&chat).unwrap();
        world.say(&chat, "more");
        let counts = world.records(&chat.key).len();
        assert_eq!(counts, 2);
        assert_whole(&world, &chat.key);
    }
}

#[test]
fn the_two_items_of_such_a_start_have_times_and_ids_of_their_own() {
    let world = World::new();
    let chat = world.open(&connecting(world.wish(), true));
    let items = world.items(&chat);
    assert_eq!(items[0].at, world.now());
    assert_eq!(items[1].at, world.now().next());
    assert!(items[0].id < items[1].id);
    let joined = |kind: &ItemKind| {
        matches!(kind, ItemKind::Event { event: EventType::ParticipantJoined, participant: Some(who) }
            if who.id == chat.customer)
    };
    assert!(joined(&items[0].kind));
    for n in 0..3 {
        world.say(&chat, &n.to_string());
    }
    let all: Vec<String> = world.transcript(&chat);
    for (limit, at) in [(1, 0), (1, 1), (2, 0), (2, 1), (5, 0), (5, 1)] {
        let query = Query {
            direction: Direction::Forward,
            from: From::Item(items[at].id),
            limit,
            ..chat.newest()
        };
        let pages = world.pages(&query);
        let shown = pages.iter().flat_map(|page| page.items.iter().map(line));
        assert_eq!(shown.collect::<Vec<_>>(), all[at..]);
        let backward = Query {
            direction: Direction::Backward,
            ..query
        };
        let pages = world.pages(&backward);
        let shown = pages.iter().flat_map(|page| page.items.iter().map(line));
        let mut shown: Vec<_> = shown.collect();
        shown.reverse();
        assert_eq!(shown, all[..=at]);
    }
}

#[test]
fn who_is_connected_by_the_start_has_the_whole_duration() {
    let world = World::new();
    let chat = world.open(&connecting(world.wish(), false));
    world.wait(minutes(5));
    world.say(&chat, "still here");
    world.wait(days(6));
    world.say(&chat, "and here");
}

#[test]
fn a_continued_chat_is_connected_by_its_start_after_all_of_its_past() {
    for how in [FromSegment, EntirePastSession] {
        let world = World::new();
        let past = world.past(&["before"]);
        // The clock of whoever starts is behind.
        world.set_clock(domain::Timestamp::from_millis(1_000_000));
        let wish = connecting(world.wish_to_resume(past.contact, how), true);
        let chat = world.open(&wish);
        let shown = [
            "Jane joined",
            "Jane: before",
            "ended",
            "Jane joined",
            "Jane: hello",
        ];
        assert_eq!(world.transcript(&chat), shown);
        let items = world.items(&chat);
        assert!(items.windows(2).all(|pair| pair[0].at < pair[1].at));
    }
}

#[test]
fn whatever_goes_wrong_with_such_a_start_its_repetition_is_one_chat_joined_once() {
    let troubles = [
        Trouble::NotDone,
        Trouble::Throttled,
        Trouble::LostReply,
        Trouble::Repeated,
    ];
    for trouble in troubles {
        for starter in [Starter::Backend(None), Starter::Anonymous] {
            at_every_call(|n| {
                let world = World::new();
                let past = world.past(&["before"]);
                let wish = Start {
                    starter: starter.clone(),
                    ..connecting(world.wish_to_resume(past.contact, FromSegment), true)
                };
                let shaky = world.through(Faults::at(n, trouble.clone()));
                let first = shaky.try_open(&wish);
                let opened = world.try_open(&again(&world, &wish));
                assert!(first.is_err() || first == opened);
                assert_eq!(
                    opened.map(|opened| opened.contact),
                    Ok(wish.session.session.initial_contact())
                );
                let records = world.records(&wish.session);
                assert_eq!(records.len(), 1);
                assert_eq!(records[0].item_count(), 2);
                shaky.log.calls().len()
            });
        }
    }
}

#[test]
fn a_start_that_connects_is_one_put_and_so_is_its_retry_and_connecting_afterwards_one_read() {
    let world = World::new();
    let wish = connecting(world.wish(), true);
    for _ in 0..2 {
        let counted = world.plainly();
        counted.open(&wish);
        assert_eq!(counted.log.take_counts(), (0, 1, 1));
    }
    let (counted, chat) = (world.plainly(), world.open(&wish));
    counted.try_join(&chat).unwrap();
    assert_eq!(counted.log.take_counts(), (1, 0, 1));
}

#[test]
fn a_repetition_after_the_end_is_answered_for_known_callers_alone() {
    let world = World::new();
    for starter in [Starter::Backend(None), Starter::Anonymous] {
        let wish = Start {
            starter: starter.clone(),
            ..connecting(world.wish(), true)
        };
        let chat = world.open(&wish);
        world.leave(&chat);
        let spent = StartError::Refused(StartRefusal::TokenSpent);
        let expected = match starter {
            Starter::Anonymous => Err(spent),
            _ => Ok(Opened {
                contact: chat.contact,
                participant: chat.customer,
                continued_from: None,
            }),
        };
        assert_eq!(world.try_open(&again(&world, &wish)), expected);
    }
}
