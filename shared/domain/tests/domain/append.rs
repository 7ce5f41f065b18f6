//! Adding to a log: retries, lost slots, stale reads.

use domain::{
    AppendError, Consistency, ContactId, LogError, Ordinal, Outcome, Refusal, Stopped, days,
};

use crate::stage::{Call, Chat, Faults, Trouble, World, assert_whole, key};

/// Says `count` other things.
fn others(world: &World, chat: &Chat, count: usize) {
    for n in 0..count {
        world.say(chat, &format!("other {n}"));
    }
}

#[test]
fn a_retried_message_among_the_newest_32_records_gets_its_first_answer() {
    for between in [0, 1, 30, 31] {
        let world = World::new();
        let chat = world.chat();
        let first = world.try_say(&chat, "hello", key("token")).unwrap();
        others(&world, &chat, between);
        assert_eq!(world.try_say(&chat, "hello", key("token")), Ok(first));
        assert_eq!(world.times_said(&chat, "hello"), 1);
    }
}

#[test]
fn a_retried_message_gets_its_first_answer_even_after_the_end() {
    for between in [0, 30] {
        let world = World::new();
        let chat = world.chat();
        let first = world.try_say(&chat, "hello", key("token")).unwrap();
        others(&world, &chat, between);
        world.stop(chat.contact);
        assert_eq!(world.try_say(&chat, "hello", key("token")), Ok(first));
        assert_eq!(
            world.try_say(&chat, "something new", key("another")),
            Err(AppendError::Refused(Refusal::Ended))
        );
        assert_whole(&world, &chat.key);
    }
}

#[test]
fn after_32_other_records_a_retry_is_a_new_message_and_after_the_end_it_is_refused() {
    let world = World::new();
    let chat = world.chat();
    let first = world.try_say(&chat, "hello", key("token")).unwrap();
    others(&world, &chat, 32);
    let second = world.try_say(&chat, "hello", key("token")).unwrap();
    assert!(second.id > first.id);
    assert_eq!(world.times_said(&chat, "hello"), 2);

    others(&world, &chat, 31);
    world.stop(chat.contact);
    let third = world.try_say(&chat, "hello", key("token"));
    assert_eq!(third, Err(AppendError::Refused(Refusal::Ended)));
}

#[test]
fn the_window_is_searched_in_as_many_reads_as_the_store_needs_to_show_it() {
    let world = World::new();
    let chat = world.chat();
    let first = world.try_say(&chat, "hello", key("token")).unwrap();
    others(&world, &chat, 31);
    for cut_after in [1, 5, 31, 32] {
        let faults = Faults {
            cut_after,
            ..Faults::default()
        };
        let sparing = world.through(faults);
        assert_eq!(sparing.try_say(&chat, "hello", key("token")), Ok(first));
        assert_eq!(sparing.log.calls().len(), 32_usize.div_ceil(cut_after));
    }
}

#[test]
fn other_keys_are_other_messages_even_if_they_say_the_same() {
    let world = World::new();
    let chat = world.chat();
    let one = world.try_say(&chat, "hello", key("one")).unwrap();
    let two = world.try_say(&chat, "hello", key("two")).unwrap();
    assert!(one.id != two.id);
    assert_eq!(world.times_said(&chat, "hello"), 2);
}

#[test]
fn a_retried_leave_is_answered_as_before_and_any_other_after_the_end_is_refused() {
    let world = World::new();
    let chat = world.chat();
    assert_eq!(world.try_leave(&chat, key("bye")), Ok(Outcome::Written));
    assert_eq!(world.try_leave(&chat, key("bye")), Ok(Outcome::Replayed));
    let another = world.try_leave(&chat, key("another"));
    assert_eq!(another, Err(AppendError::Refused(Refusal::Ended)));
    assert_eq!(world.records(&chat.key).len(), 3);
}

#[test]
fn a_retried_transfer_names_the_same_new_contact_whatever_has_happened_since() {
    let world = World::new();
    let chat = world.chat();
    let first = world.try_transfer(chat.contact, key("move")).unwrap();
    let third = world.transfer(first.contact);
    assert_eq!(world.try_transfer(chat.contact, key("move")), Ok(first));
    world.stop(third);
    assert_eq!(world.try_transfer(chat.contact, key("move")), Ok(first));
}

#[test]
fn a_stop_whose_put_meets_itself_has_ended_the_session() {
    let world = World::new();
    let chat = world.chat();
    let repeated = world.through(Faults::at(2, Trouble::Repeated));
    assert_eq!(repeated.try_stop(chat.contact), Ok(Stopped::Ended));
    assert_eq!(world.try_stop(chat.contact), Ok(Stopped::Already));
}

#[test]
fn a_retry_that_meets_its_first_attempt_in_the_slot_is_answered_from_it() {
    // The first attempt is still under way while the second reads: it lands just before its put.
    for silent in [false, true] {
        let world = World::new();
        let chat = world.chat();
        let (elsewhere, of) = (world.plainly(), chat.clone());
        let mut faults = Faults::before(2, move || {
            elsewhere.try_say(&of, "hello", key("token")).unwrap();
            elsewhere.stop(of.contact);
        });
        faults.silent = silent;
        let second = world.through(faults).try_say(&chat, "hello", key("token"));
        assert_eq!(second, world.try_say(&chat, "hello", key("token")));
        assert_eq!(world.times_said(&chat, "hello"), 1);
    }
}

#[test]
fn throttling_and_lost_replies_are_passed_on_as_they_are() {
    for n in [1, 2] {
        let world = World::new();
        let chat = world.chat();
        let throttled = world.through(Faults::at(n, Trouble::Throttled));
        let answer = throttled.try_say(&chat, "hello", key("token"));
        assert_eq!(answer, Err(AppendError::Log(LogError::Throttled)));
        let lost = world.through(Faults::at(n, Trouble::LostReply));
        let answer = lost.try_say(&chat, "hello", key("token"));
        let unavailable = |error| matches!(error, AppendError::Log(LogError::Unavailable(_)));
        assert!(answer.is_err_and(unavailable));
    }
}

#[test]
fn nothing_is_written_to_a_session_that_does_not_exist_or_no_longer_does() {
    let world = World::new();
    let nobody = Chat {
        key: world.wish().session,
        ..world.chat()
    };
    let not_found = Err(AppendError::NotFound);
    assert_eq!(world.try_say(&nobody, "hello", key("token")), not_found);
    assert_eq!(world.records(&nobody.key), []);

    let chat = world.chat();
    let said = world.try_say(&chat, "hello", key("token"));
    world.wait(days(731));
    assert!(said.is_ok());
    assert_eq!(world.try_say(&chat, "hello", key("token")), not_found);
    assert_eq!(world.try_stop(chat.contact), Err(AppendError::NotFound));
    assert_eq!(world.records(&chat.key).len(), 3);
}

#[test]
fn a_session_past_its_retention_is_absent_however_much_of_it_the_store_has_deleted() {
    let world = World::new();
    let chat = world.past(&["one", "two", "three"]);
    world.wait(days(731));
    for deleted in 0..32_u32 {
        let faults = Faults {
            deleted: Box::new(move |_, record| (deleted >> record.slot.n()) & 1 == 1),
            ..Faults::default()
        };
        let aged = world.through(faults);
        assert_eq!(aged.try_stop(chat.contact), Err(AppendError::NotFound));
    }
}

#[test]
fn a_stale_read_never_causes_an_answer_that_a_strong_read_would_not_give() {
    type Past = fn(&World, &Chat);
    let pasts: [Past; 6] = [
        |_, _| {},
        |world, chat| others(world, chat, 3),
        |world, chat| {
            world.try_join(chat).unwrap();
            let second = world.transfer(chat.contact);
            world.say(chat, "hello");
            world.transfer(second);
        },
        |world, chat| world.leave(chat),
        |world, chat| {
            others(world, chat, 1);
            let second = world.transfer(chat.contact);
            world.stop(second);
        },
        |world, chat| {
            world.try_say(chat, "hello", key("token")).unwrap();
            world.transfer(chat.contact);
            world.leave(chat);
        },
    ];
    type Wish = fn(&World, &Chat) -> String;
    let wishes: [Wish; 8] = [
        |world, chat| format!("{:?}", world.try_say(chat, "hello", key("token"))),
        |world, chat| format!("{:?}", world.try_leave(chat, key("bye"))),
        |world, chat| format!("{:?}", world.try_join(chat).map(|joined| joined.state)),
        |world, chat| format!("{:?}", world.try_stop(nth(chat, 0))),
        |world, chat| format!("{:?}", world.try_stop(nth(chat, 1))),
        |world, chat| format!("{:?}", world.try_stop(nth(chat, 2))),
        |world, chat| format!("{:?}", world.try_transfer(nth(chat, 0), key("move"))),
        |world, chat| format!("{:?}", world.try_transfer(nth(chat, 1), key("move"))),
    ];
    for past in pasts {
        for wish in wishes {
            let answer = |unseen: u64| {
                let world = World::new();
                let chat = world.open(&world.wish());
                past(&world, &chat);
                let answer = wish(&world.through(Faults::unseen(unseen)), &chat);
                assert_whole(&world, &chat.key);
                (answer, world.records(&chat.key))
            };
            let strong = answer(0);
            for unseen in 1..64 {
                assert_eq!(answer(unseen), strong);
            }
            assert_eq!(answer(u64::MAX), strong);
        }
    }

    fn nth(chat: &Chat, n: u16) -> ContactId {
        ContactId::new(chat.key.session, Ordinal::new(n).unwrap())
    }
}

#[test]
fn a_sender_who_has_left_by_a_record_not_seen_yet_is_refused_in_the_end() {
    // The other direction: a stale read must not cause an acceptance either.
    let world = World::new();
    let chat = world.chat();
    world.leave(&chat);
    let stale = world.through(Faults::unseen(1));
    let refused = stale.try_say(&chat, "hello", key("token"));
    assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
    // Its put told it so: nothing was read twice.
    assert_eq!(stale.log.take_counts(), (1, 1, 2));
}

#[test]
fn a_refusal_that_can_change_is_confirmed_by_a_strong_read_and_a_final_one_is_not() {
    let world = World::new();
    let chat = world.chat();
    let stranger = Chat {
        customer: world.participant(),
        ..chat.clone()
    };
    let consistencies = |world: &World| -> Vec<Consistency> {
        let calls = world.log.calls().into_iter();
        calls
            .map(|call| match call {
                Call::Read(_, read) => read.consistency,
                _ => panic!("nothing is written"),
            })
            .collect()
    };
    let first = world.plainly();
    let refused = first.try_say(&stranger, "hello", key("token"));
    let unknown = Err(AppendError::Refused(Refusal::NotAParticipant));
    assert_eq!(refused, unknown);
    assert_eq!(
        consistencies(&first),
        [Consistency::Eventual, Consistency::Strong]
    );

    world.stop(chat.contact);
    let second = world.plainly();
    let refused = second.try_say(&chat, "hello", key("token"));
    assert_eq!(refused, Err(AppendError::Refused(Refusal::Ended)));
    assert_eq!(consistencies(&second), [Consistency::Eventual]);
}
