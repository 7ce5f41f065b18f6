//! What makes two requests one, and what keeps them apart.

use http::{HeaderMap, Method};

use super::*;
use crate::entropy::Entropy;

fn call(entropy: u8) -> Call {
    Call {
        method: Method::POST,
        path: String::new(),
        query: String::new(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        claims: None,
        request_id: String::new(),
        now: domain::Timestamp::from_millis(0),
        entropy: Entropy::new([entropy; 48]),
    }
}

fn key(participant: u128, body: &str, says: &[&str], entropy: u8) -> IdempotencyKey {
    let members = Members::parse(body.as_bytes()).expect("JSON");
    let participant = ParticipantId::from_random(participant);
    key_of(&call(entropy), &members, participant, says).expect("a legal token")
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

#[test]
fn an_association_is_known_by_chat_source_and_rehydration_alone() {
    let contact = |session, n| {
        let ordinal = domain::Ordinal::new(n).expect("12 bits");
        ContactId::new(domain::SessionId::from_bits(session), ordinal)
    };
    let key = |chat, source, rehydration| {
        key_of_association(Association {
            contact: chat,
            source,
            rehydration,
        })
    };
    let segment = Rehydration::FromSegment;
    let first = key(contact(1, 0), contact(2, 0), segment);
    // By whichever contact of the chat.
    assert_eq!(first, key(contact(1, 3), contact(2, 0), segment));
    for other in [
        key(contact(3, 0), contact(2, 0), segment),
        key(contact(1, 0), contact(3, 0), segment),
        key(contact(1, 0), contact(2, 1), segment),
        key(contact(1, 0), contact(2, 0), Rehydration::EntirePastSession),
        key(contact(2, 0), contact(1, 0), segment),
    ] {
        assert_ne!(first, other);
    }
}

#[test]
fn a_backends_request_is_known_by_place_token_and_all_that_it_says() {
    let keys = |instance: &str, session, body: &str, says: &[&str], entropy| {
        let call = call(entropy);
        let members = Members::parse(body.as_bytes()).expect("JSON");
        let instance = InstanceId::new(instance).expect("an instance");
        let contact = domain::SessionId::from_bits(session).initial_contact();
        key_on(&call, &members, (&instance, contact), says).expect("a legal token")
    };
    let says = ["transfer", "flow", "queue", ""];
    let first = keys("here", 1, TOKEN, &says, 1);
    assert_eq!(first, keys("here", 1, TOKEN, &says, 2));
    for other in [
        keys("there", 1, TOKEN, &says, 1),
        keys("here", 2, TOKEN, &says, 1),
        keys("here", 1, r#"{"ClientToken":"u"}"#, &says, 1),
        keys("here", 1, TOKEN, &["transfer", "flow", "", "queue"], 1),
        keys("here", 1, TOKEN, &["transfer", "flowqueue", "", ""], 1),
        keys(
            "here",
            1,
            TOKEN,
            &["create-participant", "flow", "queue", ""],
            1,
        ),
        keys("here", 1, "{}", &says, 1),
    ] {
        assert_ne!(first, other);
    }
    assert_ne!(
        keys("here", 1, "{}", &says, 1),
        keys("here", 1, "{}", &says, 2)
    );
}
