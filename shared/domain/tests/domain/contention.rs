//! Many writers of one log: after each loss a pause, and what becomes of a call that has no time for another.

use std::sync::Arc;
use std::time::Duration;

use domain::{
    AppendError, Content, ContentType, LogError, Message, Outcome, Refusal, Stopped, Urgency, days,
};

use crate::stage::{Call, Chat, Faults, Trouble, World, key, run};

/// The faults of a log in which somebody writes just before each of the first `times` puts.
fn crowd(world: &World, chat: &Chat, times: usize) -> Faults {
    let (elsewhere, of) = (world.plainly(), chat.clone());
    let act = Arc::new(move || drop(elsewhere.try_say(&of, "me first", elsewhere.fresh_key())));
    let mut lost = 0;
    Faults {
        trouble: Box::new(move |_, call| {
            let put = call.is_put();
            lost += usize::from(put);
            (put && lost <= times).then(|| Trouble::Meanwhile(act.clone()))
        }),
        ..Faults::default()
    }
}

fn bounds(pauses: &[(Duration, Urgency)], of: Urgency) -> Vec<u64> {
    assert!(pauses.iter().all(|(_, urgency)| *urgency == of));
    let millis = |bound: &Duration| u64::try_from(bound.as_millis()).unwrap();
    pauses.iter().map(|(bound, _)| millis(bound)).collect()
}

/// The bounds of a message's first pauses, in milliseconds.
const BOUNDS: [u64; 8] = [50, 100, 200, 400, 800, 1_000, 1_000, 1_000];

#[test]
fn each_lost_slot_doubles_the_bound_of_the_pause_up_to_a_second() {
    for (lost, silent) in [(0, false), (1, false), (8, false), (8, true)] {
        let world = World::new();
        let chat = world.chat();
        let unlucky = world.through(Faults {
            silent,
            ..crowd(&world, &chat, lost)
        });
        unlucky.say(&chat, "hello");
        let paused = bounds(&unlucky.log.pauses(), Urgency::Usual);
        assert_eq!(paused, BOUNDS[..lost]);
        assert_eq!(world.times_said(&chat, "hello"), 1);
        assert_eq!(world.times_said(&chat, "me first"), lost);
    }
}

#[test]
fn no_number_of_losses_is_too_many_as_long_as_there_is_time() {
    let world = World::new();
    let chat = world.chat();
    let unlucky = world.through(crowd(&world, &chat, 200));
    unlucky.say(&chat, "hello");
    assert_eq!(world.times_said(&chat, "hello"), 1);
    assert_eq!(unlucky.log.pauses().len(), 200);
}

#[test]
fn an_end_pauses_a_tenth_as_long_whoever_writes_it() {
    type End = fn(&World, &World, &Chat);
    let ends: [End; 3] = [
        |_, unlucky, chat| assert_eq!(unlucky.try_stop(chat.contact), Ok(Stopped::Ended)),
        |_, unlucky, chat| {
            let left = unlucky.try_leave(chat, key("bye"));
            assert_eq!(left, Ok(Outcome::Written));
        },
        // By the clock of this server alone the chat's time has passed: first it writes down that it has ended.
        |world, unlucky, chat| {
            let message = Message {
                sender: chat.customer,
                content_type: ContentType::Plain,
                content: Content("late".to_owned()),
            };
            let late = world.now() + days(8);
            let sent = run(domain::send(
                &unlucky.log,
                &chat.key,
                message,
                key("late"),
                late,
            ));
            assert_eq!(sent, Err(AppendError::Refused(Refusal::Ended)));
        },
    ];
    for end in ends {
        let world = World::new();
        let chat = world.chat();
        let unlucky = world.through(crowd(&world, &chat, 8));
        end(&world, &unlucky, &chat);
        let tenths = BOUNDS.map(|bound| bound / 10);
        assert_eq!(bounds(&unlucky.log.pauses(), Urgency::End), tenths);
        assert!(world.records(&chat.key).last().unwrap().state.has_ended());
    }
}

#[test]
fn a_call_without_time_for_another_try_is_too_much_and_has_written_nothing() {
    for silent in [false, true] {
        let world = World::new();
        let chat = world.chat();
        let unlucky = world.through(Faults {
            silent,
            pauses: 3,
            ..crowd(&world, &chat, usize::MAX)
        });
        let refused = unlucky.try_say(&chat, "hello", key("token"));
        assert_eq!(refused, Err(AppendError::Contended));
        assert_eq!(world.times_said(&chat, "hello"), 0);
        assert_eq!(world.times_said(&chat, "me first"), 4);
    }
}

#[test]
fn a_put_of_which_nobody_knows_is_a_fault_however_many_surely_failed_before() {
    let world = World::new();
    let chat = world.chat();
    let mut others = crowd(&world, &chat, 2);
    let mut puts = 0;
    let unlucky = world.through(Faults {
        trouble: Box::new(move |n, call| {
            puts += usize::from(call.is_put());
            match call.is_put() && puts == 3 {
                true => Some(Trouble::LostReply),
                false => (others.trouble)(n, call),
            }
        }),
        ..Faults::default()
    });
    let answer = unlucky.try_say(&chat, "hello", key("token"));
    let unknown = |error| matches!(error, AppendError::Log(LogError::Unavailable(_)));
    assert!(answer.is_err_and(unknown));
    assert_eq!(world.times_said(&chat, "hello"), 1);
}

#[test]
fn what_stands_in_the_slot_may_settle_it_without_a_pause() {
    type Act = fn(&World, &Chat);
    let acts: [Act; 2] = [
        |world, chat| drop(world.try_say(chat, "hello", key("token"))),
        |world, chat| world.stop(chat.contact),
    ];
    for act in acts {
        let world = World::new();
        let chat = world.chat();
        let (elsewhere, of) = (world.plainly(), chat.clone());
        let unlucky = world.through(Faults {
            pauses: 0,
            ..Faults::before(2, move || act(&elsewhere, &of))
        });
        let answer = unlucky.try_say(&chat, "hello", key("token"));
        assert_eq!(answer, world.try_say(&chat, "hello", key("token")));
        assert_eq!(unlucky.log.pauses(), []);
    }
}

#[test]
fn the_first_two_lost_slots_cost_no_read_and_from_the_third_on_the_log_is_read_anew() {
    for (lost, silent, reads) in [(2, false, 1), (3, false, 2), (7, false, 6), (2, true, 3)] {
        let world = World::new();
        let chat = world.chat();
        let unlucky = world.through(Faults {
            silent,
            ..crowd(&world, &chat, lost)
        });
        unlucky.say(&chat, "hello");
        let calls = unlucky.log.calls();
        let put = calls.iter().filter(|call| call.is_put()).count();
        let read = calls.iter().filter(|call| matches!(call, Call::Read(..)));
        assert_eq!((read.count(), put), (reads, lost + 1));
    }
}
