//! Decision 46a: what the local server answers where it has no operation.

use local::serve;
use serde_json::json;

use crate::http::{ARN, is_readable_from_other_origins};
use crate::stage::{ORIGIN, World, http};

#[tokio::test]
async fn decision_46a_what_is_not_here_is_said_by_its_name_or_its_path() {
    let running = serve(World::new().service, 0).await.expect("a port");
    let arn = ARN.replace(':', "%3A").replace('/', "%2F");
    let none = "UnknownOperationException";
    let (connects, participants) = ("InvalidRequestException", "ValidationException");
    for (method, path, kind, name) in [
        (
            "POST",
            "/contact/start-recording",
            connects,
            "StartContactRecording",
        ),
        (
            "POST",
            "/contact/start-streaming",
            connects,
            "StartContactStreaming",
        ),
        ("GET", "/queues-summary/here", connects, "ListQueues"),
        (
            "GET",
            &*format!("/queues-summary/{arn}"),
            connects,
            "ListQueues",
        ),
        (
            "GET",
            &format!("/queues-summary/{ARN}"),
            connects,
            "ListQueues",
        ),
        (
            "PUT",
            "/contact/outbound-chat",
            connects,
            "StartOutboundChatContact",
        ),
        (
            "GET",
            "/participant/views/token",
            participants,
            "DescribeView",
        ),
        (
            "POST",
            "/participant/attachment",
            participants,
            "GetAttachment",
        ),
        // Another method of a path that is here.
        ("POST", "/contacts/here/9f3c1a2b", connects, "UpdateContact"),
        ("POST", "/", none, ""),
        ("GET", "/index.html", none, ""),
        ("GET", "/page/page.js", none, ""),
        ("GET", "/contact/chat", none, ""),
        ("DELETE", "/contact/chat", none, ""),
        ("PUT", "/contact/stop", none, ""),
        ("GET", "/participant/transcript", none, ""),
        ("PUT", "/participant/message", none, ""),
        ("GET", "/participant/event", none, ""),
        ("GET", "/contacts/here", none, ""),
        ("POST", "/contacts/here/9f3c1a2b/transcript", none, ""),
        ("GET", "/contacts/here/9f3c1a2b/transcript/", none, ""),
        ("GET", "/contacts/a/b/c/d", none, ""),
        ("GET", "/contact/attributes", none, ""),
        ("GET", "/customers/here/chats", none, ""),
        ("PUT", "/customers/here/jane/chats", none, ""),
        ("GET", "/customers/a/b/c/d/chats", none, ""),
        ("POST", "/participant/message/", none, ""),
        ("POST", "/participant//message", none, ""),
        ("POST", "/Participant/message", none, ""),
        ("POST", "/prod/participant/message", none, ""),
        ("POST", "/%2e%2e/participant/message", none, ""),
    ] {
        let answer = http(running.address, method, path, &[("origin", ORIGIN)], b"{}").await;
        let (status, message) = match name {
            "" => (404, format!("There is no operation at {method} {path}")),
            name => (400, format!("{name} is not supported here")),
        };
        assert_eq!(answer.status, status, "{method} {path}");
        let body = json!({"__type": kind, "message": message, "Message": message});
        assert_eq!(answer.json(), body);
        assert_eq!(answer.header("x-amzn-errortype"), Some(kind));
        let id = answer.header("x-amzn-requestid");
        assert!(id.is_some_and(|id| id.len() == 36), "{answer:?}");
        is_readable_from_other_origins(&answer);
    }
    // A HEAD has no body, and says in its headers what it is.
    let head = http(running.address, "HEAD", "/contact/stop", &[], b"").await;
    assert_eq!(head.status, 404);
    assert_eq!(head.header("x-amzn-errortype"), Some(none));
    running.stop().await.expect("stopped");
}
