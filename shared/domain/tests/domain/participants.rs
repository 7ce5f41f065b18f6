//! CreateParticipant: who is added, how many may be there at once, and what is left of those who have gone.

use domain::Rehydration::EntirePastSession;
use domain::transcript::PageError;
use domain::{
    AppendError, Body, ContactId, InstanceId, Invitation, LogError, MAX_PARTICIPANTS, Outcome,
    Presence, Record, Refusal, Role, Stopped, days, minutes,
};

use crate::stage::{Chat, Faults, Trouble, World, assert_whole, at_every_call, key, nth, run};

fn refused<T>(refusal: Refusal) -> Result<T, AppendError> {
    Err(AppendError::Refused(refusal))
}

/// How many have been invited.
fn invited(world: &World, chat: &Chat) -> usize {
    let records = world.records(&chat.key);
    let invited = |record: &&Record| matches!(record.body, Body::Added { .. });
    records.iter().filter(invited).count()
}

/// A chat of the customer and as many agents as leave one place free.
fn all_but_full(world: &World) -> (Chat, Vec<Chat>) {
    let chat = world.chat();
    let agents = (2..MAX_PARTICIPANTS).map(|n| world.invited(&chat, Role::Agent, &n.to_string()));
    let agents = agents.collect();
    (chat, agents)
}

#[test]
fn row_61_whoever_is_added_is_invited_joins_talks_and_goes_and_the_chat_goes_on() {
    for role in [Role::Agent, Role::CustomBot, Role::Supervisor, Role::System] {
        let world = World::new();
        let past = world.past(&["before"]);
        let chat = world.joined(&world.wish_to_resume(past.contact, EntirePastSession));
        let ann = world.invited(&chat, role, "Ann");
        world.try_join(&ann).unwrap();
        world.try_join(&ann).unwrap();
        world.say(&ann, "hello");
        // All read the same, of the past as well.
        let shown = [
            "Jane joined",
            "Jane: before",
            "ended",
            "Jane joined",
            "Ann invited",
            "Ann joined",
            "Ann: hello",
        ];
        assert_eq!(world.transcript(&ann), shown);
        assert_eq!(world.try_leave(&ann, key("bye")), Ok(Outcome::Written));
        world.say(&chat, "still there");
        let shown = [&shown[..], &["Ann left", "Jane: still there"]].concat();
        assert_eq!(world.transcript(&chat), shown);
        assert_whole(&world, &chat.key);
    }
}

#[test]
fn what_is_added_lasts_as_long_as_the_chat() {
    let world = World::new();
    let started = world.now();
    let chat = world.chat();
    world.wait(days(6));
    let added = world.try_add(
        &world.invitation(&chat, Role::Agent, "Ann"),
        world.fresh_key(),
    );
    assert_eq!(added.unwrap().expires, started + days(7));
}

#[test]
fn an_agent_who_comes_first_does_not_keep_a_chat_alive_to_which_no_customer_connects() {
    let world = World::new();
    let chat = world.open(&world.wish());
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    world.say(&ann, "hello?");
    world.wait(minutes(5));
    assert_eq!(
        world.try_say(&ann, "well", key("well")),
        refused(Refusal::Ended)
    );
    let tail = world.records(&chat.key).pop().unwrap();
    assert!(tail.state.has_ended());
}

#[test]
fn participants_stay_when_the_contact_is_transferred() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    let bob = world.invited(&chat, Role::Agent, "Bob");
    world.transfer(chat.contact);
    world.say(&ann, "I am still here");
    world.try_join(&bob).unwrap();
    world.say(&bob, "hello");
    let cid = world.accompanied(&chat, Role::Supervisor, "Cid");
    let items = world.items(&cid);
    let last = items.last().unwrap();
    assert_eq!(last.contact, nth(&chat, 1));
}

#[test]
fn row_61_six_may_take_part_at_once_and_a_seventh_when_one_has_left() {
    let world = World::new();
    let (chat, agents) = all_but_full(&world);
    world.invited(&chat, Role::Supervisor, "the sixth");
    let seventh = world.invitation(&chat, Role::Agent, "the seventh");
    let full = refused(Refusal::TooManyParticipants);
    assert_eq!(world.try_add(&seventh, key("seventh")), full);
    // Whether they have connected makes no difference.
    world.try_join(&agents[0]).unwrap();
    assert_eq!(world.try_add(&seventh, key("seventh")), full);
    world.leave(&agents[0]);
    let added = world.try_add(&seventh, key("seventh")).unwrap();
    assert_eq!(added.participant, seventh.participant);
    assert_eq!(invited(&world, &chat), MAX_PARTICIPANTS);
}

#[test]
fn of_two_who_are_added_at_once_to_the_sixth_place_one_gets_it() {
    for silent in [false, true] {
        at_every_call(|n| {
            let world = World::new();
            let (chat, _) = all_but_full(&world);
            let rival = world.invitation(&chat, Role::Agent, "the rival");
            let elsewhere = world.plainly();
            let mut faults =
                Faults::before(n, move || drop(elsewhere.try_add(&rival, key("rival"))));
            faults.silent = silent;
            let shaky = world.through(faults);
            let own = world.invitation(&chat, Role::Agent, "the sixth");
            let added = shaky.try_add(&own, key("own"));
            let calls = shaky.log.calls().len();
            match n <= calls {
                true => assert_eq!(added, refused(Refusal::TooManyParticipants)),
                false => assert!(added.is_ok()),
            }
            assert_eq!(invited(&world, &chat), MAX_PARTICIPANTS - 1);
            assert_whole(&world, &chat.key);
            calls
        });
    }
}

#[test]
fn nobody_is_turned_away_for_one_who_has_just_left() {
    for unseen in [0b1, 0b11, 0b10, u64::MAX] {
        let world = World::new();
        let (chat, agents) = all_but_full(&world);
        world.invited(&chat, Role::Agent, "the sixth");
        world.leave(&agents[1]);
        let stale = world.through(Faults::unseen(unseen));
        stale.invited(&chat, Role::Agent, "the seventh");
    }
}

#[test]
fn a_repeated_invitation_is_the_same_participant_whatever_has_happened_since() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.invitation(&chat, Role::Agent, "Ann");
    let first = world.try_add(&ann, key("ann"));
    assert_eq!(first.as_ref().unwrap().participant, ann.participant);
    // Another process makes up another id.
    let again = || {
        let again = Invitation {
            participant: world.participant(),
            ..ann.clone()
        };
        world.try_add(&again, key("ann"))
    };
    assert_eq!(again(), first);
    let hers = Chat {
        customer: ann.participant,
        ..chat.clone()
    };
    world.try_join(&hers).unwrap();
    assert_eq!(again(), first);
    world.leave(&hers);
    assert_eq!(again(), first, "she has left");
    world.invited(&chat, Role::Agent, "Bob");
    assert_eq!(again(), first, "and is forgotten");
    let second = world.transfer(chat.contact);
    assert_eq!(again(), first, "her contact has ended");
    world.stop(second);
    assert_eq!(again(), first, "the chat has ended");
    assert_eq!(invited(&world, &chat), 2);
}

#[test]
fn after_32_other_records_a_repeated_invitation_is_another_participant() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.invitation(&chat, Role::Agent, "Ann");
    let first = world.try_add(&ann, key("ann")).unwrap();
    for n in 0..31 {
        world.say(&chat, &n.to_string());
    }
    assert_eq!(world.try_add(&ann, key("ann")), Ok(first));
    world.say(&chat, "one more");
    let again = Invitation {
        participant: world.participant(),
        ..ann
    };
    assert_ne!(world.try_add(&again, key("ann")), Ok(first));
}

#[test]
fn whatever_goes_wrong_with_an_invitation_its_repetition_adds_one_participant() {
    let troubles = [
        Trouble::NotDone,
        Trouble::Throttled,
        Trouble::LostReply,
        Trouble::Repeated,
    ];
    for (trouble, unseen) in troubles
        .into_iter()
        .flat_map(|trouble| [0, 0b1, 0b11, u64::MAX].map(|unseen| (trouble.clone(), unseen)))
    {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            let ann = world.invitation(&chat, Role::Agent, "Ann");
            let mut faults = Faults::at(n, trouble.clone());
            faults.unseen = Box::new(move || unseen);
            let shaky = world.through(faults);
            let first = shaky.try_add(&ann, key("ann"));
            let calls = shaky.log.calls().len();
            let passes = |error: &AppendError| {
                let log = LogError::Unavailable("no answer".to_owned());
                [LogError::Throttled, log]
                    .map(AppendError::Log)
                    .contains(error)
            };
            assert!(first.as_ref().map_or_else(passes, |_| true));
            let stale = world.through(Faults::unseen(unseen));
            let added = stale.try_add(&ann, key("ann"));
            assert!(first.is_err() || first == added);
            assert_eq!(added.unwrap().participant, ann.participant);
            assert_eq!(invited(&world, &chat), 1);
            assert_whole(&world, &chat.key);
            calls
        });
    }
}

#[test]
fn who_has_left_is_denied_everything_afterwards_and_still_when_forgotten() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    let said = world.try_say(&ann, "hello", key("hello"));
    assert_eq!(world.try_leave(&ann, key("bye")), Ok(Outcome::Written));
    for newcomer in ["nobody yet", "Bob", "Cid"] {
        if newcomer != "nobody yet" {
            world.invited(&chat, Role::Agent, newcomer);
        }
        for seen in [world.plainly(), world.through(Faults::unseen(0b111))] {
            let gone = refused(Refusal::NotAParticipant);
            assert_eq!(seen.try_join(&ann).map(drop), gone);
            let again = seen.try_say(&ann, "and another thing", seen.fresh_key());
            assert_eq!(again.map(drop), gone);
            assert_eq!(seen.try_leave(&ann, seen.fresh_key()).map(drop), gone);
            let page = seen.read(&ann.newest());
            assert_eq!(page, Err(PageError::NotAParticipant));
            // What she did is answered as it was.
            assert_eq!(seen.try_say(&ann, "hello", key("hello")), said);
            assert_eq!(seen.try_leave(&ann, key("bye")), Ok(Outcome::Replayed));
        }
    }
}

#[test]
fn of_those_who_come_and_go_the_state_forgets_all_but_the_latest_and_no_old_item_forgets_its_name()
{
    let world = World::new();
    let chat = world.chat();
    let mut lines = vec!["Jane joined".to_owned()];
    for n in 0..20 {
        let agent = world.accompanied(&chat, Role::Agent, &format!("agent {n}"));
        world.say(&agent, "hello");
        world.leave(&agent);
        for event in [" invited", " joined", ": hello", " left"] {
            lines.push(format!("agent {n}{event}"));
        }
        let state = world.records(&chat.key).pop().unwrap().into_parts().state;
        assert_eq!(state.participants.len(), 2);
        assert_eq!(state.participants[0].role, Role::Customer);
        assert_eq!(state.participants[1].presence, Presence::Left);
    }
    assert_eq!(world.transcript(&chat), lines);
    world.leave(&chat);
    let next = world.resume(chat.contact, EntirePastSession);
    lines.extend(["Jane left", "ended"].map(str::to_owned));
    assert_eq!(world.transcript(&next), lines);
}

#[test]
fn row_40a_nobody_is_added_to_a_contact_that_has_ended_or_is_not_there() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    let add = |world: &World, contact: ContactId| {
        let invitation = Invitation {
            contact,
            ..world.invitation(&chat, Role::Agent, "Ann")
        };
        world.try_add(&invitation, world.fresh_key()).map(drop)
    };
    let ended = Refusal::ContactEnded { active: second };
    assert_eq!(add(&world, chat.contact), refused(ended));
    assert_eq!(add(&world, second), Ok(()));
    assert_eq!(add(&world, nth(&chat, 2)), refused(Refusal::UnknownContact));
    let nobodys = world.wish().session.session.initial_contact();
    assert_eq!(add(&world, nobodys), Err(AppendError::NotFound));
    let elsewhere = InstanceId::new("elsewhere").unwrap();
    let invitation = world.invitation(&chat, Role::Agent, "Ann");
    let added = domain::add_participant(
        &world.log,
        &elsewhere,
        invitation,
        world.fresh_key(),
        world.now(),
    );
    assert_eq!(run(added), Err(AppendError::NotFound));
    world.stop(second);
    assert_eq!(add(&world, chat.contact), refused(Refusal::Ended));
    assert_eq!(add(&world, second), refused(Refusal::Ended));
    world.wait(days(731));
    assert_eq!(add(&world, second), Err(AppendError::NotFound));
}

#[test]
fn a_contact_that_has_just_opened_is_known_however_stale_the_first_read() {
    for unseen in [0b1, 0b11, u64::MAX] {
        let world = World::new();
        let chat = world.chat();
        let second = world.transfer(chat.contact);
        let stale = world.through(Faults::unseen(unseen));
        let invitation = Invitation {
            contact: second,
            ..world.invitation(&chat, Role::Agent, "Ann")
        };
        assert!(stale.try_add(&invitation, key("ann")).is_ok());
    }
}

#[test]
fn nobody_is_added_to_a_chat_whose_time_has_passed_and_that_is_written_down() {
    let world = World::new();
    let chat = world.chat();
    world.wait(days(7));
    let ann = world.invitation(&chat, Role::Agent, "Ann");
    assert_eq!(world.try_add(&ann, key("ann")), refused(Refusal::Ended));
    assert_eq!(world.records(&chat.key).len(), 3);
    assert_eq!(world.try_stop(chat.contact), Ok(Stopped::Already));
}

#[test]
fn an_invitation_is_a_read_and_a_put_its_retry_a_read_and_a_refusal_for_want_of_room_two() {
    let world = World::new();
    let (chat, _) = all_but_full(&world);
    let sixth = world.invitation(&chat, Role::Agent, "the sixth");
    for expected in [(1, 1, 2), (1, 0, 1)] {
        let counted = world.plainly();
        counted.try_add(&sixth, key("sixth")).unwrap();
        assert_eq!(counted.log.take_counts(), expected);
    }
    let counted = world.plainly();
    let seventh = world.invitation(&chat, Role::Agent, "the seventh");
    counted.try_add(&seventh, key("seventh")).unwrap_err();
    assert_eq!(counted.log.take_counts(), (2, 0, 2));
}
