//! ClientTokens: what a repetition is, and what is none (decisions 42 to 44).

use api::Operation;
use domain::{days, minutes};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, PARAMETER, REQUEST, Request, Signer, UUID_4, World, at, connection, continuing,
    disconnect, message, set, start, start_members, stop, transcript, transcript_words,
};

const OTHER_PARAMETERS: &str = "The ClientToken was used for a request with other parameters";
const OVER: &str = "The ClientToken was used for a chat that is over";

fn with_token(token: &str) -> Request {
    start(&json!({"ClientToken": token}))
}

/// The same chat, found again: nothing written, the same ids, and a token as good.
#[track_caller]
fn repeats(world: &World, first: &Value, request: Request) {
    let stored = world.service.log.stored();
    let again = world.takes(request);
    assert_eq!(world.service.log.stored(), stored);
    assert_eq!(again, *first);
    world.takes(connection(&at(&again, "ParticipantToken")));
}

#[test]
fn decision_42_a_start_repeated_with_its_token_is_the_same_chat() {
    let world = World::new();
    let first = world.takes(with_token("token").signed());
    world.pass(minutes(3));
    repeats(&world, &first, with_token("token").signed());
    world.pass(minutes(60));
    repeats(&world, &first, with_token("token").signed());
    // Without a token, or with an empty one, it is another chat each time.
    let mut contacts: Vec<String> = [start(&json!({})), with_token("")]
        .into_iter()
        .flat_map(|request| [request.clone(), request])
        .map(|request| at(&world.takes(request.signed()), "ContactId"))
        .collect();
    contacts.sort_unstable();
    contacts.dedup();
    assert_eq!(contacts.len(), 4);
}

#[test]
fn decision_42_the_token_of_a_start_belongs_to_its_instance_and_caller() {
    let world = World::new();
    let second = Signer {
        id: "second",
        secret: "second",
        ..Signer::BACKEND
    };
    let mut elsewhere = start_members();
    elsewhere = set(&elsewhere, "InstanceId", json!("another"));
    elsewhere = set(&elsewhere, "ClientToken", json!(UUID_4));
    let customer = |name: &str| with_token(UUID_4).claims(&[("sub", name)]);
    let mut contacts: Vec<String> = [
        with_token(UUID_4).signed(),
        with_token(UUID_4).signed_by(second),
        Request::new(Operation::StartChatContact, &elsewhere).signed(),
        customer("jane"),
        customer("john"),
        // A customer called as a key is, and nobody at all.
        customer("local"),
        with_token(UUID_4),
        with_token(&UUID_4.to_uppercase()),
    ]
    .into_iter()
    .map(|request| at(&world.takes(request), "ContactId"))
    .collect();
    contacts.sort_unstable();
    contacts.dedup();
    assert_eq!(contacts.len(), 8, "each has a chat of its own");
    // The instance's ARN is the same instance, and the widget's start the same operation.
    let first = world.takes(with_token("token").signed());
    let id = crate::stage::INSTANCE;
    let arn = format!("arn:aws:connect:us-east-1:123456789012:instance/{id}");
    let by_arn = json!({"ClientToken": "token", "InstanceId": arn});
    repeats(&world, &first, start(&by_arn).signed());
}

#[test]
fn decision_42_a_start_is_repeated_even_after_the_end_and_the_sources_retention() {
    let world = World::new();
    let source = world.ended_chat();
    world.pass(days(400));
    let mut members = continuing(&source.contact, "FROM_SEGMENT");
    members["ClientToken"] = json!("token");
    let request = start(&members).signed();
    let first = world.takes(request.clone());
    world.takes(stop(&at(&first, "ContactId")));
    assert_eq!(world.takes(request.clone()), first);
    world.pass(days(400));
    assert_eq!(
        world.takes(request.clone()),
        first,
        "its source is past its retention"
    );
    world.pass(days(331));
    world.refuses_repetition(request, REQUEST, OVER);
}

#[test]
fn decision_43_a_token_with_another_body_is_refused() {
    let world = World::new();
    let source = world.ended_chat();
    let everything = json!({
        "Attributes": {"a": "1", "b": "2"},
        "ChatDurationInMinutes": 60,
        "ClientToken": "token",
        "CustomerId": "jane",
        "InitialMessage": {"ContentType": "text/plain", "Content": "hello"},
        "SupportedMessagingContentTypes": ["text/plain", "text/markdown"],
        "PersistentChat": {"SourceContactId": source.contact, "RehydrationType": "FROM_SEGMENT"},
    });
    let first = world.takes(start(&everything).signed());
    for (member, value) in [
        ("ContactFlowId", json!("another")),
        ("ParticipantDetails", json!({"DisplayName": "John"})),
        ("Attributes", json!({"a": "1"})),
        ("Attributes", json!({"a": "1", "b": "3"})),
        ("Attributes", json!({"a": "1b", "b": "2"})),
        ("ChatDurationInMinutes", json!(61)),
        ("CustomerId", json!("jan")),
        ("CustomerId", Value::Null),
        ("InitialMessage", Value::Null),
        (
            "InitialMessage",
            json!({"ContentType": "text/plain", "Content": "hello!"}),
        ),
        (
            "InitialMessage",
            json!({"ContentType": "text/markdown", "Content": "hello"}),
        ),
        (
            "SupportedMessagingContentTypes",
            json!(["text/plain", "text/markdown", "application/json"]),
        ),
        ("PersistentChat", Value::Null),
        (
            "PersistentChat",
            json!({"SourceContactId": source.contact, "RehydrationType": "ENTIRE_PAST_SESSION"}),
        ),
    ] {
        println!("{member}: {value}");
        let request = start(&set(&everything, member, value)).signed();
        world.refuses_repetition(request, REQUEST, OTHER_PARAMETERS);
    }
    // Compared after parsing: order, spaces, and what stands for nothing make no difference.
    let same = start(&set(&everything, "Unknown", json!(7))).signed();
    repeats(&world, &first, same);
    let types = json!(["text/markdown", "text/plain", "text/plain"]);
    let same = start(&set(&everything, "SupportedMessagingContentTypes", types)).signed();
    repeats(&world, &first, same);
    let capitals = json!({"SourceContactId": source.contact.to_uppercase(), "RehydrationType": "FROM_SEGMENT"});
    repeats(
        &world,
        &first,
        start(&set(&everything, "PersistentChat", capitals)).signed(),
    );
    let plain = world.takes(with_token("plain").signed());
    let spelled_out = json!({
        "Attributes": {},
        "ChatDurationInMinutes": 1_500,
        "ClientToken": "plain",
        "SupportedMessagingContentTypes": ["text/plain"],
    });
    repeats(&world, &plain, start(&spelled_out).signed());
}

#[test]
fn decision_44_a_stranger_needs_a_token_that_cannot_be_guessed() {
    let world = World::new();
    let message = "ClientToken must be a UUID of version 4 where the caller is not known";
    for token in [
        "1",
        "token",
        " ",
        "5d1f6f0c-3e5b-1f0a-9a55-6f1f0f3f7a10",
        "5d1f6f0c-3e5b-7f0a-9a55-6f1f0f3f7a10",
        "5d1f6f0c3e5b4f0a9a556f1f0f3f7a10",
        "{5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10}",
        "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a1g",
        "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10 ",
        "00000000-0000-0000-0000-000000000000",
    ] {
        println!("{token}");
        world.refuses(with_token(token), PARAMETER, message);
        world.refuses(with_token(token).of_widget(), PARAMETER, message);
        world.takes(with_token(token).signed());
        world.takes(with_token(token).claims(&[("sub", "jane")]));
    }
    // The Rust SDK makes tokens of version 4 and of variants that no standard knows.
    for variant in ["1", "8", "9", "b", "c", "F"] {
        world.takes(with_token(&format!(
            "5d1f6f0c-3e5b-4f0a-{variant}a55-6f1f0f3f7a11"
        )));
    }
    let first = world.takes(with_token(UUID_4));
    repeats(&world, &first, with_token(UUID_4));
    world.takes(stop(&at(&first, "ContactId")));
    world.refuses_repetition(with_token(UUID_4), REQUEST, OVER);
}

#[test]
fn decision_42_a_message_repeated_with_its_token_is_the_same_message() {
    let world = World::new();
    let chat = world.chat();
    let send = |chat: &Chat, content: &str, token: &str| {
        let body = json!({"ContentType": "text/plain", "Content": content, "ClientToken": token});
        Request::new(Operation::SendMessage, &body).bearer(&chat.connection_token)
    };
    let first = world.takes(send(&chat, "hello", "t"));
    let puts = world.service.log.puts();
    world.pass(minutes(1));
    assert_eq!(world.takes(send(&chat, "hello", "t")), first);
    let again = Chat {
        connection_token: world.connection_token(&chat),
        ..chat.clone()
    };
    assert_eq!(
        world.takes(send(&again, "hello", "t")),
        first,
        "on another connection"
    );
    assert_eq!(world.service.log.puts(), puts);
    // Decision 43: one token, another body, is another message, as with chatjs's receipts.
    assert_ne!(world.takes(send(&chat, "hello!", "t")), first);
    assert_ne!(world.takes(send(&chat, "hello", "u")), first);
    assert_ne!(world.takes(message(&chat, "hello")), first);
    assert_ne!(world.takes(send(&chat, "hello", "")), first);
    assert_ne!(world.takes(send(&chat, "hello", "")), first);
    let other = world.chat();
    assert_ne!(
        world.takes(send(&other, "hello", "t")),
        first,
        "of another participant"
    );
    let page = world.takes(transcript(&chat, &json!({})));
    let words = [
        "hello",
        "hello",
        "hello",
        "hello",
        "hello!",
        "hello",
        "participant.joined",
    ];
    assert_eq!(transcript_words(&page), words);
    // A repetition has its answer even after the end; a new message is denied.
    world.takes(stop(&chat.contact));
    assert_eq!(world.takes(send(&chat, "hello", "t")), first);
    world.refuses(send(&chat, "hello", "v"), DENIED, "Access denied");
}

#[test]
fn decision_42_leaving_is_repeated_with_its_token_and_denied_without() {
    let world = World::new();
    let chat = world.chat();
    let leave = |token: &str| {
        let body = json!({"ClientToken": token});
        Request::new(Operation::DisconnectParticipant, &body).bearer(&chat.connection_token)
    };
    assert_eq!(world.takes(leave("t")), json!({}));
    let puts = world.service.log.puts();
    assert_eq!(world.takes(leave("t")), json!({}));
    assert_eq!(world.service.log.puts(), puts);
    for request in [leave("u"), leave(""), disconnect(&chat)] {
        world.refuses(request, DENIED, "Access denied");
    }
}
