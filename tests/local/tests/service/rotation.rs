//! Signing keys change while people talk: in three steps, each of which reaches one function after the other.

use api::Tokens;
use lambda::{Environment, Secret};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, World, connection, continuing, disconnect, message, start, transcript,
};

const ONE: &str = "one-secret-of-thirty-two-letters-or-more";
const TWO: &str = "two-secret-of-thirty-two-letters-or-more";

/// The secret at each step: one key; another that only verifies; the other signs; the first is gone.
fn steps() -> [Value; 4] {
    [
        json!({"signs_with": "1", "1": ONE}),
        json!({"signs_with": "1", "1": ONE, "2": TWO}),
        json!({"signs_with": "2", "1": ONE, "2": TWO}),
        json!({"signs_with": "2", "2": TWO}),
    ]
}

/// The tokens of a function that was started when the secret held this.
fn tokens(secret: &Value) -> Tokens {
    let variables = |name| match name {
        "TABLE_NAME" => Some("chat".to_owned()),
        "SIGNING_KEYS_SECRET" => Some("keys".to_owned()),
        "SESSION_ID_KEY" => Some(ONE.to_owned()),
        _ => None,
    };
    let read = [(Secret::SigningKeys, secret.to_string())];
    let environment = Environment::with(variables, &read.into_iter().collect());
    environment.expect("keys").settings.tokens
}

/// From now on, calls are answered by a function that was started then.
fn answered_by(world: &mut World, secret: &Value) {
    world.service.settings.tokens = tokens(secret);
}

/// Everything that a chat needs a token for.
fn goes_on(world: &World, chat: &Chat) {
    world.takes(connection(&chat.participant_token));
    world.takes(message(chat, "hello"));
    world.takes(transcript(chat, &json!({})));
}

#[test]
fn a_chat_goes_on_while_another_key_comes_and_signs() {
    let [first, _, _, last] = steps();
    let mut world = World::new();
    answered_by(&mut world, &first);
    let past = world.ended_chat();
    let chat = world.chat_after(&past);
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    let next = json!({"NextToken": page["NextToken"], "MaxResults": 1});
    let mut since = vec![chat.clone()];
    for secret in &steps()[1..3] {
        answered_by(&mut world, secret);
        since.push(world.chat());
        for chat in &since {
            goes_on(&world, chat);
        }
        world.takes(transcript(&chat, &next));
    }
    // When nobody holds a token of the first key any more, it may go; who still does is cut off.
    answered_by(&mut world, &last);
    goes_on(&world, &since[2]);
    for chat in &since[..2] {
        world
            .send(message(chat, "hello"))
            .is(DENIED, "Access denied");
        let again = world.send(connection(&chat.participant_token));
        again.is(DENIED, "Access denied");
    }
}

#[test]
fn functions_of_two_steps_that_follow_each_other_take_each_others_tokens() {
    let steps = steps();
    for (before, after) in [(0, 1), (1, 2)] {
        // Whichever of the two is reached first by the new secret, and whichever a caller meets.
        for (one, other) in [(before, after), (after, before)] {
            let mut world = World::new();
            answered_by(&mut world, &steps[one]);
            let chat = world.chat();
            answered_by(&mut world, &steps[other]);
            goes_on(&world, &chat);
            let mut chat = chat;
            chat.connection_token = world.connection_token(&chat);
            answered_by(&mut world, &steps[one]);
            goes_on(&world, &chat);
            world.takes(disconnect(&chat));
            world.takes(start(&continuing(&chat.contact, "FROM_SEGMENT")));
        }
    }
}

#[test]
fn a_key_that_signs_before_everybody_knows_it_would_cut_people_off() {
    let [first, _, third, _] = steps();
    let mut world = World::new();
    answered_by(&mut world, &third);
    let chat = world.chat();
    answered_by(&mut world, &first);
    world
        .send(message(&chat, "hello"))
        .is(DENIED, "Access denied");
}
