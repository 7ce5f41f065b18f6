//! TransferContact (decision 60).

use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{FLOW, INSTANCE, NOT_FOUND, REQUEST, Request, World, set};

const MISSING: &str = "The contact was not found";

fn signed(body: &Value) -> Request {
    Request::new(api::Operation::TransferContact, body).signed()
}

fn good(world: &World) -> Value {
    let contact = world.chat().contact;
    json!({"InstanceId": INSTANCE, "ContactId": contact, "ContactFlowId": FLOW})
}

#[test]
fn members_are_held_to_their_kinds() {
    let world = World::new();
    let good = good(&world);
    let text = "must be a string";
    let members = [
        ("InstanceId", "string", text),
        ("ContactId", "string", text),
        ("ContactFlowId", "string", text),
        ("QueueId", "string", text),
        ("UserId", "string", text),
        ("ClientToken", "string", text),
    ];
    // The operation has no error of its own for a member's value (decision 6).
    refuses_other_kinds(&world, &good, signed, REQUEST, &members);
    world.takes(signed(&good));
}

#[test]
fn every_length_has_its_limits_and_required_members_are_named() {
    let world = World::new();
    let good = good(&world);
    let long = |length| json!("中".repeat(length));
    let lengths = [
        ("InstanceId", 1, 100),
        ("ContactId", 1, 256),
        ("ContactFlowId", 1, 500),
        ("QueueId", 1, 256),
        ("UserId", 1, 256),
        ("ClientToken", 0, 500),
    ];
    for (member, least, most) in lengths {
        for length in [0, most + 1] {
            if length < least || length > most {
                let body = set(&good, member, long(length));
                let must = format!("{member} must have {least} to {most} characters");
                world.refuses(signed(&body), REQUEST, &format!("{must}, not {length}"));
            }
        }
    }
    for member in ["InstanceId", "ContactId", "ContactFlowId"] {
        let body = set(&good, member, Value::Null);
        world.refuses(signed(&body), REQUEST, &format!("{member} is required"));
    }
    let mut longest = set(&good, "ContactFlowId", long(500));
    for member in ["ClientToken", "UserId"] {
        longest = set(&longest, member, long(256));
    }
    world.takes(signed(&longest));
}

#[test]
fn contacts_and_instances_that_are_not_there_are_not_found() {
    let world = World::with(&[("INSTANCE_IDS", "here,there")]);
    let here = {
        let body = set(&crate::stage::start_members(), "InstanceId", json!("here"));
        let started = world.takes(Request::new(api::Operation::StartChatContact, &body));
        json!({"InstanceId": "here", "ContactId": started["ContactId"], "ContactFlowId": FLOW})
    };
    let unknown = "The instance was not found";
    refuses_each(
        &world,
        &here,
        signed,
        vec![
            ("InstanceId", json!("nowhere"), NOT_FOUND, unknown),
            (
                "InstanceId",
                json!("arn:aws:connect:::x"),
                NOT_FOUND,
                unknown,
            ),
            // Nobody is told of another instance's contacts.
            ("InstanceId", json!("there"), NOT_FOUND, MISSING),
            ("ContactId", json!("x"), NOT_FOUND, MISSING),
            ("ContactId", json!("中".repeat(256)), NOT_FOUND, MISSING),
            (
                "ContactId",
                json!("00000000-0000-8000-8000-000000000000"),
                NOT_FOUND,
                MISSING,
            ),
        ],
    );
    let third = here["ContactId"].as_str().expect("an id");
    let third = third.replacen("-8000-", "-8002-", 1);
    let body = set(&here, "ContactId", json!(third));
    world.refuses(signed(&body), NOT_FOUND, MISSING);
    world.takes(signed(&here));
}

#[test]
fn decision_60_a_queue_a_user_and_the_disconnect_flow_exclude_each_other() {
    let world = World::with(&[("DISCONNECT_CONTACT_FLOW_ID", "survey")]);
    let good = good(&world);
    let both = set(&set(&good, "QueueId", json!("q")), "UserId", json!("u"));
    let message = "QueueId and UserId must not both be given";
    world.refuses(signed(&both), REQUEST, message);
    let survey = set(&both, "ContactFlowId", json!("survey"));
    world.refuses(signed(&survey), REQUEST, message);
    for flow in [
        "survey",
        "arn:aws:connect:us-west-2:123456789012:instance/i/contact-flow/survey",
    ] {
        let survey = set(&good, "ContactFlowId", json!(flow));
        for member in ["QueueId", "UserId"] {
            let message = format!("{member} must not be given with the disconnect flow");
            let body = set(&survey, member, json!("x"));
            world.refuses(signed(&body), REQUEST, &message);
        }
    }
    world.takes(signed(&set(&good, "ContactFlowId", json!("survey"))));
}
