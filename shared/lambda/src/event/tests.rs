//! Events of every kind that a gateway makes, as calls; and replies as its responses.

use super::*;

const HTTP_API: &str = r#"{
    "version": "2.0",
    "rawPath": "/prod/contact/chat",
    "rawQueryString": "a=1&b=%20",
    "headers": {"x-amz-bearer": "token", "X-Other": "one,two"},
    "requestContext": {
        "http": {"method": "PUT", "path": "/prod/contact/chat"},
        "requestId": "JKJaXmPLvHcESHA=",
        "stage": "prod",
        "timeEpoch": 0
    },
    "body": "eyJhIjoxfQ==",
    "isBase64Encoded": true
}"#;

fn call(event: &str) -> Call {
    let event: LambdaRequest = serde_json::from_str(event).expect("an event");
    call_of(
        readable(event).into(),
        Timestamp::from_millis(7),
        Entropy::new([9; 48]),
    )
}

#[test]
fn everything_of_a_request_is_in_its_call() {
    let call = call(HTTP_API);
    assert_eq!(call.method, "PUT");
    assert_eq!(call.path, "/prod/contact/chat");
    assert_eq!(call.query, "a=1&b=%20");
    assert_eq!(call.headers["x-other"], "one,two");
    assert_eq!(call.body, br#"{"a":1}"#);
    assert_eq!(call.request_id, "JKJaXmPLvHcESHA=");
    assert_eq!(call.now, Timestamp::from_millis(7));
    assert!(call.claims.is_none());
}

#[test]
fn a_query_that_no_address_has_is_answered_as_any_other() {
    for (sent, read) in [
        ("nextToken=<x>", "nextToken=%3Cx%3E"),
        ("a=b c", "a=b%20c"),
        ("a=\u{e9}#b", "a=%C3%A9%23b"),
        ("a=%22+%C3%A9", "a=%22+%C3%A9"),
        ("", ""),
    ] {
        let event = HTTP_API.replace("a=1&b=%20", sent);
        assert_eq!(call(&event).query, read);
    }
}

#[test]
fn a_customer_whose_id_has_a_question_mark_is_found_behind_a_gateway_that_decodes() {
    for (decoded, kept) in [("who?", "who%3F"), ("#1", "%231")] {
        let path = format!("/customers/shop/{decoded}/chats");
        let call = call(&HTTP_API.replace("/prod/contact/chat", &path));
        assert_eq!(call.path, format!("/customers/shop/{kept}/chats"));
        assert_eq!(call.query, "a=1&b=%20");
    }
}

#[test]
fn a_body_may_be_text_or_bytes_or_nothing() {
    let with = |body: &str| call(&HTTP_API.replace(r#""eyJhIjoxfQ==""#, body)).body;
    assert_eq!(with("\"/wA=\""), b"\xff\0");
    assert_eq!(with("\"\""), b"");
    assert_eq!(with("null"), b"");
    let text = HTTP_API.replace("\"isBase64Encoded\": true", "\"isBase64Encoded\": false");
    assert_eq!(call(&text).body, b"eyJhIjoxfQ==");
}

#[test]
fn a_request_without_an_id_gets_one() {
    for id in ["null", "\"\""] {
        let event = HTTP_API.replace("\"JKJaXmPLvHcESHA=\"", id);
        assert_eq!(call(&event).request_id, Entropy::new([9; 48]).request_id());
    }
}

#[test]
fn claims_come_from_a_jwt_authorizer_alone() {
    let with = |authorizer: &str| {
        let context = format!("\"stage\": \"prod\", \"authorizer\": {authorizer}");
        call(&HTTP_API.replace("\"stage\": \"prod\"", &context)).claims
    };
    let jwt = r#"{"jwt": {"claims": {"sub": "jane", "exp": "1"}, "scopes": ["a"]}}"#;
    let claims = with(jwt).expect("claims").0;
    assert_eq!(claims.get("sub").map(String::as_str), Some("jane"));
    assert_eq!(claims.len(), 2);
    assert!(with(r#"{"lambda": {"sub": "jane"}}"#).is_none());
    assert!(with("{}").is_none());
}

#[test]
fn a_reply_is_a_response_of_text() {
    let reply = Reply {
        status: 410,
        headers: vec![("x-amzn-ErrorType", "ContactNotFoundException".to_owned())],
        body: "{\"中\":1}".as_bytes().to_vec(),
    };
    let response = response_of(reply).expect("a response");
    assert_eq!(response.status(), 410);
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "ContactNotFoundException"
    );
    assert!(matches!(response.body(), Body::Text(text) if text == "{\"中\":1}"));
}

#[test]
fn every_call_has_randomness_of_its_own() {
    let id = || now_and_entropy().expect("a clock").1.request_id();
    assert_ne!(id(), id());
}
