//! SendMessage (decision 48: how long a message may be).

use api::Operation;
use serde_json::{Value, json};

use super::refuses_other_kinds;
use crate::stage::{Chat, PARAMETER, Request, VALIDATION, World, message, set, start, transcript};

const TYPES: &str = "ContentType must be one of text/plain, text/markdown, application/json, \
    application/vnd.amazonaws.connect.message.interactive.response";
const INTERACTIVE: &str = "application/vnd.amazonaws.connect.message.interactive";

fn request(chat: &Chat, body: &Value) -> Request {
    Request::new(Operation::SendMessage, body).bearer(&chat.connection_token)
}

fn chat_of_every_type(world: &World) -> Chat {
    let types = json!([
        "text/plain",
        "text/markdown",
        "application/json",
        INTERACTIVE,
        format!("{INTERACTIVE}.response"),
    ]);
    world.connected(start(&json!({"SupportedMessagingContentTypes": types})))
}

#[test]
fn members_are_held_to_their_kinds_and_lengths() {
    let world = World::new();
    let chat = world.chat();
    let good = json!({"ContentType": "text/plain", "Content": "hello", "ClientToken": "token"});
    let request = |body: &Value| request(&chat, body);
    refuses_other_kinds(
        &world,
        &good,
        request,
        VALIDATION,
        &[
            ("ContentType", "string", "must be a string"),
            ("Content", "string", "must be a string"),
            ("ClientToken", "string", "must be a string"),
        ],
    );
    let token = "ClientToken must have 0 to 500 characters, not 501";
    let content_type = "ContentType must have 1 to 100 characters";
    let (none, many) = (
        format!("{content_type}, not 0"),
        format!("{content_type}, not 101"),
    );
    let content = "Content must have 1 to 16384 bytes, not";
    let (empty, long) = (format!("{content} 0"), format!("{content} 16386"));
    for (member, value, message) in [
        ("ContentType", Value::Null, "ContentType is required"),
        ("ContentType", json!(""), none.as_str()),
        ("ContentType", json!("t".repeat(101)), &many),
        ("ContentType", json!("t".repeat(100)), TYPES),
        ("ContentType", json!("TEXT/PLAIN"), TYPES),
        ("ContentType", json!("text/plain;charset=UTF-8"), TYPES),
        ("ContentType", json!(INTERACTIVE), TYPES),
        ("Content", Value::Null, "Content is required"),
        ("Content", json!(""), &empty),
        ("Content", json!("中".repeat(5_462)), &long),
        ("ClientToken", json!("中".repeat(501)), token),
    ] {
        println!("{member}: {message}");
        world.refuses(request(&set(&good, member, value)), VALIDATION, message);
    }
    for (member, value) in [
        ("Content", json!("中".repeat(5_461))),
        ("Content", json!(" ")),
        ("ClientToken", json!("中".repeat(500))),
        ("ClientToken", json!("")),
    ] {
        world.takes(request(&set(&good, member, value)));
    }
}

/// A text of so many bytes: of letters of three bytes, and then of one.
fn bytes(length: usize) -> String {
    "中".repeat(length / 3) + &"x".repeat(length % 3)
}

#[test]
fn decision_48_a_message_of_any_type_has_16384_bytes() {
    let world = World::new();
    let chat = chat_of_every_type(&world);
    for kind in [
        "text/plain",
        "text/markdown",
        "application/json",
        "application/vnd.amazonaws.connect.message.interactive.response",
    ] {
        let body = |content: &str| json!({"ContentType": kind, "Content": content});
        for longest in [bytes(16_384), "x".repeat(16_384), "😀".repeat(4_096)] {
            world.takes(request(&chat, &body(&longest)));
            let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
            assert_eq!(page["Transcript"][0]["Content"], longest.as_str());
        }
        let long = "Content must have 1 to 16384 bytes, not 16385";
        world.refuses(request(&chat, &body(&bytes(16_385))), VALIDATION, long);
    }
    // As the AWS CLI sends them: six bytes a character, of which three count.
    let escaped = |length: usize| {
        let content = "\\u4e2d".repeat(length);
        format!(r#"{{"ContentType":"text/plain","Content":"{content}"}}"#)
    };
    world.takes(message(&chat, "").with_body(escaped(5_461)));
    let long = "Content must have 1 to 16384 bytes, not 16386";
    let request = message(&chat, "").with_body(escaped(5_462));
    world.refuses(request, VALIDATION, long);
}

#[test]
fn decision_48_a_deployment_may_set_less() {
    let world = World::with(&[("MAX_CONTENT_BYTES", "1024")]);
    let chat = chat_of_every_type(&world);
    let long = "must have 1 to 1024 bytes, not 1025";
    for kind in ["text/plain", "application/json"] {
        let body = |content: &str| json!({"ContentType": kind, "Content": content});
        world.takes(request(&chat, &body(&bytes(1_024))));
        let refused = request(&chat, &body(&bytes(1_025)));
        world.refuses(refused, VALIDATION, &format!("Content {long}"));
        let mut members = json!({"SupportedMessagingContentTypes": ["text/plain", kind]});
        members["InitialMessage"] = body(&bytes(1_025));
        let message = format!("InitialMessage.Content {long}");
        world.refuses(start(&members), PARAMETER, &message);
    }
}

#[test]
fn a_type_that_the_chat_does_not_support_is_refused_by_name() {
    let world = World::new();
    let chat = world.chat();
    for kind in ["text/markdown", "application/json"] {
        let body = json!({"ContentType": kind, "Content": "*hello*"});
        let message = format!("ContentType {kind} is not supported by this chat");
        world.refuses(request(&chat, &body), VALIDATION, &message);
    }
}

#[test]
fn texts_come_back_as_they_were() {
    let world = World::new();
    let chat = world.chat();
    for text in [
        "a\0b",
        "\0",
        "\u{1}\u{1f}\u{7f}",
        "\u{2028}\u{feff}\u{ffff}",
        "null",
        "{}",
        "👩‍👩‍👧‍👦",
    ] {
        world.takes(message(&chat, text));
        let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
        assert_eq!(page["Transcript"][0]["Content"], text);
    }
    // Both halves of a surrogate pair, escaped, are one character.
    let body = r#"{"ContentType":"text/plain","Content":"\ud83d\ude00\u0000"}"#;
    world.takes(message(&chat, "").with_body(body));
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    assert_eq!(page["Transcript"][0]["Content"], "😀\0");
}
