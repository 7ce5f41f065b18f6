//! SendMessage (decision 48: how long a text may be).

use api::Operation;
use serde_json::{Value, json};

use super::refuses_other_kinds;
use crate::stage::{Chat, Request, VALIDATION, World, message, set, start, transcript};

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
    let content = "Content must have 1 to 1024 characters, not";
    let (empty, long) = (format!("{content} 0"), format!("{content} 1025"));
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
        ("Content", json!("中".repeat(1_025)), &long),
        ("ClientToken", json!("中".repeat(501)), token),
    ] {
        println!("{member}: {message}");
        world.refuses(request(&set(&good, member, value)), VALIDATION, message);
    }
    for (member, value) in [
        ("Content", json!("中".repeat(1_024))),
        ("Content", json!(" ")),
        ("ClientToken", json!("中".repeat(500))),
        ("ClientToken", json!("")),
    ] {
        world.takes(request(&set(&good, member, value)));
    }
}

#[test]
fn every_content_type_has_its_own_length() {
    let world = World::new();
    let chat = chat_of_every_type(&world);
    for (kind, longest) in [
        ("text/plain", 1_024),
        ("text/markdown", 1_024),
        ("application/json", 12_000),
        (
            "application/vnd.amazonaws.connect.message.interactive.response",
            12_288,
        ),
    ] {
        let body = |length: usize| json!({"ContentType": kind, "Content": "中".repeat(length)});
        world.takes(request(&chat, &body(longest)));
        let given = longest + 1;
        let message = format!("Content must have 1 to {longest} characters, not {given}");
        world.refuses(request(&chat, &body(given)), VALIDATION, &message);
    }
}

#[test]
fn decision_48_a_text_may_be_set_to_have_16384_characters() {
    let world = World::with(&[("MAX_TEXT_CHARACTERS", "16384")]);
    let chat = chat_of_every_type(&world);
    // As the AWS CLI sends them: six bytes a character.
    let escaped = |length: usize| {
        let content = "\\u4e2d".repeat(length);
        format!(r#"{{"ContentType":"text/plain","Content":"{content}"}}"#)
    };
    world.takes(message(&chat, "").with_body(escaped(16_384)));
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    assert_eq!(page["Transcript"][0]["Content"], "中".repeat(16_384));
    let long = "Content must have 1 to 16384 characters, not 16385";
    world.refuses(
        message(&chat, "").with_body(escaped(16_385)),
        VALIDATION,
        long,
    );
    // Four bytes a character, or twelve escaped.
    world.takes(message(&chat, &"😀".repeat(16_384)));
    // The other types keep theirs.
    let json = json!({"ContentType": "application/json", "Content": "x".repeat(12_001)});
    let long = "Content must have 1 to 12000 characters, not 12001";
    world.refuses(request(&chat, &json), VALIDATION, long);
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
