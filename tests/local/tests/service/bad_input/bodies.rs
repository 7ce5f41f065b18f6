//! What is wrong with a body as a whole, for each operation that has one.

use api::Operation;
use http::Method;
use serde_json::{Value, json};

use crate::stage::{
    INSTANCE, Kind, REQUEST, Request, VALIDATION, World, connection, disconnect, message, route,
    set, start, stop, transcript,
};

/// The operations whose requests have a body.
fn with_a_body() -> impl Iterator<Item = Operation> {
    let operations = Operation::ALL.into_iter();
    operations.filter(|operation| route(*operation).0 != Method::GET)
}

/// A request that is taken.
fn good(world: &World, operation: Operation) -> Request {
    match operation {
        Operation::StartChatContact => start(&json!({})).signed(),
        Operation::StopContact => stop(&world.chat().contact),
        Operation::TransferContact => {
            let body = json!({"ContactId": world.chat().contact, "ContactFlowId": "next"});
            control(operation, body)
        }
        Operation::CreateParticipant => {
            let details = json!({"ParticipantRole": "AGENT", "DisplayName": "Ada"});
            let body = json!({"ContactId": world.chat().contact, "ParticipantDetails": details});
            control(operation, body)
        }
        Operation::UpdateContactAttributes => {
            let contact = world.chat().contact;
            let body = json!({"InitialContactId": contact, "Attributes": {"a": "b"}});
            control(operation, body)
        }
        Operation::CreatePersistentContactAssociation => {
            let (source, chat) = (world.ended_chat(), world.chat());
            let body =
                json!({"SourceContactId": source.contact, "RehydrationType": "FROM_SEGMENT"});
            let request = Request::to(operation, &[INSTANCE, &chat.contact]);
            request.with_body(body.to_string()).signed()
        }
        Operation::SendEvent => {
            let kind = "application/vnd.amazonaws.connect.event.typing";
            let body = json!({"ContentType": kind});
            Request::new(operation, &body).bearer(&world.chat().connection_token)
        }
        Operation::DescribeContact
        | Operation::GetContactAttributes
        | Operation::ListCustomerChats
        | Operation::ExportTranscript => panic!("{operation:?} has no body"),
        Operation::CreateParticipantConnection => connection(&world.chat().participant_token),
        Operation::GetTranscript => transcript(&world.chat(), &json!({})),
        Operation::SendMessage => message(&world.chat(), "hello"),
        Operation::DisconnectParticipant => disconnect(&world.chat()),
    }
}

/// A backend's request with an InstanceId in its body.
fn control(operation: Operation, body: Value) -> Request {
    let body = set(&body, "InstanceId", json!(INSTANCE));
    Request::new(operation, &body).signed()
}

fn good_body(world: &World, operation: Operation) -> Value {
    let call = good(world, operation).call(world.now(), world.entropy(), |_| {});
    serde_json::from_slice(&call.body).expect("a good body")
}

fn kind(operation: Operation) -> Kind {
    if operation.is_participant() {
        VALIDATION
    } else {
        REQUEST
    }
}

#[track_caller]
fn every_operation_refuses(body: &[u8], message: &str) {
    let world = World::new();
    for operation in with_a_body() {
        let request = good(&world, operation).with_body(body);
        world.refuses(request, kind(operation), message);
    }
}

#[test]
fn no_body_is_an_object_without_members() {
    let world = World::new();
    for (operation, message) in [
        (
            Operation::StartChatContact,
            Some("ParticipantDetails.DisplayName is required"),
        ),
        (Operation::StopContact, Some("ContactId is required")),
        (Operation::TransferContact, Some("ContactId is required")),
        (Operation::CreateParticipant, Some("ContactId is required")),
        (
            Operation::UpdateContactAttributes,
            Some("InitialContactId is required"),
        ),
        (
            Operation::CreatePersistentContactAssociation,
            Some("RehydrationType is required"),
        ),
        (
            Operation::CreateParticipantConnection,
            Some("Type is required"),
        ),
        (Operation::GetTranscript, None),
        (Operation::SendMessage, Some("ContentType is required")),
        (Operation::SendEvent, Some("ContentType is required")),
        (Operation::DisconnectParticipant, None),
    ] {
        for body in ["", " \r\n\t", "{}"] {
            let request = good(&world, operation).with_body(body);
            match message {
                Some(message) => world.refuses(request, kind(operation), message),
                None => drop(world.takes(request)),
            }
        }
    }
}

#[test]
fn what_is_not_json_is_refused_with_the_place() {
    for (body, reason) in [
        (&b"hello"[..], "expected value at line 1 column 1"),
        (b"{", "EOF while parsing an object at line 1 column 1"),
        (b"{\"a\":1}\n{}", "trailing characters at line 2 column 1"),
        (b"{\"a\":1,}", "trailing comma at line 1 column 8"),
        (b"{'a':1}", "key must be a string at line 1 column 2"),
        (
            b"{\"a\":\"\n\"}",
            "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0",
        ),
        (b"{\"a\":\"\\x\"}", "invalid escape at line 1 column 8"),
        (b"{\"a\":1e999}", "number out of range at line 1 column 10"),
        (b"{\"a\":NaN}", "expected value at line 1 column 6"),
        (b"a=1&b=2", "expected value at line 1 column 1"),
    ] {
        let message = format!("The request body is not valid JSON: {reason}");
        println!("{message}");
        every_operation_refuses(body, &message);
    }
}

#[test]
fn invalid_utf_8_is_refused() {
    for body in [
        &b"{\"a\":\"\xff\"}"[..],
        b"{\"a\":\"\xc0\x80\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"a\":\"\xf4\x90\x80\x80\"}",
    ] {
        let reason = "invalid unicode code point at line 1 column 7";
        let message = format!("The request body is not valid JSON: {reason}");
        every_operation_refuses(body, &message);
    }
    let message = "The request body is not valid JSON: expected value at line 1 column 1";
    every_operation_refuses(b"\xff\xfe{\0}\0", message);
}

#[test]
fn half_of_a_surrogate_pair_is_refused() {
    for (text, reason) in [
        (
            r"\ud800",
            "unexpected end of hex escape at line 1 column 13",
        ),
        (
            r"\ud800 ",
            "unexpected end of hex escape at line 1 column 13",
        ),
        (
            r"\udc00",
            "lone leading surrogate in hex escape at line 1 column 12",
        ),
        (
            r"\ud83d\u0041",
            "lone leading surrogate in hex escape at line 1 column 18",
        ),
        (
            r"\ud83d\ud83d",
            "lone leading surrogate in hex escape at line 1 column 18",
        ),
    ] {
        println!("{text}");
        let body = format!(r#"{{"a":"{text}"}}"#);
        let message = format!("The request body is not valid JSON: {reason}");
        every_operation_refuses(body.as_bytes(), &message);
    }
}

#[test]
fn json_of_another_kind_is_refused() {
    for body in [
        "null",
        "true",
        "7",
        "\"hello\"",
        "[]",
        "[{\"Type\":[\"WEBSOCKET\"]}]",
    ] {
        every_operation_refuses(body.as_bytes(), "The request body must be a JSON object");
    }
}

#[test]
fn a_body_of_any_depth_is_refused_and_does_not_break_anything() {
    let open = "[".repeat(10_000);
    let closed = format!("{open}{}", "]".repeat(10_000));
    let objects = r#"{"a":"#.repeat(10_000);
    let reason = "recursion limit exceeded at line 1 column";
    for (body, column) in [
        (open, 128),
        (closed.clone(), 128),
        (objects, 128 * 5 - 4),
        (format!(r#"{{"Unknown":{closed}}}"#), 138),
    ] {
        let message = format!("The request body is not valid JSON: {reason} {column}");
        every_operation_refuses(body.as_bytes(), &message);
    }
}

#[test]
fn a_body_of_512_kib_is_read_and_not_one_byte_more() {
    let world = World::new();
    for operation in with_a_body() {
        let body = good_body(&world, operation).to_string();
        let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
        world.takes(good(&world, operation).with_body(padded(512 * 1024)));
        let request = good(&world, operation).with_body(padded(512 * 1024 + 1));
        let message = "The request body is larger than 524288 bytes";
        world.refuses(request, kind(operation), message);
        // It is refused unread, whatever is in it.
        let spaces = good(&world, operation).with_body(" ".repeat(512 * 1024 + 1));
        world.refuses(spaces, kind(operation), message);
    }
}

#[test]
fn unknown_members_are_ignored() {
    let world = World::new();
    for operation in with_a_body() {
        let mut body = good_body(&world, operation);
        for (name, value) in [
            ("Unknown", json!({"a": [1, null]})),
            ("displayName", json!(7)),
            ("", json!("")),
            ("\0", json!("NUL")),
        ] {
            body = set(&body, name, value);
        }
        world.takes(good(&world, operation).with_body(body.to_string()));
    }
}

#[test]
fn a_member_that_is_null_is_as_good_as_absent() {
    let world = World::new();
    let optional = |operation| match operation {
        Operation::StartChatContact => &[
            "Attributes",
            "ChatDurationInMinutes",
            "ChatStreamingConfiguration",
            "ClientToken",
            "ConnectionTypes",
            "CustomerId",
            "DisconnectOnCustomerExit",
            "InitialMessage",
            "ParticipantConfiguration",
            "PersistentChat",
            "RelatedContactId",
            "SegmentAttributes",
            "SupportedMessagingContentTypes",
        ][..],
        Operation::StopContact => &["DisconnectReason"],
        Operation::TransferContact => &["ClientToken", "QueueId", "UserId"],
        Operation::CreateParticipant | Operation::CreatePersistentContactAssociation => {
            &["ClientToken"]
        }
        Operation::SendEvent => &["ClientToken", "Content"],
        Operation::CreateParticipantConnection => &["ConnectParticipant"],
        Operation::GetTranscript => &[
            "ContactId",
            "MaxResults",
            "NextToken",
            "ScanDirection",
            "SortOrder",
            "StartPosition",
        ],
        Operation::SendMessage | Operation::DisconnectParticipant => &["ClientToken"],
        _ => &[],
    };
    for operation in with_a_body() {
        let mut body = good_body(&world, operation);
        for name in optional(operation) {
            body = set(&body, name, Value::Null);
        }
        world.takes(good(&world, operation).with_body(body.to_string()));
        for name in good_body(&world, operation)
            .as_object()
            .expect("an object")
            .keys()
        {
            let without = set(&good_body(&world, operation), name, Value::Null);
            let message = match (operation, name.as_str()) {
                (Operation::StartChatContact, "ParticipantDetails") => {
                    "ParticipantDetails.DisplayName is required".to_owned()
                }
                (_, name) => format!("{name} is required"),
            };
            let request = good(&world, operation).with_body(without.to_string());
            world.refuses(request, kind(operation), &message);
        }
    }
}

#[test]
fn of_a_member_given_twice_the_last_one_counts() {
    let world = World::new();
    let chat = world.chat();
    let body = r#"{"Content":"first","ContentType":"text/nothing","Content":"last","ContentType":"text/plain"}"#;
    world.takes(message(&chat, "").with_body(body));
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    assert_eq!(page["Transcript"][0]["Content"], "last");
}

#[test]
fn a_body_is_json_whatever_its_content_type_says() {
    let world = World::new();
    for content_type in [
        "text/plain;charset=UTF-8",
        "application/x-amz-json-1.1",
        "application/x-www-form-urlencoded",
        "text/html",
        "",
    ] {
        for operation in with_a_body() {
            world.takes(good(&world, operation).header("content-type", content_type));
        }
    }
}

#[test]
fn decision_85_a_byte_order_mark_before_a_body_is_passed_over() {
    let world = World::new();
    let marked = |body: &[u8]| [b"\xEF\xBB\xBF", body].concat();
    for operation in with_a_body() {
        let request = good(&world, operation);
        let call = request.clone().call(world.now(), world.entropy(), |_| {});
        world.takes(request.clone().with_body(marked(&call.body)));
        let twice = request.with_body(marked(&marked(&call.body)));
        let answer = world.send(twice);
        let (status, kind, message) = answer.error();
        assert_eq!((status, kind), self::kind(operation));
        assert!(message.contains("is not valid JSON"), "{message}");
    }
    // Nothing but the mark is no body.
    let empty = good(&world, Operation::GetTranscript).with_body(marked(b" "));
    world.takes(empty);
}
