//! The customer's exit: the end of the chat, or the beginning of its disconnect flow.

use domain::Rehydration::FromSegment;
use domain::{
    AppendError, Body, Command, Decision, Destination, DisconnectReason, Ordinal, Outcome, Phase,
    Refusal, Role, State, TransferMethod, decide,
};

use crate::stage::{Chat, Faults, Trouble, World, assert_whole, at_every_call, key, nth, survey};

const CUSTOMER: DisconnectReason = DisconnectReason::CustomerDisconnect;

fn state(world: &World, chat: &Chat) -> State {
    world.records(&chat.key).pop().unwrap().into_parts().state
}

/// Whether the chat has gone on to its survey; it has ended otherwise.
fn in_survey(world: &World, chat: &Chat) -> bool {
    let state = state(world, chat);
    let survey = state.phase == Phase::Running && state.segment == Ordinal::new(1).unwrap();
    let ended = state.phase == Phase::Ended(CUSTOMER) && state.segment == Ordinal::FIRST;
    assert!(survey != ended, "{:?}", state.phase);
    survey
}

fn gone<T>() -> Result<T, AppendError> {
    Err(AppendError::Refused(Refusal::NotAParticipant))
}

#[test]
fn row_62_the_customers_exit_disconnects_the_agent_and_opens_the_survey_and_a_second_one_ends_it() {
    let world = World::new();
    let chat = world.polite_chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    world.say(&ann, "hello");
    world.exit(&chat);
    let left = world.records(&chat.key).pop().unwrap();
    let expected = Body::Transferred {
        method: TransferMethod::Disconnect,
        to: Destination::flow(survey()),
        reason: Some(CUSTOMER),
        left: Some(ann.customer),
    };
    assert_eq!(left.body, expected);
    assert_eq!(world.try_say(&ann, "wait", key("wait")), gone());
    assert_eq!(world.try_join(&ann).map(drop), gone());
    assert_eq!(world.try_exit(&ann, key("bye")), gone());
    // His connection goes on working, and so do new ones.
    world.try_join(&chat).unwrap();
    world.say(&chat, "five stars");
    let shown = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Ann: hello",
        "Ann left",
        "transferred",
        "Jane: five stars",
    ];
    assert_eq!(world.transcript(&chat), shown);
    let items = world.items(&chat);
    assert_eq!(items[5].contact, chat.contact);
    assert_eq!(items[6].contact, nth(&chat, 1));

    world.exit(&chat);
    assert_eq!(state(&world, &chat).phase, Phase::Ended(CUSTOMER));
    let denied = world.try_say(&chat, "six stars", key("six"));
    assert_eq!(denied, Err(AppendError::Refused(Refusal::Ended)));
    let next = world.resume(nth(&chat, 1), FromSegment);
    let whole = [&shown[..], &["Jane left", "ended"]].concat();
    assert_eq!(world.transcript(&next), whole);
    // And without the survey.
    let next = world.resume(chat.contact, FromSegment);
    assert_eq!(world.transcript(&next), shown[..6]);
    assert_whole(&world, &chat.key);
}

#[test]
fn row_62_without_flag_flow_or_connected_agent_the_customers_exit_is_the_end() {
    type Company = fn(&World, &Chat);
    let companies: [(&str, Company, bool); 8] = [
        (
            "an agent",
            |world, chat| drop(world.accompanied(chat, Role::Agent, "Ann")),
            true,
        ),
        ("nobody", |_, _| {}, false),
        (
            "an agent who has not come",
            |world, chat| drop(world.invited(chat, Role::Agent, "Ann")),
            false,
        ),
        (
            "an agent who has left",
            |world, chat| world.leave(&world.accompanied(chat, Role::Agent, "Ann")),
            false,
        ),
        (
            "a bot",
            |world, chat| drop(world.accompanied(chat, Role::CustomBot, "Bot")),
            false,
        ),
        (
            "a supervisor",
            |world, chat| drop(world.accompanied(chat, Role::Supervisor, "Sam")),
            false,
        ),
        (
            "the system",
            |world, chat| drop(world.accompanied(chat, Role::System, "System")),
            false,
        ),
        (
            "an agent after one who has left",
            |world, chat| {
                world.leave(&world.accompanied(chat, Role::Agent, "Ann"));
                world.accompanied(chat, Role::Agent, "Bob");
            },
            true,
        ),
    ];
    for (who, arrange, served) in companies {
        for (flag, flow) in [(true, true), (true, false), (false, true), (false, false)] {
            let world = World::new();
            let chat = match flag {
                true => world.polite_chat(),
                false => world.chat(),
            };
            arrange(&world, &chat);
            match flow {
                true => world.exit(&chat),
                false => world.leave(&chat),
            }
            let expected = flag && flow && served;
            assert_eq!(in_survey(&world, &chat), expected, "{who}, {flag}, {flow}");
        }
    }
}

#[test]
fn row_62_an_agent_a_bot_or_a_supervisor_who_leaves_ends_nothing() {
    for role in [Role::Agent, Role::CustomBot, Role::Supervisor, Role::System] {
        let world = World::new();
        let chat = world.polite_chat();
        let they = world.accompanied(&chat, role, "They");
        let never_came = world.invited(&chat, role, "Somebody");
        for each in [&they, &never_came] {
            world.exit(each);
        }
        let state = state(&world, &chat);
        assert_eq!(
            (state.phase, state.segment),
            (Phase::Running, Ordinal::FIRST)
        );
        world.say(&chat, "hello?");
    }
}

#[test]
fn all_agents_are_disconnected_at_once_those_who_have_not_come_as_well_and_nobody_else() {
    let world = World::new();
    let chat = world.polite_chat();
    let agents = [
        world.accompanied(&chat, Role::Agent, "Ann"),
        world.accompanied(&chat, Role::Agent, "Bob"),
        world.invited(&chat, Role::Agent, "Cid"),
    ];
    let bot = world.accompanied(&chat, Role::CustomBot, "Bot");
    world.exit(&chat);
    for agent in &agents {
        assert_eq!(world.try_join(agent).map(drop), gone());
    }
    world.say(&bot, "How did you like it?");
    // A record has two items: the transcript tells of the first agent.
    let lines = world.transcript(&chat);
    let tail = ["Ann left", "transferred", "Bot: How did you like it?"];
    assert!(lines.ends_with(&tail.map(str::to_owned)), "{lines:?}");
}

#[test]
fn who_is_served_again_in_the_survey_is_surveyed_again() {
    let world = World::new();
    let chat = world.polite_chat();
    for n in 0..3 {
        world.accompanied(&chat, Role::Agent, "Ann");
        world.exit(&chat);
        assert_eq!(state(&world, &chat).segment, Ordinal::new(n + 1).unwrap());
    }
    world.exit(&chat);
    assert!(state(&world, &chat).has_ended());
}

#[test]
fn a_repeated_exit_is_answered_as_before_and_does_not_end_the_survey() {
    let world = World::new();
    let chat = world.polite_chat();
    world.accompanied(&chat, Role::Agent, "Ann");
    assert_eq!(world.try_exit(&chat, key("bye")), Ok(Outcome::Written));
    assert_eq!(world.try_exit(&chat, key("bye")), Ok(Outcome::Replayed));
    world.say(&chat, "five stars");
    assert_eq!(world.try_exit(&chat, key("bye")), Ok(Outcome::Replayed));
    assert!(in_survey(&world, &chat));
    assert_eq!(world.try_exit(&chat, key("for good")), Ok(Outcome::Written));
    // Both are known, whatever has happened since.
    for token in ["bye", "for good"] {
        assert_eq!(world.try_exit(&chat, key(token)), Ok(Outcome::Replayed));
    }
    assert_eq!(
        world.try_exit(&chat, key("once more")),
        Err(AppendError::Refused(Refusal::Ended))
    );
}

#[test]
fn whatever_goes_wrong_with_an_exit_its_repetition_leads_to_one_survey() {
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
                let chat = world.polite_chat();
                world.accompanied(&chat, Role::Agent, "Ann");
                let mut faults = Faults::at(n, trouble.clone());
                faults.unseen = Box::new(move || unseen);
                let shaky = world.through(faults);
                let _ = shaky.try_exit(&chat, key("bye"));
                world.try_exit(&chat, key("bye")).unwrap();
                assert!(in_survey(&world, &chat));
                assert_eq!(world.records(&chat.key).len(), 5);
                assert_whole(&world, &chat.key);
                shaky.log.calls().len()
            });
        }
    }
}

#[test]
fn an_agent_who_comes_or_goes_in_the_very_moment_of_the_exit_counts_as_the_log_has_it() {
    for silent in [false, true] {
        for leaves in [false, true] {
            at_every_call(|n| {
                let world = World::new();
                let chat = world.polite_chat();
                let ann = match leaves {
                    true => world.accompanied(&chat, Role::Agent, "Ann"),
                    false => world.invited(&chat, Role::Agent, "Ann"),
                };
                let (elsewhere, hers) = (world.plainly(), ann.clone());
                let mut faults = Faults::before(n, move || match leaves {
                    true => elsewhere.leave(&hers),
                    false => drop(elsewhere.try_join(&hers).unwrap()),
                });
                faults.silent = silent;
                let shaky = world.through(faults);
                shaky.exit(&chat);
                let calls = shaky.log.calls().len();
                let meanwhile = n <= calls;
                assert_eq!(in_survey(&world, &chat), leaves != meanwhile);
                assert_whole(&world, &chat.key);
                calls
            });
        }
    }
}

#[test]
fn an_agent_whose_coming_was_not_seen_is_not_left_behind() {
    for unseen in [0b1, 0b11, 0b10, u64::MAX] {
        let world = World::new();
        let chat = world.polite_chat();
        world.accompanied(&chat, Role::Agent, "Ann");
        world.through(Faults::unseen(unseen)).exit(&chat);
        assert!(in_survey(&world, &chat), "{unseen:b}");
    }
}

#[test]
fn in_the_last_contact_that_there_can_be_the_exit_is_the_end() {
    let world = World::new();
    let chat = world.polite_chat();
    world.accompanied(&chat, Role::Agent, "Ann");
    let last = State {
        segment: Ordinal::LAST,
        ..state(&world, &chat)
    };
    let leave = Command::Leave {
        participant: chat.customer,
        disconnect_flow: Some(survey()),
    };
    let Ok(Decision::Write(draft)) = decide(&last, &leave, world.now()) else {
        panic!("he leaves");
    };
    let ended = Body::Ended {
        reason: CUSTOMER,
        left: Some(chat.customer),
    };
    assert_eq!(draft.body, ended);
}

#[test]
fn an_exit_to_the_survey_is_a_read_and_a_put_and_its_retry_a_read() {
    let world = World::new();
    let chat = world.polite_chat();
    world.accompanied(&chat, Role::Agent, "Ann");
    for expected in [(1, 1, 2), (1, 0, 1)] {
        let counted = world.plainly();
        counted.try_exit(&chat, key("bye")).unwrap();
        assert_eq!(counted.log.take_counts(), expected);
    }
}
