//! The local server over HTTP: routes, sizes, headers, and what browsers on other origins need (clients.md 2.4).

use api::Operation;
use local::serve;
use serde_json::json;

use crate::stage::{
    HttpAnswer, ORIGIN, Signer, World, at, http, path_to, route, start, start_members,
};

pub(crate) const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";

/// The method and path of every operation, with some ids in it, and of the widget's start.
fn operations() -> Vec<(String, String)> {
    let ids = ["here", "9f3c1a2b-77d4-8000-b1c2-0123456789ab"];
    let at = |operation: Operation| {
        let (method, template) = route(operation);
        let ids = &ids[..template.matches('{').count()];
        (method.to_string(), path_to(operation, ids))
    };
    let widget = ("POST".to_owned(), "/contact/chat".to_owned());
    Operation::ALL.into_iter().map(at).chain([widget]).collect()
}
/// What chatjs asks for in Chrome, and what AWS's SDKs add.
const ASKED: &str = "amz-sdk-invocation-id,amz-sdk-request,authorization,content-type,x-amz-bearer,\
    x-amz-content-sha256,x-amz-date,x-amz-security-token,x-amz-user-agent,x-api-key";

/// What must stand on every answer, whatever it says.
pub(crate) fn is_readable_from_other_origins(answer: &HttpAnswer) {
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some(ORIGIN),
        "{answer:?}"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/json"),
        "{answer:?}"
    );
    let exposed = answer
        .header("access-control-expose-headers")
        .unwrap_or_default();
    for name in ["x-amzn-requestid", "x-amzn-errortype"] {
        assert!(exposed.to_lowercase().contains(name), "{answer:?}");
    }
    assert!(answer.json().is_object());
}

#[tokio::test]
async fn browsers_may_ask_for_every_operation() {
    let running = serve(World::new().service, 0).await.expect("a port");
    for (method, path) in operations() {
        let asked = [
            ("origin", ORIGIN),
            ("access-control-request-method", method.as_str()),
            ("access-control-request-headers", ASKED),
        ];
        let answer = http(running.address, "OPTIONS", &path, &asked, b"").await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        let methods = answer
            .header("access-control-allow-methods")
            .unwrap_or_default();
        assert!(methods.split(',').any(|each| each == method), "{methods}");
        let allowed = answer
            .header("access-control-allow-headers")
            .unwrap_or_default();
        let allowed: Vec<&str> = allowed.split(',').collect();
        for name in ASKED.split(',') {
            assert!(allowed.contains(&name), "{name} is not among {allowed:?}");
        }
        let age: u32 = answer
            .header("access-control-max-age")
            .unwrap_or_default()
            .parse()
            .expect("seconds");
        assert!(age >= 600);
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    running.stop().await.expect("stopped");
}

#[tokio::test]
async fn every_answer_is_json_that_browsers_can_read() {
    let world = World::new();
    let chat = world.chat();
    let (participant, connection) = (
        chat.participant_token.as_str(),
        chat.connection_token.as_str(),
    );
    let running = serve(world.service, 0).await.expect("a port");
    let start = start_members().to_string();
    let large = " ".repeat(512 * 1024 + 1);
    let origin = ("origin", ORIGIN);
    let bearer = |token| ("x-amz-bearer", token);
    // The chat is old by the clock on the wall: it has expired, and the service says so.
    for (method, path, header, body, status, kind) in [
        ("PUT", "/contact/chat", origin, &*start, 200, None),
        (
            "POST",
            "/contact/chat",
            ("content-type", "text/plain;charset=UTF-8"),
            &start,
            200,
            None,
        ),
        (
            "POST",
            "/contact/chat",
            origin,
            "",
            400,
            Some("InvalidRequestException"),
        ),
        (
            "PUT",
            "/contact/chat",
            origin,
            &large,
            400,
            Some("InvalidRequestException"),
        ),
        (
            "POST",
            "/contact/stop",
            origin,
            "{}",
            403,
            Some("AccessDeniedException"),
        ),
        (
            "POST",
            "/participant/message",
            origin,
            "{}",
            403,
            Some("AccessDeniedException"),
        ),
        (
            "POST",
            "/participant/message",
            bearer(participant),
            "{}",
            403,
            Some("AccessDeniedException"),
        ),
        (
            "POST",
            "/participant/transcript",
            bearer("x"),
            "{}",
            403,
            Some("AccessDeniedException"),
        ),
        (
            "POST",
            "/participant/transcript",
            bearer(connection),
            "",
            200,
            None,
        ),
        (
            "POST",
            "/participant/connection",
            bearer(participant),
            "{",
            400,
            Some("ValidationException"),
        ),
    ] {
        let answer = http(running.address, method, path, &[header], body.as_bytes()).await;
        println!("{method} {path}: {answer:?}");
        assert_eq!(answer.status, status);
        is_readable_from_other_origins(&answer);
        assert!(
            answer
                .header("x-amzn-requestid")
                .is_some_and(|id| id.len() == 36)
        );
        assert_eq!(answer.header("x-amzn-errortype"), kind);
        assert_eq!(answer.json()["__type"].as_str(), kind);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    running.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_body_larger_than_the_gateway_takes_never_reaches_the_service() {
    let running = serve(World::new().service, 0).await.expect("a port");
    let huge = vec![b' '; 10 * 1024 * 1024 + 1];
    let answer = http(running.address, "POST", "/participant/message", &[], &huge).await;
    assert_eq!(answer.status, 413);
    assert_eq!(
        answer.json(),
        json!({"message": "Request Entity Too Large"})
    );
    is_readable_from_other_origins(&answer);
    // One byte less is the service's to refuse.
    let answer = http(running.address, "PUT", "/contact/chat", &[], &huge[1..]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        at(&answer.json(), "message"),
        "The request body is larger than 524288 bytes"
    );
    running.stop().await.expect("stopped");
}

#[tokio::test]
async fn headers_are_held_to_one_meaning() {
    let world = World::new();
    let chat = world.chat();
    let running = serve(world.service, 0).await.expect("a port");
    let token = chat.connection_token.as_str();
    let long = "A".repeat(9_000);
    let page = "/participant/transcript";
    for (what, headers, status) in [
        (
            "as the AWS CLI writes it",
            &[("X-Amz-Bearer", token)][..],
            200,
        ),
        ("in capitals", &[("X-AMZ-BEARER", token)], 200),
        (
            "with spaces around",
            &[("x-amz-bearer", &format!("  {token} "))],
            200,
        ),
        (
            "twice",
            &[("x-amz-bearer", token), ("x-amz-bearer", token)],
            403,
        ),
        (
            "in two ways of writing",
            &[("x-amz-bearer", token), ("X-Amz-Bearer", "")],
            403,
        ),
        ("empty", &[("x-amz-bearer", "")], 403),
        ("of 9,000 characters", &[("x-amz-bearer", &long)], 403),
        ("not at all", &[], 403),
    ] {
        let answer = http(running.address, "POST", page, headers, b"{}").await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
    }
    running.stop().await.expect("stopped");
}

#[tokio::test]
async fn row_41_an_arn_in_a_path_leads_to_its_operation_decoded_or_not() {
    let world = World::new();
    let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    let running = serve(world.service, 0).await.expect("a port");
    for (operation, id) in [
        (Operation::DescribeContact, &*chat.contact),
        (Operation::GetContactAttributes, &chat.contact),
        (Operation::ExportTranscript, &chat.contact),
        (Operation::ListCustomerChats, "jane"),
    ] {
        let sent = path_to(operation, &[ARN, id]);
        let host = [("host".to_owned(), running.address.to_string())];
        let uri = format!("http://{}{sent}", running.address);
        let (now, _) = lambda::now_and_entropy().expect("randomness");
        let signature = Signer::BACKEND.headers("GET", &uri, &host, b"", now);
        let headers: Vec<(&str, &str)> = host
            .iter()
            .chain(&signature)
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let decoded = sent.replace("%3A", ":").replace("%2F", "/");
        let half = sent.replace("%3A", ":");
        for path in [&sent, &decoded, &half] {
            let answer = http(running.address, "GET", path, &headers, b"").await;
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            is_readable_from_other_origins(&answer);
        }
        let answer = http(running.address, "GET", &sent, &[], b"").await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    running.stop().await.expect("stopped");
}

#[tokio::test]
async fn pages_of_other_machines_may_do_nothing() {
    let world = World::new();
    let running = serve(world.service, 0).await.expect("a port");
    let start = start_members().to_string();
    for header in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        // A name that somebody else has made lead here.
        ("host", "evil.example"),
    ] {
        for (method, path) in [
            ("OPTIONS", "/contact/chat"),
            ("PUT", "/contact/chat"),
            ("GET", "/"),
        ] {
            let asked = [header, ("access-control-request-method", "PUT")];
            let answer = http(running.address, method, path, &asked, start.as_bytes()).await;
            assert_eq!(answer.status, 403, "{header:?} {method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    running.stop().await.expect("stopped");
}
