//! What a backend asks of contacts, with markers in all that it sends.

use api::Operation;
use serde_json::{Value, json};

use super::markers::Markers;
use crate::stage::{
    Chat, INSTANCE, Request, World, association_with, at, attributes_of, describe, start, stop,
    update,
};

fn marked_association(markers: &mut Markers, source: &str) -> Value {
    json!({
        "SourceContactId": source,
        "RehydrationType": "FROM_SEGMENT",
        "ClientToken": markers.draw(),
        markers.draw(): markers.draw(),
    })
}

/// Requests that fail, each with markers in it.
pub(super) fn failures(chat: &Chat, markers: &mut Markers) -> Vec<Request> {
    let mut requests = Vec::new();
    for operation in [
        Operation::DescribeContact,
        Operation::GetContactAttributes,
        Operation::ExportTranscript,
        Operation::CreatePersistentContactAssociation,
    ] {
        let source = markers.draw();
        let body = match operation {
            Operation::CreatePersistentContactAssociation => {
                marked_association(markers, &source).to_string()
            }
            _ => String::new(),
        };
        let (short, long) = (markers.draw(), markers.draw() + &"x".repeat(300));
        for id in [short, long] {
            let request = Request::to(operation, &[INSTANCE, &id]);
            requests.push(request.with_body(body.clone()).signed());
        }
    }
    for attributes in [
        json!({markers.draw(): {markers.draw(): markers.draw()}}),
        json!({format!("{} ", markers.draw()): markers.draw()}),
        json!({markers.draw(): markers.draw() + &"x".repeat(32_767)}),
        json!(markers.draw()),
    ] {
        requests.push(update(&chat.contact, &attributes));
        requests.push(update(&markers.draw(), &attributes));
    }
    for (member, value) in [
        ("SourceContactId", json!(markers.draw())),
        ("SourceContactId", json!({markers.draw(): markers.draw()})),
        ("RehydrationType", json!(markers.draw())),
        ("ClientToken", json!(markers.draw() + &"x".repeat(500))),
    ] {
        let mut body = marked_association(markers, &chat.contact);
        body[member] = value;
        requests.push(association_with(&chat.contact, &body));
    }
    requests
}

/// What goes well, while a chat runs and after its end.
pub(super) fn life(world: &World, chat: &Chat, markers: &mut Markers) {
    let past = at(&world.takes(start(&json!({})).signed()), "ContactId");
    world.takes(stop(&past));
    markers.made.push(past.clone());
    let body = marked_association(markers, &past);
    markers.learn(&world.takes(association_with(&chat.contact, &body)));
    world.takes(update(
        &chat.contact,
        &json!({markers.draw(): markers.draw()}),
    ));
    world.takes(attributes_of(&chat.contact));
    markers.learn(&world.takes(describe(&chat.contact)));
    world.takes(stop(&chat.contact));
    world.takes(update(
        &chat.contact,
        &json!({markers.draw(): markers.draw()}),
    ));
    world.takes(describe(&chat.contact));
}
