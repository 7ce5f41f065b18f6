//! DescribeContact: a contact as Connect's SDKs read it.

use std::time::Duration;

use api::Operation;
use domain::{days, minutes, seconds};
use serde_json::{Map, Value, json};

use crate::stage::{
    Chat, DENIED, INSTANCE, NOT_FOUND, PARAMETER, Request, World, association, at, continuing,
    describe, disconnect, encoded, message, path_to, start, stop, transfer,
};

const NOT_THERE: &str = "The contact was not found";
const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";
const SURVEY: (&str, &str) = ("DISCONNECT_CONTACT_FLOW_ID", "survey");

/// The members of a contact.
#[track_caller]
fn contact(world: &World, id: &str) -> Map<String, Value> {
    let mut body = world.takes(describe(id));
    assert_eq!(body.as_object().map(Map::len), Some(1));
    match body["Contact"].take() {
        Value::Object(members) => members,
        other => panic!("no contact: {other}"),
    }
}

/// One member of a contact, null where it is absent.
#[track_caller]
fn told(world: &World, id: &str, member: &str) -> Value {
    contact(world, id).get(member).cloned().unwrap_or_default()
}

#[test]
fn a_contact_has_these_members_and_no_others() {
    let world = World::with(&[
        ("AWS_REGION", "eu-central-1"),
        ("ACCOUNT_ID", "123456789012"),
    ]);
    let members = json!({"CustomerId": "jane", "Attributes": {"k": "v"}});
    world.pass(Duration::from_millis(120));
    let started = world.takes(start(&members).signed());
    let first = at(&started, "ContactId");
    let arn = |id: &str| {
        format!("arn:aws:connect:eu-central-1:123456789012:instance/{INSTANCE}/contact/{id}")
    };
    let running = json!({"Contact": {
        "Arn": arn(&first),
        "Id": first,
        "InitialContactId": first,
        "Channel": "CHAT",
        "InitiationMethod": "API",
        "InitiationTimestamp": 1_800_000_000.12,
        "LastUpdateTimestamp": 1_800_000_000.12,
        "Attributes": {"k": "v"},
        "CustomerId": "jane",
    }});
    assert_eq!(world.takes(describe(&first)), running);

    world.pass(seconds(60));
    let queued = json!({"QueueId": "billing"});
    let second = at(&world.takes(transfer(&first, &queued)), "ContactId");
    world.pass(seconds(60));
    world.takes(stop(&second));
    let transferred = json!({"Contact": {
        "Arn": arn(&first),
        "Id": first,
        "InitialContactId": first,
        "Channel": "CHAT",
        "InitiationMethod": "API",
        "InitiationTimestamp": 1_800_000_000.12,
        "LastUpdateTimestamp": 1_800_000_060.12,
        "DisconnectTimestamp": 1_800_000_060.12,
        "Attributes": {"k": "v"},
        "CustomerId": "jane",
    }});
    assert_eq!(world.takes(describe(&first)), transferred);
    let ended = json!({"Contact": {
        "Arn": arn(&second),
        "Id": second,
        "InitialContactId": first,
        "PreviousContactId": first,
        "Channel": "CHAT",
        "InitiationMethod": "QUEUE_TRANSFER",
        "InitiationTimestamp": 1_800_000_060.12,
        "LastUpdateTimestamp": 1_800_000_120.12,
        "DisconnectTimestamp": 1_800_000_120.12,
        "DisconnectReason": "API",
        "Attributes": {"k": "v"},
        "CustomerId": "jane",
        "QueueInfo": {"Id": "billing", "EnqueueTimestamp": 1_800_000_060.12},
    }});
    assert_eq!(world.takes(describe(&second)), ended);

    let source = at(&ended, "Contact.Id");
    let next = world.takes(start(&continuing(&source, "FROM_SEGMENT")).signed());
    let related = told(&world, &at(&next, "ContactId"), "RelatedContactId");
    assert_eq!(related, json!(second));
}

#[test]
fn times_are_numbers_of_seconds_with_milliseconds_and_no_more_digits() {
    for millis in [0, 1, 10, 120, 999] {
        let world = World::new();
        world.pass(Duration::from_millis(millis));
        let chat = world.connected(start(&json!({})));
        let text = world.takes(describe(&chat.contact)).to_string();
        let fraction = format!("{millis:03}");
        let fraction = match fraction.trim_end_matches('0') {
            "" => "0",
            digits => digits,
        };
        let written = format!("\"InitiationTimestamp\":1800000000.{fraction},");
        assert!(text.contains(&written), "{written} in {text}");
    }
}

#[test]
fn decision_60_each_contact_names_the_one_before_it_and_the_way_in_which_it_came_about() {
    let world = World::with(&[SURVEY]);
    let chat = world.chat();
    let mut contacts = vec![chat.contact.clone()];
    for members in [
        json!({}),
        json!({"UserId": "ann"}),
        json!({"QueueId": "billing"}),
        json!({"ContactFlowId": "survey"}),
    ] {
        let next = world.takes(transfer(&contacts[contacts.len() - 1], &members));
        contacts.push(at(&next, "ContactId"));
    }
    let methods = [
        "API",
        "TRANSFER",
        "TRANSFER",
        "QUEUE_TRANSFER",
        "DISCONNECT",
    ];
    for (n, method) in methods.into_iter().enumerate() {
        let members = contact(&world, &contacts[n]);
        assert_eq!(members["InitiationMethod"], method);
        assert_eq!(members["InitialContactId"], json!(chat.contact));
        let previous = n.checked_sub(1).map(|n| json!(contacts[n]));
        assert_eq!(members.get("PreviousContactId"), previous.as_ref());
        assert_eq!(members.contains_key("QueueInfo"), n == 3);
    }
}

#[test]
fn decision_63_a_contact_that_has_ended_says_why() {
    type End = fn(&World, &Chat);
    let ends: [(&str, End); 3] = [
        ("CUSTOMER_DISCONNECT", |world, chat| {
            world.takes(disconnect(chat));
        }),
        ("API", |world, chat| {
            world.takes(stop(&chat.contact));
        }),
        ("EXPIRED", |world, chat| {
            world.pass(days(2));
            world.takes(stop(&chat.contact));
        }),
    ];
    for (reason, end) in ends {
        let world = World::new();
        let chat = world.chat();
        assert_eq!(told(&world, &chat.contact, "DisconnectReason"), Value::Null);
        assert_eq!(
            told(&world, &chat.contact, "DisconnectTimestamp"),
            Value::Null
        );
        end(&world, &chat);
        assert_eq!(told(&world, &chat.contact, "DisconnectReason"), reason);
        assert!(told(&world, &chat.contact, "DisconnectTimestamp").is_f64());
    }
    // Nobody came.
    let world = World::new();
    let started = at(&world.takes(start(&json!({}))), "ContactId");
    world.pass(minutes(5));
    assert_eq!(
        told(&world, &started, "DisconnectReason"),
        Value::Null,
        "until it is noticed"
    );
    world.takes(stop(&started));
    let reason = told(&world, &started, "DisconnectReason");
    assert_eq!(reason, "CUSTOMER_CONNECTION_NOT_ESTABLISHED");
    let end = told(&world, &started, "DisconnectTimestamp");
    assert_eq!(end, json!(1_800_000_300.0));
}

#[test]
fn decision_63_a_contact_that_the_disconnect_flow_followed_says_whose_part_was_over() {
    let survey = |contact: &str| transfer(contact, &json!({"ContactFlowId": "survey"}));
    for (agent, reason) in [
        (true, "AGENT_DISCONNECT"),
        (false, "CONTACT_FLOW_DISCONNECT"),
    ] {
        let world = World::with(&[SURVEY]);
        let chat = world.chat();
        if agent {
            let ann = world.accompanied(&chat, "AGENT", "Ann");
            world.takes(disconnect(&ann));
            let state = told(&world, &chat.contact, "DisconnectTimestamp");
            assert_eq!(state, Value::Null, "an agent's leaving ends nothing");
        }
        world.takes(survey(&chat.contact));
        assert_eq!(told(&world, &chat.contact, "DisconnectReason"), reason);
    }
    let world = World::with(&[SURVEY]);
    let chat = world.connected(start(&json!({"DisconnectOnCustomerExit": ["AGENT"]})));
    world.accompanied(&chat, "AGENT", "Ann");
    world.takes(disconnect(&chat));
    assert_eq!(
        told(&world, &chat.contact, "DisconnectReason"),
        "CUSTOMER_DISCONNECT"
    );
    let second = chat.contact.replacen("-8000-", "-8001-", 1);
    assert_eq!(told(&world, &second, "InitiationMethod"), "DISCONNECT");
    assert_eq!(told(&world, &second, "DisconnectTimestamp"), Value::Null);
    // Any other transfer has no reason in Connect either.
    let world = World::new();
    let chat = world.chat();
    world.transferred(&chat);
    assert_eq!(told(&world, &chat.contact, "DisconnectReason"), Value::Null);
    assert!(told(&world, &chat.contact, "DisconnectTimestamp").is_f64());
}

#[test]
fn the_worked_example_shows_as_related_contact_what_was_told_as_continued() {
    let world = World::with(&[SURVEY]);
    let chat = world.chat();
    let c1 = chat.contact.clone();
    let c2 = at(&world.takes(transfer(&c1, &json!({}))), "ContactId");
    world.takes(message(&chat, "to the second agent"));
    let c3 = at(
        &world.takes(transfer(&c2, &json!({"ContactFlowId": "survey"}))),
        "ContactId",
    );
    world.takes(disconnect(&chat));
    for (source, how, continued) in [
        (&c2, "FROM_SEGMENT", &c2),
        (&c1, "ENTIRE_PAST_SESSION", &c3),
        (&c1, "FROM_SEGMENT", &c1),
        (&c3, "FROM_SEGMENT", &c3),
    ] {
        let next = world.takes(start(&continuing(source, how)).signed());
        assert_eq!(at(&next, "ContinuedFromContactId"), *continued);
        let next = at(&next, "ContactId");
        assert_eq!(told(&world, &next, "RelatedContactId"), json!(continued));

        let chat = world.chat();
        let second = world.transferred(&chat);
        let answer = world.takes(association(&chat.contact, source, how));
        assert_eq!(answer, json!({"ContinuedFromContactId": continued}));
        let first = told(&world, &chat.contact, "RelatedContactId");
        assert_eq!(first, Value::Null, "it had ended before");
        assert_eq!(told(&world, &second, "RelatedContactId"), json!(continued));
    }
}

#[test]
fn a_contact_that_is_not_there_is_not_described() {
    let world = World::with(&[("INSTANCE_IDS", &format!("{INSTANCE},another"))]);
    let chat = world.ended_chat();
    let second = chat.contact.replacen("-8000-", "-8001-", 1);
    for id in [
        "x",
        "00000000-0000-8000-8000-000000000000",
        &second,
        "%",
        "a/b",
    ] {
        world.refuses(describe(id), NOT_FOUND, NOT_THERE);
    }
    let elsewhere = Request::to(Operation::DescribeContact, &["another", &chat.contact]);
    world.refuses(elsewhere.signed(), NOT_FOUND, NOT_THERE);
    let nowhere = Request::to(Operation::DescribeContact, &["nowhere", &chat.contact]);
    world.refuses(nowhere.signed(), NOT_FOUND, "The instance was not found");
    world.pass(days(731));
    world.refuses(describe(&chat.contact), NOT_FOUND, NOT_THERE);
}

#[test]
fn ids_in_the_path_are_held_to_their_lengths_and_must_be_text() {
    let world = World::new();
    let length = "ContactId must have 1 to 256 characters, not 257";
    world.refuses(describe(&"x".repeat(257)), PARAMETER, length);
    let long = "x".repeat(101);
    let request = Request::to(Operation::DescribeContact, &[&long, "x"]).signed();
    let length = "InstanceId must have 1 to 100 characters, not 101";
    world.refuses(request, PARAMETER, length);
    let raw = describe("x")
        .at(&format!("/contacts/{INSTANCE}/%C3"))
        .signed();
    world.refuses(raw, PARAMETER, "ContactId must be UTF-8, percent-encoded");
}

#[test]
fn decision_69_an_instance_may_be_named_by_its_arn_which_a_gateway_may_have_decoded() {
    let world = World::new();
    let chat = world.chat();
    let bare = world.takes(describe(&chat.contact));
    let by_arn = Request::to(Operation::DescribeContact, &[ARN, &chat.contact]).signed();
    assert_eq!(world.takes(by_arn.clone()), bare);
    for prefix in ["", "/prod"] {
        let decoded = format!("{prefix}/contacts/{ARN}/{}", chat.contact);
        let sent = format!(
            "{prefix}{}",
            path_to(Operation::DescribeContact, &[ARN, &chat.contact])
        );
        assert!(sent.contains(&encoded(ARN)));
        let request = by_arn.clone().at(&sent).signed();
        let answer = world.send_altered(request, |call| call.path = decoded);
        assert_eq!(answer.ok(), bare);
    }
}

#[test]
fn only_backends_describe() {
    let world = World::new();
    let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    for id in [chat.contact.as_str(), "x"] {
        let unsigned = Request::to(Operation::DescribeContact, &[INSTANCE, id]);
        for request in [
            unsigned.clone(),
            unsigned.clone().claims(&[("sub", "jane")]),
            unsigned.bearer(&chat.connection_token),
        ] {
            world.refuses(request, DENIED, "The caller is not known");
        }
    }
}
