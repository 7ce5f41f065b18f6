//! StartChatContact: attributes, content types and the first message.

use api::Operation;
use serde_json::{Value, json};

use super::refuses_each;
use crate::stage::{
    PARAMETER, Request, World, set, start, start_members, transcript, transcript_words,
};

fn signed(body: &Value) -> Request {
    Request::new(Operation::StartChatContact, body).signed()
}

#[test]
fn decision_82_attributes_hold_32768_bytes_of_letters_digits_and_two_marks() {
    let world = World::new();
    let refuse = |attributes: Value, kind, message: &str| {
        world.refuses(
            signed(&set(&start_members(), "Attributes", attributes)),
            kind,
            message,
        );
    };
    let keys = "Attributes must have keys of letters, digits, - and _";
    for key in ["", "a b", "a.b", "é", "a/b", "$", "a\0", "名"] {
        println!("{key:?}");
        refuse(json!({key: "value"}), PARAMETER, keys);
        refuse(json!({key: null}), PARAMETER, keys);
    }
    let bytes = "Attributes must not exceed 32768 bytes";
    let value = |length: usize| "v".repeat(length);
    // Decision 82: as any member whose value is out of its range.
    refuse(json!({"key": value(32_766)}), PARAMETER, bytes);
    refuse(
        json!({"a": value(16_383), "b": value(16_384)}),
        PARAMETER,
        bytes,
    );
    // 10,923 characters of three bytes.
    refuse(json!({"k": "中".repeat(10_923)}), PARAMETER, bytes);
    let characters = "Attributes.k must have 0 to 32767 characters, not 32768";
    refuse(json!({"k": value(32_768)}), PARAMETER, characters);
    for legal in [
        json!({}),
        json!({"AZaz09-_": ""}),
        json!({"k": null}),
        json!({"k": "any text: \0 \u{2028} 😀"}),
        json!({"key": value(32_765)}),
        json!({"a": value(16_383), "b": value(16_383)}),
        json!({"kk": "中".repeat(10_922)}),
        json!({"k".repeat(32_767): "v"}),
    ] {
        world.takes(signed(&set(&start_members(), "Attributes", legal)));
    }
}

#[test]
fn an_attribute_with_a_long_key_is_not_repeated_in_the_message() {
    let world = World::new();
    let body = set(
        &start_members(),
        "Attributes",
        json!({"k".repeat(30_000): 7}),
    );
    let answer = world.send(signed(&body));
    let (_, kind, message) = answer.error();
    assert_eq!(kind, PARAMETER.1);
    assert!(message.len() < 300, "{} bytes", message.len());
    assert!(message.starts_with("Attributes.kkk") && message.ends_with(" must be a string"));
}

#[test]
fn supported_content_types_are_known_ones_with_plain_text_among_them() {
    let world = World::new();
    let member = "SupportedMessagingContentTypes";
    let plain = "SupportedMessagingContentTypes must contain text/plain";
    let known = "SupportedMessagingContentTypes must be among text/plain, text/markdown, \
        application/json, application/vnd.amazonaws.connect.message.interactive, \
        application/vnd.amazonaws.connect.message.interactive.response";
    let strings = "SupportedMessagingContentTypes must be a list of strings";
    let initial = "InitialMessage.ContentType must be among SupportedMessagingContentTypes";
    refuses_each(
        &world,
        &start_members(),
        signed,
        vec![
            (member, json!([]), PARAMETER, plain),
            (member, json!(["text/markdown"]), PARAMETER, plain),
            (member, json!(["TEXT/PLAIN"]), PARAMETER, plain),
            (member, json!(["text/plain", "text/html"]), PARAMETER, known),
            (member, json!(["text/plain", ""]), PARAMETER, known),
            (member, json!(["text/plain", 7]), PARAMETER, strings),
            (member, json!(["text/plain", null]), PARAMETER, strings),
            (
                "InitialMessage",
                json!({"ContentType": "text/markdown", "Content": "*"}),
                PARAMETER,
                initial,
            ),
        ],
    );
    let all = json!([
        "application/vnd.amazonaws.connect.message.interactive.response",
        "application/vnd.amazonaws.connect.message.interactive",
        "application/json",
        "text/markdown",
        "text/plain",
        "text/plain",
    ]);
    world.takes(signed(&set(&start_members(), member, all)));
}

#[test]
fn decision_48_the_first_message_has_the_limits_of_every_other() {
    let world = World::new();
    let response = "application/vnd.amazonaws.connect.message.interactive.response";
    for kind in ["text/plain", "text/markdown", "application/json", response] {
        let body = |length: usize| {
            let content = "中".repeat(length / 3) + &"x".repeat(length % 3);
            let body = set(
                &start_members(),
                "InitialMessage",
                json!({"ContentType": kind, "Content": content}),
            );
            let supported = json!(["text/plain", kind]);
            signed(&set(&body, "SupportedMessagingContentTypes", supported))
        };
        world.takes(body(16_384));
        let message = "InitialMessage.Content must have 1 to 16384 bytes, not 16385";
        world.refuses(body(16_385), PARAMETER, message);
    }
}

#[test]
fn texts_come_back_as_they_were() {
    let world = World::new();
    for text in [
        "a\0b",
        "\u{1}\u{1f}\u{7f}\u{85}",
        "\"\\/\u{8}\u{c}\n\r\t",
        "e\u{301} \u{202e}turned\u{202c} \u{2028}\u{feff}",
        "👩‍👩‍👧‍👦 𝄞",
        "\u{fffd}\u{ffff}\u{10ffff}",
        " ",
    ] {
        let chat = world.connected(start(&json!({
            "ParticipantDetails": {"DisplayName": text},
            "InitialMessage": {"ContentType": "text/plain", "Content": text},
        })));
        let page = world.takes(transcript(&chat, &json!({"SortOrder": "ASCENDING"})));
        assert_eq!(transcript_words(&page), [text, "participant.joined"]);
        assert_eq!(page["Transcript"][0]["DisplayName"], text);
    }
}
