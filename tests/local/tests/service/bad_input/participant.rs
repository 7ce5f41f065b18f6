//! CreateParticipant (decision 61).

use api::Operation;
use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{INSTANCE, NOT_FOUND, REQUEST, Request, World, set, transcript};

const MISSING: &str = "The contact was not found";
const ROLE: &str = "ParticipantDetails.ParticipantRole";

fn signed(body: &Value) -> Request {
    Request::new(Operation::CreateParticipant, body).signed()
}

fn good(world: &World) -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactId": world.chat().contact,
        "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Ann"},
    })
}

#[test]
fn members_are_held_to_their_kinds_and_names() {
    let world = World::new();
    let good = good(&world);
    let text = "must be a string";
    let names = "must be one of AGENT, CUSTOMER, SYSTEM, CUSTOM_BOT, SUPERVISOR";
    // The operation has no error of its own for a member's value (decision 6).
    refuses_other_kinds(
        &world,
        &good,
        signed,
        REQUEST,
        &[
            ("InstanceId", "string", text),
            ("ContactId", "string", text),
            ("ClientToken", "string", text),
            ("ParticipantDetails", "object", "must be an object"),
            ("ParticipantDetails.DisplayName", "string", text),
            (ROLE, "any", names),
        ],
    );
    for role in ["", "agent", "CUSTOMERS", "BOT"] {
        let body = set(&good, ROLE, json!(role));
        world.refuses(signed(&body), REQUEST, &format!("{ROLE} {names}"));
    }
    world.takes(signed(&good));
}

#[test]
fn every_length_has_its_limits_and_required_members_are_named() {
    let world = World::new();
    let good = good(&world);
    let name = "ParticipantDetails.DisplayName";
    let long = |length| json!("中".repeat(length));
    for (member, least, most) in [
        ("InstanceId", 1, 100),
        ("ContactId", 1, 256),
        (name, 1, 256),
        ("ClientToken", 0, 500),
    ] {
        for length in [0, most + 1] {
            if length < least || length > most {
                let body = set(&good, member, long(length));
                let must = format!("{member} must have {least} to {most} characters");
                world.refuses(signed(&body), REQUEST, &format!("{must}, not {length}"));
            }
        }
    }
    for member in ["InstanceId", "ContactId", "ParticipantDetails", ROLE] {
        let body = set(&good, member, Value::Null);
        world.refuses(signed(&body), REQUEST, &format!("{member} is required"));
    }
    let longest = set(&set(&good, name, long(256)), "ClientToken", long(500));
    world.takes(signed(&longest));
}

#[test]
fn decision_61_a_chat_has_one_customer() {
    let world = World::new();
    let body = set(&good(&world), ROLE, json!("CUSTOMER"));
    let message = format!(
        "{ROLE} must not be CUSTOMER: a chat has one customer, the one that it was started for"
    );
    world.refuses(signed(&body), REQUEST, &message);
}

#[test]
fn decision_46_capabilities_of_calls_are_refused_by_name() {
    let world = World::new();
    let good = good(&world);
    let member = "ParticipantDetails.ParticipantCapabilities";
    let message = format!("{member} is not supported");
    for value in [json!({"Video": "SEND"}), json!({"ScreenShare": "SEND"})] {
        let body = set(&good, member, value);
        world.refuses(signed(&body), REQUEST, &message);
    }
    for nothing in [json!({}), Value::Null] {
        world.takes(signed(&set(&good, member, nothing)));
    }
    world.takes(signed(&set(&good, "Unknown", json!(7))));
}

#[test]
fn contacts_and_instances_that_are_not_there_are_not_found() {
    let world = World::with(&[("INSTANCE_IDS", "here,there")]);
    let start = set(&crate::stage::start_members(), "InstanceId", json!("here"));
    let started = world.takes(Request::new(Operation::StartChatContact, &start));
    let mut here = json!({"InstanceId": "here", "ContactId": started["ContactId"]});
    here["ParticipantDetails"] = json!({"ParticipantRole": "AGENT", "DisplayName": "Ann"});
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
            (
                "ContactId",
                json!("00000000-0000-8000-8000-000000000000"),
                NOT_FOUND,
                MISSING,
            ),
        ],
    );
    world.takes(signed(&here));
}

#[test]
fn decision_80_a_participant_without_a_name_is_shown_by_the_name_of_the_role() {
    for role in ["AGENT", "CUSTOM_BOT", "SUPERVISOR", "SYSTEM"] {
        let world = World::new();
        let chat = world.chat();
        let mut body = json!({"InstanceId": INSTANCE, "ContactId": chat.contact});
        body["ParticipantDetails"] = json!({"ParticipantRole": role});
        body["ClientToken"] = json!("token");
        let added = world.takes(signed(&body));
        assert_eq!(world.takes(signed(&body)), added, "once");
        let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
        let invited = &page["Transcript"][0];
        assert_eq!(invited["ParticipantRole"], role);
        assert_eq!(invited["DisplayName"], role);
    }
}
