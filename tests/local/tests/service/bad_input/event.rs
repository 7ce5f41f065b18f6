//! SendEvent: typing and receipts (decision 66: what a receipt may be for).

use api::Operation;
use serde_json::{Value, json};

use super::refuses_other_kinds;
use crate::stage::{Chat, Request, VALIDATION, World, message, set};

const EVENT: &str = "application/vnd.amazonaws.connect.event";
const TYPES: &str = "ContentType must be one of application/vnd.amazonaws.connect.event.typing, \
    application/vnd.amazonaws.connect.event.connection.acknowledged, \
    application/vnd.amazonaws.connect.event.message.delivered, \
    application/vnd.amazonaws.connect.event.message.read";
const CONTENT: &str = "Content must be a JSON object with the messageId of a message";

fn request(chat: &Chat, body: &Value) -> Request {
    Request::new(Operation::SendEvent, body).bearer(&chat.connection_token)
}

#[test]
fn members_are_held_to_their_kinds_and_lengths() {
    let world = World::new();
    let chat = world.chat();
    let read = format!("{EVENT}.message.read");
    let good = json!({
        "ContentType": read,
        "Content": r#"{"messageId":"a"}"#,
        "ClientToken": "token",
    });
    let request = |body: &Value| request(&chat, body);
    world.takes(request(&good));
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
    let content = "Content must have 1 to 16384 characters, not 16385";
    for (member, value, message) in [
        ("ContentType", Value::Null, "ContentType is required"),
        (
            "ContentType",
            json!(""),
            "ContentType must have 1 to 100 characters, not 0",
        ),
        (
            "ContentType",
            json!("t".repeat(101)),
            "ContentType must have 1 to 100 characters, not 101",
        ),
        ("ContentType", json!("text/plain"), TYPES),
        ("ContentType", json!(format!("{EVENT}.chat.ended")), TYPES),
        (
            "ContentType",
            json!(format!("{EVENT}.participant.left")),
            TYPES,
        ),
        ("ContentType", json!(read.to_uppercase()), TYPES),
        ("Content", Value::Null, "Content is required"),
        ("Content", json!("中".repeat(16_385)), content),
        ("ClientToken", json!("中".repeat(501)), token),
    ] {
        println!("{member}: {message}");
        world.refuses(request(&set(&good, member, value)), VALIDATION, message);
    }
    for (member, value) in [
        ("ContentType", json!(format!("{EVENT}.message.delivered"))),
        ("ClientToken", json!("中".repeat(500))),
        ("ClientToken", json!("")),
    ] {
        world.takes(request(&set(&good, member, value)));
    }
}

#[test]
fn a_receipt_must_name_a_message() {
    let world = World::new();
    let chat = world.chat();
    for kind in ["delivered", "read"] {
        let content_type = format!("{EVENT}.message.{kind}");
        let body = |content: &str| json!({"ContentType": content_type, "Content": content});
        for content in [
            " ",
            "a",
            "null",
            "1",
            "[]",
            "{}",
            r#"["messageId"]"#,
            r#""messageId""#,
            r#"{"messageId"}"#,
            r#"{"messageId":null}"#,
            r#"{"messageId":1}"#,
            r#"{"messageId":""}"#,
            r#"{"messageId":{"messageId":"a"}}"#,
            r#"{"MessageId":"a"}"#,
            r#"{"messageId":"a"} "b""#,
            &format!(r#"{{"messageId":"{}"}}"#, "a".repeat(257)),
            &"[".repeat(16_384),
        ] {
            world.refuses(request(&chat, &body(content)), VALIDATION, CONTENT);
        }
        // What is no id of ours is the id of a message that does not exist.
        for content in [
            r#"{"messageId":"a"}"#,
            r#" { "messageId" : "\u4e2d", "more": [] } "#,
            &format!(r#"{{"messageId":"{}"}}"#, "中".repeat(256)),
        ] {
            let stored = world.service.log.stored();
            world.takes(request(&chat, &body(content)));
            assert_eq!(world.service.log.stored(), stored);
        }
    }
}

#[test]
fn what_a_typing_event_says_beside_is_ignored() {
    let world = World::new();
    let chat = world.chat();
    world.takes(message(&chat, "hello"));
    for kind in ["typing", "connection.acknowledged"] {
        for content in ["{}", "anything", &"x".repeat(16_384)] {
            let body = json!({"ContentType": format!("{EVENT}.{kind}"), "Content": content});
            let (reads, puts) = world.service.log.counts();
            world.takes(request(&chat, &body));
            assert_eq!(world.service.log.counts(), (reads + 1, puts));
        }
    }
}

#[test]
fn decision_83_a_content_that_is_there_is_not_empty() {
    let world = World::new();
    let chat = world.chat();
    let empty = "Content must have 1 to 16384 characters, not 0";
    for kind in ["typing", "connection.acknowledged", "message.read"] {
        let body = json!({"ContentType": format!("{EVENT}.{kind}"), "Content": ""});
        world.refuses(request(&chat, &body), VALIDATION, empty);
    }
    // As chatjs sends it.
    let none = json!({"ContentType": format!("{EVENT}.typing"), "Content": null});
    world.takes(request(&chat, &none));
}
