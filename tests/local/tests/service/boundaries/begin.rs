//! The worlds in which something is asked: chats that run, have a past, wait for their end, or are over.

use domain::{minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    Chat, Request, UUID_4, World, at, continuing, event, message, start, start_with, stop,
    transcript, update,
};

pub(super) const ENTIRE: &str = "ENTIRE_PAST_SESSION";
pub(super) const SEGMENT: &str = "FROM_SEGMENT";

/// A chat of Jane's, with these members beside the usual ones.
pub(super) fn janes(world: &World, members: &Value) -> Chat {
    let mut members = members.clone();
    members["CustomerId"] = json!("jane");
    let chat = world.connected(start(&members).signed());
    world.pass(seconds(1));
    chat
}

/// A start under a ClientToken.
pub(super) fn start_once(members: &Value) -> Request {
    let mut body = start_with(members);
    body["ClientToken"] = json!(UUID_4);
    Request::new(api::Operation::StartChatContact, &body)
}

/// Jane's chat with Ann, in which both have spoken and something has been read.
pub(super) fn accompanied(world: &World) -> (Chat, Chat) {
    let jane = janes(
        world,
        &json!({"Attributes": {"order": "4711"}, "DisconnectOnCustomerExit": ["AGENT"]}),
    );
    let ann = world.accompanied(&jane, "AGENT", "Ann");
    let said = at(&world.takes(message(&jane, "hello")), "Id");
    world.pass(seconds(1));
    world.takes(event(&ann, "message.delivered", Some(&said)));
    world.takes(message(&ann, "how can I help?"));
    world.pass(seconds(1));
    (jane, ann)
}

/// What Jane said last.
pub(super) fn said(world: &World, jane: &Chat) -> String {
    let id = at(&world.takes(message(jane, "my parcel")), "Id");
    world.pass(seconds(1));
    id
}

/// Jane's chat of two contacts, which is over.
pub(super) fn ended(world: &World) -> Chat {
    let (jane, _) = accompanied(world);
    let second = world.transferred(&jane);
    world.takes(message(&jane, "with this"));
    world.pass(seconds(1));
    world.takes(stop(&second));
    world.pass(seconds(1));
    jane
}

/// Jane's chat that has a past, which has a past itself.
pub(super) fn continued(world: &World) -> Chat {
    let first = ended(world);
    let second = janes(world, &continuing(&first.contact, SEGMENT));
    world.takes(message(&second, "again"));
    world.takes(stop(&second.contact));
    world.pass(seconds(1));
    let third = janes(world, &continuing(&second.contact, ENTIRE));
    world.takes(message(&third, "and again"));
    world.pass(seconds(1));
    third
}

/// Jane's chat of the past, whose attributes were changed after its end.
pub(super) fn ended_and_changed(world: &World) -> Chat {
    let third = continued(world);
    world.takes(update(&third.contact, &json!({"order": "4712"})));
    world.takes(stop(&third.contact));
    world.pass(seconds(1));
    world.takes(update(&third.contact, &json!({"late": "yes"})));
    third
}

/// Jane's chat whose time has passed, and nobody has noticed.
pub(super) fn due(world: &World) -> Chat {
    let jane = janes(world, &json!({"ChatDurationInMinutes": 60}));
    world.takes(message(&jane, "hello"));
    world.pass(minutes(61));
    jane
}

/// A chat that nobody has connected to in time, with its tokens.
pub(super) fn abandoned(world: &World) -> Chat {
    let members = json!({"CustomerId": "jane"});
    let jane = Chat::started(&world.takes(start(&members).signed()));
    world.pass(minutes(6));
    jane
}

/// A page of Jane's transcript that has a next one.
pub(super) fn next_token(world: &World, reader: &Chat, members: &Value) -> String {
    at(&world.takes(transcript(reader, members)), "NextToken")
}
