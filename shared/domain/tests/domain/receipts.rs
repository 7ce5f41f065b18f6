//! SendEvent: receipts that are kept beside the log, and events that are not kept at all.

use domain::ReceiptKind::{self, Delivered, Read};
use domain::Rehydration::EntirePastSession;
use domain::transcript::Received;
use domain::{
    AppendError, Event, EventError, ItemId, Ordinal, Refusal, Role, Sent, Slot, Timestamp, days,
    minutes, seconds,
};

use crate::stage::{Chat, Faults, Trouble, World, assert_whole, at_every_call};

/// A chat in which Jane has said "hello", and Ann's view of it.
fn with_ann(world: &World) -> (Chat, Chat, Sent) {
    let jane = world.chat();
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    let hello = world.say(&jane, "hello");
    (jane, ann, hello)
}

/// Whom a message has reached, as the chat's readers see it.
fn received(world: &World, chat: &Chat, message: ItemId) -> Vec<Received> {
    let pages = world.plainly().pages(&chat.newest());
    let mut lists = pages
        .into_iter()
        .filter_map(|mut page| page.receipts.remove(&message));
    lists.next().unwrap_or_default()
}

fn receipt(message: Option<ItemId>, kind: ReceiptKind) -> Event {
    Event::Receipt { message, kind }
}

fn refused(refusal: Refusal) -> Result<Sent, EventError> {
    Err(EventError::Append(AppendError::Refused(refusal)))
}

#[test]
fn a_message_shows_whom_it_has_reached_and_when_it_was_delivered_and_read() {
    let world = World::new();
    let (jane, ann, hello) = with_ann(&world);
    world.wait(seconds(1));
    let delivered = world.receive(&ann, hello.id, Delivered).at;
    let only_delivered = Received {
        recipient: ann.customer,
        delivered: Some(delivered),
        read: None,
    };
    assert_eq!(delivered, world.now());
    assert_eq!(received(&world, &jane, hello.id), [only_delivered]);
    world.wait(seconds(1));
    let read = world.receive(&ann, hello.id, Read).at;
    let both = Received {
        read: Some(read),
        ..only_delivered
    };
    assert_eq!(received(&world, &jane, hello.id), [both]);
    assert_eq!(received(&world, &ann, hello.id), [both], "to whoever reads");

    let answer = world.say(&ann, "hi");
    world.receive(&jane, answer.id, Read);
    let only_read = received(&world, &ann, answer.id);
    assert_eq!(
        (only_read[0].delivered, only_read[0].recipient),
        (None, jane.customer)
    );
}

#[test]
fn the_first_receipt_of_a_kind_stands_and_every_repetition_has_its_id_and_time() {
    let world = World::new();
    let (jane, ann, hello) = with_ann(&world);
    let first = world.receive(&ann, hello.id, Read);
    let seen = received(&world, &jane, hello.id);
    for _ in 0..3 {
        world.wait(minutes(1));
        assert_eq!(world.receive(&ann, hello.id, Read), first);
        let silent = world.through(Faults {
            silent: true,
            ..Faults::default()
        });
        assert_eq!(silent.receive(&ann, hello.id, Read), first);
    }
    assert_eq!(received(&world, &jane, hello.id), seen);
    // Another kind, another message, another recipient: each has an id of its own, which is no item's.
    let second = world.say(&jane, "again");
    let others = [
        world.receive(&ann, hello.id, Delivered),
        world.receive(&ann, second.id, Read),
    ];
    let items = world.items(&jane);
    for other in others {
        assert_ne!(other.id, first.id);
        assert!(
            items
                .iter()
                .all(|item| item.id != other.id && item.id != first.id)
        );
    }
}

#[test]
fn a_receipt_is_not_earlier_than_its_message_whatever_the_clocks_say() {
    let world = World::new();
    let (jane, ann, _) = with_ann(&world);
    let now = world.now();
    world.set_clock(now + minutes(1));
    let ahead = world.say(&jane, "from a clock that is ahead");
    world.set_clock(now);
    assert_eq!(world.receive(&ann, ahead.id, Delivered).at, ahead.at);
}

#[test]
fn a_receipt_for_what_is_nobody_elses_message_of_this_session_is_answered_and_changes_nothing() {
    let world = World::new();
    let past = world.past(&["in the past"]);
    let jane = world.joined(&world.wish_to_resume(past.contact, EntirePastSession));
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    let own = world.say(&ann, "my own");
    let joined = &world.items(&ann)[4];
    let session = jane.key.session;
    let nothing = [
        own.id,
        joined.id,
        world.items(&ann)[1].id,
        ItemId::new(session, own.id.slot().unwrap(), 0, own.at.next()),
        ItemId::new(session, Slot::new(Ordinal::FIRST, 99), 0, own.at),
        ItemId::new(session, Slot::LAST, 1, Timestamp::MAX),
    ];
    let before = world.pages(&ann.newest());
    for kind in [Delivered, Read] {
        for message in nothing.into_iter().map(Some).chain([None]) {
            let counted = world.plainly();
            let sent = counted.try_event(&ann, receipt(message, kind));
            assert_eq!(sent.unwrap().at, world.now());
            let (reads, puts, trips) = counted.log.take_counts();
            assert_eq!((puts, trips), (0, 1));
            assert_eq!(reads, 1 + usize::from(message.is_some()));
        }
    }
    assert_eq!(world.pages(&ann.newest()), before);
}

#[test]
fn a_receipt_is_two_reads_at_once_and_a_put_and_a_typing_event_one_read() {
    let world = World::new();
    let (jane, ann, hello) = with_ann(&world);
    let counted = world.plainly();
    for _ in 0..2 {
        counted.receive(&ann, hello.id, Read);
        assert_eq!(counted.log.take_counts(), (2, 1, 2));
    }
    for who in [&jane, &ann] {
        counted.try_event(who, Event::Passing).unwrap();
        assert_eq!(counted.log.take_counts(), (1, 0, 1));
    }
    world.leave(&jane);
    for refused in [Event::Passing, receipt(None, Read)] {
        counted.try_event(&ann, refused).unwrap_err();
        assert_eq!(counted.log.take_counts(), (1, 0, 1), "an end is for ever");
    }
}

#[test]
fn a_typing_event_stands_in_no_transcript() {
    let world = World::new();
    let (jane, ann, _) = with_ann(&world);
    let before = (world.records(&jane.key), world.pages(&jane.newest()));
    let first = world.try_event(&ann, Event::Passing).unwrap();
    let second = world.try_event(&ann, Event::Passing).unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(
        (world.records(&jane.key), world.pages(&jane.newest())),
        before
    );
}

#[test]
fn receipts_are_refused_with_more_than_two_who_are_connected_but_one_given_before_is_answered_again()
 {
    let world = World::new();
    let (jane, ann, hello) = with_ann(&world);
    let first = world.receive(&ann, hello.id, Read);
    // Somebody who has only been invited is not there yet.
    let bob = world.invited(&jane, Role::Supervisor, "Bob");
    world.receive(&ann, hello.id, Delivered);
    world.try_join(&bob).unwrap();
    let seen = received(&world, &jane, hello.id);

    let later = world.say(&jane, "to both of you");
    for who in [&ann, &bob, &jane] {
        let refused = Err(EventError::TooManyRecipients);
        assert_eq!(world.try_receive(who, later.id, Delivered), refused);
        let event = receipt(None, Read);
        assert_eq!(world.try_event(who, event), refused);
        assert!(
            world.try_event(who, Event::Passing).is_ok(),
            "typing is for any number"
        );
    }
    assert_eq!(world.receive(&ann, hello.id, Read), first);
    assert_eq!(received(&world, &jane, hello.id), seen);
    world.leave(&ann);
    world.receive(&bob, later.id, Delivered);
    assert_eq!(received(&world, &jane, later.id)[0].recipient, bob.customer);
}

#[test]
fn nobody_sends_events_who_is_no_participant_or_has_left_or_after_the_end() {
    let world = World::new();
    let (jane, ann, hello) = with_ann(&world);
    let given = world.receive(&ann, hello.id, Delivered);
    let stranger = Chat {
        customer: world.participant(),
        ..jane.clone()
    };
    let both = |who: &Chat| {
        let read = receipt(Some(hello.id), Read);
        [Event::Passing, read].map(|event| world.try_event(who, event))
    };
    let not_there = || {
        [
            refused(Refusal::NotAParticipant),
            refused(Refusal::NotAParticipant),
        ]
    };
    assert_eq!(both(&stranger), not_there());
    world.leave(&ann);
    assert_eq!(both(&ann), not_there());
    assert_eq!(
        world.receive(&ann, hello.id, Delivered),
        given,
        "it was given in time"
    );
    world.leave(&jane);
    for who in [&jane, &ann, &stranger] {
        assert_eq!(
            both(who),
            [refused(Refusal::Ended), refused(Refusal::Ended)]
        );
    }
    assert_eq!(world.receive(&ann, hello.id, Delivered), given);
    // Nor is there anything in a session that does not exist, or no longer does.
    let missing = Chat {
        key: world.wish().session,
        ..jane.clone()
    };
    let not_found = || Err(EventError::Append(AppendError::NotFound));
    assert_eq!(both(&missing), [not_found(), not_found()]);
    world.wait(days(731));
    assert_eq!(both(&jane), [not_found(), not_found()]);
}

#[test]
fn an_event_after_the_chats_time_has_passed_writes_down_its_end_and_is_refused() {
    for keeps in [false, true] {
        let world = World::new();
        let (jane, ann, hello) = with_ann(&world);
        let expires = world.records(&jane.key).last().unwrap().state.expires;
        world.set_clock(Timestamp::from_millis(expires.as_millis() - 1));
        assert!(world.try_event(&ann, Event::Passing).is_ok());
        world.set_clock(expires);
        let event = match keeps {
            false => Event::Passing,
            true => receipt(Some(hello.id), Read),
        };
        let records = world.records(&jane.key).len();
        for _ in 0..2 {
            assert_eq!(world.try_event(&ann, event), refused(Refusal::Ended));
            let after = world.records(&jane.key);
            assert_eq!(after.len(), records + 1);
            assert!(after[records].state.has_ended());
        }
        assert_whole(&world, &jane.key);
    }
}

#[test]
fn a_connection_in_the_last_moment_lets_a_typing_event_pass() {
    let world = World::new();
    let jane = world.open(&world.wish());
    // Connecting puts off the end that was near; the reader of before must not write it down.
    let ann = world.accompanied(&jane, Role::Agent, "Ann");
    world.wait(minutes(5) - seconds(1));
    let (elsewhere, customer) = (world.plainly(), jane.clone());
    let late = world.through(Faults::before(2, move || {
        let late = elsewhere.now();
        elsewhere.set_clock(Timestamp::from_millis(late.as_millis() - 2_000));
        drop(elsewhere.try_join(&customer));
        elsewhere.set_clock(late);
    }));
    world.wait(seconds(2));
    assert!(late.try_event(&ann, Event::Passing).is_ok());
    assert!(!world.records(&jane.key).last().unwrap().state.has_ended());
}

#[test]
fn a_stale_read_refuses_no_event() {
    // The newest records are not there yet: those by which Ann has come, and then all of them.
    for unseen in [0b1, 0b11, 0b111, 0b1111, u64::MAX] {
        let world = World::new();
        let (_, ann, hello) = with_ann(&world);
        let stale = world.through(Faults::unseen(unseen));
        assert!(stale.try_event(&ann, Event::Passing).is_ok());
        let looks_again = usize::from(unseen > 0b11);
        assert_eq!(
            stale.log.take_counts(),
            (1 + looks_again, 0, 1 + looks_again)
        );
        assert!(stale.try_receive(&ann, hello.id, Read).is_ok());
    }
}

#[test]
fn whatever_goes_wrong_at_any_call_a_receipt_that_was_acknowledged_stands_once_and_stays_as_it_was()
{
    let troubles = [
        Trouble::NotDone,
        Trouble::LostReply,
        Trouble::Repeated,
        Trouble::Throttled,
    ];
    for trouble in troubles {
        for event in [true, false] {
            at_every_call(|n| {
                let world = World::new();
                let (jane, ann, hello) = with_ann(&world);
                let shaky = world.through(Faults::at(n, trouble.clone()));
                let event = match event {
                    true => receipt(Some(hello.id), Read),
                    false => Event::Passing,
                };
                let tried = shaky.try_event(&ann, event);
                let calls = shaky.log.calls().len();
                let stored = received(&world, &jane, hello.id);
                world.wait(seconds(1));
                let again = world.try_event(&ann, event).unwrap();
                if let (Ok(first), Event::Receipt { .. }) = (&tried, event) {
                    assert_eq!(*first, again);
                    assert_eq!(stored[0].read, Some(first.at));
                }
                if !stored.is_empty() {
                    assert_eq!(received(&world, &jane, hello.id), stored);
                }
                calls
            });
        }
    }
}

#[test]
fn two_who_send_the_same_receipt_at_once_are_told_the_same() {
    at_every_call(|n| {
        let world = World::new();
        let (jane, ann, hello) = with_ann(&world);
        let (elsewhere, other) = (world.plainly(), ann.clone());
        let racing = world.through(Faults::before(n, move || {
            elsewhere.receive(&other, hello.id, Read);
            elsewhere.wait(seconds(1));
        }));
        let told = racing.receive(&ann, hello.id, Read);
        assert_eq!(received(&world, &jane, hello.id)[0].read, Some(told.at));
        assert_eq!(world.receive(&ann, hello.id, Read), told);
        racing.log.calls().len()
    });
}
