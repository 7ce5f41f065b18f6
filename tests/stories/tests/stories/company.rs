//! Agents, bots and supervisors: who is asked to take part, what they see, and what their coming and going changes.

use aws_sdk_connect::types::ParticipantRole;
use aws_sdk_connect::types::ParticipantRole::{self as Role, Agent, CustomBot, Supervisor, System};
use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::pages::{assert_strictly_rising, lines, said};
use crate::people::Participant;
use crate::refusal::{BAD_REQUEST, DENIED, NOT_FOUND, refused};
use crate::service::{Service, unique};

#[tokio::test]
async fn an_agent_and_a_customer_talk_and_read_the_same() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    jane.say("Where is my parcel?").await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    ann.say("On its way.").await;
    jane.say("Thank you.").await;

    let history = jane.history().await;
    let expected = [
        "Jane joined",
        "Jane: Where is my parcel?",
        "Ann invited",
        "Ann joined",
        "Ann: On its way.",
        "Jane: Thank you.",
    ];
    assert_eq!(lines(&history), expected);
    assert_eq!(ann.history().await, history);
    assert_strictly_rising(&history);
    let said_by_ann = &history[4];
    assert_eq!(said_by_ann.participant_id(), Some(&*ann.participant));
    assert_eq!(said_by_ann.participant_role().unwrap().as_str(), "AGENT");
}

#[tokio::test]
async fn an_agent_and_a_bot_read_the_same_past_as_the_customer() {
    let service = Service::open().await;
    let backend = service.backend();
    let first = backend.jane().await;
    first.say("one").await;
    first.leave().await;
    let second = backend.jane_after(&first.contact, FromSegment).await;
    let ann = backend.agent(&second.contact, "Ann").await;
    ann.say("two").await;
    second.leave().await;
    let jane = backend.jane_after(&second.contact, EntirePastSession).await;
    jane.say("three").await;

    let bob = backend.agent(&jane.contact, "Bob").await;
    let bot = backend.inviting(&jane.contact, CustomBot, "Bot");
    let bot = backend.invite(bot).await.connected().await;
    let history = jane.history().await;
    assert_eq!(said(&history), ["one", "two", "three"]);
    assert_eq!(bob.history().await, history);
    assert_eq!(bot.history().await, history);
    assert_eq!(bob.history_in_pages_of(2).await, history);
}

#[tokio::test]
async fn an_agent_leaves_and_the_customer_goes_on() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    let bot = backend.inviting(&jane.contact, CustomBot, "Bot");
    let bot = backend.invite(bot).await.connected().await;
    let token = unique();
    for _ in 0..2 {
        let leaving = ann.leaving().client_token(&token);
        leaving.send().await.expect("and its retry");
    }
    is_gone(&ann).await;
    jane.say("Still there?").await;
    bot.say("I am.").await;
    bot.leave().await;
    is_gone(&bot).await;
    jane.say("Not any more.").await;

    let history = jane.history().await;
    assert_eq!(
        lines(&history)[5..],
        [
            "Ann left",
            "Jane: Still there?",
            "Bot: I am.",
            "Bot left",
            "Jane: Not any more."
        ]
    );
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.disconnect_timestamp(), None);
    let refusal = refused(backend.chat_after(&jane.contact, FromSegment).send().await);
    assert_eq!(refusal.is(), BAD_REQUEST, "the chat goes on");
}

/// What somebody who has left can do with the tokens.
async fn is_gone(participant: &Participant) {
    assert_eq!(refused(participant.connecting().send().await).is(), DENIED);
    assert_eq!(refused(participant.saying("x").send().await).is(), DENIED);
    assert_eq!(refused(participant.older(1).send().await).is(), DENIED);
    assert_eq!(refused(participant.leaving().send().await).is(), DENIED);
}

#[tokio::test]
async fn the_customer_leaves_and_the_chat_is_over_for_everybody() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let ann = backend.agent(&jane.contact, "Ann").await;
    jane.leave().await;
    is_gone(&ann).await;
    is_gone(&jane).await;
    let after = backend.jane_after(&jane.contact, FromSegment).await;
    let expected = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Jane left",
        "ended",
        "Jane joined",
    ];
    assert_eq!(lines(&after.history().await), expected);
}

#[tokio::test]
async fn everybody_has_the_role_they_were_asked_in_and_an_id_of_their_own() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    for role in [Agent, CustomBot, Supervisor, System] {
        let invitation = backend.inviting(&jane.contact, role.clone(), role.as_str());
        let somebody = backend.invite(invitation).await.connected().await;
        somebody.say("Hello").await;
        let last = jane.history().await.pop().unwrap();
        assert_eq!(last.participant_role().unwrap().as_str(), role.as_str());
        assert_eq!(last.participant_id(), Some(&*somebody.participant));
        assert_eq!(last.display_name(), Some(role.as_str()));
        assert_ne!(somebody.participant, jane.participant);
    }
}

#[tokio::test]
async fn a_second_customer_and_an_unknown_role_are_refused() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let invited = |role| backend.inviting(&jane.contact, role, "John").send();
    let refusal = refused(invited(Role::Customer).await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    // The operation's model has no InvalidParameterException.
    let refusal = refused(invited(ParticipantRole::from("JUGGLER")).await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    assert!(
        refusal.message.contains("ParticipantRole"),
        "{}",
        refusal.message
    );
    assert_eq!(service.records(&jane.contact).await.len(), 2);
}

#[tokio::test]
async fn a_seventh_participant_waits_until_somebody_has_left() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let mut agents = Vec::new();
    for name in ["Ann", "Bob", "Cid", "Dan", "Eve"] {
        agents.push(backend.agent(&jane.contact, name).await);
    }
    let seventh = || backend.inviting(&jane.contact, Supervisor, "Fay");
    let refusal = refused(seventh().send().await);
    assert_eq!(refusal.is(), ("ServiceQuotaExceededException", 402));
    agents[2].leave().await;
    let fay = backend.invite(seventh()).await.connected().await;
    fay.say("Hello").await;
    // Those who have gone keep their names in what they did.
    let history = lines(&jane.history().await);
    assert!(history.contains(&"Cid joined".to_owned()), "{history:?}");
    assert_eq!(history.last().unwrap(), "Fay: Hello");
    assert_eq!(refused(seventh().send().await).status, 402);
}

#[tokio::test]
async fn an_invitation_under_one_client_token_asks_one_agent() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let token = unique();
    let invitation = || {
        let invitation = backend.inviting(&jane.contact, Agent, "Ann");
        backend.invite(invitation.client_token(&token))
    };
    let ann = invitation().await.connected().await;
    let again = invitation().await.connected().await;
    assert_eq!(ann.participant, again.participant);
    ann.say("from the first").await;
    again.say("from the second").await;
    ann.leave().await;
    // The answer is the same whatever has happened since, and brings nobody back.
    let late = invitation().await;
    assert_eq!(late.participant, ann.participant);
    assert_eq!(refused(late.connecting().send().await).is(), DENIED);
    let expected = [
        "Jane joined",
        "Ann invited",
        "Ann joined",
        "Ann: from the first",
        "Ann: from the second",
        "Ann left",
    ];
    assert_eq!(lines(&jane.history().await), expected);
}

#[tokio::test]
async fn nobody_is_asked_into_a_chat_that_is_unknown_or_over() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let unknown = jane.contact.replacen("-8000-", "-8001-", 1);
    for contact in [&*unknown, "x"] {
        let refusal = refused(backend.inviting(contact, Agent, "Ann").send().await);
        assert_eq!(refusal.is(), NOT_FOUND, "{contact}");
    }
    let elsewhere = backend.of_instance(&unique());
    let refusal = refused(elsewhere.inviting(&jane.contact, Agent, "Ann").send().await);
    assert_eq!(refusal.is(), NOT_FOUND);
    backend.stop(&jane.contact).await;
    let refusal = refused(backend.inviting(&jane.contact, Agent, "Ann").send().await);
    assert_eq!(refusal.is(), BAD_REQUEST);
    assert_eq!(service.records(&jane.contact).await.len(), 3);
}
