//! Who is told what at once: sockets that open, subscribe and fail, and what of each record goes to whom.

use std::slice::from_ref;

use domain::{
    AppendError, Audience, ConnectionId, Connections, Consistency, Effort, Event, Frame, Live,
    MOST_SOCKETS, MemoryConnections, MemoryGateway, News, NoPause, OpenError, Opening, Parcel,
    ParticipantId, ReceiptKind, Refusal, Rehydration, Role, close_socket, contract, open_socket,
    push, subscribe_socket,
};

use crate::stage::{Call, Chat, Faults, TestLog, World, run};

type Ports = Live<TestLog, MemoryConnections, MemoryGateway, NoPause>;

fn ports(world: &World, faults: Faults) -> Ports {
    Live {
        log: world.through(faults).log,
        connections: MemoryConnections::default(),
        gateway: MemoryGateway::default(),
        pause: NoPause,
    }
}

fn named(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

fn try_open(ports: &Ports, world: &World, chat: &Chat, name: &str) -> Result<(), OpenError> {
    let opening = Opening {
        connection: named(name),
        session: chat.key.clone(),
        participant: chat.customer,
    };
    run(open_socket(ports, opening, world.now()))
}

fn listens(ports: &Ports, world: &World, chat: &Chat, name: &str) {
    try_open(ports, world, chat, name).unwrap();
    ports.gateway.open(&named(name), world.now());
    assert!(
        run(subscribe_socket(ports, &named(name)))
            .unwrap()
            .is_some()
    );
}

fn parcels(texts: &[&str]) -> Vec<Parcel> {
    let parcel = |text: &&str| Parcel {
        frame: Frame((*text).to_owned()),
        to: Audience::Everybody,
        of: None,
    };
    texts.iter().map(parcel).collect()
}

fn heard(ports: &Ports, name: &str) -> Vec<String> {
    let frames = ports.gateway.take(&named(name)).into_iter();
    frames.map(|Frame(text)| text).collect()
}

fn refused(refusal: Refusal) -> Result<(), OpenError> {
    Err(OpenError::Append(AppendError::Refused(refusal)))
}

#[test]
fn a_socket_opens_by_one_strong_read_of_the_log() {
    let world = World::new();
    let chat = world.chat();
    let ports = ports(&world, Faults::default());
    assert_eq!(try_open(&ports, &world, &chat, "1"), Ok(()));
    let calls = ports.log.calls();
    let strong = |call: &Call| matches!(call, Call::Read(_, read) if read.consistency == Consistency::Strong);
    assert!(calls.len() == 1 && calls.iter().all(strong), "{calls:?}");
}

#[test]
fn no_socket_opens_in_a_session_that_has_ended_or_does_not_exist_nor_for_who_is_no_part_of_it() {
    let world = World::new();
    let chat = world.chat();
    let ports = ports(&world, Faults::default());
    let stranger = Chat {
        customer: world.participant(),
        ..chat.clone()
    };
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    world.leave(&ann);
    for who in [&stranger, &ann] {
        let opened = try_open(&ports, &world, who, "1");
        assert_eq!(opened, refused(Refusal::NotAParticipant));
    }
    let nowhere = Chat {
        key: world.wish().session,
        ..chat.clone()
    };
    let gone = Err(OpenError::Append(AppendError::NotFound));
    assert_eq!(try_open(&ports, &world, &nowhere, "1"), gone);
    world.stop(chat.contact);
    assert_eq!(
        try_open(&ports, &world, &chat, "1"),
        refused(Refusal::Ended)
    );
    world.wait(domain::days(800));
    assert_eq!(try_open(&ports, &world, &chat, "1"), gone);
    assert_eq!(run(ports.sockets_of(&chat.key)), Ok(Vec::new()));
}

#[test]
fn the_sixth_socket_is_refused_and_leaves_nothing() {
    let world = World::new();
    let chat = world.chat();
    let ports = ports(&world, Faults::default());
    for n in 0..MOST_SOCKETS {
        listens(&ports, &world, &chat, &n.to_string());
    }
    assert_eq!(
        try_open(&ports, &world, &chat, "sixth"),
        Err(OpenError::TooMany)
    );
    assert_eq!(run(ports.socket(&named("sixth"))), Ok(None));
    let sockets = run(ports.sockets_of(&chat.key)).unwrap();
    assert_eq!(sockets.len(), MOST_SOCKETS);
    run(close_socket(&ports, &named("0"))).unwrap();
    assert_eq!(try_open(&ports, &world, &chat, "sixth"), Ok(()));
}

#[test]
fn an_end_is_told_to_who_subscribes_whichever_comes_first() {
    let world = World::new();
    let chat = world.chat();
    let ended_first = ports(&world, Faults::default());
    try_open(&ended_first, &world, &chat, "1").unwrap();
    // The end comes between the subscription and the look at the log.
    let (other, contact) = (world.plainly(), chat.contact);
    let faults = Faults::before(1, move || other.stop(contact));
    let late = Live {
        log: world.through(faults).log,
        connections: ended_first.connections,
        gateway: ended_first.gateway,
        pause: NoPause,
    };
    let subscription = run(subscribe_socket(&late, &named("1"))).unwrap().unwrap();
    let missed = subscription.missed.unwrap();
    let Some(News::Item(ended)) = missed.last() else {
        panic!("nobody is told of the end");
    };
    let end = domain::EventType::ChatEnded;
    assert!(matches!(ended.kind, domain::ItemKind::Event { event, .. } if event == end));
    let sockets = run(late.sockets_of(&chat.key)).unwrap();
    assert!(
        sockets[0].subscribed.is_some(),
        "who delivers the end sees it too"
    );
    assert_eq!(run(subscribe_socket(&late, &named("2"))), Ok(None));
}

#[test]
fn frames_come_in_order_and_a_failing_connection_keeps_nobody_waiting() {
    let world = World::new();
    let chat = world.chat();
    let ports = ports(&world, Faults::default());
    for name in ["gone", "jammed", "well"] {
        listens(&ports, &world, &chat, name);
    }
    try_open(&ports, &world, &chat, "deaf").unwrap();
    ports.gateway.open(&named("deaf"), world.now());
    ports.gateway.cut(&named("gone"));
    ports.gateway.jam(&named("jammed"));
    let pushed = run(push(
        &ports,
        &chat.key,
        &parcels(&["1", "2", "3"]),
        Effort::Full,
    ))
    .unwrap();
    assert_eq!((pushed.delivered, pushed.gone, pushed.failed), (1, 1, 1));
    assert_eq!(heard(&ports, "well"), ["1", "2", "3"]);
    assert_eq!(heard(&ports, "deaf"), [""; 0]);
    let left = run(ports.sockets_of(&chat.key)).unwrap();
    let left: Vec<&str> = left.iter().map(|it| it.connection.as_str()).collect();
    assert_eq!(left, ["deaf", "well"]);
}

#[test]
fn a_parcel_reaches_its_audience_alone() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    let ports = ports(&world, Faults::default());
    listens(&ports, &world, &chat, "jane");
    listens(&ports, &world, &ann, "ann");
    let only = |these: &[ParticipantId]| Audience::Only(these.to_vec());
    let mut all = parcels(&["to Ann", "to nobody", "to all"]);
    all[0].to = only(from_ref(&ann.customer));
    all[1].to = only(&[]);
    run(push(&ports, &chat.key, &all, Effort::Full)).unwrap();
    assert_eq!(heard(&ports, "jane"), ["to all"]);
    assert_eq!(heard(&ports, "ann"), ["to Ann", "to all"]);
}

#[test]
fn every_record_is_told_as_its_items_and_to_those_who_may_know() {
    for record in contract::records_of_every_kind() {
        let session = world_session();
        let told = record.told(session);
        let items = record.items(session);
        let shown: Vec<_> = told
            .iter()
            .filter_map(|told| match &told.news {
                News::Item(item) => Some(item.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(shown, items);
        if let domain::Body::Linked(_) = record.body {
            assert!(matches!(told[..], [_]));
            assert!(matches!(told[0].news, News::Rehydrated { at, .. } if at == record.at));
        }
        let present = |id| {
            let found = record.state.participant(id);
            found.is_some_and(|each| each.presence != domain::Presence::Left)
        };
        for told in told {
            let everybody = told.to == Audience::Everybody;
            for each in &record.state.participants {
                assert!(told.to.includes(each.id) || !present(each.id));
            }
            let stranger = ParticipantId::from_random(u128::MAX / 3);
            assert_eq!(told.to.includes(stranger), everybody);
        }
    }
}

fn world_session() -> domain::SessionId {
    contract::FreshSessions::seeded(1).draw().session
}

#[test]
fn who_has_left_is_told_of_their_leaving_and_of_the_end() {
    let world = World::new();
    let chat = world.chat();
    let (ann, bob) = (
        world.accompanied(&chat, Role::Agent, "Ann"),
        world.accompanied(&chat, Role::Agent, "Bob"),
    );
    world.leave(&ann);
    world.say(&chat, "about Ann");
    world.leave(&bob);
    world.stop(chat.contact);
    let told = world.records(&chat.key).into_iter();
    let told: Vec<_> = told
        .flat_map(|record| record.told(chat.key.session))
        .collect();
    let anns: Vec<bool> = told
        .iter()
        .map(|told| told.to.includes(ann.customer))
        .collect();
    // Jane joins, Ann is invited and joins, so does Bob, Ann leaves, something is said, Bob leaves, the end.
    let expected = [false, true, true, true, true, true, false, false, true];
    assert_eq!(anns, expected);
}

#[test]
fn typing_and_receipts_are_told_to_the_others_and_a_repeated_receipt_again() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    let said = world.say(&chat, "hello").id;
    let receipt = |message| Event::Receipt {
        message: Some(message),
        kind: ReceiptKind::Read,
    };
    let take = |who: &Chat, event| {
        let (key, now) = (world.fresh_key(), world.now());
        let taken = domain::send_event(&world.log, &chat.key, who.customer, event, key, now);
        run(taken).unwrap()
    };
    let typing = take(&chat, Event::Typing).told.unwrap();
    assert_eq!(typing.to, Audience::Only(vec![ann.customer]));
    for _ in 0..2 {
        let taken = take(&ann, receipt(said));
        let told = taken.told.unwrap();
        assert_eq!(told.to, Audience::Only(vec![chat.customer]));
        let News::Received { id, message, .. } = told.news else {
            panic!("no receipt");
        };
        assert_eq!((id, message), (taken.sent.id, said));
    }
    // One's own message, a message of the past, and what nobody needs to know.
    assert_eq!(take(&chat, receipt(said)).told, None);
    assert_eq!(take(&chat, Event::Passing).told, None);
    world.stop(chat.contact);
    let next = world.resume(chat.contact, Rehydration::FromSegment);
    world.try_join(&next).unwrap();
    let (key, now) = (world.fresh_key(), world.now());
    let taken = domain::send_event(
        &world.log,
        &next.key,
        next.customer,
        receipt(said),
        key,
        now,
    );
    assert_eq!(run(taken).unwrap().told, None);
}

#[test]
fn who_is_alone_types_to_nobody_and_no_connections_are_read() {
    let world = World::new();
    let chat = world.chat();
    let (key, now) = (world.fresh_key(), world.now());
    let typing = Event::Typing;
    let taken = domain::send_event(&world.log, &chat.key, chat.customer, typing, key, now);
    let told = run(taken).unwrap().told.unwrap();
    assert!(told.to.is_empty());
}
