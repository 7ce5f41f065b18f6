//! The source of a persistent chat: which contact is continued, what comes back, and when it is refused.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, Attributes, ContactId, CustomerId, InstanceId, Ordinal, Refusal, Rehydration,
    SessionKey, SourceRefusal, Start, StartError, StartRefusal, Starter, Stopped, Timestamp, days,
};

use crate::stage::{Call, Chat, Faults, World, at_every_call, key, run};

fn refusal(world: &World, source: ContactId, how: Rehydration) -> SourceRefusal {
    match world.try_open(&world.wish_to_resume(source, how)) {
        Err(StartError::Refused(StartRefusal::Source(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

fn nth(chat: &Chat, n: u16) -> ContactId {
    ContactId::new(chat.key.session, Ordinal::new(n).unwrap())
}

/// The past that a chat shows, newest contact first, in the manner of the worked example.
fn past_contacts(world: &World, chat: &Chat) -> Vec<ContactId> {
    let mut contacts: Vec<_> = world.items(chat).iter().map(|item| item.contact).collect();
    contacts.dedup();
    contacts.reverse();
    contacts
}

#[test]
fn row_1_a_source_is_refused_while_any_contact_of_its_session_is_active_and_that_one_is_named() {
    let world = World::new();
    let chat = world.chat();
    let active = |contact| SourceRefusal::StillActive { active: contact };
    for how in [FromSegment, EntirePastSession] {
        assert_eq!(refusal(&world, chat.contact, how), active(chat.contact));
    }
    // A contact that has nothing to show yet is as active as any other.
    let second = world.transfer(chat.contact);
    for says_something in [false, true] {
        if says_something {
            world.say(&chat, "hello");
        }
        assert_eq!(refusal(&world, chat.contact, FromSegment), active(second));
        assert_eq!(
            refusal(&world, chat.contact, EntirePastSession),
            active(second)
        );
        assert_eq!(refusal(&world, second, FromSegment), active(second));
    }
}

#[test]
fn row_2_a_source_that_is_unknown_of_another_instance_or_too_old_is_not_found() {
    let world = World::new();
    let source = world.past(&["one"]);
    for how in [FromSegment, EntirePastSession] {
        let unknown = world.wish().session.session.initial_contact();
        assert_eq!(refusal(&world, unknown, how), SourceRefusal::NotFound);
        // A contact that its session never had.
        assert_eq!(
            refusal(&world, nth(&source, 1), how),
            SourceRefusal::NotFound
        );
        let elsewhere = SessionKey {
            instance: InstanceId::new("elsewhere").unwrap(),
            ..world.wish().session
        };
        let wish = Start {
            session: elsewhere,
            ..world.wish_to_resume(source.contact, how)
        };
        let not_found = StartRefusal::Source(SourceRefusal::NotFound);
        assert_eq!(world.try_open(&wish), Err(StartError::Refused(not_found)));
    }
    let started = world.records(&source.key)[0].at;
    world.set_clock(Timestamp::from_millis(
        (started + days(731)).as_millis() - 1,
    ));
    world.resume(source.contact, FromSegment);
    world.set_clock(started + days(731));
    for how in [FromSegment, EntirePastSession] {
        assert_eq!(
            refusal(&world, source.contact, how),
            SourceRefusal::NotFound
        );
    }
}

#[test]
fn row_2_a_source_past_its_retention_is_not_found_however_much_the_store_has_deleted() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world.say(&chat, "one");
    world.stop(second);
    world.wait(days(731));
    for deleted in 0..32_u32 {
        let number = |slot: domain::Slot| slot.n() + 3 * u32::from(slot.ordinal().get());
        let aged = world.through(Faults {
            deleted: Box::new(move |_, record| (deleted >> number(record.slot)) & 1 == 1),
            ..Faults::default()
        });
        for source in [chat.contact, second] {
            assert_eq!(refusal(&aged, source, FromSegment), SourceRefusal::NotFound);
        }
    }
}

#[test]
fn row_3_the_entire_session_is_asked_for_by_its_initial_contact_and_a_refusal_names_it() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world.stop(second);
    let initial = chat.contact;
    assert_eq!(
        refusal(&world, second, EntirePastSession),
        SourceRefusal::NotInitial { initial }
    );
    world.resume(initial, EntirePastSession);
}

#[test]
fn refusals_of_a_source_come_in_one_order_and_before_anything_is_written() {
    let world = World::new();
    let jane = Starter::Customer(CustomerId("jane".to_owned()));
    let heavy = Attributes([("key".to_owned(), "x".repeat(32_768))].into());
    let source = world.joined(&Start {
        starter: jane.clone(),
        ..world.wish()
    });
    let second = world.transfer(source.contact);
    world.wait(days(8));
    let asks = |starter, contact, attributes: &Attributes| {
        let wish = Start {
            starter,
            attributes: attributes.clone(),
            ..world.wish_to_resume(contact, EntirePastSession)
        };
        world.try_open(&wish).map(drop)
    };
    let refused = |refusal| Err(StartError::Refused(StartRefusal::Source(refusal)));
    let none = Attributes::default();
    // Everything is wrong; then all but the owner, all but owner and contact, and at last nothing.
    let initial = source.contact;
    let foreign = asks(Starter::Anonymous, second, &heavy);
    assert_eq!(foreign, refused(SourceRefusal::NotFound));
    let not_initial = asks(jane.clone(), second, &heavy);
    assert_eq!(not_initial, refused(SourceRefusal::NotInitial { initial }));
    let too_long = asks(jane.clone(), initial, &heavy);
    assert_eq!(too_long, refused(SourceRefusal::AttributesTooLong));
    assert_eq!(world.records(&source.key).len(), 3);
    assert_eq!(asks(jane, initial, &none), Ok(()));
    assert_eq!(world.records(&source.key).len(), 4);
}

#[test]
fn row_4_of_an_entire_session_the_last_contact_is_the_one_continued() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    let third = world.transfer(second);
    world.stop(third);
    let next = world.resume(chat.contact, EntirePastSession);
    assert_eq!(next.continued_from, Some(third));
}

#[test]
fn row_7_one_source_is_continued_twice_at_once_and_makes_two_independent_chats() {
    at_every_call(|n| {
        let world = World::new();
        let source = world.past(&["before"]);
        let (elsewhere, contact) = (world.plainly(), source.contact);
        let shaky = world.through(Faults::before(n, move || {
            let other = elsewhere.wish_to_resume(contact, EntirePastSession);
            let other = elsewhere.joined(&other);
            elsewhere.say(&other, "other chat");
        }));
        let one = shaky.resume(source.contact, FromSegment);
        let calls = shaky.log.calls().len();
        world.try_join(&one).unwrap();
        assert_eq!(
            world.transcript(&one),
            ["Jane joined", "Jane: before", "ended", "Jane joined"]
        );
        calls
    });
}

#[test]
fn row_9_a_source_may_be_continued_at_once_after_its_end() {
    let world = World::new();
    let chat = world.chat();
    world.leave(&chat);
    // Not a millisecond later, and from a store that has not yet spread the news.
    let stale = world.through(Faults::unseen(u64::MAX));
    let next = stale.resume(chat.contact, FromSegment);
    assert_eq!(
        world.transcript(&next),
        ["Jane joined", "Jane left", "ended"]
    );
}

/// C1, then C2 in which the agent's part ends, then C3, the survey; then the end.
fn worked_example(world: &World) -> (Chat, [ContactId; 3]) {
    let chat = world.chat();
    world.say(&chat, "in C1");
    let second = world.transfer(chat.contact);
    world.say(&chat, "in C2");
    let third = world.transfer(second);
    world.say(&chat, "in C3");
    world.leave(&chat);
    let contacts = [chat.contact, second, third];
    (chat, contacts)
}

#[test]
fn the_worked_example_of_the_documents_comes_out_as_documented() {
    let world = World::new();
    let (_, [c1, c2, c3]) = worked_example(&world);
    for (source, how, continued, past) in [
        (c2, FromSegment, c2, vec![c2, c1]),
        (c1, EntirePastSession, c3, vec![c3, c2, c1]),
        (c1, FromSegment, c1, vec![c1]),
        (c3, FromSegment, c3, vec![c3, c2, c1]),
    ] {
        let chat = world.resume(source, how);
        assert_eq!(chat.continued_from, Some(continued));
        assert_eq!(past_contacts(&world, &chat), past);
    }
}

#[test]
fn from_segment_hides_later_contacts_and_shows_its_own_to_the_transfer_that_closed_it() {
    let world = World::new();
    let (_, [c1, c2, _]) = worked_example(&world);
    let first = ["Jane joined", "Jane: in C1", "transferred"];
    let second = ["Jane: in C2", "transferred"];
    let third = ["Jane: in C3", "Jane left", "ended"];
    let shown = |source, how| world.transcript(&world.resume(source, how));
    assert_eq!(shown(c1, FromSegment), first);
    assert_eq!(shown(c2, FromSegment), [&first[..], &second].concat());
    let all = [&first[..], &second, &third].concat();
    assert_eq!(shown(c1, EntirePastSession), all);
}

#[test]
fn a_last_contact_that_holds_nothing_but_the_end_is_a_source_like_any_other() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world.stop(second);
    let all = ["Jane joined", "transferred", "ended"];
    for (source, how, shown) in [
        (second, FromSegment, &all[..]),
        (chat.contact, EntirePastSession, &all),
        (chat.contact, FromSegment, &all[..2]),
    ] {
        let next = world.resume(source, how);
        assert_eq!(world.transcript(&next), shown);
    }
}

#[test]
fn a_last_contact_without_any_record_is_continued_once_the_session_has_ended_by_time() {
    for from_last in [false, true] {
        let world = World::new();
        let chat = world.chat();
        let second = world.transfer(chat.contact);
        world.wait(days(8));
        let source = if from_last { second } else { chat.contact };
        let next = world.resume(source, FromSegment);
        let shown = world.transcript(&next);
        let all = ["Jane joined", "transferred", "ended"];
        assert_eq!(shown, all[..if from_last { 3 } else { 2 }]);
    }
}

#[test]
fn a_source_that_is_transferred_and_ended_while_it_is_read_is_shown_whole_or_refused() {
    for how in [FromSegment, EntirePastSession] {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            let (elsewhere, of) = (world.plainly(), chat.clone());
            let shaky = world.through(Faults::before(n, move || {
                let second = elsewhere.transfer(of.contact);
                elsewhere.say(&of, "in the second contact");
                elsewhere.stop(second);
            }));
            let wish = world.wish_to_resume(chat.contact, how);
            if let Ok(opened) = shaky.try_open(&wish) {
                let next = Chat {
                    key: wish.session.clone(),
                    contact: opened.contact,
                    customer: opened.participant,
                    continued_from: opened.continued_from,
                };
                let all = [
                    "Jane joined",
                    "transferred",
                    "Jane: in the second contact",
                    "ended",
                ];
                let shown = if how == FromSegment { 2 } else { 4 };
                assert_eq!(world.transcript(&next), all[..shown]);
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn a_source_is_read_in_three_reads_side_by_side_and_a_refusal_reads_only_the_chat_of_its_own_token()
{
    let world = World::new();
    let source = world.chat();
    let visitor = world.plainly();
    let wish = world.wish_to_resume(source.contact, FromSegment);
    visitor.try_open(&wish).unwrap_err();
    let sessions: Vec<_> = visitor.log.calls().into_iter().map(Call::session).collect();
    let (theirs, own) = (source.key.session, wish.session.session);
    assert_eq!(sessions, [theirs, theirs, theirs, own]);
    assert_eq!(visitor.log.take_counts(), (4, 0, 2));
}

#[test]
fn row_40_stopping_what_has_ended_or_an_earlier_contact_changes_nothing() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    assert_eq!(world.try_stop(chat.contact), Ok(Stopped::Already));
    world.say(&chat, "still running");
    world.stop(second);
    let records = world.records(&chat.key);
    for contact in [chat.contact, second] {
        assert_eq!(world.try_stop(contact), Ok(Stopped::Already));
    }
    assert_eq!(world.records(&chat.key), records);
}

#[test]
fn row_40_stopping_an_unknown_contact_or_one_of_another_instance_is_refused() {
    let world = World::new();
    let chat = world.chat();
    let unknown = world.wish().session.session.initial_contact();
    assert_eq!(world.try_stop(unknown), Err(AppendError::NotFound));
    let refused = Err(AppendError::Refused(Refusal::UnknownContact));
    assert_eq!(world.try_stop(nth(&chat, 1)), refused);
    let elsewhere = InstanceId::new("elsewhere").unwrap();
    let (token, now) = (key("token"), world.now());
    let stop = domain::stop(&world.log, &elsewhere, chat.contact, token, now);
    assert_eq!(run(stop), Err(AppendError::NotFound));
    world.say(&chat, "still running");
}

#[test]
fn row_40a_a_contact_that_has_ended_is_not_transferred() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    let transfer = |contact| world.try_transfer(contact, world.fresh_key());
    let refused = |refusal| Err(AppendError::Refused(refusal));
    let ended = Refusal::ContactEnded { active: second };
    assert_eq!(transfer(chat.contact), refused(ended));
    world.stop(second);
    assert_eq!(transfer(chat.contact), refused(Refusal::Ended));
    assert_eq!(transfer(second), refused(Refusal::Ended));
    assert_eq!(transfer(nth(&chat, 2)), refused(Refusal::UnknownContact));
}
