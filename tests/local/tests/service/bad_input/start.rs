//! StartChatContact: ids, names, lengths, and what is not supported.

use api::Operation;
use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, set, start_members};

fn signed(body: &Value) -> Request {
    Request::new(Operation::StartChatContact, body).signed()
}

/// A start with every member that there is.
fn everything() -> Value {
    let mut body = start_members();
    for (name, value) in [
        ("Attributes", json!({"key": "value"})),
        ("ChatDurationInMinutes", json!(60)),
        ("ClientToken", json!("token")),
        ("CustomerId", json!("customer")),
        (
            "InitialMessage",
            json!({"ContentType": "text/plain", "Content": "hello"}),
        ),
        ("SupportedMessagingContentTypes", json!(["text/plain"])),
    ] {
        body = set(&body, name, value);
    }
    body
}

#[test]
fn members_of_another_kind_are_named() {
    let world = World::new();
    let (text, object) = ("must be a string", "must be an object");
    let minutes = "must be a whole number from 60 to 10080";
    let list = "must be a list of strings";
    let content_types = "must be one of text/plain, text/markdown, application/json, \
        application/vnd.amazonaws.connect.message.interactive.response";
    refuses_other_kinds(
        &world,
        &everything(),
        signed,
        PARAMETER,
        &[
            ("InstanceId", "string", text),
            ("ContactFlowId", "string", text),
            ("ParticipantDetails", "object", object),
            ("ParticipantDetails.DisplayName", "string", text),
            ("Attributes", "object", object),
            ("Attributes.key", "string", text),
            ("ChatDurationInMinutes", "number", minutes),
            ("ClientToken", "string", text),
            ("CustomerId", "string", text),
            ("InitialMessage", "object", object),
            ("InitialMessage.Content", "string", text),
            ("InitialMessage.ContentType", "string", text),
            ("SupportedMessagingContentTypes", "list", list),
        ],
    );
    let names = "must be one of ENTIRE_PAST_SESSION, FROM_SEGMENT";
    let id = "00000000-0000-8000-8000-000000000000";
    let source = json!({"SourceContactId": id, "RehydrationType": "FROM_SEGMENT"});
    refuses_other_kinds(
        &world,
        &set(&everything(), "PersistentChat", source),
        signed,
        PARAMETER,
        &[
            ("PersistentChat", "object", object),
            ("PersistentChat.SourceContactId", "string", text),
            ("PersistentChat.RehydrationType", "any", names),
        ],
    );
    let known = "must be one of text/plain, ";
    assert!(content_types.starts_with(known));
    let unknown = set(
        &everything(),
        "InitialMessage.ContentType",
        json!("text/html"),
    );
    world.refuses(
        signed(&unknown),
        PARAMETER,
        &format!("InitialMessage.ContentType {content_types}"),
    );
}

#[test]
fn required_members_are_named() {
    let world = World::new();
    let initial = json!({"ContentType": "text/plain"});
    refuses_each(
        &world,
        &start_members(),
        signed,
        vec![
            ("InstanceId", Value::Null, REQUEST, "InstanceId is required"),
            (
                "ContactFlowId",
                Value::Null,
                REQUEST,
                "ContactFlowId is required",
            ),
            (
                "ParticipantDetails",
                Value::Null,
                REQUEST,
                "ParticipantDetails.DisplayName is required",
            ),
            (
                "ParticipantDetails",
                json!({}),
                REQUEST,
                "ParticipantDetails.DisplayName is required",
            ),
            (
                "InitialMessage",
                json!({}),
                REQUEST,
                "InitialMessage.ContentType is required",
            ),
            (
                "InitialMessage",
                initial,
                REQUEST,
                "InitialMessage.Content is required",
            ),
        ],
    );
}

#[test]
fn every_length_has_its_limits() {
    let world = World::new();
    // Characters count, not bytes.
    let long = |length: usize| json!("中".repeat(length));
    refuses_each(
        &world,
        &everything(),
        signed,
        vec![
            (
                "InstanceId",
                json!(""),
                PARAMETER,
                "InstanceId must have 1 to 100 characters, not 0",
            ),
            (
                "InstanceId",
                long(101),
                PARAMETER,
                "InstanceId must have 1 to 100 characters, not 101",
            ),
            (
                "ContactFlowId",
                json!(""),
                PARAMETER,
                "ContactFlowId must have 1 to 500 characters, not 0",
            ),
            (
                "ContactFlowId",
                long(501),
                PARAMETER,
                "ContactFlowId must have 1 to 500 characters, not 501",
            ),
            (
                "ParticipantDetails.DisplayName",
                json!(""),
                PARAMETER,
                "ParticipantDetails.DisplayName must have 1 to 256 characters, not 0",
            ),
            (
                "ParticipantDetails.DisplayName",
                long(257),
                PARAMETER,
                "ParticipantDetails.DisplayName must have 1 to 256 characters, not 257",
            ),
            (
                "CustomerId",
                json!(""),
                PARAMETER,
                "CustomerId must have 1 to 128 characters, not 0",
            ),
            (
                "CustomerId",
                long(129),
                PARAMETER,
                "CustomerId must have 1 to 128 characters, not 129",
            ),
            (
                "ClientToken",
                long(501),
                PARAMETER,
                "ClientToken must have 0 to 500 characters, not 501",
            ),
            (
                "InitialMessage.ContentType",
                json!(""),
                PARAMETER,
                "InitialMessage.ContentType must have 1 to 100 characters, not 0",
            ),
            (
                "InitialMessage.Content",
                json!(""),
                PARAMETER,
                "InitialMessage.Content must have 1 to 16384 bytes, not 0",
            ),
            (
                "InitialMessage.Content",
                long(5_462),
                PARAMETER,
                "InitialMessage.Content must have 1 to 16384 bytes, not 16386",
            ),
        ],
    );
    for (member, length) in [
        ("InstanceId", 100),
        ("ContactFlowId", 500),
        ("ParticipantDetails.DisplayName", 256),
        ("CustomerId", 128),
        ("ClientToken", 500),
        ("ClientToken", 0),
        ("InitialMessage.Content", 5_461),
    ] {
        println!("{member}: {length}");
        let world = World::new();
        world.takes(signed(&set(&everything(), member, long(length))));
    }
}

#[test]
fn a_chat_lasts_from_60_to_10080_minutes() {
    let world = World::new();
    let message = "ChatDurationInMinutes must be a whole number from 60 to 10080";
    for minutes in [
        json!(59),
        json!(10_081),
        json!(0),
        json!(-1),
        json!(-60),
        json!(60.5),
        json!("60"),
        json!(1e18),
        json!(u64::MAX),
    ] {
        println!("{minutes}");
        let body = set(&start_members(), "ChatDurationInMinutes", minutes);
        world.refuses(signed(&body), PARAMETER, message);
    }
    for minutes in [json!(60), json!(10_080), json!(60.0)] {
        let body = set(&start_members(), "ChatDurationInMinutes", minutes);
        world.takes(signed(&body));
    }
}

#[test]
fn members_that_are_not_supported_are_refused_by_name() {
    let world = World::new();
    for (member, value) in [
        (
            "RelatedContactId",
            json!("00000000-0000-8000-8000-000000000000"),
        ),
        (
            "SegmentAttributes",
            json!({"connect:Subtype": {"ValueString": "connect:SMS"}}),
        ),
        (
            "ChatStreamingConfiguration",
            json!({"StreamingEndpointArn": "arn"}),
        ),
    ] {
        let body = set(&start_members(), member, value);
        world.refuses(
            signed(&body),
            REQUEST,
            &format!("{member} is not supported"),
        );
    }
    let pieces = json!({"ResponseMode": "INCREMENTAL"});
    let body = set(&start_members(), "ParticipantConfiguration", pieces);
    let message = "ParticipantConfiguration.ResponseMode INCREMENTAL is not supported";
    world.refuses(signed(&body), REQUEST, message);
    let other = json!({"ResponseMode": "SOMETIMES"});
    let body = set(&start_members(), "ParticipantConfiguration", other);
    let message = "ParticipantConfiguration.ResponseMode must be one of COMPLETE, INCREMENTAL";
    world.refuses(signed(&body), PARAMETER, message);
}

#[test]
fn decision_46_a_member_that_asks_for_nothing_else_than_happens_anyway_is_taken() {
    let world = World::new();
    for (member, value) in [
        ("SegmentAttributes", json!({})),
        ("ChatStreamingConfiguration", json!({})),
        (
            "ChatStreamingConfiguration",
            json!({"StreamingEndpointArn": null}),
        ),
        ("ParticipantConfiguration", json!({})),
        (
            "ParticipantConfiguration",
            json!({"ResponseMode": "COMPLETE"}),
        ),
    ] {
        world.takes(signed(&set(&start_members(), member, value)));
    }
}

#[test]
fn decision_87_no_chat_is_started_where_no_path_can_name_it() {
    let world = World::new();
    let missing = "The instance was not found";
    let arn = "arn:aws:connect:us-east-1:123456789012:instance/";
    for dots in [".", ".."] {
        for instance in [dots.to_owned(), format!("{arn}{dots}")] {
            let body = set(&start_members(), "InstanceId", json!(instance));
            world.refuses(signed(&body), NOT_FOUND, missing);
        }
    }
    for instance in ["...", ".a", "a."] {
        world.takes(signed(&set(
            &start_members(),
            "InstanceId",
            json!(instance),
        )));
    }
}

#[test]
fn an_instance_is_named_by_its_id_or_its_arn() {
    let arn = format!("arn:aws:connect:us-east-1:123456789012:instance/{INSTANCE}");
    let long_arn = format!("arn:aws-us-gov:connect:us-gov-west-1:123456789012:instance/{INSTANCE}");
    let others = [
        "arn:aws:connect:us-east-1:123456789012:instance/".to_owned(),
        "arn:aws:connect:us-east-1:123456789012:contact/x".to_owned(),
        "arn:aws:lex:us-east-1:123456789012:instance/x".to_owned(),
        "arn:aws:connect:us-east-1:123456789012:instance/x/contact/y".to_owned(),
        "arn:".to_owned(),
        format!("x{arn}"),
    ];
    let any = World::new();
    let one = World::with(&[("INSTANCE_IDS", INSTANCE)]);
    for world in [&any, &one] {
        for name in [INSTANCE, &arn, &long_arn] {
            println!("{name}");
            world.takes(signed(&set(&start_members(), "InstanceId", json!(name))));
        }
        for name in &others[..5] {
            println!("{name}");
            let body = set(&start_members(), "InstanceId", json!(name));
            world.refuses(signed(&body), NOT_FOUND, "The instance was not found");
        }
    }
    for name in [
        "another",
        &others[5],
        &INSTANCE.to_uppercase().replace('1', "2"),
    ] {
        let body = set(&start_members(), "InstanceId", json!(name));
        one.refuses(signed(&body), NOT_FOUND, "The instance was not found");
    }
}
