//! Tokens of WebSockets.

use super::*;

#[test]
fn a_websockets_token_is_good_for_100_seconds_to_the_millisecond() {
    let token = ours().websocket(&jane(), NOW);
    let last = NOW + seconds(100);
    let before = Timestamp::from_millis(last.as_millis() - 1);
    for now in [NOW, before] {
        assert_eq!(ours().admitted(&token, now), Ok(jane()));
    }
    for now in [last, last.next(), Timestamp::MAX] {
        assert_eq!(
            ours().admitted(&token, now),
            Err(Problem::Token(TokenFault::Expired))
        );
    }
}

#[test]
fn no_other_token_opens_a_websocket_and_a_websockets_opens_nothing_else() {
    let ours = ours();
    let (connection, _) = ours.connection(&connection(jane()), NOW);
    for (token, fault) in [
        (ours.participant(&jane()), TokenFault::Participant),
        (connection, TokenFault::Connection),
        (String::new(), TokenFault::Empty),
    ] {
        assert_eq!(ours.admitted(&token, NOW), Err(Problem::Token(fault)));
    }
    let token = ours.websocket(&jane(), NOW);
    let call = call(&token, NOW);
    let websocket = || Problem::Token(TokenFault::Websocket);
    assert_eq!(ours.participant_of(&call), Err(websocket()));
    assert_eq!(ours.connected(&call), Err(websocket()));
    let stranger = tokens(&format!("a:{OTHER_SECRET}"));
    let stranger = stranger.admitted(&token, NOW);
    assert_eq!(stranger, Err(Problem::Token(TokenFault::Mismatch)));
}

#[test]
fn a_websockets_token_stands_in_a_query_as_it_is() {
    let token = ours().websocket(&jane(), NOW);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(token.bytes().all(plain), "{token}");
}
