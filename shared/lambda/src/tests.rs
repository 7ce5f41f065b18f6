//! Every call has the time that Lambda gives to its invocation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::Frame;
use lambda_http::Context;

use super::*;

const KEY: &str = "0123456789abcdef0123456789abcdef";
/// What the invocations here have, and so their calls; and how slow a busy machine may be.
const GIVEN: Duration = Duration::from_secs(600);
const LEFT: Duration = Duration::from_secs(599);
const SLOWLY: Duration = Duration::from_secs(60);

fn service() -> &'static Service<()> {
    let environment = Environment::from(|name| match name {
        "TABLE_NAME" => Some("chat".to_owned()),
        "SIGNING_KEYS" => Some(format!("a:{KEY}")),
        "SESSION_ID_KEY" => Some(KEY.to_owned()),
        _ => None,
    });
    Box::leak(Box::new(environment.expect("complete").service(())))
}

fn context() -> Context {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ends = since.expect("a clock") + GIVEN;
    let mut context = Context::default();
    context.deadline = u64::try_from(ends.as_millis()).expect("a moment");
    context
}

/// What a call has left, in milliseconds.
fn left() -> String {
    Deadline::of_this_call().left().as_millis().to_string()
}

#[track_caller]
fn assert_given(left: &str) {
    let left = Duration::from_millis(left.parse().expect("milliseconds"));
    assert!(left <= LEFT && left > LEFT - SLOWLY, "{left:?}");
}

#[tokio::test]
async fn a_call_over_http_is_given_up_a_second_before_its_invocation_ends() {
    let handle = |_, _| async {
        Reply {
            status: 200,
            headers: Vec::new(),
            body: left().into_bytes(),
        }
    };
    let request = Request::default().with_lambda_context(context());
    let response = answered(service(), &handle, request).await;
    let Body::Text(left) = response.expect("a response").into_body() else {
        panic!("no text");
    };
    assert_given(&left);
}

#[tokio::test]
async fn an_event_of_a_websocket_is_given_up_a_second_before_its_invocation_ends() {
    let handle = |_, _| async { SocketReply::with(Some(Frame(left()))) };
    let event = include_str!("../../../tests/events/websocket-subscribe.json");
    let event = serde_json::from_str(event).expect("an event");
    let event = LambdaEvent::new(event, context());
    let response = answered_socket(service(), &handle, event).await;
    let response = serde_json::to_value(response.expect("a response")).expect("JSON");
    assert_given(response["body"].as_str().expect("a frame"));
}
