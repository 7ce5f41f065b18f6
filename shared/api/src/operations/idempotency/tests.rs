//! What makes two requests one, and what keeps them apart.

use http::{HeaderMap, Method};

use super::*;
use crate::entropy::Entropy;

fn key(participant: u128, body: &str, says: &[&str], entropy: u8) -> IdempotencyKey {
    let call = Call {
        method: Method::POST,
        path: String::new(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        claims: None,
        request_id: String::new(),
        now: domain::Timestamp::from_millis(0),
        entropy: Entropy::new([entropy; 48]),
    };
    let members = Members::parse(body.as_bytes()).expect("JSON");
    let participant = ParticipantId::from_random(participant);
    key_of(&call, &members, participant, says).expect("a legal token")
}

const TOKEN: &str = r#"{"ClientToken":"t"}"#;

#[test]
fn a_repetition_has_the_key_of_the_first() {
    let first = key(1, TOKEN, &["message", "text/plain", "hello"], 1);
    assert_eq!(first, key(1, TOKEN, &["message", "text/plain", "hello"], 2));
}

#[test]
fn whoever_says_anything_else_has_another_key() {
    let first = key(1, TOKEN, &["message", "text/plain", "hello"], 1);
    let others = [
        key(2, TOKEN, &["message", "text/plain", "hello"], 1),
        key(
            1,
            r#"{"ClientToken":"T"}"#,
            &["message", "text/plain", "hello"],
            1,
        ),
        key(1, TOKEN, &["event", "text/plain", "hello"], 1),
        key(1, TOKEN, &["message", "text/markdown", "hello"], 1),
        key(1, TOKEN, &["message", "text/plain", "hello!"], 1),
        key(1, TOKEN, &["message", "text/plainhello", ""], 1),
    ];
    for (n, other) in others.into_iter().enumerate() {
        assert_ne!(first, other, "number {n}");
    }
}

#[test]
fn without_a_token_no_request_is_like_another() {
    for body in ["", "{}", r#"{"ClientToken":""}"#, r#"{"ClientToken":null}"#] {
        assert_ne!(
            key(1, body, &["message"], 1),
            key(1, body, &["message"], 2),
            "{body}"
        );
    }
}
