//! The OpenAPI document says what the service does, and nothing more: routes, names, enums, limits, and examples that work. Every
//! exchange of the other tests is held against it too, by the stage.

mod examples;
mod limits;

use std::collections::BTreeSet;

use api::Operation;
use domain::{ContentType, DisconnectReason, EventType, Role, TransferMethod};
use local::serve;
use serde_json::{Value, json};

use crate::stage::{
    INSTANCE, Request, World, described, document, http, list, path_to, route, schemas, start, text,
};
use crate::tree::{read, rust_files};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// Method and path of everything in the document, each with what is said of it.
fn everything() -> Vec<(String, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().expect("paths");
    let of = |(path, item): (&'static String, &'static Value)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(move |(method, said)| (method.to_uppercase(), path.as_str(), said))
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn the_document_has_the_routes_of_the_functions_and_no_other() {
    let manifest = read("Cargo.toml");
    let (_, router) = manifest
        .split_once("[workspace.metadata.lambda.watch.router]")
        .expect("a router");
    let mut routed = BTreeSet::new();
    let mut path = "";
    for line in router.lines().take_while(|line| !line.starts_with('[')) {
        if let Some(quoted) = line.strip_prefix('"') {
            path = quoted.split('"').next().unwrap_or_default();
        }
        let methods = line.split("method = \"").skip(1);
        routed.extend(methods.map(|rest| {
            let method = rest.split('"').next().unwrap_or_default();
            format!("{method} {path}")
        }));
    }
    let said = everything().into_iter();
    let said: BTreeSet<String> = said
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(said, routed);
}

#[test]
fn every_operation_stands_there_under_its_name() {
    let mut named: BTreeSet<String> = everything()
        .into_iter()
        .map(|(_, _, said)| text(&said["operationId"]).to_owned())
        .collect();
    assert_eq!(named.len(), everything().len(), "a name stands twice");
    for operation in Operation::ALL {
        let (method, path) = route(operation);
        let said = described(operation, &method);
        let name = format!("{operation:?}");
        assert_eq!(text(&said["operationId"]), name);
        assert!(named.remove(&name));
        // The same where a gateway has decoded an ARN.
        if path.contains("{InstanceId}") {
            assert!(named.remove(&format!("{name}ByArn")), "{name}");
        }
    }
    let others = [
        "ListOwnChats",
        "ListOwnChatsByArn",
        "StartChatContactByWidget",
    ];
    assert_eq!(named, BTreeSet::from(others.map(str::to_owned)));
}

#[test]
fn the_parameters_of_a_path_are_those_in_its_braces() {
    for (_, path, said) in everything() {
        let braced: Vec<&str> = path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters = said.get("parameters").map(list).into_iter().flatten();
        let parameters = parameters.map(|each| schemas().resolve(each));
        let named: Vec<&str> = parameters
            .filter(|each| each["in"] == "path")
            .inspect(|each| assert_eq!(each["required"], true))
            .map(|each| text(&each["name"]))
            .collect();
        assert_eq!(named, braced, "{path}");
    }
}

#[test]
fn who_may_call_is_said_as_the_functions_ask_it() {
    let world = World::with(&[("ANONYMOUS_START", "false")]);
    let chat = world.connected(start(&json!({})).signed());
    let ids = [INSTANCE, &chat.contact];
    for operation in Operation::ALL {
        let (method, template) = route(operation);
        let path = path_to(operation, &ids[..template.matches('{').count()]);
        // Of no sense to any operation: it is refused for that where the caller is the right one, and else before.
        let call = Request::raw(operation, "[]").at(&path);
        let may = |request: Request| world.send(request).status != 403;
        assert!(!may(call.clone()), "{operation:?}");
        let mut schemes = Vec::new();
        if may(call.clone().signed()) {
            schemes.push(json!({"signature": []}));
        }
        if may(call.clone().bearer(&chat.participant_token)) {
            schemes.push(json!({"participantToken": []}));
        }
        if may(call.bearer(&chat.connection_token)) {
            schemes.push(json!({"connectionToken": []}));
        }
        if operation == Operation::StartChatContact {
            // Where that is switched on.
            schemes.push(json!({}));
        }
        let said = &described(operation, &method)["security"];
        assert_eq!(list(said), &schemes, "{operation:?}");
    }
}

#[tokio::test]
async fn the_local_server_has_every_route_of_the_document_and_no_other_method_there() {
    let running = serve(World::new().service, 0).await.expect("a port");
    let paths = document()["paths"].as_object().expect("paths");
    for (path, item) in paths {
        let filled = path.replace("{Arn}", "arn:aws:connect:us-east-1:000000000000:instance");
        let filled = filled
            .replace("{InstanceId}", INSTANCE)
            .replace(['{', '}'], "");
        // What a browser asks beforehand, CORS answers.
        for method in METHODS.into_iter().filter(|method| *method != "options") {
            let answer = http(running.address, &method.to_uppercase(), &filled, &[], b"").await;
            let said = item.get(method).is_some();
            let kind = answer.header("x-amzn-errortype");
            let refused = answer.body.contains(" is not supported here\"");
            let routed = kind != Some("UnknownOperationException") && !refused;
            // A customer may be called `me`, in whose place any other stands too.
            assert_eq!(routed, said, "{method} {path}: {answer:?}");
        }
    }
    running.stop().await.expect("stopped");
}

#[test]
fn names_in_the_code_and_in_the_document_are_the_same() {
    let mut named = BTreeSet::new();
    names(document(), &mut named);
    let mut written = BTreeSet::new();
    let operations = rust_files().into_iter().filter(|(file, _)| {
        file.starts_with("shared/api/src/operations/") && !file.ends_with("tests.rs")
            || ["path.rs", "problem.rs"]
                .iter()
                .any(|each| file == &format!("shared/api/src/{each}"))
    });
    for (_, code) in operations {
        // Every other part of a text is quoted in it.
        let code: String = code
            .lines()
            .filter(|line| !line.trim().starts_with("//"))
            .collect();
        let quoted = code.split('"').skip(1).step_by(2);
        written.extend(quoted.filter(|word| is_member(word)).map(str::to_owned));
    }
    // The settings read these two.
    written.insert("InstanceId".to_owned());
    named.retain(|name| is_member(name));
    named.remove("Arn");
    let contact = written.remove("Arn");
    assert!(
        contact,
        "a contact's Arn; in a path it is the gateway's name of an ARN's first half"
    );
    assert_eq!(named, written);
}

/// Connect's names begin with a capital, and are not all capitals, as its enums' are.
fn is_member(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && word.contains(|letter: char| letter.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// All members that any schema names, those that are refused included.
fn names(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                into.extend(properties.keys().cloned());
            }
            if let Some(refused) = members.get("x-refused") {
                into.extend(list(refused).iter().map(|name| text(name).to_owned()));
            }
            if members.get("in").is_some_and(|place| place == "path") {
                into.insert(text(&members["name"]).to_owned());
            }
            let below = members
                .iter()
                .filter(|(name, _)| !name.starts_with("example"));
            below.for_each(|(_, each)| names(each, into));
        }
        Value::Array(items) => items.iter().for_each(|each| names(each, into)),
        _ => {}
    }
}

#[test]
fn enums_of_answers_are_those_of_the_code() {
    let said = |pointer: &str| -> Vec<&str> {
        let found = document().pointer(&format!("/components/schemas/{pointer}/enum"));
        list(found.expect("an enum")).iter().map(text).collect()
    };
    assert_eq!(
        said("ContentType"),
        ContentType::ALL.map(ContentType::as_str)
    );
    assert_eq!(said("ParticipantRole"), Role::ALL.map(Role::as_str));
    assert_eq!(
        said("DisconnectReason"),
        DisconnectReason::ALL.map(DisconnectReason::as_str)
    );
    let methods = said("Contact/properties/InitiationMethod");
    assert_eq!(methods[0], "API");
    assert_eq!(
        methods[1..],
        TransferMethod::ALL.map(TransferMethod::as_str)
    );
    let events = [
        EventType::ParticipantInvited,
        EventType::ParticipantJoined,
        EventType::ParticipantLeft,
        EventType::TransferSucceeded,
        EventType::ChatEnded,
    ];
    assert_eq!(
        said("TranscriptEventType"),
        events.map(EventType::content_type)
    );
}
