//! A session's attributes: read and changed while it runs, changed after its end, and never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, Attributes, ContactId, InstanceId, LogError, SourceRefusal, Start, StartError,
    StartRefusal, Timestamp, UpdateError, days,
};

use crate::stage::{
    Call, Chat, Faults, Trouble, World, assert_whole, at_every_call, attributes, nth, run,
};

const NOT_FOUND: AppendError = AppendError::NotFound;

fn chat_with(world: &World, text: &str) -> Chat {
    world.joined(&Start {
        attributes: attributes(text),
        ..world.wish()
    })
}

/// A chat of these attributes in each of the ways in which a session can stand: it runs; its time has passed;
/// it has ended; it has ended and its attributes were changed since.
fn standings(world: &World) -> Vec<Chat> {
    let expired = chat_with(world, "a=1 b=2");
    world.wait(days(8));
    let running = chat_with(world, "a=1 b=2");
    let ended = chat_with(world, "a=1 b=2");
    world.stop(ended.contact);
    let changed = chat_with(world, "a=0");
    world.stop(changed.contact);
    world.update(changed.contact, "a=1 b=2");
    vec![running, expired, ended, changed]
}

fn troubles() -> [Trouble; 4] {
    [
        Trouble::NotDone,
        Trouble::LostReply,
        Trouble::Repeated,
        Trouble::Throttled,
    ]
}

#[test]
fn row_65_an_update_adds_overwrites_and_removes_keys_whether_the_chat_runs_or_has_ended() {
    let world = World::new();
    for chat in standings(&world) {
        assert_eq!(world.attributes(chat.contact), "a=1 b=2");
        world.update(chat.contact, "b=3 c=4");
        assert_eq!(world.attributes(chat.contact), "a=1 b=3 c=4");
        world.update(chat.contact, "a= c=5 nothing=");
        assert_eq!(world.attributes(chat.contact), "b=3 c=5");
        world.update(chat.contact, "b= c=");
        assert_eq!(world.attributes(chat.contact), "");
        assert_whole(&world, &chat.key);
    }
}

#[test]
fn row_65_any_contact_of_the_session_names_its_attributes() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    // Even one that nothing stands in yet.
    let second = world.transfer(chat.contact);
    world.update(second, "b=2");
    assert_eq!(world.attributes(chat.contact), "a=1 b=2");
    world.stop(second);
    world.update(chat.contact, "c=3");
    assert_eq!(world.attributes(second), "a=1 b=2 c=3");
}

#[test]
fn attributes_of_an_unknown_contact_another_instance_or_a_session_too_old_are_not_found() {
    let world = World::new();
    for chat in standings(&world) {
        let unknown = world.wish().session.session.initial_contact();
        for contact in [unknown, nth(&chat, 1)] {
            assert_eq!(world.try_attributes(contact), Err(NOT_FOUND));
            let refused = Err(UpdateError::Append(NOT_FOUND));
            assert_eq!(world.try_update(contact, "a=2"), refused);
        }
        let (elsewhere, now) = (InstanceId::new("elsewhere").unwrap(), world.now());
        let read = domain::contact_attributes(&world.log, &elsewhere, chat.contact, now);
        assert_eq!(run(read), Err(NOT_FOUND));
    }
}

#[test]
fn past_its_retention_a_session_has_no_attributes_whatever_the_store_has_deleted() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    world.update(chat.contact, "a=2");
    world.stop(chat.contact);
    world.update(chat.contact, "a=3");
    let started = world.records(&chat.key)[0].at;
    let last = Timestamp::from_millis((started + days(731)).as_millis() - 1);
    world.set_clock(last);
    assert_eq!(world.attributes(chat.contact), "a=3");
    world.set_clock(last.next());
    for deleted in 0..32_u32 {
        let aged = world.through(Faults {
            deleted: Box::new(move |_, record| (deleted >> record.slot.n()) & 1 == 1),
            deleted_beside: Box::new(move |_, _| deleted >> 4 == 1),
            ..Faults::default()
        });
        assert_eq!(aged.try_attributes(chat.contact), Err(NOT_FOUND));
        let refused = Err(UpdateError::Append(NOT_FOUND));
        assert_eq!(aged.try_update(chat.contact, "a=4"), refused);
        assert_eq!(aged.log.take_counts().1, 0);
    }
}

#[test]
fn an_update_that_changes_nothing_writes_nothing() {
    let world = World::new();
    for chat in standings(&world) {
        for changes in ["", "a=1", "b=2 a=1", "nothing="] {
            let counted = world.plainly();
            counted.update(chat.contact, changes);
            assert_eq!(counted.log.take_counts(), (3, 0, 1));
        }
    }
}

#[test]
fn attributes_are_refused_beyond_32768_bytes_in_all_and_what_goes_makes_room() {
    let world = World::new();
    for chat in standings(&world) {
        // With the names, and a and b and their values, it is full.
        let most = format!("x=y{}", "é".repeat((Attributes::MAX_BYTES - 6) / 2));
        let more = format!("{most}z");
        for _ in 0..2 {
            let records = world.records(&chat.key).len();
            let counted = world.plainly();
            let refused = counted.try_update(chat.contact, &more);
            assert_eq!(refused, Err(UpdateError::TooLong));
            assert_eq!(counted.log.take_counts().1, 0);
            assert_eq!(world.records(&chat.key).len(), records);
            world.update(chat.contact, &most);
        }
        world.update(chat.contact, &format!("{more} a="));
        assert_eq!(world.attributes(chat.contact), format!("b=2 {more}"));
    }
}

#[test]
fn a_change_while_the_chat_runs_is_a_record_without_an_item_and_one_after_the_end_is_none() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    world.update(chat.contact, "a=2");
    assert_eq!(world.transcript(&chat), ["Jane joined"]);
    world.say(&chat, "hello");
    assert_eq!(world.records(&chat.key).len(), 4);
    world.stop(chat.contact);
    let records = world.records(&chat.key);
    world.update(chat.contact, "a=3");
    assert_eq!(world.records(&chat.key), records);
}

#[test]
fn row_11_an_update_of_a_chat_whose_time_has_passed_writes_its_end_and_goes_beside_it() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    world.wait(days(8));
    assert_eq!(world.attributes(chat.contact), "a=1");
    assert_eq!(world.records(&chat.key).len(), 2, "reading ends nothing");
    world.update(chat.contact, "a=2");
    let records = world.records(&chat.key);
    assert!(records.len() == 3 && records[2].state.has_ended());
    assert_eq!(world.attributes(chat.contact), "a=2");
    let next = world.resume(chat.contact, FromSegment);
    assert_eq!(world.attributes(next.contact), "a=1");
}

#[test]
fn no_update_is_lost_to_another_at_the_same_time_nor_to_the_end() {
    type Act = fn(&World, &Chat);
    let rivals: [Act; 4] = [
        |world, chat| world.update(chat.contact, "b=theirs"),
        |world, chat| {
            world.stop(chat.contact);
            world.update(chat.contact, "b=theirs");
        },
        |world, chat| {
            world.update(chat.contact, "b=theirs");
            world.finish(chat);
        },
        |world, chat| {
            world.wait(days(8));
            world.update(chat.contact, "b=theirs");
        },
    ];
    for (n, rival) in rivals.into_iter().enumerate() {
        for (ended, silent) in [(false, false), (false, true), (true, false), (true, true)] {
            if ended && n > 0 {
                continue;
            }
            at_every_call(|call| {
                let world = World::new();
                let chat = chat_with(&world, "a=1 b=2");
                if ended {
                    world.stop(chat.contact);
                }
                let (elsewhere, of) = (world.plainly(), chat.clone());
                let mut faults = Faults::before(call, move || rival(&elsewhere, &of));
                faults.silent = silent;
                let shaky = world.through(faults);
                shaky.update(chat.contact, "a=ours");
                let calls = shaky.log.calls().len();
                if calls >= call {
                    assert_eq!(world.attributes(chat.contact), "a=ours b=theirs");
                }
                assert_whole(&world, &chat.key);
                calls
            });
        }
    }
}

#[test]
fn a_retry_after_whatever_went_wrong_leaves_the_attributes_as_wished_and_is_written_once() {
    for standing in 0..4 {
        for trouble in troubles() {
            at_every_call(|n| {
                let world = World::new();
                let chat = standings(&world).remove(standing);
                let shaky = world.through(Faults::at(n, trouble.clone()));
                let first = shaky.try_update(chat.contact, "a=3 b=");
                let known = matches!(
                    first,
                    Ok(())
                        | Err(UpdateError::Append(AppendError::Log(
                            LogError::Throttled | LogError::Unavailable(_)
                        )))
                );
                assert!(known, "{first:?}");
                if first.is_ok() {
                    assert_eq!(world.attributes(chat.contact), "a=3");
                }
                let again = world.plainly();
                again.update(chat.contact, "a=3 b=");
                assert_eq!(world.attributes(chat.contact), "a=3");
                if matches!(trouble, Trouble::LostReply | Trouble::Repeated) && first.is_ok() {
                    assert_eq!(again.log.take_counts(), (3, 0, 1));
                }
                assert_whole(&world, &chat.key);
                shaky.log.calls().len()
            });
        }
    }
}

#[test]
fn stale_reads_change_nothing_about_attributes() {
    let world = World::new();
    for chat in standings(&world) {
        for unseen in [1, 2, 3, u64::MAX] {
            let stale = world.through(Faults::unseen(unseen));
            assert_eq!(stale.attributes(chat.contact), "a=1 b=2");
            stale.update(chat.contact, "a=3");
            assert_eq!(world.attributes(chat.contact), "a=3 b=2");
            stale.update(chat.contact, "a=1");
        }
    }
}

#[test]
fn a_change_that_is_overtaken_again_and_again_goes_on_while_there_is_time_and_else_has_changed_nothing()
 {
    for (overtaken, pauses, ended) in [(20, 20, false), (8, 7, false), (20, 20, true), (8, 7, true)]
    {
        let world = World::new();
        let chat = chat_with(&world, "a=1");
        if ended {
            world.stop(chat.contact);
        }
        let (elsewhere, of) = (world.plainly(), chat.contact);
        let turns = AtomicUsize::new(0);
        let act = Arc::new(move || {
            let turn = turns.fetch_add(1, SeqCst);
            elsewhere.update(of, &format!("b={turn}"));
        });
        let mut times = 0;
        let unlucky = world.through(Faults {
            trouble: Box::new(move |_, call| {
                // Just before it is written: in the log, while the window is read.
                let now = match call {
                    Call::Read(_, read) => !ended && read.limit > 1,
                    call => ended && call.is_put(),
                };
                times += usize::from(now);
                (now && times <= overtaken).then(|| Trouble::Meanwhile(act.clone()))
            }),
            pauses,
            ..Faults::default()
        });
        let answer = unlucky.try_update(chat.contact, "a=ours");
        let won = world.attributes(chat.contact).starts_with("a=ours");
        assert_eq!(unlucky.log.pauses().len(), overtaken);
        assert_eq!(answer.is_ok(), pauses == overtaken);
        assert_eq!(won, pauses == overtaken);
        if pauses < overtaken {
            assert_eq!(answer, Err(UpdateError::Append(AppendError::Contended)));
        }
    }
}

#[test]
fn what_is_copied_is_the_attributes_at_the_end_of_the_contact_that_is_continued() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    world.update(chat.contact, "b=2");
    let second = world.transfer(chat.contact);
    world.update(chat.contact, "c=3");
    world.stop(second);
    world.update(chat.contact, "d=late a=");
    let shown = |world: &World, source: ContactId, how| {
        let wish = Start {
            attributes: attributes("b=own"),
            ..world.wish_to_resume(source, how)
        };
        world.attributes(world.open(&wish).contact)
    };
    for (source, how, expected) in [
        (chat.contact, FromSegment, "a=1 b=own"),
        (second, FromSegment, "a=1 b=own c=3"),
        (chat.contact, EntirePastSession, "a=1 b=own c=3"),
    ] {
        assert_eq!(shown(&world, source, how), expected);
        let stale = world.through(Faults::unseen(u64::MAX));
        assert_eq!(shown(&stale, source, how), expected);
    }
    assert_eq!(world.attributes(chat.contact), "b=2 c=3 d=late");
}

#[test]
fn attributes_of_a_contact_after_the_continued_one_never_make_it_too_heavy() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    let second = world.transfer(chat.contact);
    let heavy = "x".repeat(Attributes::MAX_BYTES - 2);
    world.update(second, &format!("a= b={heavy}"));
    world.stop(second);
    let wish = |source, how| Start {
        attributes: attributes("own=1"),
        ..world.wish_to_resume(source, how)
    };
    let first = world.open(&wish(chat.contact, FromSegment));
    assert_eq!(world.attributes(first.contact), "a=1 own=1");
    for (source, how) in [(second, FromSegment), (chat.contact, EntirePastSession)] {
        let too_long = StartRefusal::Source(SourceRefusal::AttributesTooLong);
        let refused = Err(StartError::Refused(too_long));
        assert_eq!(world.try_open(&wish(source, how)), refused);
    }
}

#[test]
fn reading_attributes_is_three_reads_at_once_and_a_fourth_where_they_stand_in_between() {
    let world = World::new();
    let chat = chat_with(&world, "a=1");
    let cost = |act: &dyn Fn(&World)| {
        let counted = world.plainly();
        act(&counted);
        counted.log.take_counts()
    };
    let read = |world: &World| drop(world.attributes(chat.contact));
    assert_eq!(cost(&read), (3, 0, 1));
    assert_eq!(cost(&|world| world.update(chat.contact, "a=2")), (4, 1, 3));
    assert_eq!(cost(&read), (3, 0, 1), "the last record holds them");
    world.say(&chat, "hello");
    assert_eq!(cost(&read), (4, 0, 2));
    assert_eq!(cost(&|world| world.update(chat.contact, "a=3")), (5, 1, 4));
    world.stop(chat.contact);
    assert_eq!(cost(&read), (4, 0, 2));
    assert_eq!(cost(&|world| world.update(chat.contact, "a=4")), (4, 1, 3));
    assert_eq!(cost(&read), (3, 0, 1), "beside the log");
    assert_eq!(cost(&|world| world.update(chat.contact, "a=5")), (3, 1, 2));
}
