//! GetTranscript: members, and how they go together (decisions 23, 26 and 27).

use api::Operation;
use serde_json::{Value, json};

use super::{refuses_each, refuses_other_kinds};
use crate::stage::{Chat, Request, VALIDATION, World, at, message, set, transcript};

const ID: &str = "019d671e-7067-7478-b245-8573f4c49f2c";

fn every_member(chat: &Chat) -> Value {
    json!({
        "ContactId": chat.contact,
        "MaxResults": 5,
        "ScanDirection": "BACKWARD",
        "SortOrder": "ASCENDING",
        "StartPosition": {},
    })
}

#[test]
fn members_are_held_to_their_kinds() {
    let world = World::new();
    let chat = world.chat();
    let request = |body: &Value| transcript(&chat, body);
    refuses_other_kinds(
        &world,
        &every_member(&chat),
        request,
        VALIDATION,
        &[
            ("ContactId", "string", "must be a string"),
            (
                "MaxResults",
                "number",
                "must be a whole number from 0 to 100",
            ),
            ("NextToken", "string", "must be a string"),
            ("ScanDirection", "any", "must be one of FORWARD, BACKWARD"),
            ("SortOrder", "any", "must be one of ASCENDING, DESCENDING"),
            ("StartPosition", "object", "must be an object"),
            ("StartPosition.Id", "string", "must be a string"),
            ("StartPosition.AbsoluteTime", "string", "must be a string"),
            (
                "StartPosition.MostRecent",
                "number",
                "must be a whole number from 0 to 100",
            ),
        ],
    );
}

#[test]
fn members_are_held_to_their_lengths_and_names() {
    let world = World::new();
    let chat = world.chat();
    let long = |length| json!("中".repeat(length));
    let ids = |member, n| format!("{member} must have 1 to 256 characters, not {n}");
    let times = |n| format!("StartPosition.AbsoluteTime must have 1 to 100 characters, not {n}");
    let token = |n| format!("NextToken must have 1 to 1000 characters, not {n}");
    let directions = "ScanDirection must be one of FORWARD, BACKWARD".to_owned();
    let orders = "SortOrder must be one of ASCENDING, DESCENDING".to_owned();
    let (id, time) = ("StartPosition.Id", "StartPosition.AbsoluteTime");
    let no_time = "StartPosition.AbsoluteTime must be a time as yyyy-MM-ddThh:mm:ss.SSSZ";
    for (member, value, message) in [
        ("ContactId", json!(""), ids("ContactId", 0)),
        ("ContactId", long(257), ids("ContactId", 257)),
        ("NextToken", json!(""), token(0)),
        ("NextToken", long(1_001), token(1_001)),
        ("ScanDirection", json!("SIDEWAYS"), directions.clone()),
        ("ScanDirection", json!("backward"), directions.clone()),
        ("ScanDirection", json!(""), directions),
        ("SortOrder", json!("RANDOM"), orders.clone()),
        ("SortOrder", json!(""), orders),
        (id, json!(""), ids(id, 0)),
        (id, long(257), ids(id, 257)),
        (time, json!(""), times(0)),
        (time, long(101), times(101)),
        (time, json!("yesterday"), no_time.to_owned()),
        (time, json!("2027-01-15"), no_time.to_owned()),
        (time, json!("2027-01-15T08:00:00.000"), no_time.to_owned()),
        (time, json!("2027-13-15T08:00:00.000Z"), no_time.to_owned()),
        (time, json!("1800000000"), no_time.to_owned()),
    ] {
        println!("{member}: {message}");
        let body = set(&every_member(&chat), member, value);
        world.refuses(transcript(&chat, &body), VALIDATION, &message);
    }
    world.takes(transcript(
        &chat,
        &set(&every_member(&chat), "ContactId", long(256)),
    ));
    world.takes(transcript(&chat, &set(&every_member(&chat), id, long(256))));
}

#[test]
fn decision_26_a_page_has_at_most_100_items() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..12 {
        world.takes(message(&chat, &n.to_string()));
    }
    for (member, named) in [
        ("MaxResults", "MaxResults"),
        ("MostRecent", "StartPosition.MostRecent"),
    ] {
        let request = |value: Value| {
            let body = match member {
                "MaxResults" => json!({"MaxResults": value}),
                _ => json!({"StartPosition": {"MostRecent": value}, "ScanDirection": "BACKWARD"}),
            };
            transcript(&chat, &body)
        };
        let message = format!("{named} must be a whole number from 0 to 100");
        for value in [
            json!(101),
            json!(-1),
            json!(1.5),
            json!("5"),
            json!(u64::MAX),
        ] {
            world.refuses(request(value), VALIDATION, &message);
        }
        for (value, items) in [(0, 10), (100, 13)] {
            let page = world.takes(request(json!(value)));
            let expected = if member == "MaxResults" {
                items
            } else {
                10.min(page_from(value))
            };
            assert_eq!(page["Transcript"].as_array().map(Vec::len), Some(expected));
        }
    }
}

/// How many items a page backward from the n-th newest of 13 can have.
fn page_from(n: usize) -> usize {
    match n {
        0 | 1 => 13,
        n => 14_usize.saturating_sub(n).max(1),
    }
}

#[test]
fn decision_26_a_start_position_has_one_member() {
    let world = World::new();
    let chat = world.chat();
    let time = "2027-01-15T08:00:00.000Z";
    let rows = [
        json!({"Id": ID, "AbsoluteTime": time}),
        json!({"Id": ID, "MostRecent": 1}),
        json!({"AbsoluteTime": time, "MostRecent": 0}),
        json!({"Id": ID, "AbsoluteTime": time, "MostRecent": 1}),
    ];
    let message = "StartPosition must have one member only";
    let rows = rows.map(|start| ("StartPosition", start, VALIDATION, message));
    let request = |body: &Value| transcript(&chat, body);
    refuses_each(&world, &json!({}), request, rows.into());
    world.takes(request(
        &json!({"StartPosition": {"Id": ID, "AbsoluteTime": null}}),
    ));
}

#[test]
fn decision_23_an_empty_start_position_is_none() {
    let world = World::new();
    let chat = world.chat();
    let without = world.takes(transcript(&chat, &json!({})));
    for start in [
        json!({}),
        json!({"Id": null}),
        json!({"Unknown": 7}),
        Value::Null,
    ] {
        println!("{start}");
        let body = json!({"StartPosition": start});
        assert_eq!(world.takes(transcript(&chat, &body)), without);
        let forward = set(&body, "ScanDirection", json!("FORWARD"));
        let message = "StartPosition is required with the ScanDirection FORWARD";
        world.refuses(transcript(&chat, &forward), VALIDATION, message);
    }
}

/// A chat with more than one page, and the token of the second.
fn paged(world: &World) -> (Chat, String) {
    let chat = world.chat();
    world.takes(message(&chat, "one"));
    world.takes(message(&chat, "two"));
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    let token = at(&page, "NextToken");
    (chat, token)
}

#[test]
fn decision_26_a_start_position_does_not_stand_beside_a_token() {
    let world = World::new();
    let (chat, token) = paged(&world);
    let message = "StartPosition must not stand beside NextToken";
    for start in [
        json!({"Id": ID}),
        json!({"MostRecent": 0}),
        json!({"AbsoluteTime": "2027-01-15T08:00:00.000Z"}),
    ] {
        let body = json!({"NextToken": token, "StartPosition": start});
        world.refuses(transcript(&chat, &body), VALIDATION, message);
    }
    // chatjs sends an empty one on every page.
    world.takes(transcript(
        &chat,
        &json!({"NextToken": token, "StartPosition": {}}),
    ));
}

#[test]
fn decision_27_a_token_keeps_its_direction_and_contact() {
    let world = World::new();
    let (chat, token) = paged(&world);
    let direction = "ScanDirection must be that of the NextToken";
    let contact = "ContactId must be that of the NextToken";
    let refuse = |body: &Value, message: &str| {
        world.refuses(transcript(&chat, body), VALIDATION, message);
    };
    refuse(
        &json!({"NextToken": token, "ScanDirection": "FORWARD"}),
        direction,
    );
    refuse(
        &json!({"NextToken": token, "ContactId": chat.contact}),
        contact,
    );
    refuse(
        &json!({"NextToken": token, "ContactId": "another"}),
        contact,
    );
    world.takes(transcript(&chat, &json!({"NextToken": token})));
    // Order and size of the pages are free.
    let body = json!({"NextToken": token, "ScanDirection": "BACKWARD", "SortOrder": "ASCENDING", "MaxResults": 50});
    world.takes(transcript(&chat, &body));

    let of_contact = json!({"ContactId": chat.contact, "MaxResults": 1});
    let page = world.takes(transcript(&chat, &of_contact));
    let token = at(&page, "NextToken");
    let next = world.transferred(&chat);
    refuse(&json!({"NextToken": token, "ContactId": next}), contact);
    let same = set(&of_contact, "NextToken", json!(token));
    let page = world.takes(transcript(&chat, &same));
    assert_eq!(page["Transcript"][0]["Content"], "one");
}

#[test]
fn decision_27_a_token_that_was_altered_or_is_anothers_is_refused() {
    let world = World::new();
    let (chat, token) = paged(&world);
    let (other_chat, other_token) = paged(&world);
    let message = "NextToken is not one of this chat";
    let middle = token.len() / 2;
    let altered = match token.as_bytes()[middle] {
        b'A' => "B",
        _ => "A",
    };
    let mut altered_token = token.clone();
    altered_token.replace_range(middle..=middle, altered);
    for bad in [
        &altered_token,
        &token[1..],
        &token[..token.len() - 1],
        &format!("{token}A"),
        &token.to_lowercase(),
        &other_token,
        &chat.connection_token,
        &chat.participant_token,
        "1",
        "null",
        "\0",
        &"A".repeat(1_000),
    ] {
        let body = json!({"NextToken": bad});
        world.refuses(transcript(&chat, &body), VALIDATION, message);
    }
    world.takes(transcript(&other_chat, &json!({"NextToken": other_token})));
    // Another participant of the same chat may go on with it; who left his connection and came back, too.
    let again = Chat {
        connection_token: world.connection_token(&chat),
        ..chat
    };
    world.takes(transcript(&again, &json!({"NextToken": token})));
    let request = Request::new(Operation::GetTranscript, &json!({"NextToken": token}));
    world.refuses(
        request.bearer(&token),
        crate::stage::DENIED,
        "Access denied",
    );
}
