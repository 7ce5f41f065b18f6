//! TransferContact: what the log keeps of a transfer, and that each happens once.

use domain::{
    AppendError, Body, ContactFlowId, Destination, DisconnectReason, InstanceId, Invitation,
    Ordinal, Outcome, QueueId, Refusal, Role, Stopped, Transfer, TransferMethod, UserId, days,
};

use crate::stage::{
    Chat, Faults, Trouble, World, assert_whole, at_every_call, handed_on, key, nth, run,
};

/// Transfers the chat's first contact by this method.
fn by(world: &World, chat: &Chat, method: TransferMethod, to: Destination) -> Body {
    let here = InstanceId::new("here").unwrap();
    let contact = chat.contact;
    let transfer = Transfer {
        contact,
        method,
        to,
    };
    let key = world.fresh_key();
    let transferred = run(domain::transfer(
        &world.log,
        &here,
        transfer,
        key,
        world.now(),
    ));
    assert_eq!(transferred.unwrap().contact, nth(chat, 1));
    world.records(&chat.key).pop().unwrap().body.clone()
}

fn flow() -> ContactFlowId {
    ContactFlowId("flow".to_owned())
}

#[test]
fn row_60_a_transfer_keeps_how_it_came_about_and_where_it_leads() {
    let queue = Some(QueueId("billing".to_owned()));
    let user = Some(UserId("ann".to_owned()));
    for (method, queue, user) in [
        (TransferMethod::Transfer, None, None),
        (TransferMethod::Transfer, None, user),
        (TransferMethod::QueueTransfer, queue, None),
    ] {
        let world = World::new();
        let chat = world.chat();
        let to = Destination {
            flow: flow(),
            queue,
            user,
        };
        let expected = Body::Transferred {
            method,
            to: to.clone(),
            reason: None,
            left: None,
        };
        assert_eq!(by(&world, &chat, method, to), expected);
        assert_eq!(world.transcript(&chat), ["Jane joined", "transferred"]);
    }
}

#[test]
fn row_63_a_contact_that_the_disconnect_flow_follows_was_ended_by_its_agent_if_it_had_one() {
    type Company = fn(&World, &Chat);
    let companies: [(Company, DisconnectReason); 5] = [
        (|_, _| {}, DisconnectReason::ContactFlowDisconnect),
        (
            |world, chat| drop(world.invited(chat, Role::Agent, "Ann")),
            DisconnectReason::ContactFlowDisconnect,
        ),
        (
            |world, chat| drop(world.accompanied(chat, Role::CustomBot, "Bot")),
            DisconnectReason::ContactFlowDisconnect,
        ),
        (
            |world, chat| drop(world.accompanied(chat, Role::Agent, "Ann")),
            DisconnectReason::AgentDisconnect,
        ),
        (
            |world, chat| world.leave(&world.accompanied(chat, Role::Agent, "Ann")),
            DisconnectReason::AgentDisconnect,
        ),
    ];
    for (arrange, because) in companies {
        let world = World::new();
        let chat = world.chat();
        arrange(&world, &chat);
        let to = Destination::flow(flow());
        match by(&world, &chat, TransferMethod::Disconnect, to) {
            Body::Transferred { reason, left, .. } => {
                assert_eq!((reason, left), (Some(because), None))
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn whatever_goes_wrong_with_a_transfer_its_repetition_opens_one_contact() {
    let troubles = [
        Trouble::NotDone,
        Trouble::Throttled,
        Trouble::LostReply,
        Trouble::Repeated,
    ];
    for trouble in troubles {
        for unseen in [0, 0b1, 0b11, u64::MAX] {
            at_every_call(|n| {
                let world = World::new();
                let chat = world.chat();
                let mut faults = Faults::at(n, trouble.clone());
                faults.unseen = Box::new(move || unseen);
                let shaky = world.through(faults);
                let first = shaky.try_transfer(chat.contact, key("move"));
                let second = world.try_transfer(chat.contact, key("move"));
                assert!(first.is_err() || first == second);
                assert_eq!(second.unwrap().contact, nth(&chat, 1));
                assert_eq!(world.records(&chat.key).len(), 3);
                assert_whole(&world, &chat.key);
                shaky.log.calls().len()
            });
        }
    }
}

#[test]
fn of_two_transfers_at_once_one_opens_the_next_contact_and_the_other_is_told_that_it_has_ended() {
    for silent in [false, true] {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            let (elsewhere, contact) = (world.plainly(), chat.contact);
            let mut faults = Faults::before(n, move || {
                elsewhere.transfer(contact);
            });
            faults.silent = silent;
            let shaky = world.through(faults);
            let transferred = shaky.try_transfer(chat.contact, key("move"));
            let calls = shaky.log.calls().len();
            let active = nth(&chat, 1);
            let ended = AppendError::Refused(Refusal::ContactEnded { active });
            match n <= calls {
                true => assert_eq!(transferred, Err(ended)),
                false => assert!(transferred.is_ok()),
            }
            let tail = world.records(&chat.key).pop().unwrap();
            assert_eq!(tail.state.segment, Ordinal::new(1).unwrap());
            calls
        });
    }
}

#[test]
fn a_message_that_meets_a_transfer_stands_in_the_next_contact() {
    let world = World::new();
    let chat = world.chat();
    let (elsewhere, contact) = (world.plainly(), chat.contact);
    let shaky = world.through(Faults::before(2, move || {
        elsewhere.transfer(contact);
    }));
    let sent = shaky.say(&chat, "hello");
    let items = world.items(&chat);
    let last = items.last().unwrap();
    assert_eq!((last.id, last.contact), (sent.id, nth(&chat, 1)));
}

#[test]
fn a_chat_is_handed_on_before_anybody_connects_and_still_ends_if_nobody_does() {
    let world = World::new();
    let chat = world.open(&world.wish());
    let second = world.transfer(chat.contact);
    world.wait(domain::minutes(5));
    assert_eq!(world.try_stop(second), Ok(Stopped::Already));
}

#[test]
fn the_contacts_of_a_session_are_one_chat_for_its_customer() {
    let world = World::new();
    let chat = world.chat();
    let mut open = chat.contact;
    for n in 1..12_u16 {
        world.say(&chat, &n.to_string());
        open = world.transfer(open);
        assert_eq!(open, nth(&chat, n));
    }
    let said = world.transcript(&chat);
    assert_eq!(said.len(), 1 + 2 * 11);
    assert_eq!(world.try_leave(&chat, key("bye")), Ok(Outcome::Written));
}

#[test]
fn a_transfer_of_another_instances_contact_or_past_the_retention_finds_nothing() {
    let world = World::new();
    let chat = world.chat();
    let elsewhere = InstanceId::new("elsewhere").unwrap();
    let (transfer, token) = (handed_on(chat.contact), key("move"));
    let moved = domain::transfer(&world.log, &elsewhere, transfer, token, world.now());
    assert_eq!(run(moved), Err(AppendError::NotFound));
    world.stop(chat.contact);
    world.wait(days(731));
    let moved = world.try_transfer(chat.contact, token);
    assert_eq!(moved, Err(AppendError::NotFound));
}

#[test]
fn a_transfer_is_a_read_and_a_put_and_its_retry_a_read() {
    let world = World::new();
    let chat = world.chat();
    for expected in [(1, 1, 2), (1, 0, 1)] {
        let counted = world.plainly();
        counted.try_transfer(chat.contact, key("move")).unwrap();
        assert_eq!(counted.log.take_counts(), expected);
    }
}

#[test]
fn row_86_a_refusal_names_the_contact_that_is_active_as_it_is_now() {
    for unseen in [0b1, 0b11, u64::MAX] {
        let world = World::new();
        let chat = world.chat();
        let second = world.transfer(chat.contact);
        let third = world.transfer(second);
        let stale = || world.through(Faults::unseen(unseen));
        let refusals = |contact| {
            let invitation = Invitation {
                contact,
                ..world.invitation(&chat, Role::Agent, "Ann")
            };
            [
                stale().try_transfer(contact, world.fresh_key()).map(drop),
                stale().try_add(&invitation, world.fresh_key()).map(drop),
            ]
        };
        let named = Refusal::ContactEnded { active: third };
        for contact in [chat.contact, second] {
            let refused = Err(AppendError::Refused(named));
            assert_eq!(refusals(contact), [refused.clone(), refused]);
        }
        // Where the session has ended there is none to be named.
        world.stop(third);
        let refused = Err(AppendError::Refused(Refusal::Ended));
        assert_eq!(refusals(second), [refused.clone(), refused]);
    }
}
