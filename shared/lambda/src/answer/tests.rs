//! What a caller gets where a handler fails in a way that nobody foresaw.

use std::future::pending;
use std::panic::panic_any;
use std::time::Duration;

use api::Entropy;
use api::live::SocketEvent;
use domain::{ConnectionId, Timestamp};
use futures_executor::block_on;
use lambda_http::http::{HeaderMap, Method};

use super::*;

fn call() -> Call {
    Call {
        method: Method::POST,
        path: "/participant/message".to_owned(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        claims: None,
        request_id: "one".to_owned(),
        now: Timestamp::from_millis(7),
        entropy: Entropy::new([9; 48]),
    }
}

fn disconnect() -> SocketCall {
    SocketCall {
        connection: ConnectionId::new("L0SM9cOFvHcCIhw=").expect("an id"),
        event: SocketEvent::Disconnect,
        request_id: "one".to_owned(),
        now: Timestamp::from_millis(7),
    }
}

#[test]
fn a_panic_is_answered_with_the_documented_error_and_says_nothing() {
    let reply = block_on(answer(Operation::SendMessage, &call(), async {
        panic_any("the customer's words")
    }));
    assert_eq!(reply.status, 500);
    let header = |wanted: &str| {
        let mut headers = reply.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("x-amzn-errortype"), Some("InternalServerException"));
    assert_eq!(header("x-amzn-requestid"), Some("one"));
    assert!(!String::from_utf8_lossy(&reply.body).contains("words"));
}

#[test]
fn a_panic_at_a_websocket_is_a_failure_of_that_event_alone() {
    let reply = block_on(answer_socket(&disconnect(), |_| async {
        panic_any("the customer's words")
    }));
    assert_eq!(reply.status, 500);
}

#[tokio::test]
async fn a_call_has_as_long_as_its_invocation_gives_it() {
    let soon = || Deadline::after(Duration::from_millis(30));
    let begun = Instant::now();
    let call = call();
    let answering = answer(Operation::SendMessage, &call, pending());
    assert_eq!(soon().hold(answering).await.status, 500);
    let call = disconnect();
    let answering = answer_socket(&call, |_| pending());
    assert_eq!(soon().hold(answering).await.status, 500);
    assert!(begun.elapsed() < crate::CALL_TIMEOUT);
}
