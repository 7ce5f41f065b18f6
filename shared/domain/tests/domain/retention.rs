//! Retention: a session past its time does not exist for any operation, whatever the store still shows of it.

use std::collections::BTreeSet;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{From, PageError, Query};
use domain::{
    AppendError, AssociateError, ContactId, CustomerId, Event, EventError, InstanceId, ItemId,
    ReceiptKind, Role, Rules, Slot, SourceRefusal, Start, StartError, StartRefusal, Starter,
    UpdateError, days,
};

use crate::stage::{Chat, Faults, World, line, run};

fn here() -> InstanceId {
    InstanceId::new("here").unwrap()
}

fn jane() -> CustomerId {
    CustomerId("jane".to_owned())
}

/// A wish of Jane's.
fn wish(world: &World) -> Start {
    Start {
        starter: Starter::Customer(jane()),
        ..world.wish()
    }
}

/// A session with everything that there is, and what people hold of it.
struct Old {
    start: Start,
    chat: Chat,
    agent: Chat,
    /// A message that the agent has received.
    message: ItemId,
    contacts: [ContactId; 2],
    /// Pages that may be read on.
    begun: Vec<Query>,
    /// Where its records stand.
    slots: Vec<Slot>,
}

/// The session is kept for two days, shorter than it may last.
fn old(world: &World, ended: bool) -> Old {
    let past = world.joined(&wish(world));
    world.stop(past.contact);
    let start = Start {
        connects: true,
        ..wish(world)
    };
    let rules = Rules {
        retention: days(2),
        ..Rules::default()
    };
    run(domain::start(&world.log, &start, rules, world.now())).unwrap();
    let chat = world.open(&start);
    let agent = world.accompanied(&chat, Role::Agent, "Ann");
    let message = world.say(&chat, "hello").id;
    world.receive(&agent, message, ReceiptKind::Read);
    let associated = world.try_associate(chat.contact, past.contact, FromSegment);
    assert_eq!(associated, Ok(past.contact));
    let second = world.transfer(chat.contact);
    world.update(chat.contact, "a=1");
    let queries = [
        (Backward, From::Newest, None),
        (Forward, From::MostRecent(3), None),
        (Forward, From::Item(message), Some(chat.contact)),
    ];
    let begun = queries.map(|(direction, from, contact)| {
        let query = Query {
            direction,
            from,
            contact,
            limit: 1,
            ..chat.newest()
        };
        let next = world.read(&query).unwrap().next.unwrap();
        Query {
            from: From::Cursor(next),
            ..query
        }
    });
    if ended {
        world.stop(second);
        world.update(second, "a=2");
    }
    let slots = world
        .records(&chat.key)
        .iter()
        .map(|record| record.slot)
        .collect();
    Old {
        start,
        agent,
        message,
        contacts: [chat.contact, second],
        begun: begun.into(),
        slots,
        chat,
    }
}

/// A store that has deleted this much of the session: a bit for each record, then one for all that is beside.
fn aged(world: &World, old: &Old, deleted: usize) -> World {
    let records = old.slots.len();
    let gone = |n: &usize| deleted >> n & 1 == 1;
    let slots: BTreeSet<Slot> = (0..records).filter(gone).map(|n| old.slots[n]).collect();
    let beside = gone(&records);
    let (session, of) = (old.chat.key.clone(), old.chat.key.clone());
    world.through(Faults {
        deleted: Box::new(move |key, record| *key == session && slots.contains(&record.slot)),
        deleted_beside: Box::new(move |key, _| beside && *key == of),
        ..Faults::default()
    })
}

/// Tries everything with the session, and with a chat that runs where there must be two. Nothing finds it, and
/// nothing is written.
fn assert_gone(view: &World, old: &Old, running: &Chat) {
    let Old { chat, agent, .. } = old;
    let (here, jane) = (here(), jane());
    let gone = AppendError::NotFound;
    let token = || view.fresh_key();
    for who in [chat, agent] {
        assert_eq!(view.try_join(who).map(drop), Err(gone.clone()));
        assert_eq!(view.try_say(who, "hello", token()), Err(gone.clone()));
        assert_eq!(view.try_leave(who, token()), Err(gone.clone()));
        assert_eq!(view.try_exit(who, token()), Err(gone.clone()));
        let gone = || Err(EventError::Append(AppendError::NotFound));
        assert_eq!(view.try_event(who, Event::Passing), gone());
        for kind in ReceiptKind::ALL {
            assert_eq!(view.try_receive(who, old.message, kind), gone());
        }
    }
    for contact in old.contacts {
        assert_eq!(view.try_stop(contact), Err(gone.clone()));
        assert_eq!(view.try_transfer(contact, token()), Err(gone.clone()));
        let invitation = domain::Invitation {
            contact,
            ..view.invitation(chat, Role::Agent, "Bob")
        };
        assert_eq!(view.try_add(&invitation, token()), Err(gone.clone()));
        assert_eq!(view.try_attributes(contact), Err(gone.clone()));
        let not_updated = Err(UpdateError::Append(gone.clone()));
        assert_eq!(view.try_update(contact, "a=3"), not_updated);
        assert_eq!(view.try_describe(contact), Err(gone.clone()));
        let exported = domain::export(&view.log, &here, contact, None, None, view.now());
        assert_eq!(run(exported), Err(PageError::NotFound));
        let not_associated = Err(AssociateError::Append(gone.clone()));
        let another = view.wish().session.session.initial_contact();
        for source in [another, chat.contact] {
            let associated = view.try_associate(contact, source, FromSegment);
            assert_eq!(associated, not_associated);
        }
    }
    let begin = |from, contact| Query {
        from,
        contact,
        ..chat.newest()
    };
    for query in [
        begin(From::Newest, None),
        begin(From::Newest, Some(old.contacts[0])),
        begin(From::Item(old.message), None),
        begin(From::MostRecent(2), Some(old.contacts[1])),
        begin(From::Time(view.now()), None),
    ] {
        assert_eq!(view.read(&query), Err(PageError::NotFound));
    }
    for query in &old.begun {
        assert_eq!(view.read(query), Err(PageError::NotFound));
    }
    let listed = domain::customer_chats(&view.log, &here, &jane, None, 25, view.now());
    let listed = run(listed).unwrap().chats;
    assert!(listed.iter().all(|each| each.session != chat.key.session));
    assert!(!view.log.calls().into_iter().any(|call| call.is_put()));

    // As a source: for a chat to be started, and for one that runs.
    for (contact, how) in [
        (old.contacts[0], FromSegment),
        (old.contacts[1], FromSegment),
        (old.contacts[0], EntirePastSession),
    ] {
        let start = Start {
            source: Some((contact, how)),
            ..wish(view)
        };
        let not_found = StartRefusal::Source(SourceRefusal::NotFound);
        let refused = Err(StartError::Refused(not_found));
        assert_eq!(view.try_open(&start), refused);
        let associated = view.try_associate(running.contact, contact, how);
        assert_eq!(
            associated,
            Err(AssociateError::Source(SourceRefusal::NotFound))
        );
    }
    assert!(!view.log.calls().into_iter().any(|call| call.is_put()));
}

#[test]
fn a_session_past_its_retention_does_not_exist_for_any_operation_while_the_store_still_shows_it() {
    for ended in [false, true] {
        let world = World::new();
        let old = old(&world, ended);
        let before = world.records(&old.chat.key);
        world.wait(days(2));
        let running = world.joined(&wish(&world));
        assert_gone(&world.plainly(), &old, &running);
        // Its token is spent, as long as its first record is there to tell.
        let spent = Err(StartError::Refused(StartRefusal::TokenSpent));
        assert_eq!(world.try_open(&old.start), spent);
        assert_eq!(world.records(&old.chat.key), before);
    }
}

#[test]
fn whatever_part_of_it_the_store_has_deleted_first_nobody_finds_it_active_nor_a_gap_in_it() {
    for ended in [false, true] {
        let world = World::new();
        let old = old(&world, ended);
        world.wait(days(2));
        let running = world.joined(&wish(&world));
        for deleted in 0..1 << (old.slots.len() + 1) {
            assert_gone(&aged(&world, &old, deleted), &old, &running);
        }
    }
}

#[test]
fn a_chat_that_continues_it_shows_what_is_its_own_and_begun_pages_go_on_behind_it_without_a_gap() {
    let world = World::new();
    let old = old(&world, true);
    let [first, second] = old.contacts;
    let young = [
        (first, FromSegment),
        (second, FromSegment),
        (first, EntirePastSession),
    ];
    let young = young.map(|(contact, how)| world.joined(&world.wish_to_resume(contact, how)));
    let begun: Vec<Query> = young
        .iter()
        .flat_map(|chat| {
            let query = |limit| Query {
                limit,
                ..chat.newest()
            };
            // At the border, and in the midst of the old session.
            let from = |from| Query { from, ..query(2) };
            let border = from(world.border(chat));
            let midst = world.read(&border).unwrap().next.unwrap();
            [border, from(From::Cursor(midst))]
        })
        .collect();
    world.wait(days(2));
    // Only the session behind it has something to show: the one that it was linked to itself.
    let behind = ["ended", "Jane joined"];
    for deleted in 0..1 << (old.slots.len() + 1) {
        let view = aged(&world, &old, deleted);
        for query in &begun {
            let pages = view.pages(query);
            let items = pages.iter().flat_map(|page| &page.items);
            let shown: Vec<String> = items.map(line).collect();
            assert_eq!(shown, behind);
            assert!(pages.iter().all(|page| page.receipts.is_empty()));
        }
    }
    for chat in &young {
        let whole = [behind[1], behind[0], "Jane joined"];
        assert_eq!(world.transcript(chat), whole);
        // Nobody forgets what was continued.
        let related = world.describe(chat.contact).related;
        assert_eq!(related, chat.continued_from);
    }
}
