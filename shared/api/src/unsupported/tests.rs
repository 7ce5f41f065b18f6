//! Which operation of Connect a method and a path lead to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::operation::Operation;

fn rows() -> impl Iterator<Item = (&'static str, Method, &'static str)> {
    OPERATIONS.lines().map(|line| {
        let parts: Vec<&str> = line.split(' ').collect();
        let [name, method, path] = parts[..] else {
            panic!("{line}");
        };
        (name, method.parse().expect("a method"), path)
    })
}

/// A template's path with these in the places of its labels.
fn filled(template: &str, instance: &str, id: &str) -> String {
    let segment = |segment| match segment {
        "{InstanceId}" => instance,
        label if str::starts_with(label, '{') => id,
        literal => literal,
    };
    let segments: Vec<&str> = template.split('/').map(segment).collect();
    segments.join("/")
}

fn answer(method: &Method, path: &str) -> (u16, String, String) {
    let reply = unsupported(method, path, "request-7");
    let header = |name| {
        let found = reply.headers.iter().find(|(given, _)| *given == name);
        found.map(|(_, value)| value.clone()).expect(name)
    };
    assert_eq!(header("x-amzn-RequestId"), "request-7");
    let body: Value = serde_json::from_slice(&reply.body).expect("JSON");
    let kind = header("x-amzn-ErrorType");
    assert_eq!(body["__type"], kind.as_str());
    assert_eq!(body["message"], body["Message"]);
    let message = body["message"].as_str().expect("a text");
    (reply.status, kind, message.to_owned())
}

#[test]
fn decision_46a_each_operation_of_connect_that_is_not_here_is_refused_by_name() {
    let here: BTreeSet<String> = { Operation::ALL.iter() }
        .map(|operation| format!("{operation:?}"))
        .collect();
    let encoded = "arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2Fid";
    let decoded = "arn:aws:connect:eu-central-1:123456789012:instance/id";
    let ids = [
        ("id", "id"),
        (encoded, &*format!("{encoded}%2Fcontact-flow%2Fid")),
        (decoded, "id"),
        (decoded, &format!("{decoded}/contact-flow/id")),
    ];
    let mut names = BTreeSet::new();
    for (name, method, template) in rows() {
        let kind = match template.starts_with("/participant/") {
            true => "ValidationException",
            false => "InvalidRequestException",
        };
        // (Both APIs have a DescribeView.)
        assert!(names.insert((name, kind)) && !here.contains(name), "{name}");
        for (instance, id) in ids {
            let path = filled(template, instance, id);
            let message = format!("{name} is not supported here");
            let expected = (400, kind.to_owned(), message);
            assert_eq!(answer(&method, &path), expected, "{method} {path}");
        }
    }
    assert!(names.len() > 350, "{}", names.len());
}

#[test]
fn decision_46a_a_path_that_is_none_of_connects_is_named() {
    for (method, path) in [
        ("GET", "/"),
        ("POST", "/contact/start-recordings"),
        ("POST", "/contact/start-recording/"),
        ("POST", "/prod/contact/start-recording"),
        ("GET", "/contact/start-recording"),
        ("HEAD", "/queues-summary/id"),
        ("GET", "/queues-summary/"),
        ("GET", "/queues-summary/a/b"),
        ("GET", "/queues-summary/not-arn:x/b"),
        ("PATCH", "/contact/chat"),
        ("GET", "/participant/views/"),
        ("POST", "/participant/message/"),
    ] {
        let method = method.parse().expect("a method");
        let message = format!("There is no operation at {method} {path}");
        let expected = (404, "UnknownOperationException".to_owned(), message);
        assert_eq!(answer(&method, path), expected);
    }
}

#[test]
fn a_path_of_any_length_is_answered_in_a_short_message_and_without_much_work() {
    let long = format!("/{}", "a".repeat(60_000));
    let (_, _, message) = answer(&Method::GET, &long);
    assert!(message.ends_with('…') && message.len() < 300, "{message}");
    let many = "/arn:a:instance".repeat(4_000);
    assert_eq!(answer(&Method::GET, &format!("/tags{many}")).0, 404);
    // As many segments as are looked at, each of which may begin an ARN.
    let most = "/arn:a".repeat(MOST_SEGMENTS - 2);
    assert_eq!(answer(&Method::GET, &format!("/metrics{most}")).0, 404);
}
