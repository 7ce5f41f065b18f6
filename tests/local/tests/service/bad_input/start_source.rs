//! StartChatContact: the source of a persistent chat (decisions 1 to 6).

use api::Operation;
use serde_json::{Value, json};

use super::{Row, refuses_each};
use crate::stage::{
    NOT_FOUND, PARAMETER, REQUEST, Request, World, continuing, message, start, start_members, stop,
    transcript, transcript_words,
};

const NOT_THERE: &str = "The contact of SourceContactId was not found";

fn signed(body: &Value) -> Request {
    Request::new(Operation::StartChatContact, body).signed()
}

#[test]
fn decisions_5_and_6_both_members_are_needed_and_legal() {
    let world = World::new();
    let source = world.ended_chat().contact;
    let names = "PersistentChat.RehydrationType must be one of ENTIRE_PAST_SESSION, FROM_SEGMENT";
    let length =
        |n| format!("PersistentChat.SourceContactId must have 1 to 256 characters, not {n}");
    let (length_0, length_257) = (length(0), length(257));
    let rehydration = "PersistentChat.RehydrationType is required";
    let contact = "PersistentChat.SourceContactId is required";
    let segment = "FROM_SEGMENT";
    let rows: [(Value, _, &str); 12] = [
        (json!({}), REQUEST, rehydration),
        (json!({"SourceContactId": source}), REQUEST, rehydration),
        (
            json!({"SourceContactId": source, "RehydrationType": null}),
            REQUEST,
            rehydration,
        ),
        (json!({"RehydrationType": segment}), REQUEST, contact),
        (
            json!({"RehydrationType": segment, "SourceContactId": null}),
            REQUEST,
            contact,
        ),
        (
            json!({"SourceContactId": source, "RehydrationType": "NOPE"}),
            PARAMETER,
            names,
        ),
        (
            json!({"SourceContactId": source, "RehydrationType": ""}),
            PARAMETER,
            names,
        ),
        (
            json!({"SourceContactId": source, "RehydrationType": "from_segment"}),
            PARAMETER,
            names,
        ),
        (
            json!({"SourceContactId": "", "RehydrationType": segment}),
            PARAMETER,
            &length_0,
        ),
        (
            json!({"SourceContactId": "中".repeat(257), "RehydrationType": segment}),
            PARAMETER,
            &length_257,
        ),
        (
            json!({"SourceContactId": "中".repeat(256), "RehydrationType": segment}),
            NOT_FOUND,
            NOT_THERE,
        ),
        (
            json!({"SourceContactId": "\0", "RehydrationType": segment}),
            NOT_FOUND,
            NOT_THERE,
        ),
    ];
    for (persistent, kind, message) in rows {
        println!("{persistent}");
        world.refuses(
            start(&json!({"PersistentChat": persistent})).signed(),
            kind,
            message,
        );
    }
    world.takes(start(&continuing(&source, segment)));
}

#[test]
fn decision_5_a_source_and_a_related_contact_exclude_each_other() {
    let world = World::new();
    let source = world.ended_chat().contact;
    let mut members = continuing(&source, "FROM_SEGMENT");
    members["RelatedContactId"] = json!(source);
    let both = "RelatedContactId and PersistentChat must not both be given";
    world.refuses(start(&members).signed(), REQUEST, both);
}

#[test]
fn decision_2_a_source_that_is_not_there_is_not_found_whatever_it_is() {
    let world = World::new();
    let source = world.ended_chat().contact;
    let (head, tail) = source.split_at(14);
    let rows: Vec<Row> = [
        // No ids of ours: UUIDs of version 4 and 1, no UUID, other forms of the same UUID.
        "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10".to_owned(),
        "5d1f6f0c-3e5b-1f0a-9a55-6f1f0f3f7a10".to_owned(),
        "1".to_owned(),
        source.replace('-', ""),
        format!("{{{source}}}"),
        format!(" {source}"),
        // A contact that the session never had, and a session that never was.
        format!("{head}8001{}", &tail[4..]),
        format!("{}0", &source[..35]).replace("00", "11"),
    ]
    .map(|id| {
        let persistent = json!({"SourceContactId": id, "RehydrationType": "FROM_SEGMENT"});
        ("PersistentChat", persistent, NOT_FOUND, NOT_THERE)
    })
    .into();
    refuses_each(&world, &start_members(), signed, rows);
    // Another instance, whose answer is the same.
    let mut elsewhere = continuing(&source, "FROM_SEGMENT");
    elsewhere["InstanceId"] = json!("another");
    world.refuses(start(&elsewhere).signed(), NOT_FOUND, NOT_THERE);
    // Past its retention.
    world.pass(domain::days(731));
    let old = continuing(&source, "FROM_SEGMENT");
    world.refuses(start(&old).signed(), NOT_FOUND, NOT_THERE);
}

#[test]
fn the_id_of_a_source_may_be_written_in_capitals() {
    let world = World::new();
    let source = world.ended_chat().contact;
    let started = world.takes(start(&continuing(&source.to_uppercase(), "FROM_SEGMENT")));
    assert_eq!(started["ContinuedFromContactId"], source.as_str());
}

#[test]
fn decision_1_an_active_source_is_refused_by_name() {
    let world = World::new();
    let chat = world.chat();
    for rehydration in ["ENTIRE_PAST_SESSION", "FROM_SEGMENT"] {
        let says = "Only a chat session that has ended can be continued";
        let message = format!("{says}: contact {} is still active", chat.contact);
        world.refuses(
            start(&continuing(&chat.contact, rehydration)),
            REQUEST,
            &message,
        );
    }
    world.takes(message(&chat, "it goes on"));
    world.takes(stop(&chat.contact));
    for rehydration in ["ENTIRE_PAST_SESSION", "FROM_SEGMENT"] {
        world.takes(start(&continuing(&chat.contact, rehydration)));
    }
}

#[test]
fn decision_7_a_source_is_continued_as_often_as_one_likes() {
    let world = World::new();
    let source = world.ended_chat();
    let chats = [world.chat_after(&source), world.chat_after(&source)];
    assert_ne!(chats[0].contact, chats[1].contact);
    // Each goes its own way.
    world.takes(message(&chats[0], "one"));
    world.takes(message(&chats[1], "two"));
    for (chat, word) in chats.iter().zip(["one", "two"]) {
        let page = world.takes(transcript(chat, &json!({})));
        let words = transcript_words(&page);
        assert_eq!(words[..2], [word, "participant.joined"]);
        assert_eq!(words.len(), 2 + 4, "and the past");
    }
}

#[test]
fn decision_3_an_entire_session_is_named_by_its_initial_contact() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transferred(&chat);
    world.takes(stop(&second));
    let says = "ENTIRE_PAST_SESSION takes the initial contact of a session";
    let message = format!("{says}: SourceContactId must be {}", chat.contact);
    world.refuses(
        start(&continuing(&second, "ENTIRE_PAST_SESSION")),
        REQUEST,
        &message,
    );
    let started = world.takes(start(&continuing(&second, "FROM_SEGMENT")));
    assert_eq!(started["ContinuedFromContactId"], second.as_str());
    // Decision 4: the session's last contact is what it continues from.
    let started = world.takes(start(&continuing(&chat.contact, "ENTIRE_PAST_SESSION")));
    assert_eq!(started["ContinuedFromContactId"], second.as_str());
}

#[test]
fn attributes_of_request_and_source_count_together() {
    let world = World::new();
    let source = world.takes(start(&json!({"Attributes": {"old": "o".repeat(16_381)}})));
    let contact = source["ContactId"].as_str().expect("an id").to_owned();
    world.takes(stop(&contact));
    let with = |attributes: Value| {
        let mut members = continuing(&contact, "FROM_SEGMENT");
        members["Attributes"] = attributes;
        start(&members)
    };
    let message = "Attributes, together with those of the source, must not exceed 32768 bytes";
    world.refuses(with(json!({"new": "n".repeat(16_382)})), REQUEST, message);
    world.takes(with(json!({"new": "n".repeat(16_381)})));
    // A key of the request replaces the source's.
    world.takes(with(json!({"old": "n".repeat(32_765)})));
}

#[test]
fn decision_97_from_segment_protects_nothing_from_a_derived_contact_id() {
    let world = World::new();
    let chat = world.chat();
    world.takes(message(&chat, "before the transfer"));
    let second = world.transferred(&chat);
    world.takes(stop(&second));
    let started = world.takes(start(&continuing(&second, "FROM_SEGMENT")));
    assert_eq!(started["ContinuedFromContactId"], second.as_str());
    // The initial contact's id is the second one's with another ordinal, and a refusal names it too.
    let derived = second.replacen("-8001-", "-8000-", 1);
    assert_eq!(derived, chat.contact);
    let answer = world.send(start(&continuing(&second, "ENTIRE_PAST_SESSION")));
    assert!(answer.error().2.ends_with(&derived), "{}", answer.body);
    world.takes(start(&continuing(&derived, "ENTIRE_PAST_SESSION")));
}
