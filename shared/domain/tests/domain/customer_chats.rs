//! A customer's chats: which are listed, in which order, and what is told of each.

use domain::Rehydration::EntirePastSession;
use domain::{
    CustomerChat, CustomerChats, CustomerId, DisconnectReason, InstanceId, Listed, LogError,
    SessionKey, Start, Starter, Timestamp, days, minutes, seconds,
};

use crate::stage::{Chat, Faults, Trouble, World, at_every_call, run};

fn jane() -> CustomerId {
    CustomerId("jane".to_owned())
}

/// A wish for a chat of Jane's.
fn wish(world: &World) -> Start {
    Start {
        starter: Starter::Customer(jane()),
        ..world.wish()
    }
}

/// So many chats of Jane's, oldest first, one a minute, each of which has ended.
fn ended(world: &World, chats: usize) -> Vec<Chat> {
    let chat = |_| {
        world.wait(minutes(1));
        let chat = world.joined(&wish(world));
        world.stop(chat.contact);
        chat
    };
    (0..chats).map(chat).collect()
}

fn try_list(
    world: &World,
    before: Option<Listed>,
    limit: usize,
) -> Result<CustomerChats, LogError> {
    let (here, jane) = (InstanceId::new("here").unwrap(), jane());
    let chats = domain::customer_chats(&world.log, &here, &jane, before, limit, world.now());
    run(chats)
}

fn list(world: &World) -> Vec<CustomerChat> {
    let listed = try_list(world, None, 100).unwrap();
    assert_eq!(listed.next, None);
    listed.chats
}

/// Every part of the list, from the first on.
fn parts(world: &World, limit: usize) -> Vec<Vec<CustomerChat>> {
    let mut parts = Vec::new();
    let mut before = None;
    loop {
        let part = try_list(world, before, limit).unwrap();
        assert!(part.chats.len() <= limit);
        parts.push(part.chats);
        before = part.next;
        if before.is_none() {
            return parts;
        }
    }
}

#[test]
fn a_customers_chats_are_listed_newest_first_each_as_it_is_now() {
    let world = World::new();
    let began = |world: &World| {
        world.wait(minutes(1));
        world.now()
    };
    let told = |chat: &Chat, started, contact, ended, continuable| CustomerChat {
        session: chat.key.session,
        started,
        contact,
        ended,
        continuable,
    };
    let at = began(&world);
    let left = world.joined(&wish(&world));
    world.say(&left, "hello");
    world.wait(seconds(1));
    world.leave(&left);
    // A customer's leaving yields two items, of which the second is the end.
    let end = (world.now().next(), DisconnectReason::CustomerDisconnect);
    let left = told(&left, at, left.contact, Some(end), true);

    let at = began(&world);
    let handed_on = world.joined(&wish(&world));
    let second = world.transfer(handed_on.contact);
    world.wait(seconds(1));
    world.stop(second);
    let end = (world.now(), DisconnectReason::Api);
    let handed_on = told(&handed_on, at, second, Some(end), true);

    let at = began(&world);
    let running = world.joined(&wish(&world));
    let third = world.transfer(running.contact);
    let running = told(&running, at, third, None, false);

    let at = began(&world);
    let waiting = world.open(&wish(&world));
    let waiting = told(&waiting, at, waiting.contact, None, false);
    assert_eq!(list(&world), [waiting, running, handed_on, left]);
}

#[test]
fn what_can_be_continued_is_what_a_continuation_takes() {
    let patient = |minutes_of: u64| {
        move |world: &World| Start {
            duration: minutes(minutes_of),
            ..wish(world)
        }
    };
    let world = World::new();
    let waiting = world.open(&patient(60)(&world));
    let running = world.joined(&patient(60)(&world));
    let stopped = world.joined(&patient(60)(&world));
    world.stop(stopped.contact);
    let chats = [waiting, running, stopped];
    let mut continuable = Vec::new();
    // Waiting ends after five minutes, running after an hour; neither is written down by then.
    for wait in [
        seconds(0),
        minutes(5) - MILLISECOND,
        MILLISECOND,
        minutes(55) - MILLISECOND,
        MILLISECOND,
    ] {
        world.wait(wait);
        let listed = list(&world);
        let told: Vec<bool> = chats
            .iter()
            .map(|chat| {
                let mut of = listed
                    .iter()
                    .filter(|each| each.session == chat.key.session);
                of.next().unwrap().continuable
            })
            .collect();
        continuable.push(told);
    }
    let expected = [
        [false, false, true],
        [false, false, true],
        [true, false, true],
        [true, false, true],
        [true, true, true],
    ];
    assert_eq!(continuable, expected);
    assert!(
        list(&world)
            .iter()
            .filter(|each| each.ended.is_some())
            .count()
            == 1
    );
    for chat in &chats {
        world.resume(chat.contact, EntirePastSession);
    }
    let reason = |chat: &Chat| {
        let listed = list(&world);
        let mut of = listed
            .iter()
            .filter(|each| each.session == chat.key.session);
        of.next().unwrap().ended.unwrap().1
    };
    assert_eq!(
        chats.each_ref().map(reason),
        [
            DisconnectReason::CustomerConnectionNotEstablished,
            DisconnectReason::Expired,
            DisconnectReason::Api
        ]
    );
}

const MILLISECOND: std::time::Duration = std::time::Duration::from_millis(1);

#[test]
fn parts_joined_are_the_list_whatever_their_size_and_whatever_begins_meanwhile() {
    let world = World::new();
    let chats = ended(&world, 7);
    let newest_first: Vec<_> = chats.iter().rev().map(|chat| chat.key.session).collect();
    for limit in [1, 2, 3, 6, 7, 8] {
        let parts = parts(&world, limit);
        assert_eq!(parts.len(), 7_usize.div_ceil(limit));
        let listed: Vec<_> = parts.concat().iter().map(|chat| chat.session).collect();
        assert_eq!(listed, newest_first);
    }
    let first = try_list(&world, None, 3).unwrap();
    ended(&world, 2);
    let second = try_list(&world, first.next, 100).unwrap();
    let listed = [first.chats, second.chats].concat();
    let listed: Vec<_> = listed.iter().map(|chat| chat.session).collect();
    assert_eq!(listed, newest_first);
}

#[test]
fn nobody_elses_chats_are_listed_nor_nobodys_nor_those_of_another_instance() {
    let world = World::new();
    let own = world.joined(&wish(&world));
    let elsewhere = wish(&world);
    world.open(&Start {
        session: SessionKey::new(
            &InstanceId::new("there").unwrap(),
            elsewhere.session.session,
        ),
        ..elsewhere
    });
    for starter in [
        Starter::Customer(CustomerId("john".to_owned())),
        Starter::Customer(CustomerId("jan".to_owned())),
        Starter::Customer(CustomerId("janet".to_owned())),
        Starter::Backend(None),
        Starter::Anonymous,
    ] {
        world.open(&Start {
            starter,
            ..world.wish()
        });
    }
    let sessions: Vec<_> = list(&world).iter().map(|chat| chat.session).collect();
    assert_eq!(sessions, [own.key.session]);
}

#[test]
fn a_list_is_a_read_of_the_index_and_one_of_each_chat_in_two_round_trips() {
    let world = World::new();
    for chats in [0, 1, 5, 25] {
        let world = world.plainly();
        ended(&world, chats - list(&world).len());
        for limit in [1, 10, 25] {
            world.log.take_counts();
            let listed = try_list(&world, None, limit).unwrap().chats.len();
            assert_eq!(listed, chats.min(limit));
            let round_trips = 1 + usize::from(listed > 0);
            assert_eq!(world.log.take_counts(), (1 + listed, 0, round_trips));
        }
    }
}

#[test]
fn a_chat_past_its_retention_is_left_out_and_what_follows_is_reached_all_the_same() {
    let world = World::new();
    ended(&world, 3);
    world.wait(days(700));
    let later = ended(&world, 2);
    world.wait(days(30));
    assert_eq!(list(&world).len(), 5);
    world.wait(days(1));
    let newest_first: Vec<_> = later.iter().rev().map(|chat| chat.key.session).collect();
    for (limit, sizes) in [
        (1, &[1, 1, 0, 0, 0][..]),
        (2, &[2, 0, 0]),
        (3, &[2, 0]),
        (5, &[2]),
    ] {
        let parts = parts(&world, limit);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        let listed: Vec<_> = parts.concat().iter().map(|chat| chat.session).collect();
        assert_eq!(listed, newest_first);
    }
}

#[test]
fn deletion_in_any_order_never_shows_a_chat_that_has_ceased_to_exist() {
    let world = World::new();
    let chat = world.joined(&wish(&world));
    world.say(&chat, "hello");
    world.stop(chat.contact);
    world.wait(days(731));
    let records = world.records(&chat.key);
    for deleted in 0..1_u32 << records.len() {
        let gone: Vec<_> = (0..records.len())
            .filter(|n| deleted & (1 << n) != 0)
            .map(|n| records[n].slot)
            .collect();
        let world = world.through(Faults {
            deleted: Box::new(move |_, record| gone.contains(&record.slot)),
            ..Faults::default()
        });
        assert_eq!(list(&world), []);
    }
}

#[test]
fn what_is_told_of_a_chat_is_never_stale() {
    let world = World::new();
    ended(&world, 3);
    world.joined(&wish(&world));
    let expected = list(&world);
    for mask in [0b1, 0b11, u64::MAX] {
        assert_eq!(list(&world.through(Faults::unseen(mask))), expected);
    }
}

#[test]
fn whatever_fails_fails_the_list_and_its_repetition_is_whole() {
    for trouble in [Trouble::NotDone, Trouble::LostReply, Trouble::Throttled] {
        at_every_call(|n| {
            let world = World::new();
            ended(&world, 3);
            let expected = list(&world);
            let shaky = world.through(Faults::at(n, trouble.clone()));
            let listed = try_list(&shaky, None, 100);
            let calls = shaky.log.calls().len();
            let error = match trouble {
                Trouble::Throttled => LogError::Throttled,
                _ => LogError::Unavailable("no answer".to_owned()),
            };
            match n <= calls {
                true => assert_eq!(listed, Err(error)),
                false => assert_eq!(listed.unwrap().chats, expected),
            }
            assert_eq!(list(&world), expected);
            calls
        });
    }
}

#[test]
fn a_place_before_every_chat_lists_none() {
    let world = World::new();
    let chat = &ended(&world, 1)[0];
    let before = |started| Listed {
        started,
        session: chat.key.session,
    };
    let began = list(&world)[0].started;
    for (started, chats) in [
        (Timestamp::from_millis(0), 0),
        (began, 0),
        (began.next(), 1),
    ] {
        let listed = try_list(&world, Some(before(started)), 10).unwrap();
        assert_eq!((listed.chats.len(), listed.next), (chats, None));
    }
}
