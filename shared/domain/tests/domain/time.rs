//! What clocks may do, and what they may not: order of items, and ends by time.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, Body, DisconnectReason, Phase, Refusal, Rules, SourceRefusal, Start, StartError,
    StartRefusal, Stopped, Timestamp, days, minutes, seconds,
};

use crate::stage::{Chat, Faults, World, assert_whole, key, run};

fn earlier(moment: Timestamp, millis: u64) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() - millis)
}

/// How and when a session has ended, if it has.
fn end_of(world: &World, chat: &Chat) -> Option<(DisconnectReason, Timestamp)> {
    let last = world.records(&chat.key).pop().unwrap();
    match last.body {
        Body::Ended { reason, .. } => Some((reason, last.at)),
        _ => None,
    }
}

#[test]
fn times_rise_although_the_clock_stands_still_jumps_back_or_two_writers_differ_by_a_minute() {
    let world = World::new();
    let chat = world.chat();
    let morning = world.now();
    for _ in 0..3 {
        world.say(&chat, "the clock stands still");
    }
    world.set_clock(earlier(morning, 3_600_000));
    for _ in 0..3 {
        world.say(&chat, "the clock has jumped back");
    }
    world.set_clock(morning);
    for n in 0..10 {
        world.set_clock(if n % 2 == 0 {
            morning
        } else {
            morning + minutes(1)
        });
        world.say(&chat, "two clocks");
    }
    world.set_clock(earlier(morning, 60_000));
    world.leave(&chat);
    assert_whole(&world, &chat.key);
    // And the chat that continues it lies after all of it.
    let next = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
    let items = world.items(&next);
    assert_eq!(items.len(), 20);
    assert!(items.windows(2).all(|pair| pair[0].at < pair[1].at));
}

#[test]
fn an_item_has_the_time_of_the_clock_where_the_clock_is_ahead_and_the_next_millisecond_where_not() {
    let world = World::new();
    let chat = world.chat();
    world.wait(seconds(5));
    assert_eq!(world.say(&chat, "one").at, world.now());
    assert_eq!(world.say(&chat, "two").at, world.now().next());
    world.wait(seconds(5));
    assert_eq!(world.say(&chat, "three").at, world.now());
}

#[test]
fn a_persistent_chat_starts_just_after_its_source_session_if_the_clock_says_it_was_before() {
    let world = World::new();
    let source = world.chat();
    let second = world.transfer(source.contact);
    world.say(&source, "one");
    world.stop(second);
    let last = world.records(&source.key).pop().unwrap().state.time;
    world.set_clock(earlier(world.now(), 60_000));
    let next = world.resume(source.contact, FromSegment);
    let first = world.records(&next.key).remove(0);
    assert_eq!(first.at, last.next());
    // All its spans are counted from there.
    let connect_by = first.at + minutes(5);
    assert_eq!(first.state.phase, Phase::Waiting { connect_by });
    assert_eq!(first.state.expires, first.at + days(7));
    assert_eq!(first.state.retained_until, first.at + days(731));

    world.wait(minutes(10));
    let later = world.resume(source.contact, FromSegment);
    assert_eq!(world.records(&later.key)[0].at, world.now());
}

#[test]
fn row_11_whoever_notices_first_writes_the_end_of_a_session_whose_duration_has_passed() {
    type Notice = fn(&World, &Chat);
    let notices: [Notice; 6] = [
        |world, chat| {
            let refused = world.try_say(chat, "hello", key("token"));
            assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
        },
        |world, chat| {
            let refused = world.try_leave(chat, key("bye"));
            assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
        },
        |world, chat| {
            let refused = world.try_join(chat).map(|_| ());
            assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
        },
        |world, chat| assert_eq!(world.try_stop(chat.contact), Ok(Stopped::Already)),
        |world, chat| {
            let refused = world.try_transfer(chat.contact, key("move"));
            assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
        },
        |world, chat| drop(world.resume(chat.contact, EntirePastSession)),
    ];
    for notice in notices {
        let world = World::new();
        let chat = world.chat();
        world.say(&chat, "hello");
        let expires = world.now() + days(7);
        // A millisecond before, the session is active.
        world.set_clock(earlier(expires, 1));
        assert_eq!(end_of(&world, &chat), None);
        world.say(&chat, "just in time");
        world.set_clock(expires + days(1));
        notice(&world, &chat);
        assert_eq!(
            end_of(&world, &chat),
            Some((DisconnectReason::Expired, expires))
        );
        // And nobody writes a second end.
        notice(&world, &chat);
        assert_whole(&world, &chat.key);
        assert_eq!(world.records(&chat.key).len(), 5);
    }
}

#[test]
fn row_11_until_its_end_is_written_a_session_reads_as_active() {
    let world = World::new();
    let chat = world.chat();
    world.wait(days(8));
    assert_eq!(world.transcript(&chat), ["Jane joined"]);
    assert_eq!(world.records(&chat.key).len(), 2);
}

#[test]
fn row_11_an_end_by_time_never_lies_before_an_item_that_another_clock_has_put_there() {
    let world = World::new();
    let chat = world.chat();
    let expires = world.now() + days(7);
    world.set_clock(earlier(expires, 1));
    let last = (0..5).map(|_| world.say(&chat, "hello").at).last().unwrap();
    assert!(last > expires);
    world.set_clock(expires);
    world.resume(chat.contact, FromSegment);
    assert_eq!(
        end_of(&world, &chat),
        Some((DisconnectReason::Expired, last.next()))
    );
}

#[test]
fn row_12_a_session_to_which_nobody_connects_within_five_minutes_is_ended_in_the_same_way() {
    let world = World::new();
    let chat = world.open(&world.wish());
    let connect_by = world.now() + minutes(5);
    world.set_clock(connect_by);
    let refused = world.try_join(&chat).map(|_| ());
    assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
    let reason = DisconnectReason::CustomerConnectionNotEstablished;
    assert_eq!(end_of(&world, &chat), Some((reason, connect_by)));
}

#[test]
fn row_12_who_connects_before_the_five_minutes_are_over_has_the_whole_duration() {
    let world = World::new();
    let chat = world.open(&world.wish());
    world.set_clock(earlier(world.now() + minutes(5), 1));
    world.try_join(&chat).unwrap();
    world.wait(days(6));
    world.say(&chat, "still here");
    assert_eq!(end_of(&world, &chat), None);
}

#[test]
fn row_12_the_five_minutes_are_a_setting() {
    let world = World::new();
    let wish = world.wish();
    let rules = Rules {
        connect_within: minutes(60),
        ..Rules::default()
    };
    let opened = run(domain::start(&world.log, &wish, rules, world.now())).unwrap();
    let chat = Chat {
        key: wish.session,
        contact: opened.contact,
        customer: opened.participant,
        continued_from: None,
    };
    world.wait(minutes(59));
    world.try_join(&chat).unwrap();
}

#[test]
fn a_duration_that_is_not_longer_than_the_time_to_connect_ends_the_session_as_expired() {
    for duration in [minutes(3), minutes(5)] {
        let world = World::new();
        let chat = world.open(&Start {
            duration,
            ..world.wish()
        });
        let expires = world.now() + duration;
        world.wait(minutes(10));
        assert_eq!(world.try_stop(chat.contact), Ok(Stopped::Already));
        assert_eq!(
            end_of(&world, &chat),
            Some((DisconnectReason::Expired, expires))
        );
    }
}

#[test]
fn who_connects_in_the_last_moment_is_not_ended_by_somebody_who_had_seen_him_absent() {
    // Whoever wants to end the session for its time finds that somebody has connected since.
    for (n, silent) in [(1, false), (2, false), (2, true)] {
        let world = World::new();
        let chat = world.open(&world.wish());
        let (elsewhere, of) = (world.plainly(), chat.clone());
        let connect_by = world.now() + minutes(5);
        world.set_clock(connect_by);
        let mut faults = Faults::before(n, move || {
            // His server's clock is a moment behind.
            elsewhere.set_clock(earlier(connect_by, 1));
            elsewhere.try_join(&of).unwrap();
            elsewhere.set_clock(connect_by);
        });
        faults.silent = silent;
        world.through(faults).say(&chat, "hello");
        assert_eq!(world.transcript(&chat), ["Jane joined", "Jane: hello"]);
    }
}

#[test]
fn a_resume_finds_a_source_active_to_which_somebody_has_connected_in_the_last_moment() {
    // Three reads, side by side; then the append that is to end it: a read and a put.
    for n in [4, 5] {
        let world = World::new();
        let source = world.open(&world.wish());
        let (elsewhere, of) = (world.plainly(), source.clone());
        let connect_by = world.now() + minutes(5);
        world.set_clock(connect_by);
        let shaky = world.through(Faults::before(n, move || {
            elsewhere.set_clock(earlier(connect_by, 1));
            elsewhere.try_join(&of).unwrap();
            elsewhere.set_clock(connect_by);
        }));
        let refused = shaky.try_open(&world.wish_to_resume(source.contact, FromSegment));
        let active = SourceRefusal::StillActive {
            active: source.contact,
        };
        let expected = StartError::Refused(StartRefusal::Source(active));
        assert_eq!(refused, Err(expected));
        assert_eq!(end_of(&world, &source), None);
    }
}

#[test]
fn a_contact_that_is_transferred_in_the_last_moment_is_shown_to_its_transfer() {
    for n in [4, 5] {
        let world = World::new();
        let source = world.chat();
        let (elsewhere, contact) = (world.plainly(), source.contact);
        let expires = world.now() + days(7);
        world.set_clock(expires);
        let shaky = world.through(Faults::before(n, move || {
            elsewhere.set_clock(earlier(expires, 1));
            elsewhere.transfer(contact);
            elsewhere.set_clock(expires);
        }));
        let next = shaky.resume(source.contact, FromSegment);
        assert_eq!(world.transcript(&next), ["Jane joined", "transferred"]);
    }
}
