//! StopContact (decision 40).

use api::Operation;
use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{GONE, INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, set, stop};

const MISSING: &str = "The contact was not found";

fn signed(body: &Value) -> Request {
    Request::new(Operation::StopContact, body).signed()
}

fn good(world: &World) -> Value {
    json!({"InstanceId": INSTANCE, "ContactId": world.chat().contact})
}

#[test]
fn members_are_held_to_their_kinds_and_lengths() {
    let world = World::new();
    let good = good(&world);
    refuses_other_kinds(
        &world,
        &good,
        signed,
        PARAMETER,
        &[
            ("InstanceId", "string", "must be a string"),
            ("ContactId", "string", "must be a string"),
        ],
    );
    let long = |length| json!("中".repeat(length));
    refuses_each(
        &world,
        &good,
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
                "ContactId",
                json!(""),
                PARAMETER,
                "ContactId must have 1 to 256 characters, not 0",
            ),
            (
                "ContactId",
                long(257),
                PARAMETER,
                "ContactId must have 1 to 256 characters, not 257",
            ),
            ("ContactId", long(256), GONE, MISSING),
            (
                "ContactId",
                json!("5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10"),
                GONE,
                MISSING,
            ),
            (
                "ContactId",
                json!("00000000-0000-8000-8000-000000000000"),
                GONE,
                MISSING,
            ),
            ("InstanceId", json!("another"), GONE, MISSING),
            (
                "DisconnectReason",
                json!({"Code": "OTHERS"}),
                REQUEST,
                "DisconnectReason is not supported",
            ),
        ],
    );
    world.takes(signed(&good));
}

#[test]
fn decision_40_unknown_instances_and_contacts_are_told_apart() {
    let world = World::with(&[("INSTANCE_IDS", INSTANCE)]);
    let good = good(&world);
    let other = set(&good, "InstanceId", json!("another"));
    world.refuses(signed(&other), NOT_FOUND, "The instance was not found");
    let neither = set(&other, "ContactId", json!("x"));
    world.refuses(signed(&neither), NOT_FOUND, "The instance was not found");
    world.refuses(signed(&set(&good, "ContactId", json!("x"))), GONE, MISSING);
}

#[test]
fn decision_40_stopping_what_has_ended_adds_nothing() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transferred(&chat);
    let puts = world.service.log.puts();
    assert_eq!(
        world.takes(stop(&chat.contact)),
        json!({}),
        "an earlier contact"
    );
    assert_eq!(world.service.log.puts(), puts);
    assert_eq!(world.takes(stop(&second)), json!({}));
    assert_eq!(world.service.log.puts(), puts + 1);
    for contact in [&second, &chat.contact] {
        assert_eq!(world.takes(stop(contact)), json!({}));
    }
    assert_eq!(world.service.log.puts(), puts + 1);
    let third = second.replacen("-8001-", "-8002-", 1);
    world.refuses(stop(&third), GONE, MISSING);
}

#[test]
fn a_session_past_its_retention_is_not_there() {
    let world = World::new();
    let chat = world.ended_chat();
    world.pass(domain::days(731));
    world.refuses(stop(&chat.contact), GONE, MISSING);
}
