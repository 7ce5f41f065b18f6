//! A contact, described: how it came about, what it continues, when and why it ended.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AppendError, ContactFlowId, ContactId, CustomerId, Description, Destination, DisconnectReason,
    Disconnected, InstanceId, QueueId, Role, Start, Starter, Timestamp, Transfer, TransferMethod,
    days, minutes, seconds,
};

use crate::stage::{Chat, Faults, World, at_every_call, attributes, nth, run};

fn moved(
    world: &World,
    contact: ContactId,
    method: TransferMethod,
    queue: Option<&str>,
) -> ContactId {
    let here = InstanceId::new("here").unwrap();
    let to = Destination {
        queue: queue.map(|queue| QueueId(queue.to_owned())),
        ..Destination::flow(ContactFlowId("next".to_owned()))
    };
    let transfer = Transfer {
        contact,
        method,
        to,
    };
    let key = world.fresh_key();
    let transferred = domain::transfer(&world.log, &here, transfer, key, world.now());
    run(transferred).unwrap().contact
}

fn ended(world: &World, contact: ContactId) -> Option<DisconnectReason> {
    let disconnected = world.describe(contact).disconnected;
    disconnected.expect("it has ended").reason
}

/// The time of the newest item.
fn last_item(world: &World, chat: &Chat) -> Timestamp {
    world.records(&chat.key).pop().unwrap().state.time
}

#[test]
fn a_chat_that_begins_is_described_by_its_start_and_nothing_else() {
    let world = World::new();
    let jane = CustomerId("jane".to_owned());
    let chat = world.open(&Start {
        starter: Starter::Customer(jane.clone()),
        attributes: attributes("a=1"),
        ..world.wish()
    });
    let began = world.now();
    world.wait(seconds(1));
    let described = world.describe(chat.contact);
    assert_eq!(described.contact, chat.contact);
    assert_eq!((described.related, described.method), (None, None));
    assert_eq!((described.initiated, described.updated), (began, began));
    assert_eq!((described.disconnected, described.queue), (None, None));
    assert_eq!(described.attributes, attributes("a=1"));
    assert_eq!(described.owner, Some(jane));
    // Without a customer's name it is nobody's.
    assert_eq!(world.describe(world.chat().contact).owner, None);
}

#[test]
fn each_contact_has_its_own_beginning_and_end_and_the_method_that_opened_it() {
    let world = World::new();
    let chat = world.chat();
    let mut contacts = vec![chat.contact];
    let mut opened = vec![world.now()];
    for (method, queue) in [
        (TransferMethod::Transfer, None),
        (TransferMethod::QueueTransfer, Some("first line")),
        (TransferMethod::Disconnect, None),
    ] {
        world.wait(seconds(10));
        world.say(&chat, "hello");
        world.wait(seconds(10));
        contacts.push(moved(&world, contacts[contacts.len() - 1], method, queue));
        opened.push(world.now());
    }
    world.wait(seconds(10));
    world.leave(&chat);
    let methods = [None].into_iter().chain(TransferMethod::ALL.map(Some));
    for (n, method) in methods.enumerate() {
        let described = world.describe(contacts[n]);
        assert_eq!(described.method, method);
        assert_eq!(described.initiated, opened[n]);
        let next = opened.get(n + 1).copied();
        let end = next.unwrap_or_else(|| last_item(&world, &chat));
        assert_eq!(described.disconnected.unwrap().at, end);
        assert_eq!(described.updated, end);
        let queue = (n == 2).then(|| QueueId("first line".to_owned()));
        assert_eq!(described.queue, queue);
    }
}

#[test]
fn a_contact_in_which_nothing_has_happened_is_described_from_the_transfer_that_opened_it() {
    let world = World::new();
    let chat = world.chat();
    world.wait(seconds(5));
    let second = world.transfer(chat.contact);
    let opened = world.now();
    world.wait(seconds(5));
    let described = world.describe(second);
    assert_eq!((described.initiated, described.updated), (opened, opened));
    assert_eq!(described.disconnected, None);
    world.say(&chat, "hello");
    assert_eq!(world.describe(second).updated, world.now());
    assert_eq!(world.describe(chat.contact).updated, opened);
}

#[test]
fn row_63_the_last_contact_of_a_session_has_the_reason_of_its_end() {
    type End = fn(&World, &Chat);
    let ends: [(DisconnectReason, End); 4] = [
        (DisconnectReason::CustomerDisconnect, |world, chat| {
            world.leave(chat);
        }),
        (DisconnectReason::Api, |world, chat| {
            world.stop(chat.contact);
        }),
        (DisconnectReason::Expired, |world, chat| {
            world.try_join(chat).unwrap();
            world.wait(days(8));
            world.finish(chat);
        }),
        (
            DisconnectReason::CustomerConnectionNotEstablished,
            |world, chat| {
                world.wait(minutes(5));
                world.finish(chat);
            },
        ),
    ];
    for (reason, end) in ends {
        let world = World::new();
        let chat = world.open(&world.wish());
        end(&world, &chat);
        let at = last_item(&world, &chat);
        let disconnected = world.describe(chat.contact).disconnected;
        let reason = Some(reason);
        assert_eq!(disconnected, Some(Disconnected { at, reason }));
    }
}

#[test]
fn row_63_a_contact_that_was_transferred_has_a_reason_only_where_the_disconnect_flow_followed() {
    use TransferMethod::{Disconnect, QueueTransfer, Transfer};
    for (method, agent, reason) in [
        (Transfer, true, None),
        (QueueTransfer, true, None),
        (Disconnect, true, Some(DisconnectReason::AgentDisconnect)),
        (
            Disconnect,
            false,
            Some(DisconnectReason::ContactFlowDisconnect),
        ),
    ] {
        let world = World::new();
        let chat = world.chat();
        if agent {
            let agent = world.accompanied(&chat, Role::Agent, "Ann");
            world.leave(&agent);
        }
        moved(&world, chat.contact, method, None);
        assert_eq!(ended(&world, chat.contact), reason);
    }

    let world = World::new();
    let chat = world.polite_chat();
    world.accompanied(&chat, Role::Agent, "Ann");
    world.exit(&chat);
    let reason = Some(DisconnectReason::CustomerDisconnect);
    assert_eq!(ended(&world, chat.contact), reason);
    let survey = world.describe(nth(&chat, 1));
    assert_eq!(survey.method, Some(Disconnect));
    assert_eq!(survey.disconnected, None);
    let end = world.describe(chat.contact).disconnected.unwrap().at;
    assert_eq!((survey.initiated, end), (end, last_item(&world, &chat)));
    world.exit(&chat);
    assert_eq!(ended(&world, nth(&chat, 1)), reason);
}

#[test]
fn row_11_a_contact_whose_time_has_passed_is_described_as_active_until_somebody_notices() {
    let world = World::new();
    let chat = world.chat();
    let expires = world.records(&chat.key)[0].state.expires;
    world.wait(days(8));
    assert_eq!(world.describe(chat.contact).disconnected, None);
    assert_eq!(world.records(&chat.key).len(), 2);
    world.resume(chat.contact, FromSegment);
    let disconnected = world.describe(chat.contact).disconnected.unwrap();
    assert_eq!(disconnected.at, expires);
}

/// C1, C2 and the survey C3, each said something in; then the end.
fn worked_example(world: &World) -> [ContactId; 3] {
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world.say(&chat, "in C2");
    let third = moved(world, second, TransferMethod::Disconnect, None);
    world.leave(&chat);
    [chat.contact, second, third]
}

#[test]
fn the_contact_that_was_continued_is_told_as_it_was_to_the_one_who_asked() {
    let world = World::new();
    let [c1, c2, c3] = worked_example(&world);
    for (source, how, continued) in [
        (c2, FromSegment, c2),
        (c1, EntirePastSession, c3),
        (c1, FromSegment, c1),
        (c3, FromSegment, c3),
    ] {
        let chat = world.resume(source, how);
        assert_eq!(chat.continued_from, Some(continued));
        assert_eq!(world.describe(chat.contact).related, Some(continued));
        // It was the initial contact that continued it, and no later one.
        let second = world.transfer(chat.contact);
        assert_eq!(world.describe(second).related, None);

        // Of an association it is the contact that was open, whichever was named.
        let chat = world.chat();
        let second = world.transfer(chat.contact);
        let associated = world.try_associate(chat.contact, source, how);
        assert_eq!(associated, Ok(continued));
        let third = world.transfer(second);
        let related = [chat.contact, second, third].map(|each| world.describe(each).related);
        assert_eq!(related, [None, Some(continued), None]);
    }
}

#[test]
fn a_contact_has_the_attributes_of_its_session_as_they_are_now() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    let check = |expected: &str| {
        for contact in [chat.contact, second] {
            assert_eq!(world.describe(contact).attributes, attributes(expected));
        }
    };
    check("");
    world.update(second, "a=1");
    check("a=1");
    world.say(&chat, "hello");
    check("a=1");
    world.stop(second);
    check("a=1");
    world.update(second, "a= b=2");
    check("b=2");
}

#[test]
fn a_contact_that_is_unknown_of_another_instance_or_too_old_is_not_found() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world.stop(second);
    let not_found = Err(AppendError::NotFound);
    let unknown = world.wish().session.session.initial_contact();
    for contact in [unknown, nth(&chat, 2), nth(&chat, 4095)] {
        assert_eq!(world.try_describe(contact), not_found);
    }
    let elsewhere = InstanceId::new("elsewhere").unwrap();
    for contact in [chat.contact, second] {
        let described = domain::describe(&world.log, &elsewhere, contact, world.now());
        assert_eq!(run(described), not_found);
    }
    let started = world.records(&chat.key)[0].at;
    world.set_clock(Timestamp::from_millis(
        (started + days(731)).as_millis() - 1,
    ));
    world.describe(second);
    world.set_clock(started + days(731));
    for deleted in 0..16_u32 {
        let number = |slot: domain::Slot| slot.n() + 3 * u32::from(slot.ordinal().get());
        let aged = world.through(Faults {
            deleted: Box::new(move |_, record| (deleted >> number(record.slot)) & 1 == 1),
            ..Faults::default()
        });
        for contact in [chat.contact, second] {
            assert_eq!(aged.try_describe(contact), not_found);
        }
    }
}

#[test]
fn a_contact_that_is_transferred_or_ended_while_it_is_described_is_told_as_it_was_or_as_it_is() {
    for second_contact in [false, true] {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            let (elsewhere, of) = (world.plainly(), chat.clone());
            let shaky = world.through(Faults::before(n, move || {
                elsewhere.wait(seconds(1));
                let second = elsewhere.transfer(of.contact);
                elsewhere.update(second, "a=1");
                elsewhere.say(&of, "hello");
                elsewhere.stop(second);
                elsewhere.update(second, "a=2");
            }));
            let contact = nth(&chat, u16::from(second_contact));
            match shaky.try_describe(contact) {
                Ok(described) => {
                    let after = world.describe(contact);
                    assert_eq!(described.initiated, after.initiated);
                    assert_eq!(described.method, after.method);
                    let end = described.disconnected;
                    assert!(end.is_none() || end == after.disconnected);
                }
                Err(error) => {
                    assert!(second_contact && error == AppendError::NotFound);
                }
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn a_contact_that_is_linked_or_spoken_on_while_it_is_described_is_told_as_of_one_moment() {
    let happens: [fn(&World, &Chat, ContactId); 3] = [
        |world, chat, source| {
            let linked = world.try_associate(chat.contact, source, FromSegment);
            linked.unwrap();
        },
        |world, chat, _| {
            world.say(chat, "hello");
        },
        |world, chat, _| world.stop(chat.contact),
    ];
    for happens in happens {
        at_every_call(|n| {
            let world = World::new();
            let source = world.past(&["before"]).contact;
            let chat = world.chat();
            let before = world.describe(chat.contact);
            let (elsewhere, of) = (world.plainly(), chat.clone());
            let shaky = world.through(Faults::before(n, move || {
                elsewhere.wait(seconds(1));
                happens(&elsewhere, &of, source);
            }));
            let described = shaky.describe(chat.contact);
            let after = world.describe(chat.contact);
            let told = |wanted: &Description| described == *wanted;
            assert!(told(&before) || told(&after), "{described:?}");
            shaky.log.calls().len()
        });
    }
}

#[test]
fn a_description_is_four_reads_at_once_a_fifth_of_later_contacts_and_then_what_is_elsewhere() {
    let world = World::new();
    let cost = |contact: ContactId| {
        let counted = world.through(Faults::unseen(u64::MAX));
        counted.describe(contact);
        counted.log.take_counts()
    };
    let source = world.past(&["before"]);
    // Link and attributes are in the first record.
    let chat = world.joined(&world.wish_to_resume(source.contact, FromSegment));
    assert_eq!(cost(chat.contact), (4, 0, 1));
    let second = world.transfer(chat.contact);
    assert_eq!(cost(second), (5, 0, 1));
    // In the last one, then in between: of the two contacts alike.
    world.update(second, "a=1");
    assert_eq!(cost(chat.contact), (4, 0, 1));
    world.say(&chat, "hello");
    assert_eq!(cost(chat.contact), (5, 0, 2));
    assert_eq!(cost(second), (6, 0, 2));
    // Beside the log.
    world.stop(second);
    world.update(second, "a=2");
    assert_eq!(cost(second), (5, 0, 1));

    // One record has both link and attributes; then each has its own, and only the contact that was open
    // is told of the link.
    let chat = world.chat();
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    assert_eq!(cost(chat.contact), (4, 0, 1));
    world.say(&chat, "hello");
    assert_eq!(cost(chat.contact), (5, 0, 2));
    world.update(chat.contact, "a=1");
    world.say(&chat, "hello");
    assert_eq!(cost(chat.contact), (6, 0, 2));
    let second = world.transfer(chat.contact);
    assert_eq!(cost(chat.contact), (6, 0, 2));
    assert_eq!(cost(second), (6, 0, 2));
}
