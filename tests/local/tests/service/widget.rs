//! The chat widget's start, `POST /contact/chat`: the body of `chat-interface`, the envelope that it reads, and errors
//! that are JSON, since anything else leaves it waiting for ever.

use api::Operation;
use serde_json::{Value, json};

use crate::stage::{
    Chat, FLOW, INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, at, continuing, set,
    start_members, transcript, transcript_words,
};

fn post(body: &Value) -> Request {
    Request::new(Operation::StartChatContact, body).of_widget()
}

/// As `ChatInterface.initiateChat()` sends it with every option.
fn everything() -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactFlowId": FLOW,
        "ParticipantDetails": {"DisplayName": "Cust"},
        "Username": "cust",
        "Attributes": {"topic": "delivery"},
        "InitialMessage": {"ContentType": "text/plain", "Content": "hello"},
        "SupportedMessagingContentTypes": ["text/plain", "text/markdown"],
        "ChatDurationInMinutes": 1500,
    })
}

#[test]
fn the_answer_stands_in_the_envelope_that_the_widget_reads() {
    let world = World::new();
    let answer = world.takes(post(&everything()));
    let data = &answer["data"];
    assert_eq!(
        data["featurePermissions"],
        json!({"MESSAGING_MARKDOWN": true})
    );
    let result = data["startChatResult"].as_object().expect("a result");
    let names: Vec<&String> = result.keys().collect();
    assert_eq!(names, ["ContactId", "ParticipantId", "ParticipantToken"]);
    assert_eq!(answer.as_object().map(|all| all.len()), Some(1));
    let plain = world.takes(post(&start_members()));
    assert_eq!(
        plain["data"]["featurePermissions"],
        json!({"MESSAGING_MARKDOWN": false})
    );
    // The SDKs' start has none.
    let put = world.takes(Request::new(Operation::StartChatContact, &everything()));
    assert_eq!(put.get("data"), None);
}

#[test]
fn it_continues_an_earlier_chat() {
    let world = World::new();
    let source = world.ended_chat();
    for rehydration in ["FROM_SEGMENT", "ENTIRE_PAST_SESSION"] {
        let mut body = everything();
        let persistent = continuing(&source.contact, rehydration)["PersistentChat"].clone();
        body = set(&body, "PersistentChat", persistent);
        let result = world.takes(post(&body))["data"]["startChatResult"].clone();
        assert_eq!(result["ContinuedFromContactId"], source.contact.as_str());
        let mut chat = Chat {
            contact: at(&result, "ContactId"),
            participant: at(&result, "ParticipantId"),
            participant_token: at(&result, "ParticipantToken"),
            connection_token: String::new(),
        };
        chat.connection_token = world.connection_token(&chat);
        let words = transcript_words(&world.takes(transcript(&chat, &json!({}))));
        assert_eq!(words[..2], ["participant.joined", "hello"]);
        assert!(words[2..].contains(&"in the past".to_owned()));
    }
}

#[test]
fn decision_41_missing_ids_are_the_configured_ones_for_the_widget_alone() {
    let settings = [
        ("DEFAULT_INSTANCE_ID", INSTANCE),
        ("DEFAULT_CONTACT_FLOW_ID", FLOW),
        ("INSTANCE_IDS", INSTANCE),
    ];
    let world = World::with(&settings);
    // As the widget's README has it: the instance under another name.
    let bare = json!({
        "ConnectInstanceId": "whatever",
        "ParticipantDetails": {"DisplayName": "Cust"},
    });
    world.takes(post(&bare));
    let ids = json!({"InstanceId": null, "ContactFlowId": null});
    let nulls = set(
        &ids,
        "ParticipantDetails",
        bare["ParticipantDetails"].clone(),
    );
    world.takes(post(&nulls));
    let put = Request::new(Operation::StartChatContact, &bare);
    world.refuses(put, REQUEST, "InstanceId is required");
    let flow_missing = set(&bare, "InstanceId", json!(INSTANCE));
    let put = Request::new(Operation::StartChatContact, &flow_missing);
    world.refuses(put, REQUEST, "ContactFlowId is required");
    // What is given counts, and is held to the same rules.
    let another = set(&bare, "InstanceId", json!("another"));
    world.refuses(post(&another), NOT_FOUND, "The instance was not found");
    let ids = json!({"InstanceId": "", "ContactFlowId": ""});
    let details = bare["ParticipantDetails"].clone();
    let empty = set(&ids, "ParticipantDetails", details);
    world.takes(post(&empty));
    let put = Request::new(Operation::StartChatContact, &empty);
    let message = "InstanceId must have 1 to 100 characters, not 0";
    world.refuses(put, PARAMETER, message);

    let without = World::new();
    without.refuses(post(&bare), REQUEST, "InstanceId is required");
    without.refuses(post(&flow_missing), REQUEST, "ContactFlowId is required");
}

#[test]
fn every_error_is_json_with_the_type_in_it() {
    let world = World::new();
    let source = world.chat();
    let active = continuing(&source.contact, "FROM_SEGMENT")["PersistentChat"].clone();
    for (body, status) in [
        (String::new(), 400),
        ("{".to_owned(), 400),
        ("x".repeat(512 * 1024 + 1), 400),
        (
            set(&everything(), "PersistentChat", active).to_string(),
            400,
        ),
        (
            set(&everything(), "CustomerId", json!("jane")).to_string(),
            400,
        ),
    ] {
        // That it is JSON with every member is checked of each answer.
        assert_eq!(world.send(post(&json!({})).with_body(body)).status, status);
    }
    let closed = World::with(&[("ANONYMOUS_START", "false")]);
    assert_eq!(closed.send(post(&everything())).status, 403);
    let log = &world.service.log;
    log.fail(crate::stage::Failure::All(domain::LogError::Unavailable(
        "down".to_owned(),
    )));
    assert_eq!(world.send(post(&everything())).status, 500);
    log.fail(crate::stage::Failure::All(domain::LogError::Throttled));
    assert_eq!(world.send(post(&everything())).status, 429);
}

/// As `amazon-connect-chat-interface` and pages around it send what they do not know.
#[test]
fn decision_84_a_widget_that_knows_no_source_starts_a_plain_chat() {
    let world = World::new();
    let source = world.ended_chat().contact;
    let empty = [json!(null), json!("")];
    let mut plain = vec![json!(null), json!(""), json!({})];
    for nothing in &empty {
        for other in &empty {
            plain.push(json!({"SourceContactId": nothing, "RehydrationType": other}));
        }
        plain.push(json!({"SourceContactId": nothing, "RehydrationType": "FROM_SEGMENT"}));
        plain.push(json!({"SourceContactId": source, "RehydrationType": nothing}));
    }
    for persistent in plain {
        let body = set(&everything(), "PersistentChat", persistent.clone());
        let started = world.takes(post(&body))["data"]["startChatResult"].clone();
        let shown = persistent.to_string();
        assert_eq!(started.get("ContinuedFromContactId"), None, "{shown}");
        // An SDK's start is held to row 5.
        if persistent.is_object() {
            let put = Request::new(Operation::StartChatContact, &body);
            let answer = world.send(put);
            let (status, _, message) = answer.error();
            assert_eq!(status, 400, "{shown}: {message}");
        }
    }
    let members = [
        ("SupportedMessagingContentTypes", ""),
        ("ChatDurationInMinutes", ""),
    ];
    for (member, nothing) in members {
        world.takes(post(&set(&everything(), member, json!(nothing))));
    }
}
