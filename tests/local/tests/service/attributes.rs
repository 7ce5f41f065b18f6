//! GetContactAttributes and UpdateContactAttributes: a chat's attributes, running and ended (decision 65).

use api::Operation;
use domain::days;
use serde_json::{Value, json};

use crate::stage::{
    DENIED, INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, at, attributes_of, continuing,
    describe, disconnect, message, set, start, stop, transcript, transcript_words, update,
};

const NOT_THERE: &str = "The contact was not found";
const NOT_KNOWN: &str = "The caller is not known";
const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";

/// The attributes of a contact, as they are answered and as they are described, which is the same.
#[track_caller]
fn attributes(world: &World, contact: &str) -> Value {
    let read = world.takes(attributes_of(contact));
    assert_eq!(read.as_object().map(serde_json::Map::len), Some(1));
    let described = world.takes(describe(contact));
    assert_eq!(described["Contact"]["Attributes"], read["Attributes"]);
    read["Attributes"].clone()
}

#[test]
fn decision_65_attributes_are_added_overwritten_and_removed_while_the_chat_runs_and_after_its_end()
{
    let world = World::new();
    let chat = world.connected(start(&json!({"Attributes": {"a": "1", "b": "2"}})));
    for ends in [true, false] {
        assert_eq!(
            attributes(&world, &chat.contact),
            json!({"a": "1", "b": "2"})
        );
        let changed = world.takes(update(&chat.contact, &json!({"b": "é", "c": "3"})));
        assert_eq!(changed, json!({}));
        let expected = json!({"a": "1", "b": "é", "c": "3"});
        assert_eq!(attributes(&world, &chat.contact), expected);
        world.takes(update(
            &chat.contact,
            &json!({"a": "", "c": "", "unknown": ""}),
        ));
        assert_eq!(attributes(&world, &chat.contact), json!({"b": "é"}));
        world.takes(update(&chat.contact, &json!({"b": "2", "a": "1"})));
        if ends {
            let page = world.takes(transcript(&chat, &json!({})));
            assert_eq!(transcript_words(&page), ["participant.joined"]);
            world.takes(disconnect(&chat));
        }
    }
}

#[test]
fn an_update_without_a_change_succeeds_and_writes_nothing() {
    let world = World::new();
    let chat = world.connected(start(&json!({"Attributes": {"a": "1"}})));
    for _ in 0..2 {
        for changes in [
            json!({}),
            json!({"a": "1"}),
            json!({"b": ""}),
            json!({"b": null}),
        ] {
            let puts = world.service.log.puts();
            world.takes(update(&chat.contact, &changes));
            assert_eq!(world.service.log.puts(), puts, "{changes}");
        }
        world.takes(stop(&chat.contact));
    }
}

#[test]
fn decision_65_any_contact_of_the_session_is_as_good_as_the_initial_one() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transferred(&chat);
    world.takes(update(&second, &json!({"a": "1"})));
    assert_eq!(attributes(&world, &chat.contact), json!({"a": "1"}));
    world.takes(stop(&second));
    world.takes(update(&chat.contact, &json!({"b": "2"})));
    assert_eq!(attributes(&world, &second), json!({"a": "1", "b": "2"}));
}

#[test]
fn what_continues_a_chat_has_the_attributes_that_it_ended_with() {
    let world = World::new();
    let chat = world.connected(start(&json!({"Attributes": {"a": "start"}})));
    world.takes(update(&chat.contact, &json!({"b": "first contact"})));
    let second = world.transferred(&chat);
    world.takes(update(&chat.contact, &json!({"c": "second contact"})));
    world.takes(message(&chat, "hello"));
    world.takes(stop(&second));
    world.takes(update(&chat.contact, &json!({"d": "afterwards", "a": ""})));
    for (source, how, copied) in [
        (
            &chat.contact,
            "FROM_SEGMENT",
            json!({"a": "start", "b": "first contact"}),
        ),
        (
            &chat.contact,
            "ENTIRE_PAST_SESSION",
            json!({"a": "start", "b": "first contact", "c": "second contact"}),
        ),
    ] {
        let next = world.takes(start(&continuing(source, how)).signed());
        assert_eq!(attributes(&world, &at(&next, "ContactId")), copied);
    }
}

#[test]
fn decision_82_attributes_are_refused_beyond_32768_bytes_in_all() {
    let world = World::new();
    let chat = world.connected(start(&json!({"Attributes": {"a": "1"}})));
    let too_long =
        "Attributes, together with those that the contact has, must not exceed 32768 bytes";
    let alone_too_long = "Attributes must not exceed 32768 bytes";
    for _ in 0..2 {
        let full = json!({"x": "é".repeat(16_382), "y": ""});
        let more = json!({"x": "é".repeat(16_383)});
        world.refuses(update(&chat.contact, &more), PARAMETER, too_long);
        world.takes(update(&chat.contact, &full));
        let one_more = update(&chat.contact, &json!({"y": "z"}));
        world.refuses(one_more, PARAMETER, too_long);
        // By itself it is too long, whatever is there.
        let alone = json!({"x": "x".repeat(32_767), "y": "z"});
        world.refuses(update(&chat.contact, &alone), PARAMETER, alone_too_long);
        world.takes(update(&chat.contact, &json!({"x": ""})));
        world.takes(stop(&chat.contact));
    }
}

#[test]
fn a_contact_that_is_not_there_has_no_attributes() {
    let world = World::with(&[("INSTANCE_IDS", &format!("{INSTANCE},another"))]);
    let chat = world.ended_chat();
    let changes = json!({"a": "1"});
    let elsewhere =
        json!({"InstanceId": "another", "InitialContactId": chat.contact, "Attributes": changes});
    let request = Request::new(Operation::UpdateContactAttributes, &elsewhere).signed();
    world.refuses(request, NOT_FOUND, NOT_THERE);
    let request = Request::to(Operation::GetContactAttributes, &["another", &chat.contact]);
    world.refuses(request.signed(), NOT_FOUND, NOT_THERE);
    let second = chat.contact.replacen("-8000-", "-8001-", 1);
    let refuses = |contact: &str| {
        world.refuses(attributes_of(contact), NOT_FOUND, NOT_THERE);
        world.refuses(update(contact, &changes), NOT_FOUND, NOT_THERE);
    };
    for contact in [
        "x",
        "00000000-0000-8000-8000-000000000000",
        "00000000-0000-4000-8000-000000000000",
        &second,
        "%",
        "a/b",
        &"中".repeat(256),
    ] {
        refuses(contact);
    }
    world.pass(days(731));
    refuses(&chat.contact);
    let nowhere = set(&elsewhere, "InstanceId", json!("nowhere"));
    let request = Request::new(Operation::UpdateContactAttributes, &nowhere).signed();
    world.refuses(request, NOT_FOUND, "The instance was not found");
    let request = Request::to(Operation::GetContactAttributes, &["nowhere", "x"]);
    world.refuses(request.signed(), NOT_FOUND, "The instance was not found");
}

#[test]
fn an_instance_may_be_named_by_its_arn_which_a_gateway_may_have_decoded() {
    let world = World::new();
    let chat = world.connected(start(&json!({"Attributes": {"a": "1"}})));
    let read = Request::to(Operation::GetContactAttributes, &[ARN, &chat.contact]).signed();
    let decoded = format!("/contact/attributes/{ARN}/{}", chat.contact);
    let expected = json!({"Attributes": {"a": "1"}});
    assert_eq!(world.takes(read.clone()), expected);
    let answer = world.send_altered(read.clone(), |call| call.path.clone_from(&decoded));
    assert_eq!(answer.ok(), expected);
    let staged = Request::to(Operation::GetContactAttributes, &[ARN, &chat.contact]);
    let path = format!(
        "/prod{}",
        crate::stage::path_to(Operation::GetContactAttributes, &[ARN, &chat.contact])
    );
    assert_eq!(world.takes(staged.at(&path).signed()), expected);
    let body =
        json!({"InstanceId": ARN, "InitialContactId": chat.contact, "Attributes": {"a": "2"}});
    world.takes(Request::new(Operation::UpdateContactAttributes, &body).signed());
    assert_eq!(attributes(&world, &chat.contact), json!({"a": "2"}));
}

#[test]
fn members_of_an_update_are_held_to_their_kinds_and_lengths() {
    let world = World::new();
    let contact = world.chat().contact;
    let good = json!({"InstanceId": INSTANCE, "InitialContactId": contact, "Attributes": {}});
    let keys = "Attributes must have keys of letters, digits, - and _";
    let id = |n| format!("InitialContactId must have 1 to 256 characters, not {n}");
    let (id_0, id_257) = (id(0), id(257));
    for (member, value, kind, message) in [
        ("InstanceId", Value::Null, REQUEST, "InstanceId is required"),
        (
            "InitialContactId",
            Value::Null,
            REQUEST,
            "InitialContactId is required",
        ),
        ("Attributes", Value::Null, REQUEST, "Attributes is required"),
        ("InitialContactId", json!(""), PARAMETER, &id_0),
        (
            "InitialContactId",
            json!("中".repeat(257)),
            PARAMETER,
            &id_257,
        ),
        (
            "InitialContactId",
            json!(1),
            PARAMETER,
            "InitialContactId must be a string",
        ),
        (
            "Attributes",
            json!("a"),
            PARAMETER,
            "Attributes must be an object",
        ),
        (
            "Attributes",
            json!(["a"]),
            PARAMETER,
            "Attributes must be an object",
        ),
        ("Attributes", json!({"": "1"}), PARAMETER, keys),
        ("Attributes", json!({"a b": "1"}), PARAMETER, keys),
        ("Attributes", json!({"é": ""}), PARAMETER, keys),
        (
            "Attributes",
            json!({"a": 1}),
            PARAMETER,
            "Attributes.a must be a string",
        ),
        (
            "Attributes",
            json!({"a": ["1"]}),
            PARAMETER,
            "Attributes.a must be a string",
        ),
    ] {
        println!("{member}: {value}");
        let body = set(&good, member, value);
        let request = Request::new(Operation::UpdateContactAttributes, &body).signed();
        world.refuses(request, kind, message);
    }
    // GetContactAttributes has no error of its own for a member: all is the request's.
    let long = "中".repeat(257);
    let request = attributes_of(&long);
    world.refuses(request, REQUEST, &id_257);
    let raw = Request::to(Operation::GetContactAttributes, &[INSTANCE, "x"]);
    let raw = raw
        .at(&format!("/contact/attributes/{INSTANCE}/%FF"))
        .signed();
    let utf_8 = "InitialContactId must be UTF-8, percent-encoded";
    world.refuses(raw, REQUEST, utf_8);
}

#[test]
fn only_backends_read_and_change_attributes() {
    let world = World::new();
    let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    for contact in [chat.contact.as_str(), "x"] {
        let body =
            json!({"InstanceId": INSTANCE, "InitialContactId": contact, "Attributes": {"a": "1"}});
        for unsigned in [
            Request::to(Operation::GetContactAttributes, &[INSTANCE, contact]),
            Request::new(Operation::UpdateContactAttributes, &body),
        ] {
            for request in [
                unsigned.clone(),
                unsigned.clone().claims(&[("sub", "jane")]),
                unsigned.clone().bearer(&chat.connection_token),
            ] {
                world.refuses(request, DENIED, NOT_KNOWN);
            }
        }
    }
    assert_eq!(attributes(&world, &chat.contact), json!({}));
}
