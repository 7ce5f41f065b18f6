//! Servers whose clocks differ by a minute in both directions: nothing acknowledged is lost, at deadlines neither,
//! and times rise over all that a reader sees.

use domain::DisconnectReason::{Api, CustomerConnectionNotEstablished};
use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, Content, ContentType, Item, Ordinal, Phase, Refusal, SourceRefusal, Start,
    StartError, StartRefusal, Timestamp, days, minutes, seconds,
};

use crate::stage::{Chat, Faults, World, assert_whole, at_every_call, key, nth};

/// How far a server's clock is ahead of the right time, in seconds.
type Clock = i64;

const CLOCKS: [Clock; 3] = [-60, 0, 60];

fn shifted(moment: Timestamp, by: Clock) -> Timestamp {
    let millis = moment.as_millis().checked_add_signed(by * 1_000);
    Timestamp::from_millis(millis.unwrap())
}

/// What happens on a server with this clock.
fn on<T>(clock: Clock, world: &World, act: impl FnOnce(&World) -> T) -> T {
    let right = world.now();
    world.set_clock(shifted(right, clock));
    let done = act(world);
    world.set_clock(right);
    done
}

/// A chat whose time passes at a moment: that of its duration, or that by which its customer must connect.
#[derive(Debug, Clone, Copy)]
enum Deadline {
    Expiry,
    ConnectBy,
}

fn chat_until(world: &World, deadline: Deadline) -> (Chat, Timestamp) {
    match deadline {
        Deadline::Expiry => {
            let expires = world.now() + days(7);
            (world.chat(), expires)
        }
        Deadline::ConnectBy => {
            let connect_by = world.now() + minutes(5);
            (world.open(&world.wish()), connect_by)
        }
    }
}

/// What another server does at the same time.
const OTHERS: [fn(&World, &Chat); 6] = [
    |world, chat| drop(world.try_say(chat, "other", key("other"))),
    |world, chat| drop(world.try_join(chat)),
    |world, chat| drop(world.try_transfer(chat.contact, key("move"))),
    |world, chat| drop(world.try_stop(chat.contact)),
    |world, chat| drop(world.try_update(chat.contact, "a=1")),
    |world, chat| drop(world.try_open(&world.wish_to_resume(chat.contact, FromSegment))),
];

#[test]
fn what_a_server_acknowledges_on_either_side_of_a_deadline_stands_and_what_it_refuses_does_not() {
    for deadline in [Deadline::Expiry, Deadline::ConnectBy] {
        for after in [-90, -30, 0, 30, 90] {
            for (clock, others) in [(-60, 60), (60, -60)] {
                for other in OTHERS {
                    at_every_call(|n| {
                        let world = World::new();
                        let (chat, passes) = chat_until(&world, deadline);
                        world.set_clock(shifted(passes, after));
                        let (elsewhere, of) = (world.plainly(), chat.clone());
                        let shaky = world.through(Faults::before(n, move || {
                            // The first server's clock is the one that is set.
                            on(others - clock, &elsewhere, |world| other(world, &of));
                        }));
                        let said = on(clock, &shaky, |world| {
                            world.try_say(&chat, "hello", key("hello"))
                        });
                        let calls = shaky.log.calls().len();
                        check(&world, &chat, said.map(|sent| sent.id));
                        calls
                    });
                }
            }
        }
    }

    fn check(world: &World, chat: &Chat, said: Result<domain::ItemId, AppendError>) {
        assert_whole(world, &chat.key);
        let times = world.times_said(chat, "hello");
        let last = world.records(&chat.key).pop().unwrap();
        match said {
            Ok(id) => {
                assert_eq!(times, 1);
                world.wait(days(8));
                let later = world.resume(chat.contact, EntirePastSession);
                let shown = world.items(&later);
                assert_eq!(shown.iter().filter(|item| item.id == id).count(), 1);
            }
            Err(error) => {
                assert_eq!(error, AppendError::Refused(Refusal::Ended));
                assert_eq!(times, 0);
                assert!(last.state.has_ended());
            }
        }
        // An end by time lies at its moment, or after all that others had put there.
        let records = world.records(&chat.key);
        let end = records.iter().position(|record| record.state.has_ended());
        let by_time = end.filter(|end| records[*end].state.phase != Phase::Ended(Api));
        if let Some(end) = by_time {
            let before = &records[end - 1].state;
            let (passes, _) = before.deadline().unwrap();
            assert_eq!(records[end].at, passes.max(before.time.next()));
        }
    }
}

#[test]
fn who_connects_by_one_clock_is_connected_or_refused_by_all_of_them() {
    for after in [-90, -30, 0, 30, 90] {
        for (clock, others) in [(-60, 60), (60, -60)] {
            for other in OTHERS {
                at_every_call(|n| {
                    let world = World::new();
                    let (chat, passes) = chat_until(&world, Deadline::ConnectBy);
                    world.set_clock(shifted(passes, after));
                    let (elsewhere, of) = (world.plainly(), chat.clone());
                    let shaky = world.through(Faults::before(n, move || {
                        on(others - clock, &elsewhere, |world| other(world, &of));
                    }));
                    let joined = on(clock, &shaky, |world| world.try_join(&chat));
                    assert_whole(&world, &chat.key);
                    let records = world.records(&chat.key);
                    let tail = records.last().unwrap();
                    match joined {
                        // His chat goes on, whatever other clocks say, unless it was stopped or continued.
                        Ok(joined) => {
                            assert_eq!(joined.state.phase, Phase::Running);
                            let passed = |record: &domain::Record| {
                                record.state.phase == Phase::Ended(CustomerConnectionNotEstablished)
                            };
                            assert!(!records.iter().any(passed));
                        }
                        Err(error) => {
                            assert_eq!(error, AppendError::Refused(Refusal::Ended));
                            assert!(tail.state.has_ended());
                        }
                    }
                    shaky.log.calls().len()
                });
            }
        }
    }
}

#[test]
fn a_source_is_continued_or_found_active_by_each_clock_and_what_was_said_on_it_is_shown_whole() {
    for deadline in [Deadline::Expiry, Deadline::ConnectBy] {
        for after in [-90, -30, 0, 30, 90] {
            for (clock, others) in [(-60, 60), (60, -60)] {
                at_every_call(|n| {
                    let world = World::new();
                    let (chat, passes) = chat_until(&world, deadline);
                    world.set_clock(shifted(passes, after));
                    let (elsewhere, of) = (world.plainly(), chat.clone());
                    let shaky = world.through(Faults::before(n, move || {
                        on(others - clock, &elsewhere, |world| {
                            drop(world.try_say(&of, "other", key("other")));
                        });
                    }));
                    let wish = world.wish_to_resume(chat.contact, FromSegment);
                    let opened = on(clock, &shaky, |world| world.try_open(&wish));
                    let calls = shaky.log.calls().len();
                    assert_whole(&world, &chat.key);
                    let tail = world.records(&chat.key).pop().unwrap();
                    match opened {
                        Ok(opened) => {
                            assert!(tail.state.has_ended());
                            let next = Chat {
                                key: wish.session.clone(),
                                contact: opened.contact,
                                customer: opened.participant,
                                continued_from: opened.continued_from,
                            };
                            let items = world.items(&next);
                            assert_eq!(items.len() as u64, tail.state.items);
                        }
                        Err(StartError::Refused(StartRefusal::Source(refusal))) => {
                            let active = chat.contact;
                            assert_eq!(refusal, SourceRefusal::StillActive { active });
                            assert!(shifted(world.now(), clock) < passes);
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                    calls
                });
            }
        }
    }
}

fn rises(items: &[Item]) {
    let pairs = items.windows(2);
    for pair in pairs {
        assert!(
            pair[0].at < pair[1].at && pair[0].id < pair[1].id,
            "{pair:?}"
        );
    }
}

#[test]
fn times_and_ids_rise_over_the_whole_history_although_every_request_meets_another_clock() {
    // All ways in which the clocks of three requests can follow each other, in turn.
    for order in 0..27_usize {
        let clock = |n: usize| CLOCKS[order / 3_usize.pow((n % 3) as u32) % 3];
        let world = World::new();
        let mut chat = world.chat();
        let mut requests = 0;
        let mut next = || {
            requests += 1;
            clock(requests)
        };
        for round in 0..6 {
            on(next(), &world, |world| world.say(&chat, "one"));
            let second = on(next(), &world, |world| world.transfer(chat.contact));
            on(next(), &world, |world| world.update(second, "a=1"));
            on(next(), &world, |world| world.say(&chat, "two"));
            match round % 3 {
                0 => on(next(), &world, |world| world.leave(&chat)),
                1 => on(next(), &world, |world| world.stop(second)),
                _ => world.wait(days(8)),
            }
            let how = [FromSegment, EntirePastSession][round % 2];
            let wish = Start {
                connects: round < 3,
                initial: Some((ContentType::Plain, Content("again".to_owned()))),
                ..world.wish_to_resume(nth(&chat, 0), how)
            };
            chat = on(next(), &world, |world| world.open(&wish));
            if round >= 3 {
                on(next(), &world, |world| world.try_join(&chat).unwrap());
            }
            rises(&world.items(&chat));
            world.wait(seconds(1));
        }
    }
}

#[test]
fn a_chat_is_not_ended_by_the_clock_of_the_source_that_it_is_made_to_continue() {
    let world = World::new();
    let source = world.chat();
    let chat = world.open(&world.wish());
    let connect_by = world.now() + minutes(5);
    world.set_clock(shifted(connect_by, -30));
    // The last of the source has a time after that by which the chat's customer must connect.
    on(60, &world, |world| world.leave(&source));
    let associated = world.try_associate(chat.contact, source.contact, FromSegment);
    assert_eq!(associated, Ok(source.contact));
    world.try_join(&chat).unwrap();
    let past = ["Jane joined", "Jane left", "ended"];
    assert_eq!(
        world.transcript(&chat),
        [&past[..], &["Jane joined"]].concat()
    );
    rises(&world.items(&chat)[1..]);
}

#[test]
fn a_link_made_by_a_slow_clock_lies_after_its_source_and_so_does_what_follows() {
    for clock in CLOCKS {
        let world = World::new();
        let source = world.chat();
        on(60, &world, |world| world.say(&source, "fast"));
        on(60, &world, |world| world.leave(&source));
        let chat = on(clock, &world, |world| {
            world.open(&world.wish_to_resume(source.contact, EntirePastSession))
        });
        on(clock, &world, |world| world.try_join(&chat).unwrap());
        for clock in CLOCKS {
            on(clock, &world, |world| world.say(&chat, "hello"));
        }
        rises(&world.items(&chat));
        let first = Ordinal::FIRST;
        assert!(
            world
                .items(&chat)
                .iter()
                .all(|item| item.contact.ordinal() == first)
        );
    }
}
