//! Lambda's events, from the gateway's JSON to the function's answer: the files of `tests/events`, and what a gateway
//! can make of a request.

use std::fs;
use std::path::{Path, PathBuf};

use api::{Call, Operation};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use lambda::Environment;
use lambda_http::Body;
use serde_json::{Value, json};

use crate::stage::{
    Answer, Chat, DENIED, INSTANCE, REQUEST, Signer, VALIDATION, World, at, http_api, operation_at,
    rest_api, start_members, transcript, transcript_words,
};

/// An event as the call that its function gets.
fn call(world: &World, event: &Value) -> Call {
    let request = lambda_http::request::from_str(&event.to_string()).expect("an event");
    lambda::call_of(request, world.now(), world.entropy())
}

fn send(world: &World, event: &Value) -> Answer {
    let call = call(world, event);
    let operation = operation_at(&call.method, &call.path);
    world.handle(operation.expect("a route"), call)
}

/// The event as the gateway may write it as well, if it has a body.
fn base64ed(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(body) = event["body"].as_str() {
        event["body"] = json!(STANDARD.encode(body));
        event["isBase64Encoded"] = json!(true);
    }
    event
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The service as `cargo lambda watch` runs it.
fn world_of_lambda_watch() -> World {
    let file = fs::read_to_string(root().join("tests/lambda.env")).expect("tests/lambda.env");
    let variables: Vec<(&str, &str)> = file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .collect();
    let world = World::with(&variables);
    assert!(
        Environment::from(|name| {
            let mut variables = variables.iter();
            variables
                .find(|(each, _)| *each == name)
                .map(|(_, value)| (*value).to_owned())
        })
        .is_ok(),
        "the file alone is enough"
    );
    world
}

#[test]
fn every_event_file_is_answered_by_the_function_of_its_name() {
    let world = world_of_lambda_watch();
    let functions: Vec<String> = fs::read_dir(root().join("functions"))
        .expect("functions/")
        .map(|entry| {
            entry
                .expect("a folder")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    let mut seen = Vec::new();
    for entry in fs::read_dir(root().join("tests/events")).expect("tests/events") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name")
            .to_owned();
        // Where one function's name begins another's, it is the longer one.
        let named = functions
            .iter()
            .filter(|function| name.starts_with(*function));
        let function = named.max_by_key(|function| function.len());
        let function = function
            .unwrap_or_else(|| panic!("{name} is named after no function"))
            .clone();
        let text = fs::read_to_string(&path).expect("text");
        let event: Value = serde_json::from_str(&text).expect("JSON");
        // Those that come by no HTTP API have tests of their own.
        if ["websocket", "deliver"].contains(&&*function) {
            seen.push(function);
            continue;
        }
        let length = at(&event, "headers.content-length");
        let body = event["body"].as_str().unwrap_or_default();
        assert_eq!(length, body.len().to_string(), "{name}: content-length");
        for event in [event.clone(), base64ed(&event)] {
            let call = call(&world, &event);
            let operation = operation_of(&function, &call.method);
            assert_eq!(
                operation_at(&call.method, &call.path),
                Some(operation),
                "{name}"
            );
            let without_body = call.method == Method::GET;
            assert_eq!(event.get("body").is_none(), without_body, "{name}");
            let answer = world.handle(operation, call);
            // Anybody may start here, and a customer's own chats come with the gateway's word for him; all the
            // others lack a signature or a good token.
            let expected = match function.as_str() {
                "start-chat" => (200, "None"),
                _ if name.ends_with("-own") => (200, "None"),
                _ => DENIED,
            };
            let (status, kind, _) = answer.error();
            assert_eq!((status, kind), expected, "{name}");
        }
        seen.push(function);
    }
    for function in functions {
        assert!(
            seen.contains(&function),
            "tests/events has no event for {function}"
        );
    }
}

/// The operation of a function, which the method tells where a function has two.
fn operation_of(function: &str, method: &Method) -> Operation {
    match function {
        "start-chat" => Operation::StartChatContact,
        "end-chat" => Operation::StopContact,
        "transfer-contact" => Operation::TransferContact,
        "create-participant" => Operation::CreateParticipant,
        "describe-contact" => Operation::DescribeContact,
        "contact-attributes" if method == Method::GET => Operation::GetContactAttributes,
        "contact-attributes" => Operation::UpdateContactAttributes,
        "create-persistent-contact-association" => Operation::CreatePersistentContactAssociation,
        "list-customer-chats" => Operation::ListCustomerChats,
        "export-transcript" => Operation::ExportTranscript,
        "create-participant-connection" => Operation::CreateParticipantConnection,
        "get-transcript" => Operation::GetTranscript,
        "send-message" => Operation::SendMessage,
        "send-event" => Operation::SendEvent,
        "disconnect-participant" => Operation::DisconnectParticipant,
        other => panic!("no operation is known for {other}"),
    }
}

#[test]
fn an_http_apis_event_is_a_call() {
    let world = World::new();
    let chat = world.chat();
    let headers = [
        ("x-amz-bearer", chat.connection_token.as_str()),
        ("host", "chat.example.org"),
    ];
    let body = json!({"ContentType": "text/plain", "Content": "中 and \u{0}"}).to_string();
    let event = http_api(Operation::SendMessage, &headers, &body);
    for event in [event.clone(), base64ed(&event)] {
        let answer = send(&world, &event);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer
                .headers
                .contains(&("x-amzn-RequestId", "JKJaXmPLvHcESHA=".to_owned()))
        );
    }
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 2})));
    assert_eq!(transcript_words(&page), ["中 and \0", "中 and \0"]);
    // No body at all.
    let mut event = http_api(Operation::GetTranscript, &headers, "");
    event.as_object_mut().expect("an object").remove("body");
    assert_eq!(send(&world, &event).status, 200);
    let wrong = http_api(Operation::SendMessage, &headers, "{");
    let message =
        "The request body is not valid JSON: EOF while parsing an object at line 1 column 1";
    send(&world, &wrong).is(VALIDATION, message);
    let mut binary = http_api(Operation::SendMessage, &headers, "");
    binary["body"] = json!(STANDARD.encode(b"{\"a\":\"\xff\"}"));
    binary["isBase64Encoded"] = json!(true);
    let message =
        "The request body is not valid JSON: invalid unicode code point at line 1 column 7";
    send(&world, &binary).is(VALIDATION, message);
}

#[test]
fn a_bearer_that_the_gateway_has_joined_is_no_token() {
    let world = World::new();
    let token = world.chat().connection_token;
    // As HTTP APIs join a header that came twice.
    let joined = format!("{token},{token}");
    let event = http_api(Operation::GetTranscript, &[("x-amz-bearer", &joined)], "{}");
    send(&world, &event).is(DENIED, "Access denied");
    let event = rest_api(
        Operation::GetTranscript,
        "/Prod/participant/transcript",
        &[("X-Amz-Bearer", &token)],
        "{}",
    );
    assert_eq!(send(&world, &event).status, 200);
}

/// The headers of a start that a backend has signed for the address to which it sends it.
fn signed_headers(world: &World, path: &str, body: &str) -> Vec<(String, String)> {
    let host = [("host".to_owned(), "chat.example.org".to_owned())];
    let uri = format!("https://chat.example.org{path}");
    let signer = Signer::BACKEND;
    let added = signer.headers("PUT", &uri, &host, body.as_bytes(), world.now());
    [&host[..], &added].concat()
}

#[test]
fn a_signature_holds_for_the_address_to_which_the_client_has_sent_it() {
    let world = World::with(&[("ANONYMOUS_START", "false")]);
    let body = start_members().to_string();
    let start = Operation::StartChatContact;
    let stage = |name: &str, raw_path: &str, headers: &[(&str, &str)]| {
        let mut event = http_api(start, headers, &body);
        event["rawPath"] = json!(raw_path);
        event["requestContext"]["stage"] = json!(name);
        event
    };
    type Event<'a> = &'a dyn Fn(&[(&str, &str)]) -> Value;
    let rows: [(&str, &str, Event<'_>); 5] = [
        ("an HTTP API", "/contact/chat", &|headers| {
            http_api(start, headers, &body)
        }),
        (
            "an HTTP API with a named stage",
            "/prod/contact/chat",
            &|headers| stage("prod", "/prod/contact/chat", headers),
        ),
        (
            "a REST API, with its stage in the path",
            "/Prod/contact/chat",
            &|headers| rest_api(start, "/Prod/contact/chat", headers, &body),
        ),
        (
            "a REST API under a domain of its own",
            "/contact/chat",
            &|headers| rest_api(start, "/contact/chat", headers, &body),
        ),
        (
            "a REST API under a path of a domain",
            "/chats/contact/chat",
            &|headers| rest_api(start, "/chats/contact/chat", headers, &body),
        ),
    ];
    for (what, path, event) in rows {
        let headers = signed_headers(&world, path, &body);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        for event in [event(&headers), base64ed(&event(&headers))] {
            let answer = send(&world, &event);
            assert_eq!(answer.status, 200, "{what}: {answer:?}");
        }
    }
}

#[test]
fn a_rest_apis_event_is_a_call() {
    let world = World::new();
    let chat = world.chat();
    let path = "/Prod/participant/message";
    let headers = [
        ("X-Amz-Bearer", chat.connection_token.as_str()),
        ("Host", "chat.example.org"),
    ];
    let body = json!({"ContentType": "text/plain", "Content": "hello"}).to_string();
    let event = rest_api(Operation::SendMessage, path, &headers, &body);
    for event in [event.clone(), base64ed(&event)] {
        let answer = send(&world, &event);
        assert_eq!(answer.status, 200, "{answer:?}");
        let id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef".to_owned();
        assert!(answer.headers.contains(&("x-amzn-RequestId", id)));
    }
    let mut event = rest_api(
        Operation::GetTranscript,
        "/Prod/participant/transcript",
        &headers,
        "",
    );
    event["body"] = Value::Null;
    assert_eq!(send(&world, &event).status, 200);
}

/// The widget's start behind a JWT authorizer.
fn customers_start(authorizer: Value, members: &Value) -> Value {
    let mut event = http_api(
        Operation::StartChatContact,
        &[
            ("authorization", "Bearer eyJh.eyJz.c2ln"),
            ("host", "chat.example.org"),
        ],
        &members.to_string(),
    );
    event["requestContext"]["http"]["method"] = json!(Method::POST.as_str());
    event["requestContext"]["authorizer"] = authorizer;
    event
}

#[test]
fn claims_that_the_gateway_has_verified_are_the_customer() {
    let world = World::with(&[("ANONYMOUS_START", "false")]);
    let mut members = start_members();
    let jwt = |claims: Value| json!({"jwt": {"claims": claims, "scopes": null}});
    let jane = jwt(json!({"sub": "jane", "iss": "https://example.org", "exp": "1800000600"}));
    let started = send(&world, &customers_start(jane.clone(), &members)).ok();
    assert!(started["data"]["startChatResult"]["ContactId"].is_string());
    members["CustomerId"] = json!("john");
    let own = "CustomerId must be that of the caller's own token";
    send(&world, &customers_start(jane, &members)).is(REQUEST, own);
    members["CustomerId"] = json!("jane");
    let not_known = "The caller is not known";
    for authorizer in [
        Value::Null,
        jwt(json!({})),
        jwt(json!({"email": "jane"})),
        // What another kind of authorizer says is nobody's verified claim.
        json!({"lambda": {"sub": "jane", "claims": {"sub": "jane"}}}),
    ] {
        let answer = send(&world, &customers_start(authorizer.clone(), &members));
        assert_eq!(answer.error(), (403, DENIED.1, not_known), "{authorizer}");
    }
    // Nor is what a caller writes where a gateway would.
    let mut forged = customers_start(Value::Null, &members);
    forged["body"] = json!(
        json!({
            "requestContext": {"authorizer": {"jwt": {"claims": {"sub": "jane"}}}},
            "InstanceId": INSTANCE,
        })
        .to_string()
    );
    send(&world, &forged).is(DENIED, not_known);
    let rest = rest_api(
        Operation::StartChatContact,
        "/Prod/contact/chat",
        &[],
        &members.to_string(),
    );
    let mut claims = rest.clone();
    claims["requestContext"]["authorizer"] = json!({"claims": {"sub": "jane"}});
    send(&world, &claims).is(DENIED, not_known);
}

#[test]
fn an_answer_is_a_response_of_text() {
    let world = World::new();
    let chat: Chat = world.chat();
    let headers = [("x-amz-bearer", chat.connection_token.as_str())];
    let event = http_api(Operation::GetTranscript, &headers, "{}");
    let reply =
        futures_executor::block_on(get_transcript::handle(&world.service, call(&world, &event)));
    let response = lambda::response_of(reply).expect("a response");
    assert_eq!(response.status(), 200);
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("x-amzn-requestid"), Some("JKJaXmPLvHcESHA="));
    assert!(matches!(response.body(), Body::Text(text) if text.starts_with('{')));
}
