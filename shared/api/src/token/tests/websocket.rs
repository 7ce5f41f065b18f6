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
        assert_eq!(ours().admitted(&token, now), Err(Problem::Token));
    }
}

#[test]
fn no_other_token_opens_a_websocket_and_a_websockets_opens_nothing_else() {
    let ours = ours();
    let (connection, _) = ours.connection(&connection(jane()), NOW);
    for token in [ours.participant(&jane()), connection, String::new()] {
        assert_eq!(ours.admitted(&token, NOW), Err(Problem::Token));
    }
    let token = ours.websocket(&jane(), NOW);
    let call = call(&token, NOW);
    assert_eq!(ours.participant_of(&call), Err(Problem::Token));
    assert_eq!(ours.connected(&call), Err(Problem::Token));
    let stranger = tokens(&format!("a:{OTHER_SECRET}"));
    assert_eq!(stranger.admitted(&token, NOW), Err(Problem::Token));
}

#[test]
fn a_websockets_token_stands_in_a_query_as_it_is() {
    let token = ours().websocket(&jane(), NOW);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(token.bytes().all(plain), "{token}");
}
