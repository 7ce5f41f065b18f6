//! Associations while others do something to the chat or to its source, and while the store fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, AssociateError, Attributes, Body, Consistency, LogError, Read, Refusal,
    SourceRefusal, Start, days, minutes,
};

use super::{Associated, no_source, refused};
use crate::stage::{Call, Chat, Faults, Trouble, World, assert_whole, at_every_call, attributes};

const PAST: [&str; 3] = ["Jane joined", "Jane: before", "ended"];

/// A chat, and a past for it, each with an attribute.
fn begun(world: &World) -> (Chat, Chat) {
    let source = world.joined(&Start {
        attributes: attributes("a=source"),
        ..world.wish()
    });
    world.say(&source, "before");
    world.stop(source.contact);
    let chat = world.joined(&Start {
        attributes: attributes("b=chat"),
        ..world.wish()
    });
    (chat, source)
}

/// Associates while somebody does something at each moment in turn; then `check` is told what came of it.
fn while_somebody(
    act: impl Fn(&World, &Chat, &Chat) + Clone + Send + Sync + 'static,
    check: impl Fn(&World, &Chat, &Chat, Associated, bool),
) {
    for unseen in [0, 1, u64::MAX] {
        for silent in [false, true] {
            at_every_call(|n| {
                let world = World::new();
                let (chat, source) = begun(&world);
                let (elsewhere, act) = (world.plainly(), act.clone());
                let (of, from) = (chat.clone(), source.clone());
                let mut faults = Faults::before(n, move || act(&elsewhere, &of, &from));
                faults.unseen = Box::new(move || unseen);
                faults.silent = silent;
                let shaky = world.through(faults);
                let answer = shaky.try_associate(chat.contact, source.contact, FromSegment);
                let calls = shaky.log.calls().len();
                check(&world, &chat, &source, answer, calls >= n);
                assert_whole(&world, &chat.key);
                calls
            });
        }
    }
}

/// How many associations stand in a chat's log.
fn links(world: &World, chat: &Chat) -> usize {
    let linked = |record: &domain::Record| matches!(record.body, Body::Linked(_));
    let records = world.records(&chat.key);
    records.into_iter().filter(linked).count()
}

#[test]
fn an_association_while_the_chat_ends_stands_before_the_end_or_is_refused() {
    while_somebody(
        |world, chat, _| world.stop(chat.contact),
        |world, chat, source, answer, acted| {
            let linked = links(world, chat) == 1;
            assert_eq!(answer.is_ok(), linked);
            if !linked {
                assert!(acted && answer == refused(Refusal::Ended));
            } else {
                assert_eq!(answer, Ok(source.contact));
            }
        },
    );
}

#[test]
fn of_two_associations_at_once_one_stands_and_the_other_is_refused() {
    while_somebody(
        |world, chat, _| {
            let other = world.past(&["other"]);
            drop(world.try_associate(chat.contact, other.contact, EntirePastSession));
        },
        |world, chat, source, answer, _| {
            assert_eq!(links(world, chat), 1);
            let ours = world.transcript(chat)[..3] == PAST;
            let expected = match ours {
                true => Ok(source.contact),
                false => refused(Refusal::AlreadyLinked),
            };
            assert_eq!(answer, expected);
        },
    );
}

#[test]
fn row_8_of_the_same_association_twice_at_once_both_have_the_same_answer_and_one_link_stands() {
    while_somebody(
        |world, chat, source| {
            let same = world.try_associate(chat.contact, source.contact, FromSegment);
            assert_eq!(same, Ok(source.contact));
        },
        |world, chat, source, answer, _| {
            assert_eq!(answer, Ok(source.contact));
            assert_eq!(links(world, chat), 1);
        },
    );
    // Even if the chat has ended before the second one hears of the first.
    while_somebody(
        |world, chat, source| {
            drop(world.try_associate(chat.contact, source.contact, FromSegment));
            world.stop(chat.contact);
        },
        |world, chat, source, answer, _| {
            assert_eq!(answer, Ok(source.contact));
            assert_eq!(links(world, chat), 1);
        },
    );
}

#[test]
fn attributes_that_change_during_an_association_are_neither_lost_nor_overwritten() {
    while_somebody(
        |world, chat, _| world.update(chat.contact, "a=theirs b= c=theirs"),
        |world, chat, source, answer, acted| {
            assert_eq!(answer, Ok(source.contact));
            let copied = match acted {
                true => "a=theirs c=theirs",
                false => "a=source b=chat",
            };
            assert_eq!(world.attributes(chat.contact), copied);
        },
    );
}

#[test]
fn what_is_said_and_transferred_during_an_association_stays_and_the_past_comes_before_it() {
    while_somebody(
        |world, chat, _| {
            world.say(chat, "meanwhile");
            world.transfer(chat.contact);
            world.say(chat, "in the second contact");
        },
        |world, chat, source, answer, acted| {
            assert_eq!(answer, Ok(source.contact));
            let own = [
                "Jane joined",
                "Jane: meanwhile",
                "transferred",
                "Jane: in the second contact",
            ];
            let own = &own[..if acted { 4 } else { 1 }];
            assert_eq!(world.transcript(chat), [&PAST, own].concat());
        },
    );
}

#[test]
fn a_source_that_ends_during_an_association_is_linked_whole_or_refused_as_active() {
    for by_time in [false, true] {
        at_every_call(|n| {
            let world = World::new();
            let (chat, source) = (world.chat(), world.chat());
            let (elsewhere, of) = (world.plainly(), source.clone());
            if by_time {
                world.wait(days(8));
            }
            let chat = if by_time { world.chat() } else { chat };
            let shaky = world.through(Faults::before(n, move || elsewhere.finish(&of)));
            let answer = shaky.try_associate(chat.contact, source.contact, FromSegment);
            let active = source.contact;
            if answer == Ok(source.contact) {
                let shown = ["Jane joined", "ended", "Jane joined"];
                assert_eq!(world.transcript(&chat), shown);
            } else {
                assert_eq!(answer, no_source(SourceRefusal::StillActive { active }));
                assert!(!by_time);
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn somebody_who_connects_in_the_last_moment_keeps_the_chat_and_its_association() {
    at_every_call(|n| {
        let world = World::new();
        let source = world.past(&["before"]);
        let chat = world.open(&world.wish());
        let early = world.plainly();
        let of = chat.clone();
        let joined_at = world.now();
        world.wait(minutes(5));
        let late = world.now();
        let shaky = world.through(Faults::before(n, move || {
            // By a clock that is behind.
            early.set_clock(joined_at);
            drop(early.try_join(&of));
            early.set_clock(late);
        }));
        let answer = shaky.try_associate(chat.contact, source.contact, FromSegment);
        let ended = world.records(&chat.key).pop().unwrap().state.has_ended();
        let expected = match ended {
            false => Ok(source.contact),
            true => refused(Refusal::Ended),
        };
        assert_eq!(answer, expected);
        assert_whole(&world, &chat.key);
        shaky.log.calls().len()
    });
}

#[test]
fn a_retry_after_whatever_went_wrong_finds_one_link_and_its_answer() {
    for expired in [false, true] {
        for trouble in [
            Trouble::NotDone,
            Trouble::LostReply,
            Trouble::Repeated,
            Trouble::Throttled,
        ] {
            at_every_call(|n| {
                let world = World::new();
                let (mut chat, mut source) = begun(&world);
                if expired {
                    source = world.chat();
                    world.wait(days(8));
                    chat = world.chat();
                }
                let shaky = world.through(Faults::at(n, trouble.clone()));
                let ask = |world: &World| {
                    world.try_associate(chat.contact, source.contact, EntirePastSession)
                };
                match ask(&shaky) {
                    Ok(first) => assert_eq!(first, source.contact),
                    Err(AssociateError::Append(AppendError::Log(
                        LogError::Throttled | LogError::Unavailable(_),
                    ))) => {}
                    Err(error) => panic!("{error:?}"),
                }
                assert_eq!(ask(&world), Ok(source.contact));
                assert_eq!(links(&world, &chat), 1);
                for key in [&chat.key, &source.key] {
                    assert_whole(&world, key);
                }
                shaky.log.calls().len()
            });
        }
    }
}

#[test]
fn an_association_that_crashes_between_any_two_requests_leaves_nothing_half_done() {
    at_every_call(|n| {
        let world = World::new();
        let (chat, source) = begun(&world);
        let shaky = world.through(Faults::at(n, Trouble::Crash));
        let crashed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            drop(shaky.try_associate(chat.contact, source.contact, FromSegment));
        }));
        let shown = world.transcript(&chat);
        let whole = [&PAST[..], &["Jane joined"]].concat();
        assert!(shown == ["Jane joined"] || shown == whole);
        let answer = world.try_associate(chat.contact, source.contact, FromSegment);
        assert_eq!(answer, Ok(source.contact));
        assert_eq!(links(&world, &chat), 1);
        if crashed.is_err() { n } else { n - 1 }
    });
}

#[test]
fn an_association_that_is_overtaken_again_and_again_goes_on_while_there_is_time_and_else_has_linked_nothing()
 {
    for (overtaken, pauses) in [(20, 20), (8, 7)] {
        let world = World::new();
        let (chat, source) = begun(&world);
        let (elsewhere, of, turns) = (world.plainly(), chat.contact, AtomicUsize::new(0));
        let act = Arc::new(move || {
            let turn = turns.fetch_add(1, SeqCst);
            elsewhere.update(of, &format!("c={turn}"));
        });
        let mut times = 0;
        let unlucky = world.through(Faults {
            trouble: Box::new(move |_, call| {
                // Just before the window is read for the first time.
                let eventual = |read: Read| read.consistency == Consistency::Eventual;
                let now = matches!(call, Call::Read(_, read) if eventual(read));
                times += usize::from(now);
                (now && times <= overtaken).then(|| Trouble::Meanwhile(act.clone()))
            }),
            pauses,
            ..Faults::default()
        });
        let answer = unlucky.try_associate(chat.contact, source.contact, FromSegment);
        let contended = AssociateError::Append(AppendError::Contended);
        let expected = match overtaken {
            20 => (Ok(source.contact), 1),
            _ => (Err(contended), 0),
        };
        assert_eq!((answer, links(&world, &chat)), expected);
        assert_eq!(unlucky.log.pauses().len(), overtaken);
    }
}

#[test]
fn attributes_that_grow_during_an_association_never_exceed_their_limit() {
    let most = Attributes::MAX_BYTES;
    while_somebody(
        move |world, chat, _| {
            let grown = format!("x={}", "y".repeat(most - 6));
            world.update(chat.contact, &grown);
        },
        |world, chat, source, answer, acted| {
            // Of the source come 7 bytes more, for which there is no room now.
            match acted {
                true => assert_eq!(answer, no_source(SourceRefusal::AttributesTooLong)),
                false => assert_eq!(answer, Ok(source.contact)),
            }
            let held = attributes(&world.attributes(chat.contact)).bytes();
            assert!(held <= most, "{held}");
        },
    );
}
