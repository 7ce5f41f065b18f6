//! CreateParticipantConnection.

use api::Operation;
use domain::seconds;
use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{BEGIN, Request, VALIDATION, World, at, set};

#[test]
fn members_are_held_to_their_kinds_and_names() {
    let world = World::new();
    let token = world.chat().participant_token;
    let request =
        |body: &Value| Request::new(Operation::CreateParticipantConnection, body).bearer(&token);
    let good = json!({"Type": ["CONNECTION_CREDENTIALS"], "ConnectParticipant": true});
    let list = "must be a list of strings";
    refuses_other_kinds(
        &world,
        &good,
        request,
        VALIDATION,
        &[
            ("Type", "list", list),
            ("ConnectParticipant", "boolean", "must be true or false"),
        ],
    );
    let names = "Type must be among WEBSOCKET, CONNECTION_CREDENTIALS, AUTHENTICATION_SESSION";
    let webrtc = "Type WEBRTC_CONNECTION is not supported";
    refuses_each(
        &world,
        &json!({}),
        request,
        vec![
            ("Type", json!([]), VALIDATION, "Type must not be empty"),
            ("Type", json!([""]), VALIDATION, names),
            ("Type", json!(["websocket"]), VALIDATION, names),
            ("Type", json!(["WEBSOCKET", "SOCKET"]), VALIDATION, names),
            (
                "Type",
                json!(["WEBSOCKET", 7]),
                VALIDATION,
                "Type must be a list of strings",
            ),
            (
                "Type",
                json!([null]),
                VALIDATION,
                "Type must be a list of strings",
            ),
            ("Type", json!(["WEBRTC_CONNECTION"]), VALIDATION, webrtc),
        ],
    );
    world.takes(request(&good));
    world.takes(request(&set(
        &good,
        "Type",
        json!(["WEBSOCKET", "WEBSOCKET"]),
    )));
    // Only to say that one is there: nothing is asked for, and nothing is given.
    assert_eq!(
        world.takes(request(&json!({"ConnectParticipant": true}))),
        json!({})
    );
}

#[test]
fn the_answer_is_what_was_asked_for() {
    let world = World::new();
    let token = world.chat().participant_token;
    let answer = |types: Value| {
        let body = json!({"Type": types});
        let request = Request::new(Operation::CreateParticipantConnection, &body);
        world.takes(request.bearer(&token))
    };
    let credentials = answer(json!(["CONNECTION_CREDENTIALS"]));
    assert_eq!(
        credentials.as_object().map(|members| members.len()),
        Some(1)
    );
    let expiry = at(&credentials, "ConnectionCredentials.Expiry");
    // A day ahead, as chatjs needs it: in the past it would ask again without end.
    assert_eq!(expiry, api::iso(BEGIN + seconds(86_400)));
    // Without a WebSocket its Url is empty and still there, or chatjs fails.
    let websocket = answer(json!(["WEBSOCKET"]));
    assert_eq!(
        websocket,
        json!({"Websocket": {"Url": "", "ConnectionExpiry": expiry}})
    );
}

#[test]
fn decision_81_an_authentication_session_is_taken_and_nothing_is_answered_for_it() {
    let world = World::new();
    let token = world.chat().participant_token;
    let answer = |types: Value| {
        let body = json!({"Type": types});
        let request = Request::new(Operation::CreateParticipantConnection, &body);
        let answer = world.takes(request.bearer(&token));
        let members = answer.as_object().expect("an object").keys();
        members.cloned().collect::<Vec<String>>()
    };
    assert_eq!(answer(json!(["AUTHENTICATION_SESSION"])), [""; 0]);
    let both = json!(["AUTHENTICATION_SESSION", "CONNECTION_CREDENTIALS"]);
    assert_eq!(answer(both), ["ConnectionCredentials"]);
}

#[test]
fn decision_81a_a_connection_of_neither_a_type_nor_a_participant_who_connects_is_refused() {
    let world = World::new();
    let token = world.chat().participant_token;
    for body in [
        json!({}),
        json!({"Type": null}),
        json!({"ConnectParticipant": false}),
        json!({"Type": null, "ConnectParticipant": null}),
    ] {
        let request = Request::new(Operation::CreateParticipantConnection, &body);
        world.refuses(request.bearer(&token), VALIDATION, "Type is required");
    }
}
