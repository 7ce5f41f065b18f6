//! SendEvent and what comes of it: receipts on the pages of a transcript, and events that nobody keeps (decision 66).

use api::Operation;
use api::operations::get_transcript;
use domain::{minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    BEGIN, CONFLICT, Chat, DENIED, Request, World, at, disconnect, event, message, start,
    transcript, typing,
};

/// A chat, Ann's view of it, and the id of what Jane has said in it.
fn with_ann(world: &World) -> (Chat, Chat, String) {
    let jane = world.chat();
    let ann = world.accompanied(&jane, "AGENT", "Ann");
    let said = at(&world.takes(message(&jane, "hello")), "Id");
    (jane, ann, said)
}

fn delivered(chat: &Chat, message: &str) -> Request {
    event(chat, "message.delivered", Some(message))
}

fn read(chat: &Chat, message: &str) -> Request {
    event(chat, "message.read", Some(message))
}

fn with_token(chat: &Chat, kind: &str, message: &str, token: &str) -> Request {
    let body = json!({
        "ContentType": format!("application/vnd.amazonaws.connect.event.{kind}"),
        "Content": json!({"messageId": message}).to_string(),
        "ClientToken": token,
    });
    Request::new(Operation::SendEvent, &body).bearer(&chat.connection_token)
}

/// The item of a message, as a reader sees it.
fn item(world: &World, reader: &Chat, message: &str) -> Value {
    let mut members = json!({"MaxResults": 100});
    loop {
        let page = world.takes(transcript(reader, &members));
        let mut items = page["Transcript"].as_array().expect("a list").iter();
        if let Some(item) = items.find(|item| item["Id"] == message) {
            return item.clone();
        }
        members["NextToken"] = json!(at(&page, "NextToken"));
    }
}

/// Whom a message has reached, as a reader sees it.
fn receipts(world: &World, reader: &Chat, message: &str) -> Value {
    item(world, reader, message)["MessageMetadata"]["Receipts"].clone()
}

#[test]
fn a_message_that_was_delivered_and_read_says_so_in_its_metadata() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    assert_eq!(item(&world, &jane, &said)["MessageMetadata"], Value::Null);
    world.pass(seconds(1));
    let answer = world.takes(delivered(&ann, &said));
    let then = api::iso(BEGIN + seconds(1));
    assert_eq!(at(&answer, "AbsoluteTime"), then);
    world.pass(minutes(1));
    world.takes(read(&ann, &said));
    let later = api::iso(BEGIN + seconds(61));
    let metadata = json!({
        "MessageId": said,
        "Receipts": [{
            "DeliveredTimestamp": then,
            "ReadTimestamp": later,
            "RecipientParticipantId": ann.participant,
        }],
    });
    for reader in [&jane, &ann] {
        assert_eq!(item(&world, reader, &said)["MessageMetadata"], metadata);
    }
    // Read, but not said to have been delivered.
    let reply = at(&world.takes(message(&ann, "hi")), "Id");
    world.takes(read(&jane, &reply));
    let only = json!([{"ReadTimestamp": later, "RecipientParticipantId": jane.participant}]);
    assert_eq!(receipts(&world, &ann, &reply), only);
}

#[test]
fn chatjs_constant_client_tokens_swallow_no_receipt() {
    let world = World::new();
    let (jane, ann, first) = with_ann(&world);
    let second = at(&world.takes(message(&jane, "are you there?")), "Id");
    for said in [&first, &second] {
        for (kind, token) in [
            ("message.delivered", "INCOMING_DELIVERED_RECEIPT"),
            ("message.read", "INCOMING_READ_RECEIPT"),
        ] {
            world.takes(with_token(&ann, kind, said, token));
        }
    }
    for said in [&first, &second] {
        let receipt = &receipts(&world, &jane, said)[0];
        assert!(receipt["DeliveredTimestamp"].is_string());
        assert!(receipt["ReadTimestamp"].is_string());
    }
}

#[test]
fn a_repeated_receipt_has_the_same_answer_whatever_its_client_token_and_the_first_one_stands() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    let first = world.takes(read(&ann, &said));
    let shown = receipts(&world, &jane, &said);
    for token in ["", "one", "another"] {
        world.pass(seconds(5));
        let again = with_token(&ann, "message.read", &said, token);
        assert_eq!(world.takes(again), first);
    }
    assert_eq!(receipts(&world, &jane, &said), shown);
    let names: Vec<&String> = first.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["AbsoluteTime", "Id"]);
    // After the end too.
    world.takes(disconnect(&jane));
    assert_eq!(world.takes(read(&ann, &said)), first);
    world.refuses(delivered(&ann, &said), DENIED, "Access denied");
}

#[test]
fn decision_66_a_receipt_for_what_is_nobody_elses_message_here_is_taken_and_not_kept() {
    let world = World::new();
    let source = world.ended_chat();
    let jane = world.chat_after(&source);
    let ann = world.accompanied(&jane, "AGENT", "Ann");
    let own = at(&world.takes(message(&ann, "mine")), "Id");
    let first = world.takes(transcript(&jane, &json!({})));
    let joined = at(&first["Transcript"][3], "Id");
    let before = first.clone();
    let of_the_past = at(&first["Transcript"][6], "Id");
    assert_eq!(first["Transcript"][6]["Content"], "in the past");
    let elsewhere = at(&world.takes(message(&world.chat(), "elsewhere")), "Id");
    let stored = world.service.log.stored();
    for message in [own.as_str(), &joined, &of_the_past, &elsewhere, "unknown"] {
        for request in [delivered(&ann, message), read(&ann, message)] {
            let answer = world.takes(request);
            assert_eq!(at(&answer, "AbsoluteTime"), api::iso(world.now()));
        }
    }
    assert_eq!(world.service.log.stored(), stored);
    assert_eq!(world.takes(transcript(&jane, &json!({}))), before);
}

#[test]
fn receipts_with_more_than_two_active_participants_are_a_conflict() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    let first = world.takes(delivered(&ann, &said));
    let bob = world.accompanied(&jane, "SUPERVISOR", "Bob");
    let message = "Receipts are not supported with more than two active participants";
    for who in [&ann, &bob] {
        world.refuses(read(who, &said), CONFLICT, message);
        world.refuses(read(who, "unknown"), CONFLICT, message);
        world.takes(typing(who));
    }
    assert_eq!(world.takes(delivered(&ann, &said)), first);
    world.takes(disconnect(&bob));
    world.takes(read(&ann, &said));
}

#[test]
fn typing_events_are_answered_and_stand_in_no_transcript() {
    let world = World::new();
    let (jane, ann, _) = with_ann(&world);
    let before = world.takes(transcript(&jane, &json!({})));
    let stored = world.service.log.stored();
    let mut ids = Vec::new();
    for who in [&jane, &ann] {
        for kind in ["typing", "connection.acknowledged"] {
            let answer = world.takes(event(who, kind, None));
            assert_eq!(at(&answer, "AbsoluteTime"), api::iso(world.now()));
            ids.push(at(&answer, "Id"));
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert_eq!(world.service.log.stored(), stored);
    assert_eq!(world.takes(transcript(&jane, &json!({}))), before);
}

#[test]
fn who_has_left_sends_no_event_and_an_ended_chat_takes_none() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    world.takes(disconnect(&ann));
    for request in [typing(&ann), read(&ann, &said)] {
        world.refuses(request, DENIED, "Access denied");
    }
    world.takes(typing(&jane));
    world.takes(disconnect(&jane));
    for request in [typing(&jane), read(&jane, &said)] {
        world.refuses(request, DENIED, "Access denied");
    }
}

#[test]
fn decision_11_an_event_after_a_chats_time_has_passed_notices_its_end() {
    for receipt in [false, true] {
        let world = World::new();
        let jane = world.connected(start(&json!({"ChatDurationInMinutes": 60})));
        let said = at(&world.takes(message(&jane, "hello")), "Id");
        world.pass(minutes(60));
        world.refuses_after_expiry(match receipt {
            false => typing(&jane),
            true => read(&jane, &said),
        });
    }
}

#[test]
fn receipts_are_shown_in_the_past_of_a_chat_that_goes_on_and_of_those_who_have_left() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    world.takes(delivered(&ann, &said));
    world.takes(disconnect(&ann));
    let bob = world.accompanied(&jane, "AGENT", "Bob");
    world.pass(seconds(1));
    world.takes(read(&bob, &said));
    let shown = receipts(&world, &jane, &said);
    let recipients = |shown: &Value| -> Vec<String> {
        let shown = shown.as_array().expect("a list").iter();
        shown
            .map(|each| at(each, "RecipientParticipantId"))
            .collect()
    };
    let both = [ann.participant.clone(), bob.participant.clone()];
    assert_eq!(recipients(&shown), both);
    world.takes(disconnect(&jane));
    let now = world.chat_after(&jane);
    assert_eq!(receipts(&world, &now, &said), shown);
    let past = item(&world, &now, &said);
    assert_eq!(past["RelatedContactId"], jane.contact.as_str());
}

#[test]
fn a_connection_remembers_whether_there_was_company_so_that_receipts_are_read_beside_the_page() {
    let world = World::new();
    let (jane, ann, said) = with_ann(&world);
    world.takes(read(&ann, &said));
    let again = Chat {
        connection_token: world.connection_token(&jane),
        ..jane.clone()
    };
    let alone = world.chat();
    world.takes(message(&alone, "nobody there"));
    for (who, knows, reads) in [
        (&jane, false, 2),
        (&again, true, 2),
        (&ann, true, 2),
        (&alone, false, 1),
    ] {
        let request = transcript(who, &json!({}));
        let call = request.clone().call(world.now(), world.entropy(), |_| {});
        let parsed = get_transcript::Request::parse(&call, &world.service.settings);
        assert_eq!(parsed.expect("a good request").query.accompanied, knows);
        let (before, _) = world.service.log.counts();
        let page = world.takes(request);
        assert_eq!(world.service.log.counts().0 - before, reads);
        let metadata = &page["Transcript"][0]["MessageMetadata"];
        assert_eq!(
            metadata.is_object(),
            reads == 2,
            "known or not, it is shown"
        );
    }
}

#[test]
fn receipts_follow_their_messages_from_page_to_page() {
    let world = World::new();
    let (jane, ann, _) = with_ann(&world);
    let mut said = Vec::new();
    for n in 0..25 {
        let id = at(&world.takes(message(&jane, &n.to_string())), "Id");
        world.takes(delivered(&ann, &id));
        said.push(id);
    }
    for size in [1, 7, 100] {
        let mut members = json!({"MaxResults": size});
        let mut with_receipts = Vec::new();
        loop {
            let page = world.takes(transcript(&ann, &members));
            for item in page["Transcript"].as_array().expect("a list") {
                if item["MessageMetadata"].is_object() {
                    assert_eq!(item["MessageMetadata"]["MessageId"], item["Id"]);
                    with_receipts.push(at(item, "Id"));
                }
            }
            match page["NextToken"].as_str() {
                Some(token) => members["NextToken"] = json!(token),
                None => break,
            }
        }
        with_receipts.reverse();
        assert_eq!(with_receipts, said);
    }
}
