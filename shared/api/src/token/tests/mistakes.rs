//! Each mistake with a token is known from every other one.

use std::collections::BTreeSet;

use super::*;

/// A call that makes the mistake, with a connection token where another is not needed.
fn mistaken(fault: TokenFault) -> Call {
    let ours = ours();
    let (connection, expires) = ours.connection(&connection(jane()), NOW);
    let given = |token: &str| call(token, NOW);
    match fault {
        TokenFault::Missing => Call {
            headers: HeaderMap::new(),
            ..given(&connection)
        },
        TokenFault::InAuthorization => {
            let value = HeaderValue::from_str(&connection).expect("ASCII");
            Call {
                headers: HeaderMap::from_iter([(AUTHORIZATION, value)]),
                ..given(&connection)
            }
        }
        TokenFault::NotOneText => {
            let mut twice = given(&connection);
            let value = HeaderValue::from_str(&connection).expect("ASCII");
            twice.headers.append(HEADER, value);
            twice
        }
        TokenFault::Empty => given(""),
        TokenFault::Id => given("9f3c1a2b-77d4-8000-b1c2-0123456789ab"),
        TokenFault::Unreadable => given("QVFJREFIang="),
        TokenFault::UnknownKey => given(&tokens(&format!("b:{SECRET}")).participant(&jane())),
        TokenFault::Mismatch => given(&tokens(&format!("a:{OTHER_SECRET}")).participant(&jane())),
        TokenFault::Participant => given(&ours.participant(&jane())),
        TokenFault::Connection => given(&connection),
        TokenFault::Websocket => given(&ours.websocket(&jane(), NOW)),
        TokenFault::Next => given(&ours.seal(Purpose::Export, b"place", &[b"of a contact"])),
        TokenFault::Expired => call(&connection, expires),
    }
}

#[test]
fn every_mistake_with_a_token_is_known_and_has_a_sentence_of_its_own() {
    let mut sentences = BTreeSet::new();
    for fault in TokenFault::ALL {
        let call = mistaken(fault);
        let found = match fault {
            TokenFault::Connection => ours().participant_of(&call).map(|_| ()),
            _ => ours().connected(&call).map(|_| ()),
        };
        assert_eq!(found, Err(Problem::Token(fault)));
        let sentence = fault.to_string();
        assert!(sentence.is_ascii() && sentence.len() < 200, "{sentence}");
        if let Some(token) = call.header(HEADER).filter(|token| !token.is_empty()) {
            assert!(!sentence.contains(token), "{sentence}");
        }
        sentences.insert(sentence);
    }
    assert_eq!(sentences.len(), TokenFault::ALL.len());
}

#[test]
fn a_next_token_is_known_though_it_is_signed_together_with_its_chat() {
    let bound = ours().seal(Purpose::Next, b"place", &[b"of a chat"]);
    let read = ours().connected(&call(&bound, NOW));
    assert_eq!(read, Err(Problem::Token(TokenFault::Next)));
}
