//! CreateParticipant: agents, bots and supervisors, what they may, and until when (decisions 42 and 61).

use api::Operation;
use domain::{days, minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    BEGIN, Chat, DENIED, INSTANCE, NOT_FOUND, QUOTA, REQUEST, Request, World, at, connection,
    continuing, disconnect, invitation, message, start, stop, transcript, transcript_words,
};

const ENDED: &str = "The contact has ended";

/// Everything that a chat shows to one of its participants, page after page, newest first.
fn everything(world: &World, reader: &Chat) -> Vec<Value> {
    let mut items = Vec::new();
    let mut members = json!({"MaxResults": 3});
    loop {
        let page = world.takes(transcript(reader, &members));
        items.extend(page["Transcript"].as_array().expect("a list").clone());
        match page["NextToken"].as_str() {
            Some(token) => members["NextToken"] = json!(token),
            None => return items,
        }
    }
}

#[test]
fn the_answer_has_a_token_that_is_good_as_long_as_the_chat() {
    let world = World::new();
    let chat = world.connected(start(&json!({"ChatDurationInMinutes": 90})));
    world.pass(minutes(10));
    let added = world.takes(invitation(&chat.contact, "AGENT", "Ann"));
    let members = added.as_object().expect("an object");
    let names: Vec<&String> = members.keys().collect();
    assert_eq!(names, ["ParticipantCredentials", "ParticipantId"]);
    let credentials = added["ParticipantCredentials"]
        .as_object()
        .expect("an object");
    let names: Vec<&String> = credentials.keys().collect();
    assert_eq!(names, ["Expiry", "ParticipantToken"]);
    let expiry = at(&added, "ParticipantCredentials.Expiry");
    assert_eq!(expiry, api::iso(BEGIN + minutes(90)));
    let token = at(&added, "ParticipantCredentials.ParticipantToken");
    world.pass(minutes(80) - seconds(1));
    world.takes(connection(&token));
    world.takes(connection(&token));
    world.pass(seconds(1));
    world.refuses_after_expiry(connection(&token));
}

#[test]
fn decision_61_whoever_is_added_reads_what_the_customer_reads_of_the_past_as_well() {
    let world = World::new();
    let first = world.ended_chat();
    let second = world.chat_after(&first);
    world.takes(message(&second, "and then"));
    world.takes(stop(&second.contact));
    let chat = world.chat_after(&second);
    for (role, name) in [
        ("AGENT", "Ann"),
        ("CUSTOM_BOT", "Bot"),
        ("SUPERVISOR", "Sam"),
        ("SYSTEM", "System"),
    ] {
        let theirs = world.accompanied(&chat, role, name);
        world.takes(message(&theirs, &format!("I am {name}")));
        let shown = everything(&world, &theirs);
        assert_eq!(shown, everything(&world, &chat));
        let said = &shown[0];
        assert_eq!(said["ParticipantRole"], role);
        assert_eq!(said["DisplayName"], name);
        assert_eq!(said["ParticipantId"], theirs.participant.as_str());
        assert_eq!(said["ContactId"], chat.contact.as_str());
        for (n, event) in [(1, "joined"), (2, "invited")] {
            let kind = format!("application/vnd.amazonaws.connect.event.participant.{event}");
            assert_eq!(shown[n]["ContentType"], kind.as_str());
            assert_eq!(shown[n]["ParticipantId"], theirs.participant.as_str());
        }
        let past: Vec<&Value> = shown
            .iter()
            .filter(|item| item.get("RelatedContactId").is_some())
            .collect();
        assert_eq!(past.len(), 4 + 3);
    }
}

#[test]
fn who_has_left_is_denied_and_the_chat_goes_on() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, "AGENT", "Ann");
    let bob = world.accompanied(&chat, "AGENT", "Bob");
    let leave = |token: &str| {
        let body = json!({"ClientToken": token});
        Request::new(Operation::DisconnectParticipant, &body).bearer(&ann.connection_token)
    };
    assert_eq!(world.takes(leave("bye")), json!({}));
    assert_eq!(world.takes(leave("bye")), json!({}), "the same again");
    for request in [
        leave("again"),
        message(&ann, "wait"),
        connection(&ann.participant_token),
    ] {
        world.refuses(request, DENIED, "Access denied");
    }
    world.takes(message(&bob, "I am here"));
    world.takes(message(&chat, "good"));
    // And still when somebody else has come.
    world.accompanied(&chat, "AGENT", "Cid");
    world.refuses(message(&ann, "wait"), DENIED, "Access denied");
    world.refuses(connection(&ann.participant_token), DENIED, "Access denied");
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 6})));
    let words = [
        "participant.joined",
        "participant.invited",
        "good",
        "I am here",
        "participant.left",
        "participant.joined",
    ];
    assert_eq!(transcript_words(&page), words);
    // Whose leaving it was stays known.
    assert_eq!(page["Transcript"][4]["DisplayName"], "Ann");
}

#[test]
fn a_token_is_good_for_one_participant_of_one_chat() {
    let world = World::new();
    let (chat, other) = (world.chat(), world.chat());
    let ann = world.accompanied(&chat, "AGENT", "Ann");
    let bob = world.accompanied(&chat, "AGENT", "Bob");
    // What one does is nobody else's doing.
    world.takes(message(&ann, "I am Ann"));
    world.takes(disconnect(&ann));
    world.takes(message(&bob, "I am Bob"));
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 3})));
    let names: Vec<String> = (0..3)
        .map(|n| at(&page["Transcript"][n], "DisplayName"))
        .collect();
    assert_eq!(names, ["Bob", "Ann", "Ann"]);
    let page = world.takes(transcript(&other, &json!({})));
    assert_eq!(transcript_words(&page), ["participant.joined"]);
    // A participant's token connects, and does nothing else.
    let unconnected = world.invited(&chat, "AGENT", "Cid");
    let misused = Chat {
        connection_token: unconnected.participant_token.clone(),
        ..unconnected.clone()
    };
    world.refuses(message(&misused, "hello"), DENIED, "Access denied");
    let request = connection(&bob.connection_token);
    world.refuses(request, DENIED, "Access denied");
}

#[test]
fn decision_61_a_seventh_participant_is_one_too_many() {
    let world = World::new();
    let chat = world.chat();
    let agents: Vec<Chat> = (2..=6)
        .map(|n| world.invited(&chat, "AGENT", &format!("agent {n}")))
        .collect();
    let seventh = || invitation(&chat.contact, "SUPERVISOR", "Sam");
    let message = "The chat has too many participants";
    world.refuses(seventh(), QUOTA, message);
    let mut ann = agents[0].clone();
    ann.connection_token = world.connection_token(&ann);
    world.refuses(seventh(), QUOTA, message);
    world.takes(disconnect(&ann));
    world.takes(seventh());
    world.refuses(seventh(), QUOTA, message);
}

#[test]
fn decision_42_an_invitation_repeated_with_its_token_is_the_same_participant() {
    let world = World::new();
    let chat = world.chat();
    let body = |token: &str, role: &str, name: &str| {
        json!({
            "InstanceId": INSTANCE,
            "ContactId": chat.contact,
            "ClientToken": token,
            "ParticipantDetails": {"ParticipantRole": role, "DisplayName": name},
        })
    };
    let request = |body: &Value| Request::new(Operation::CreateParticipant, body).signed();
    let ann = || request(&body("t", "AGENT", "Ann"));
    let first = world.takes(ann());
    let repeats = || {
        let puts = world.service.log.puts();
        let again = world.takes(ann());
        assert_eq!(world.service.log.puts(), puts);
        assert_eq!(again, first);
    };
    world.pass(minutes(3));
    repeats();
    let token = at(&first, "ParticipantCredentials.ParticipantToken");
    let connected = world.takes(connection(&token));
    let hers = Chat {
        participant: at(&first, "ParticipantId"),
        connection_token: at(&connected, "ConnectionCredentials.ConnectionToken"),
        ..chat.clone()
    };
    repeats();
    // Anything else under the token is somebody else.
    let mut ids = vec![at(&first, "ParticipantId")];
    for other in [
        body("T", "AGENT", "Ann"),
        body("t", "SUPERVISOR", "Ann"),
        body("t", "AGENT", "Anne"),
    ] {
        ids.push(at(&world.takes(request(&other)), "ParticipantId"));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    world.takes(disconnect(&hers));
    repeats();
    world.takes(stop(&chat.contact));
    repeats();
    let other = request(&body("u", "AGENT", "Ann"));
    world.refuses(other, REQUEST, ENDED);
}

#[test]
fn without_a_token_every_invitation_is_another_participant() {
    let world = World::new();
    let chat = world.chat();
    let first = world.invited(&chat, "AGENT", "Ann");
    let second = world.invited(&chat, "AGENT", "Ann");
    assert_ne!(first.participant, second.participant);
    assert_ne!(first.participant_token, second.participant_token);
}

#[test]
fn decision_40a_nobody_is_added_to_a_contact_that_has_ended() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transferred(&chat);
    let add = |contact: &str| invitation(contact, "AGENT", "Ann");
    let ended = format!("{ENDED}: its session goes on in contact {second}");
    world.refuses(add(&chat.contact), REQUEST, &ended);
    world.takes(add(&second));
    world.takes(stop(&second));
    world.refuses(add(&second), REQUEST, ENDED);
    world.pass(days(731));
    world.refuses(add(&second), NOT_FOUND, "The contact was not found");
}

#[test]
fn a_chat_whose_time_has_passed_is_ended_and_nobody_is_added() {
    let world = World::new();
    let started = world.takes(start(&json!({})));
    world.pass(minutes(5));
    let stored = world.service.log.stored();
    let request = invitation(&at(&started, "ContactId"), "AGENT", "Ann");
    world.send(request).is(REQUEST, ENDED);
    assert_eq!(
        world.service.log.stored(),
        stored + 1,
        "its end, and nothing else"
    );
}

#[test]
fn only_backends_add_anybody() {
    let world = World::new();
    let chat = world.chat();
    let agent = world.accompanied(&chat, "AGENT", "Ann");
    let body = json!({
        "InstanceId": INSTANCE,
        "ContactId": chat.contact,
        "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Bob"},
    });
    let unsigned = Request::new(Operation::CreateParticipant, &body);
    for request in [
        unsigned.clone(),
        unsigned.clone().claims(&[("sub", "jane")]),
        unsigned.clone().bearer(&chat.participant_token),
        unsigned.clone().bearer(&agent.connection_token),
        unsigned.clone().with_body("{"),
    ] {
        world.refuses(request, DENIED, "The caller is not known");
    }
}

#[test]
fn an_agents_leaving_does_not_make_a_chat_a_source() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, "AGENT", "Ann");
    world.takes(disconnect(&ann));
    let says = "Only a chat session that has ended can be continued";
    let message = format!("{says}: contact {} is still active", chat.contact);
    let request = start(&continuing(&chat.contact, "ENTIRE_PAST_SESSION"));
    world.refuses(request, REQUEST, &message);
}
