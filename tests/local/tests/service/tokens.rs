//! Participants' tokens at the service's door: each opens what it is for, as long as it is good.

use api::{Operation, SigningKeys, Tokens};
use domain::{Timestamp, days, seconds};
use serde_json::json;

use crate::stage::{
    Chat, DENIED, Request, World, connection, disconnect, message, start, transcript,
};

/// A good request of every participant operation, and the token that it needs.
fn requests(chat: &Chat) -> [(Operation, Request, &str); 5] {
    let (participant, connected) = (&*chat.participant_token, &*chat.connection_token);
    let without = |operation, body| Request::new(operation, &body);
    let types = json!({"Type": ["CONNECTION_CREDENTIALS"]});
    let typing = "application/vnd.amazonaws.connect.event.typing";
    let typing = json!({"ContentType": typing});
    let hello = json!({"ContentType": "text/plain", "Content": "hello"});
    use Operation::{
        CreateParticipantConnection, DisconnectParticipant, GetTranscript, SendEvent, SendMessage,
    };
    [
        (
            CreateParticipantConnection,
            without(CreateParticipantConnection, types),
            participant,
        ),
        (GetTranscript, without(GetTranscript, json!({})), connected),
        (SendMessage, without(SendMessage, hello), connected),
        (SendEvent, without(SendEvent, typing), connected),
        (
            DisconnectParticipant,
            without(DisconnectParticipant, json!({})),
            connected,
        ),
    ]
}

/// Checks that a request is denied before the log is so much as read.
#[track_caller]
fn denied_unread(world: &World, request: Request) {
    let before = world.service.log.counts();
    world.send(request).is(DENIED, "Access denied");
    assert_eq!(world.service.log.counts(), before, "the log was asked");
}

#[test]
fn every_operation_takes_its_own_token_and_none_other() {
    let world = World::new();
    let chat = world.chat();
    for (operation, request, right) in requests(&chat) {
        println!("{operation:?}");
        for token in [&chat.participant_token, &chat.connection_token] {
            if token != right {
                denied_unread(&world, request.clone().bearer(token));
            }
        }
        let next = world.chat();
        let (.., token) = requests(&next)
            .into_iter()
            .find(|(each, ..)| *each == operation)
            .expect("the same operation");
        world.takes(request.bearer(token));
    }
}

#[test]
fn what_is_no_token_is_denied_and_nothing_is_read() {
    let world = World::new();
    let chat = world.chat();
    for (operation, request, right) in requests(&chat) {
        println!("{operation:?}");
        denied_unread(&world, request.clone());
        for token in [
            "",
            " ",
            "null",
            "Bearer",
            "AQ",
            "====",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqYW5lIn0.",
            "AQIBYQ",
            &"A".repeat(1_000),
            &"A".repeat(1_001),
            &"A".repeat(60_000),
            &right[1..],
            &right[..right.len() - 1],
            &format!("{right}A"),
            &format!("{right}="),
            &format!("Bearer {right}"),
            &format!("{right},{right}"),
            &right.to_uppercase(),
        ] {
            denied_unread(&world, request.clone().bearer(token));
        }
        denied_unread(&world, request.clone().bearer(right).bearer(right));
        denied_unread(&world, request.clone().bearer(right).bearer(""));
        let in_authorization = format!("Bearer {right}");
        denied_unread(&world, request.header("authorization", &in_authorization));
    }
}

#[test]
fn tokens_of_keys_that_are_not_ours_are_denied() {
    let world = World::new();
    let chat = world.chat();
    let elsewhere = World::with(&[("SIGNING_KEYS", "a:another-secret-of-thirty-two-letters")]);
    for (_, request, token) in requests(&chat) {
        denied_unread(&elsewhere, request.bearer(token));
    }
}

#[test]
fn a_token_of_a_removed_key_is_denied_and_of_an_older_one_is_not() {
    let mut world = World::new();
    let chat = world.chat();
    let keys = |text: &str| Tokens::new(SigningKeys::parse(text).expect("keys"));
    let (old, new) = (
        "a:0123456789abcdef0123456789abcdef",
        "b:another-secret-of-thirty-two-letters",
    );
    world.service.settings.tokens = keys(&format!("{new},{old}"));
    world.takes(message(&chat, "the old key still verifies"));
    let newer = Chat {
        connection_token: world.connection_token(&chat),
        ..chat.clone()
    };
    world.service.settings.tokens = keys(new);
    denied_unread(&world, message(&chat, "the old key is gone"));
    world.takes(message(&newer, "the new key signs"));
}

#[test]
fn a_connection_token_expires_after_a_day_to_the_millisecond() {
    let world = World::new();
    let chat = world.connected(start(&json!({"ChatDurationInMinutes": 10_080})));
    world.pass(seconds(86_400) - std::time::Duration::from_millis(1));
    world.takes(message(&chat, "in the last moment"));
    world.pass(std::time::Duration::from_millis(1));
    for (operation, request, token) in requests(&chat) {
        if operation != Operation::CreateParticipantConnection {
            println!("{operation:?}");
            denied_unread(&world, request.bearer(token));
        }
    }
    // The participant token is good as long as the chat, and gives a new one.
    let again = Chat {
        connection_token: world.connection_token(&chat),
        ..chat
    };
    world.takes(message(&again, "the next day"));
    world.pass(days(6));
    world.refuses_after_expiry(connection(&again.participant_token));
}

#[test]
fn after_the_end_every_token_is_denied() {
    let world = World::new();
    let chat = world.ended_chat();
    for (operation, request, token) in requests(&chat) {
        println!("{operation:?}");
        world.refuses(request.bearer(token), DENIED, "Access denied");
    }
}

#[test]
fn past_the_retention_every_token_is_denied() {
    let mut world = World::new();
    world.service.settings.rules.retention = seconds(60);
    let chat = world.chat();
    world.pass(seconds(59));
    world.takes(message(&chat, "still there"));
    world.pass(seconds(1));
    for (operation, request, token) in requests(&chat) {
        println!("{operation:?}");
        world.refuses(request.bearer(token), DENIED, "Access denied");
    }
}

#[test]
fn a_participant_who_has_left_is_denied_and_the_token_names_no_other() {
    let world = World::new();
    let (jane, john) = (world.chat(), world.chat());
    world.takes(disconnect(&jane));
    world.refuses(message(&jane, "still here?"), DENIED, "Access denied");
    world.takes(message(&john, "I am"));
    let page = world.takes(transcript(&john, &json!({"MaxResults": 1})));
    assert_eq!(
        page["Transcript"][0]["ParticipantId"],
        john.participant.as_str()
    );
}

#[test]
fn an_aws_signature_beside_the_token_is_ignored() {
    let world = World::new();
    let chat = world.chat();
    // As chatjs signs: with an empty access key, for `execute-api`.
    let signature = "AWS4-HMAC-SHA256 Credential=/20270115/us-west-2/execute-api/aws4_request, \
        SignedHeaders=host;x-amz-date, Signature=00";
    for (_, request, token) in requests(&chat) {
        let request = request.bearer(token);
        world.takes(request.header("authorization", signature));
    }
    let chat = world.chat();
    world.takes(message(&chat, "signed").signed());
}

#[test]
fn the_longest_instance_id_has_tokens_of_legal_length() {
    let world = World::new();
    for letter in ["x", "中", "😀"] {
        let chat = world.connected(start(&json!({"InstanceId": letter.repeat(100)})));
        for token in [&chat.participant_token, &chat.connection_token] {
            assert!((1..=1_000).contains(&token.len()), "{}", token.len());
        }
        world.takes(message(&chat, "hello"));
    }
}

#[test]
fn a_clock_at_the_end_of_time_breaks_nothing() {
    let world = World::new();
    let chat = world.chat();
    world.pass(seconds(u64::from(u32::MAX) * 1_000));
    assert_eq!(world.now(), Timestamp::MAX.min(world.now()));
    for (_, request, token) in requests(&chat) {
        world.refuses(request.bearer(token), DENIED, "Access denied");
    }
}
