//! Every rule about one session: the table of states and commands, and the moments at which answers change.

mod table;

use domain::{Certainty, Command, ContentType, ContentTypes, Decision, Refusal, State, decide};

use self::table::{
    CONNECT_BY, CUSTOMER, EXPIRES, LAST_ITEM, at, commands, ended, in_segment, outcome, running,
    send, states, waiting,
};

#[test]
fn every_state_answers_every_command_as_the_table_says() {
    let mut table = String::new();
    for (name, state, now) in states() {
        let answers: Vec<_> = commands()
            .into_iter()
            .map(|(wish, command)| (wish, outcome(&state, decide(&state, &command, at(now)))))
            .collect();
        let all_one = answers.iter().all(|(_, answer)| *answer == answers[0].1);
        table += &format!("{name}\n");
        match all_one {
            true => table += &format!("    whatever is asked: {}\n", answers[0].1),
            false => answers
                .iter()
                .for_each(|(wish, answer)| table += &format!("    {wish:<40}{answer}\n")),
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_ended_session_writes_nothing_ever_again_and_nothing_can_change_that() {
    for segment in [0, 1, 0xFFF] {
        let state = ended(in_segment(segment, running()));
        for (_, command) in commands() {
            for now in [0, LAST_ITEM, EXPIRES, u64::MAX] {
                match decide(&state, &command, at(now)) {
                    Ok(Decision::Nothing(certainty)) => assert_eq!(certainty, Certainty::Forever),
                    Ok(other) => panic!("{command:?} came to {other:?}"),
                    Err(Refusal::UnknownContact) => {}
                    Err(refusal) => assert_eq!(refusal.certainty(), Certainty::Forever),
                }
            }
        }
    }
}

#[test]
fn time_has_passed_from_the_very_millisecond_of_the_deadline() {
    for (state, deadline) in [(waiting(), CONNECT_BY), (running(), EXPIRES)] {
        let one_before = decide(&state, &Command::Expire, at(deadline - 1));
        assert_eq!(one_before, Err(Refusal::NotExpired));
        let just_now = decide(&state, &Command::Expire, at(deadline));
        assert!(matches!(just_now, Ok(Decision::Expire(_))));
    }
}

#[test]
fn an_end_by_time_lies_at_the_deadline_or_just_after_the_last_item() {
    for (last, end) in [
        (LAST_ITEM, EXPIRES),
        (EXPIRES - 1, EXPIRES),
        (EXPIRES, EXPIRES + 1),
        (EXPIRES + 70, EXPIRES + 71),
    ] {
        let state = State {
            time: at(last),
            ..running()
        };
        let Ok(Decision::Expire(draft)) = decide(&state, &Command::Expire, at(EXPIRES + 50)) else {
            panic!("the duration has passed");
        };
        assert_eq!((draft.at, draft.state.time), (at(end), at(end)));
    }
}

#[test]
fn retention_ends_with_its_very_millisecond() {
    let state = State {
        retained_until: at(EXPIRES),
        ..running()
    };
    assert!(!state.is_past_retention(at(EXPIRES - 1)));
    assert!(state.is_past_retention(at(EXPIRES)));
}

#[test]
fn plain_text_is_always_supported_and_everything_else_only_if_it_was_asked_for() {
    let mut state = running();
    for chosen in ContentType::ALL {
        state.content_types = ContentTypes::with([chosen]);
        for kind in ContentType::ALL {
            let supported = kind == ContentType::Plain || kind == chosen;
            let answer = decide(&state, &send(CUSTOMER, kind), at(2_000));
            match answer {
                Ok(Decision::Write(_)) => assert!(supported),
                Err(refusal) => {
                    assert!(!supported);
                    assert_eq!(refusal, Refusal::ContentTypeNotSupported(kind));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn only_a_session_that_has_ended_can_be_proved_to_have_ended() {
    for (_, state, _) in states() {
        assert_eq!(state.ended().is_some(), state.has_ended());
    }
    let proof = ended(running()).ended().unwrap();
    assert_eq!(proof.state(), &ended(running()));
}
