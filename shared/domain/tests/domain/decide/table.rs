//! The table of decisions: the states that it has as rows, the commands that it has as columns, and answers in words.

use domain::{
    Attributes, Body, Command, ContactFlowId, ContactId, Content, ContentType, ContentTypes,
    Decision, Destination, DisconnectReason, DisplayName, Draft, Link, Linked, Ordinal,
    Participant, ParticipantId, PastSession, Phase, Presence, Refusal, Rehydration, Role,
    SessionId, Slot, State, Timestamp, TransferMethod,
};

pub(super) const LAST_ITEM: u64 = 1_000;
pub(super) const CONNECT_BY: u64 = 3_000;
pub(super) const EXPIRES: u64 = 6_000;

pub(super) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The people of the table; nobody invited the stranger.
pub(super) const CUSTOMER: ParticipantId = ParticipantId::from_random(1);
pub(super) const AGENT: ParticipantId = ParticipantId::from_random(2);
pub(super) const GONE_BOT: ParticipantId = ParticipantId::from_random(3);
pub(super) const STRANGER: ParticipantId = ParticipantId::from_random(4);

pub(super) fn waiting() -> State {
    let someone = |id, role, presence| Participant {
        id,
        role,
        display_name: DisplayName(String::new()),
        presence,
    };
    State {
        phase: Phase::Waiting {
            connect_by: at(CONNECT_BY),
        },
        segment: Ordinal::FIRST,
        items: 10,
        time: at(LAST_ITEM),
        expires: at(EXPIRES),
        retained_until: Timestamp::MAX,
        link: None,
        attributes: Slot::FIRST,
        participants: vec![
            someone(CUSTOMER, Role::Customer, Presence::Expected),
            someone(AGENT, Role::Agent, Presence::Present),
            someone(GONE_BOT, Role::CustomBot, Presence::Left),
        ],
        content_types: ContentTypes::PLAIN,
        disconnect_agent_on_exit: false,
    }
}

pub(super) fn running() -> State {
    let mut state = waiting();
    state.phase = Phase::Running;
    state.participants[0].presence = Presence::Present;
    state
}

pub(super) fn in_segment(n: u16, mut state: State) -> State {
    state.segment = Ordinal::new(n).unwrap();
    state
}

pub(super) fn ended(mut state: State) -> State {
    state.phase = Phase::Ended(DisconnectReason::Api);
    state
}

/// Started with DisconnectOnCustomerExit.
pub(super) fn polite(mut state: State) -> State {
    state.disconnect_agent_on_exit = true;
    state
}

pub(super) fn alone(mut state: State) -> State {
    state.participants[1].presence = Presence::Left;
    state
}

pub(super) fn full(mut state: State) -> State {
    for n in 10..14 {
        let mut another = state.participants[1].clone();
        another.id = ParticipantId::from_random(n);
        state.participants.push(another);
    }
    state
}

pub(super) fn linked(mut state: State) -> State {
    state.attributes = Slot::LAST;
    state.link = Some(Slot::FIRST);
    state
}

/// The rows of the table: a state, and the time at which it is asked.
pub(super) fn states() -> Vec<(&'static str, State, u64)> {
    let patient = Phase::Waiting {
        connect_by: at(EXPIRES + 1),
    };
    let patient = State {
        phase: patient,
        ..waiting()
    };
    vec![
        ("waiting", waiting(), 2_000),
        ("waiting, time to connect has passed", waiting(), CONNECT_BY),
        ("waiting, duration has passed first", patient, EXPIRES),
        ("running", running(), 2_000),
        ("running, clock behind the last item", running(), 500),
        ("running, duration has passed", running(), EXPIRES + 5),
        ("transferred", in_segment(1, running()), 2_000),
        (
            "transferred as often as can be",
            in_segment(0xFFF, running()),
            2_000,
        ),
        (
            "running, to ask before the customer goes",
            polite(running()),
            2_000,
        ),
        (
            "running, nobody to ask any more",
            polite(alone(running())),
            2_000,
        ),
        ("running, full", full(running()), 2_000),
        (
            "running, past linked, attributes changed",
            linked(running()),
            2_000,
        ),
        ("ended", ended(running()), 2_000),
        (
            "ended in the second contact, duration has passed",
            ended(in_segment(1, running())),
            EXPIRES,
        ),
    ]
}

pub(super) fn send(sender: ParticipantId, content_type: ContentType) -> Command {
    Command::Send {
        sender,
        content_type,
        content: Content("hello".to_owned()),
    }
}

pub(super) fn leave(participant: ParticipantId, disconnect_flow: Option<ContactFlowId>) -> Command {
    Command::Leave {
        participant,
        disconnect_flow,
    }
}

pub(super) fn survey() -> ContactFlowId {
    ContactFlowId("survey".to_owned())
}

/// The columns of the table.
pub(super) fn commands() -> Vec<(&'static str, Command)> {
    use ContentType::{Json, Plain};
    let stop = |n| Command::Stop(Ordinal::new(n).unwrap());
    let transfer = |n| Command::Transfer {
        from: contact(n),
        method: TransferMethod::Disconnect,
        to: Destination::flow(survey()),
    };
    vec![
        ("customer joins", Command::Join(CUSTOMER)),
        ("agent joins", Command::Join(AGENT)),
        ("bot that has left joins", Command::Join(GONE_BOT)),
        ("stranger joins", Command::Join(STRANGER)),
        ("customer sends", send(CUSTOMER, Plain)),
        ("customer sends JSON", send(CUSTOMER, Json)),
        ("agent sends", send(AGENT, Plain)),
        ("bot that has left sends", send(GONE_BOT, Plain)),
        ("stranger sends JSON", send(STRANGER, Json)),
        ("customer leaves", leave(CUSTOMER, None)),
        (
            "customer leaves for the survey",
            leave(CUSTOMER, Some(survey())),
        ),
        ("agent leaves", leave(AGENT, None)),
        ("agent leaves, survey or not", leave(AGENT, Some(survey()))),
        ("bot that has left leaves", leave(GONE_BOT, None)),
        ("stranger leaves", leave(STRANGER, None)),
        ("first contact is stopped", stop(0)),
        ("second contact is stopped", stop(1)),
        ("third contact is stopped", stop(2)),
        ("first contact is transferred", transfer(0)),
        ("second contact is transferred", transfer(1)),
        ("third contact is transferred", transfer(2)),
        ("last contact is transferred", transfer(0xFFF)),
        ("someone is added to the first contact", add(0)),
        ("someone is added to the second", add(1)),
        ("someone is added to the third", add(2)),
        ("attributes are set", set_attributes(Slot::FIRST)),
        (
            "attributes are set, read too early",
            set_attributes(Slot::LAST),
        ),
        ("a past is linked", associate(Slot::FIRST)),
        ("a past is linked, read too early", associate(Slot::LAST)),
        ("time is checked", Command::Expire),
    ]
}

fn contact(number: u16) -> ContactId {
    ContactId::new(SessionId::from_bits(1), Ordinal::new(number).unwrap())
}

pub(super) fn add(number: u16) -> Command {
    Command::Add {
        contact: contact(number),
        participant: Participant {
            id: ParticipantId::from_random(5),
            role: Role::Supervisor,
            display_name: DisplayName("Sam".to_owned()),
            presence: Presence::Expected,
        },
    }
}

pub(super) fn set_attributes(base: Slot) -> Command {
    Command::SetAttributes {
        base,
        attributes: Attributes::default(),
    }
}

pub(super) fn associate(base: Slot) -> Command {
    let session = SessionId::from_bits(9);
    let past = vec![PastSession {
        session,
        bound: Slot::FIRST,
        items: 1,
        link: None,
        accompanied: false,
        retained_until: Timestamp::MAX,
    }];
    let linked = Linked {
        asked: session.initial_contact(),
        rehydration: Rehydration::FromSegment,
        link: Link::restore(session.initial_contact(), past).unwrap(),
        attributes: Attributes::default(),
    };
    Command::Associate {
        base,
        linked: Box::new(linked),
        after: Timestamp::from_millis(0),
    }
}

pub(super) fn outcome(state: &State, answer: Result<Decision, Refusal>) -> String {
    match answer {
        Ok(Decision::Write(draft)) => format!("writes {}", written(state, &draft)),
        Ok(Decision::Expire(draft)) => format!("first of all {}", written(state, &draft)),
        Ok(Decision::Nothing(certainty)) => format!("nothing to do, {certainty:?}"),
        Err(refusal) => format!("refused: {refusal:?}, {:?}", refusal.certainty()),
    }
}

pub(super) fn written(before: &State, draft: &Draft) -> String {
    let what = match &draft.body {
        Body::Started(_) => "started".to_owned(),
        Body::Joined { .. } => "joined".to_owned(),
        Body::Left { .. } => "left".to_owned(),
        Body::Message { .. } => "message".to_owned(),
        Body::Added { .. } => "added".to_owned(),
        Body::Linked(_) => "linked".to_owned(),
        Body::Attributes(_) => "attributes".to_owned(),
        Body::Transferred {
            method,
            reason,
            left,
            ..
        } => {
            let reason = reason.map_or("no reason", DisconnectReason::as_str);
            let left = left.map_or("", |_| "left and ");
            format!("{left}transferred by {}, {reason}", method.as_str())
        }
        Body::Ended { reason, left } => match left {
            Some(_) => format!("left and ended: {}", reason.as_str()),
            None => format!("ended: {}", reason.as_str()),
        },
    };
    let mut changes = format!(
        "{what}, at {:?}; {} more until {:?}",
        draft.at,
        draft.state.items - before.items,
        draft.state.time,
    );
    if draft.state.phase != before.phase {
        changes += &format!("; now {:?}", draft.state.phase);
    }
    if draft.state.segment != before.segment {
        changes += &format!("; segment {}", draft.state.segment.get());
    }
    for is in &draft.state.participants {
        let was = before.participant(is.id).map(|was| was.presence);
        if was != Some(is.presence) {
            changes += &format!("; {:?} {:?}", is.role, is.presence);
        }
    }
    for was in &before.participants {
        if draft.state.participant(was.id).is_none() {
            changes += &format!("; {:?} forgotten", was.role);
        }
    }
    changes
}
