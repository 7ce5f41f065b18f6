//! Logs hold nothing of what callers send (decision 50), and of our own faults what an operator needs.

mod contacts;
mod markers;
mod over_http;

use api::Operation;
use domain::LogError;
use serde_json::{Value, json};

use self::markers::{Markers, marked_control, marked_message, marked_start};
use crate::stage::{
    Chat, Failure, INSTANCE, Request, World, at, captured, connection, continuing, disconnect,
    event, invitation, message, set, start, start_members, stop, transcript, transfer,
};

/// Requests of every operation that fail, each with markers in it.
fn marked_failures(chat: &Chat, markers: &mut Markers) -> Vec<Request> {
    let mut requests = Vec::new();
    let start = start_members();
    for member in [
        "InstanceId",
        "ParticipantDetails.DisplayName",
        "Attributes.key",
        "InitialMessage.ContentType",
        "InitialMessage.Content",
        "CustomerId",
        "ClientToken",
        "ChatDurationInMinutes",
        "RelatedContactId",
        "PersistentChat.SourceContactId",
        "PersistentChat.RehydrationType",
    ] {
        let long = format!("{}{}", markers.draw(), "x".repeat(40_000));
        let request =
            |value| Request::new(Operation::StartChatContact, &set(&start, member, value));
        requests.push(request(json!(long)).signed());
        requests.push(request(json!({markers.draw(): [markers.draw()]})).signed());
    }
    let source = continuing(&markers.draw(), "FROM_SEGMENT");
    requests.push(crate::stage::start(&source).signed());
    requests.push(crate::stage::start(&json!({})).header("authorization", &markers.draw()));
    let sub = markers.draw();
    let body = json!({"CustomerId": markers.draw()});
    requests.push(
        crate::stage::start(&body).claims(&[("sub", &sub), (&markers.draw(), &markers.draw())]),
    );
    requests.push(stop(&markers.draw()));
    let reason = json!({"Code": markers.draw()});
    let stopped = json!({"InstanceId": markers.draw(), "ContactId": chat.contact});
    let stopped = Request::new(
        Operation::StopContact,
        &set(&stopped, "DisconnectReason", reason),
    );
    requests.push(stopped.signed());
    for operation in [Operation::TransferContact, Operation::CreateParticipant] {
        let body = marked_control(markers, &chat.contact);
        let elsewhere = set(&body, "ContactId", json!(markers.draw()));
        let long = format!("{}{}", markers.draw(), "x".repeat(501));
        for body in [elsewhere, set(&body, "ClientToken", json!(long))] {
            requests.push(Request::new(operation, &body).signed());
        }
        let kinds = set(&body, "ContactFlowId", json!({markers.draw(): 1}));
        let kinds = set(&kinds, "ParticipantDetails", json!(markers.draw()));
        requests.push(Request::new(operation, &kinds).signed());
        requests.push(Request::new(operation, &body).bearer(&markers.draw()));
    }
    requests.extend(contacts::failures(chat, markers));
    let next = format!("nextToken={}&{}", markers.draw(), markers.draw());
    for operation in [Operation::ListCustomerChats, Operation::ExportTranscript] {
        let request = Request::to(operation, &[INSTANCE, &chat.contact]);
        requests.push(request.query(&next).signed());
        let request = Request::to(operation, &[&markers.draw(), &markers.draw()]);
        requests.push(request.header("authorization", &markers.draw()));
    }
    let (sub, other) = (markers.draw(), markers.draw());
    let list = Request::to(Operation::ListCustomerChats, &[INSTANCE, &other]);
    requests.push(list.claims(&[("sub", &sub)]));
    requests.push(connection(&markers.draw()));
    let types = Request::new(
        Operation::CreateParticipantConnection,
        &json!({"Type": [markers.draw()]}),
    );
    requests.push(types.bearer(&chat.participant_token));
    for (member, value) in [
        ("ContactId", json!("x".repeat(300) + &markers.draw())),
        ("NextToken", json!(markers.draw())),
        ("ScanDirection", json!(markers.draw())),
        ("SortOrder", json!(markers.draw())),
        ("StartPosition", json!({"AbsoluteTime": markers.draw()})),
        (
            "StartPosition",
            json!({"Id": markers.draw(), "MostRecent": 1}),
        ),
    ] {
        requests.push(transcript(chat, &json!({member: value})));
    }
    requests.push(message(chat, &markers.draw()).bearer(&markers.draw()));
    requests.push(message(chat, &(markers.draw() + &"x".repeat(16_385))));
    let kind = json!({"ContentType": markers.draw(), "Content": markers.draw()});
    requests.push(Request::new(Operation::SendMessage, &kind).bearer(&chat.connection_token));
    let read = "application/vnd.amazonaws.connect.event.message.read";
    for (kind, content) in [
        (markers.draw(), markers.draw()),
        (read.to_owned(), markers.draw()),
        (
            read.to_owned(),
            format!(r#"{{"messageId":["{}"]}}"#, markers.draw()),
        ),
    ] {
        let body = json!({"ContentType": kind, "Content": content, "ClientToken": markers.draw()});
        requests.push(Request::new(Operation::SendEvent, &body).bearer(&chat.connection_token));
    }
    requests.push(disconnect(chat).with_body(format!("{{{}", markers.draw())));
    requests.push(disconnect(chat).with_body(json!({"ClientToken": [markers.draw()]}).to_string()));
    requests
}

/// A life of a chat with markers in all that its customer sends, and what goes wrong in it.
fn marked_life(world: &World, markers: &mut Markers) {
    let started =
        world.takes(Request::new(Operation::StartChatContact, &marked_start(markers)).signed());
    markers.learn(&started);
    let mut chat = Chat {
        contact: at(&started, "ContactId"),
        participant: at(&started, "ParticipantId"),
        participant_token: at(&started, "ParticipantToken"),
        connection_token: String::new(),
    };
    chat.connection_token = world.connection_token(&chat);
    markers.made.push(chat.connection_token.clone());
    for kind in ["typing", "message.delivered"] {
        world.takes(event(&chat, kind, Some(&markers.draw())));
    }
    let sent = Request::new(Operation::SendMessage, &marked_message(markers));
    world.takes(
        sent.bearer(&chat.connection_token)
            .header("user-agent", &markers.draw()),
    );
    for members in [
        json!({"MaxResults": 1}),
        json!({"ContactId": markers.draw()}),
    ] {
        let page = world.takes(transcript(&chat, &members));
        markers.learn(&page);
    }
    for request in marked_failures(&chat, markers) {
        let answer = world.send(request);
        assert!(matches!(answer.status, 400..=410), "{}", answer.body);
    }
    for operation in [Operation::CreateParticipant, Operation::TransferContact] {
        let request = Request::new(operation, &marked_control(markers, &chat.contact));
        markers.learn(&world.takes(request.signed()));
    }
    let active = world.send(start(&continuing(&chat.contact, "FROM_SEGMENT")).signed());
    assert_eq!(active.status, 400);
    world.takes(disconnect(&chat));
    let next = world.takes(start(&continuing(&chat.contact, "FROM_SEGMENT")).signed());
    markers.learn(&next);
    contacts::life(world, &world.chat(), markers);
    let customer = markers.draw();
    let owned = start(&json!({"CustomerId": customer})).signed();
    let owned = at(&world.takes(owned), "ContactId");
    for request in [
        Request::to(Operation::ListCustomerChats, &[INSTANCE, &customer]),
        Request::to(Operation::ExportTranscript, &[INSTANCE, &owned]),
        Request::to(Operation::ExportTranscript, &[INSTANCE, &chat.contact]),
    ] {
        markers.learn(&world.takes(request.signed()));
    }
}

#[test]
fn decision_50_nothing_that_callers_send_is_logged() {
    let world = World::new();
    let mut markers = Markers::new("inprocess");
    marked_life(&world, &mut markers);
    markers.are_in_no_line();
}

#[test]
fn a_fault_of_ours_is_logged_once_with_its_reason_and_its_caller_is_not_told() {
    let world = World::new();
    let mut markers = Markers::new("faults");
    for (n, error) in [
        LogError::Unavailable as fn(String) -> LogError,
        LogError::Corrupt,
    ]
    .into_iter()
    .enumerate()
    {
        let chat = world.chat();
        for (operation, request) in [
            (
                Operation::StartChatContact,
                Request::new(Operation::StartChatContact, &marked_start(&mut markers)).signed(),
            ),
            (Operation::StopContact, stop(&chat.contact)),
            (
                Operation::TransferContact,
                transfer(&chat.contact, &json!({"QueueId": markers.draw()})),
            ),
            (
                Operation::CreateParticipant,
                invitation(&chat.contact, "AGENT", &markers.draw()),
            ),
            (
                Operation::CreateParticipantConnection,
                connection(&chat.participant_token),
            ),
            (
                Operation::ExportTranscript,
                Request::to(Operation::ExportTranscript, &[INSTANCE, &chat.contact]).signed(),
            ),
            (Operation::GetTranscript, transcript(&chat, &json!({}))),
            (
                Operation::SendMessage,
                Request::new(Operation::SendMessage, &marked_message(&mut markers))
                    .bearer(&chat.connection_token),
            ),
            (
                Operation::SendEvent,
                event(&chat, "message.read", Some(&markers.draw())),
            ),
            (Operation::DisconnectParticipant, disconnect(&chat)),
        ] {
            let reason = format!("the table burns, number {n} under {operation:?}");
            world.service.log.fail(Failure::All(error(reason.clone())));
            let answer = world.send(request);
            let kind = match operation.is_participant() {
                true => "InternalServerException",
                false => "InternalServiceException",
            };
            assert_eq!(answer.error(), (500, kind, "The service failed: try again"));
            let lines: Vec<String> = captured()
                .into_iter()
                .filter(|line| line.contains(&reason))
                .collect();
            assert_eq!(lines.len(), 1, "{lines:#?}");
            let line: Value = serde_json::from_str(&lines[0]).expect("JSON");
            assert_eq!(line["level"], "ERROR");
            assert_eq!(line["fields"]["status"], 500);
            assert_eq!(line["fields"]["error"], kind);
            assert_eq!(line["span"]["operation"], format!("{operation:?}"));
            assert_eq!(line["span"]["session"].as_str().map(str::len), Some(16));
            let (_, id) = answer
                .headers
                .iter()
                .find(|(name, _)| *name == "x-amzn-RequestId")
                .expect("an id");
            assert_eq!(line["span"]["request_id"], id.as_str());
        }
        world.service.log.fail(Failure::None);
        markers
            .made
            .extend([chat.contact, chat.participant_token, chat.connection_token]);
    }
    markers.are_in_no_line();
}

#[test]
fn being_overloaded_is_no_fault() {
    let world = World::new();
    captured();
    let chat = world.chat();
    world.service.log.fail(Failure::All(LogError::Throttled));
    let answer = world.send(message(&chat, "hello"));
    let told = (
        429,
        "ThrottlingException",
        "Too many requests: try again later",
    );
    assert_eq!(answer.error(), told);
    let (_, id) = &answer
        .headers
        .iter()
        .find(|(name, _)| *name == "x-amzn-RequestId")
        .expect("an id");
    let lines = captured();
    let line = lines
        .iter()
        .find(|line| line.contains(id.as_str()) && line.contains("refused"));
    assert!(
        line.is_some_and(|line| line.contains("\"INFO\"")),
        "{line:?}"
    );
}

#[test]
fn calls_of_one_session_have_one_name_in_the_log_and_every_call_one_line() {
    let world = World::new();
    captured();
    let chat = world.chat();
    let named = |request: Request| {
        let operation = request.operation;
        let call = request.call(world.now(), world.entropy(), |_| {});
        let id = call.request_id.clone();
        world.handle(operation, call);
        let told = |line: &String| line.contains(&id) && line.contains("\"answered\"");
        let lines: Vec<String> = captured().into_iter().filter(told).collect();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        let line: Value = serde_json::from_str(&lines[0]).expect("JSON");
        at(&line, "span.session")
    };
    let name = named(message(&chat, "hello"));
    assert_eq!(name, named(transcript(&chat, &json!({}))));
    assert_eq!(name, named(connection(&chat.participant_token)));
    assert_eq!(name, named(stop(&chat.contact)));
    assert_ne!(name, named(message(&world.chat(), "hello")));
}
