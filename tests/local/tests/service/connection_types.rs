//! ConnectionTypes: a start that connects the customer at once (decision 64).

use api::Operation;
use domain::{minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    BEGIN, Chat, PARAMETER, REQUEST, Request, UUID_4, World, at, connection, continuing,
    disconnect, message, set, start, start_members, transcript, transcript_words,
};

const BOTH: [&str; 2] = ["WEBSOCKET", "CONNECTION_CREDENTIALS"];

fn connecting(types: &[&str]) -> Value {
    json!({"ConnectionTypes": types})
}

/// The chat that a start's answer describes, connected by it.
fn chat(started: &Value) -> Chat {
    Chat {
        contact: at(started, "ContactId"),
        participant: at(started, "ParticipantId"),
        participant_token: at(started, "ParticipantToken"),
        connection_token: at(started, "ConnectionCredentials.ConnectionToken"),
    }
}

fn words(world: &World, chat: &Chat) -> Vec<String> {
    transcript_words(&world.takes(transcript(chat, &json!({"SortOrder": "ASCENDING"}))))
}

#[test]
fn decision_64_the_answer_has_what_was_asked_for_as_create_participant_connection_gives_it() {
    let world = World::new();
    for types in [
        &BOTH[..],
        &BOTH[..1],
        &BOTH[1..],
        &["WEBSOCKET", "WEBSOCKET"],
    ] {
        let started = world.takes(start(&connecting(types)));
        let body = json!({"Type": types});
        let request = Request::new(Operation::CreateParticipantConnection, &body);
        let connected = world.takes(request.bearer(&at(&started, "ParticipantToken")));
        let shape = |answer: &Value| {
            let mut shape = answer.clone();
            for secret in ["ConnectionToken", "ParticipantToken"] {
                if let Some(token) = shape["ConnectionCredentials"].get_mut(secret) {
                    *token = json!("a token");
                }
            }
            shape
        };
        let mut shown = shape(&started);
        let members = shown.as_object_mut().expect("an object");
        for name in ["ContactId", "ParticipantId", "ParticipantToken"] {
            assert!(members.remove(name).is_some(), "{name}");
        }
        members.retain(|_, value| !value.is_null());
        let mut expected = shape(&connected);
        let members = expected.as_object_mut().expect("an object");
        members.retain(|_, value| !value.is_null());
        assert_eq!(shown, expected, "{types:?}");
        if types.contains(&"CONNECTION_CREDENTIALS") {
            let expiry = at(&started, "ConnectionCredentials.Expiry");
            assert_eq!(expiry, api::iso(BEGIN + seconds(86_400)));
        }
    }
}

#[test]
fn decision_64_the_customer_has_joined_before_his_initial_message() {
    let world = World::new();
    let mut members = connecting(&BOTH);
    members["InitialMessage"] = json!({"ContentType": "text/plain", "Content": "hello"});
    let chat = chat(&world.takes(start(&members)));
    let begun = ["participant.joined", "hello"];
    assert_eq!(words(&world, &chat), begun);
    let page = world.takes(transcript(&chat, &json!({})));
    let time = |n: usize| at(&page["Transcript"][n], "AbsoluteTime");
    assert_eq!(time(1), api::iso(BEGIN));
    assert_eq!(time(0), api::iso(BEGIN.next()));
    // Connecting again adds nothing.
    let stored = world.service.log.stored();
    world.takes(connection(&chat.participant_token));
    assert_eq!(world.service.log.stored(), stored);
    // Nor is anybody waited for.
    world.pass(minutes(5));
    world.takes(message(&chat, "still here"));
    assert_eq!(words(&world, &chat), [&begun[..], &["still here"]].concat());
}

#[test]
fn without_connection_types_nobody_has_joined() {
    let world = World::new();
    let started = world.takes(start(&json!({"ConnectionTypes": null})));
    for member in ["ConnectionCredentials", "Websocket"] {
        assert_eq!(started.get(member), None);
    }
    let stored = world.service.log.stored();
    world.takes(connection(&at(&started, "ParticipantToken")));
    assert_eq!(world.service.log.stored(), stored + 1);
}

#[test]
fn a_continued_chat_is_connected_by_its_start_and_shows_its_past() {
    let world = World::new();
    let source = world.ended_chat();
    let mut members = continuing(&source.contact, "FROM_SEGMENT");
    members["ConnectionTypes"] = json!(BOTH);
    let started = world.takes(start(&members));
    assert_eq!(at(&started, "ContinuedFromContactId"), source.contact);
    let chat = chat(&started);
    let page = world.takes(transcript(&chat, &json!({})));
    let words = transcript_words(&page);
    assert_eq!(words[..2], ["participant.joined", "chat.ended"]);
}

#[test]
fn the_widget_finds_its_connection_in_the_envelope() {
    let world = World::new();
    let request = start(&connecting(&BOTH)).of_widget();
    let answer = world.takes(request);
    let result = &answer["data"]["startChatResult"];
    assert_eq!(words(&world, &chat(result)), ["participant.joined"]);
    assert_eq!(at(result, "Websocket.Url"), "");
    assert_eq!(answer.as_object().map(|all| all.len()), Some(1));
}

#[test]
fn a_repetition_is_the_same_chat_with_a_connection_of_its_own() {
    let world = World::new();
    let mut members = connecting(&BOTH);
    members["ClientToken"] = json!(UUID_4);
    members["DisconnectOnCustomerExit"] = json!(["AGENT"]);
    let request = start(&members).signed();
    let first = world.takes(request.clone());
    world.pass(minutes(60));
    let stored = world.service.log.stored();
    let again = world.takes(request.clone());
    assert_eq!(world.service.log.stored(), stored);
    let (one, other) = (chat(&first), chat(&again));
    assert_eq!(
        (&one.contact, &one.participant),
        (&other.contact, &other.participant)
    );
    let expiry = at(&again, "ConnectionCredentials.Expiry");
    assert_eq!(expiry, api::iso(world.now() + seconds(86_400)));
    for connected in [&one, &other] {
        world.takes(message(connected, "hello"));
    }
    assert_eq!(
        words(&world, &one),
        ["participant.joined", "hello", "hello"]
    );
    // In another order it is the same request; any other is another one.
    members["ConnectionTypes"] = json!(["CONNECTION_CREDENTIALS", "WEBSOCKET"]);
    assert_eq!(
        at(&world.takes(start(&members).signed()), "ContactId"),
        one.contact
    );
    let other_parameters = "The ClientToken was used for a request with other parameters";
    for (member, value) in [
        ("ConnectionTypes", Value::Null),
        ("ConnectionTypes", json!(["WEBSOCKET"])),
        ("ConnectionTypes", json!(["CONNECTION_CREDENTIALS"])),
        ("DisconnectOnCustomerExit", Value::Null),
    ] {
        let other = start(&set(&members, member, value)).signed();
        world.refuses_repetition(other, REQUEST, other_parameters);
    }
    // After the end its connection is as dead as any.
    world.takes(disconnect(&one));
    let dead = chat(&world.takes(request));
    let denied = world.send(message(&dead, "hello"));
    assert_eq!(
        denied.error(),
        (403, "AccessDeniedException", "Access denied")
    );
}

#[test]
fn connection_types_are_one_or_two_of_those_that_there_are() {
    let world = World::new();
    let member = "ConnectionTypes";
    let send = |value: Value| {
        let body = set(&start_members(), member, value);
        Request::new(Operation::StartChatContact, &body)
    };
    let list = "must be a list of strings";
    let names = "must be among WEBSOCKET, CONNECTION_CREDENTIALS, AUTHENTICATION_SESSION";
    for (value, reason) in [
        (json!([]), "must not be empty"),
        (json!(["websocket"]), names),
        (json!(["WEBSOCKET", ""]), names),
        (
            json!(["WEBSOCKET", "CONNECTION_CREDENTIALS", "WEBSOCKET"]),
            "must have 1 to 2 entries",
        ),
        (
            json!(["WEBRTC_CONNECTION"]),
            "WEBRTC_CONNECTION is not supported",
        ),
        (json!("WEBSOCKET"), list),
        (json!([7]), list),
        (json!([null]), list),
        (json!({"WEBSOCKET": true}), list),
    ] {
        world.refuses(send(value), PARAMETER, &format!("{member} {reason}"));
    }
}

#[test]
fn decision_81_a_start_takes_an_authentication_session_and_answers_nothing_for_it() {
    let world = World::new();
    let types = ["AUTHENTICATION_SESSION", "CONNECTION_CREDENTIALS"];
    let started = world.takes(start(&connecting(&types)));
    assert_eq!(words(&world, &chat(&started)), ["participant.joined"]);
    let alone = world.takes(start(&connecting(&types[..1])));
    let named: Vec<&String> = alone.as_object().expect("an object").keys().collect();
    assert_eq!(named, ["ContactId", "ParticipantId", "ParticipantToken"]);
}
