//! Associations that are refused: for the chat, for what it shows already, and for the source.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, AssociateError, Association, Attributes, CustomerId, InstanceId, Refusal,
    SourceRefusal, Start, Starter, days,
};

use super::{no_source, refused};
use crate::stage::{Call, World, attributes, key, nth, run};

fn owned(world: &World, owner: Option<&str>) -> Start {
    let customer = owner.map(|id| CustomerId(id.to_owned()));
    Start {
        starter: Starter::Backend(customer),
        ..world.wish()
    }
}

#[test]
fn row_8_a_second_association_is_refused_and_so_is_one_on_a_chat_that_was_started_as_persistent() {
    let world = World::new();
    let (source, other) = (world.past(&["one"]), world.past(&["two"]));
    let chat = world.chat();
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    let persistent = world.resume(source.contact, FromSegment);
    let linked = refused(Refusal::AlreadyLinked);
    for chat in [&chat, &persistent] {
        let records = world.records(&chat.key);
        for (source, how) in [
            (other.contact, FromSegment),
            (source.contact, EntirePastSession),
        ] {
            let answer = world.try_associate(chat.contact, source, how);
            assert_eq!(answer, linked);
        }
        assert_eq!(world.records(&chat.key), records);
    }
    // Even by the very source that it was started with.
    let again = world.try_associate(persistent.contact, source.contact, FromSegment);
    assert_eq!(again, linked);
    // What is wrong with the source comes after that.
    let unknown = world.wish().session.session.initial_contact();
    let answer = world.try_associate(chat.contact, unknown, FromSegment);
    assert_eq!(answer, linked);
}

#[test]
fn row_8a_the_owners_of_chat_and_source_must_agree_and_a_foreign_source_is_as_one_that_is_missing()
{
    let world = World::new();
    let owners = [None, Some("jane"), Some("joe")];
    for theirs in owners {
        let source = world.joined(&owned(&world, theirs));
        world.stop(source.contact);
        for own in owners {
            let chat = world.joined(&owned(&world, own));
            let ask = |contact, how| {
                let counted = world.plainly();
                let answer = counted.try_associate(chat.contact, contact, how);
                let reads = counted.log.calls().into_iter().map(|call| match call {
                    Call::Read(_, read) => Some(read),
                    _ => None,
                });
                (answer, reads.collect::<Vec<_>>())
            };
            let unknown = world.wish().session.session.initial_contact();
            let missing = ask(unknown, FromSegment);
            assert_eq!(missing.0, no_source(SourceRefusal::NotFound));
            if own == theirs {
                assert_eq!(ask(source.contact, FromSegment).0, Ok(source.contact));
            } else {
                assert_eq!(ask(source.contact, FromSegment), missing);
                assert_eq!(ask(source.contact, EntirePastSession), missing);
                assert_eq!(world.records(&chat.key).len(), 2);
            }
        }
    }
}

#[test]
fn a_chat_that_does_not_exist_is_not_found_and_one_that_has_ended_is_refused() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    let not_found = Err(AssociateError::Append(AppendError::NotFound));
    let unknown = world.wish().session.session.initial_contact();
    for contact in [unknown, nth(&chat, 1)] {
        let answer = world.try_associate(contact, source.contact, FromSegment);
        assert_eq!(answer, not_found);
    }
    let association = Association {
        contact: chat.contact,
        source: source.contact,
        rehydration: FromSegment,
    };
    let elsewhere = InstanceId::new("elsewhere").unwrap();
    let (token, now) = (key("token"), world.now());
    let answer = domain::associate(&world.log, &elsewhere, association, token, now);
    assert_eq!(run(answer), not_found);

    let second = world.transfer(chat.contact);
    world.stop(second);
    for contact in [chat.contact, second] {
        let answer = world.try_associate(contact, source.contact, FromSegment);
        assert_eq!(answer, refused(Refusal::Ended));
    }
    let started = world.records(&chat.key)[0].at;
    world.set_clock(started + days(731));
    let answer = world.try_associate(chat.contact, source.contact, FromSegment);
    assert_eq!(answer, not_found);
}

#[test]
fn row_11_a_chat_whose_time_has_passed_is_ended_by_an_association_and_its_source_left_alone() {
    let world = World::new();
    let (source, chat) = (world.chat(), world.chat());
    world.wait(days(8));
    let answer = world.try_associate(chat.contact, source.contact, FromSegment);
    assert_eq!(answer, refused(Refusal::Ended));
    assert!(world.records(&chat.key).pop().unwrap().state.has_ended());
    assert!(!world.records(&source.key).pop().unwrap().state.has_ended());
}

#[test]
fn refusals_of_a_source_are_those_of_a_persistent_start_and_nothing_is_written() {
    let world = World::new();
    let chat = world.chat();
    let active = world.chat();
    let ended = world.chat();
    let second = world.transfer(ended.contact);
    world.stop(second);
    let old = world.past(&["old"]);
    let heavy = world.joined(&Start {
        attributes: attributes(&format!("x={}", "y".repeat(Attributes::MAX_BYTES - 1))),
        ..world.wish()
    });
    world.stop(heavy.contact);
    world.update(chat.contact, "a=1");
    let records = world.records(&chat.key);
    let initial = ended.contact;
    let still = |active| SourceRefusal::StillActive { active };
    for (source, how, refusal) in [
        (active.contact, FromSegment, still(active.contact)),
        (active.contact, EntirePastSession, still(active.contact)),
        // The chat itself is no past of its own.
        (chat.contact, FromSegment, still(chat.contact)),
        (chat.contact, EntirePastSession, still(chat.contact)),
        (nth(&ended, 2), FromSegment, SourceRefusal::NotFound),
        (
            second,
            EntirePastSession,
            SourceRefusal::NotInitial { initial },
        ),
        (heavy.contact, FromSegment, SourceRefusal::AttributesTooLong),
    ] {
        let answer = world.try_associate(chat.contact, source, how);
        assert_eq!(answer, no_source(refusal));
    }
    assert_eq!(world.records(&chat.key), records);
    // Older than it may be, while the chat that asks is not.
    let started = world.records(&old.key)[0].at;
    world.set_clock(started + days(731));
    let young = world.chat();
    let answer = world.try_associate(young.contact, old.contact, FromSegment);
    assert_eq!(answer, no_source(SourceRefusal::NotFound));
}
