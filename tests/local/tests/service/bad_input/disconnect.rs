//! DisconnectParticipant: one member, and it may be left out.

use api::Operation;
use serde_json::{Value, json};

use super::refuses_other_kinds;
use crate::stage::{Request, VALIDATION, World};

#[test]
fn a_client_token_is_a_string_of_at_most_500_characters() {
    let world = World::new();
    let chat = world.chat();
    let request = |body: &Value| {
        Request::new(Operation::DisconnectParticipant, body).bearer(&chat.connection_token)
    };
    let members = [("ClientToken", "string", "must be a string")];
    refuses_other_kinds(&world, &json!({}), request, VALIDATION, &members);
    let long = json!({"ClientToken": "中".repeat(501)});
    let message = "ClientToken must have 0 to 500 characters, not 501";
    world.refuses(request(&long), VALIDATION, message);
    let longest = json!({"ClientToken": "中".repeat(500)});
    assert_eq!(world.takes(request(&longest)), json!({}));
}
