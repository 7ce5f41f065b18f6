//! NextTokens: every cursor round trips, and only for its own reader in its own session.

use domain::InstanceId;
use proptest::prelude::*;

use super::*;
use crate::keys::SigningKeys;

fn tokens() -> Tokens {
    let keys = SigningKeys::parse("a:0123456789abcdef0123456789abcdef");
    Tokens::new(keys.expect("a key"))
}

/// Somebody, by a number.
fn reader(n: u128) -> Option<ParticipantId> {
    Some(ParticipantId::from_random(n << 64))
}

fn session(instance: &str, bits: u128) -> SessionKey {
    SessionKey {
        instance: InstanceId::new(instance).expect("1 to 100 characters"),
        session: SessionId::from_bits(bits),
    }
}

prop_compose! {
    fn slots()(ordinal in 0u16..=0xFFF, n in any::<u32>()) -> Slot {
        Slot::new(Ordinal::new(ordinal).expect("12 bits"), n)
    }
}

prop_compose! {
    fn points()(slot in slots(), index in any::<u8>()) -> Point {
        Point { slot, index }
    }
}

prop_compose! {
    fn past_points()(session in any::<u128>(), point in points(), before in any::<u64>(), accompanied in any::<bool>()) -> PastPoint {
        PastPoint { session: SessionId::from_bits(session), point, before, accompanied }
    }
}

fn cursors() -> impl Strategy<Value = Cursor> {
    let begun = (proptest::option::of(slots()), any::<bool>());
    let present = (points(), any::<u64>(), begun).prop_map(|(at, before, (link, accompanied))| {
        let begun = Begun { link, accompanied };
        Cursor::Present { at, before, begun }
    });
    let past = (
        any::<u128>(),
        slots(),
        any::<u8>(),
        proptest::option::of(past_points()),
    );
    let past = past.prop_map(|(session, slot, entry, at)| {
        let session = SessionId::from_bits(session);
        Cursor::Past(PastCursor {
            list: LinkAddress { session, slot },
            entry,
            at,
        })
    });
    prop_oneof![present, past]
}

fn next_tokens() -> impl Strategy<Value = NextToken> {
    let directions = prop_oneof![Just(Direction::Backward), Just(Direction::Forward)];
    let contacts = proptest::option::of(0u16..=0xFFF);
    (directions, contacts, cursors()).prop_map(|(direction, contact, cursor)| NextToken {
        direction,
        contact: contact.and_then(Ordinal::new),
        cursor,
    })
}

proptest! {
    #[test]
    fn next_tokens_round_trip(next in next_tokens(), bits in any::<u128>(), instance in "[^/]{0,99}[^/.]") {
        let session = session(&instance, bits);
        let token = next.seal(&tokens(), &session, reader(1));
        prop_assert!(token.len() <= 1_000, "{} characters", token.len());
        prop_assert_eq!(NextToken::open(&tokens(), &session, reader(1), &token), Some(next));
    }

    #[test]
    fn a_next_token_is_nothing_to_another_session_or_instance(next in next_tokens(), bit in 0u32..110) {
        let token = next.seal(&tokens(), &session("one", 0), reader(1));
        prop_assert_eq!(NextToken::open(&tokens(), &session("one", 1 << bit), reader(1), &token), None);
        prop_assert_eq!(NextToken::open(&tokens(), &session("two", 0), reader(1), &token), None);
    }

    #[test]
    fn a_next_token_is_nothing_to_another_reader_of_the_same_session(next in next_tokens()) {
        let session = session("one", 7);
        let token = next.seal(&tokens(), &session, reader(1));
        for other in [reader(2), None] {
            prop_assert_eq!(NextToken::open(&tokens(), &session, other, &token), None);
        }
    }

    #[test]
    fn a_genuine_token_of_any_other_body_is_refused_and_not_misread(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let session = session("one", 7);
        let context = context(&session, reader(1));
        let token = tokens().seal(Purpose::Next, &bytes, &context.each_ref().map(Vec::as_slice));
        if let Some(next) = NextToken::open(&tokens(), &session, reader(1), &token) {
            prop_assert_eq!(next.seal(&tokens(), &session, reader(1)), token);
        }
    }
}

#[test]
fn any_flipped_bit_spoils_a_next_token() {
    let session = session("one", 7);
    let next = NextToken {
        direction: Direction::Backward,
        contact: None,
        cursor: Cursor::Present {
            at: Point {
                slot: Slot::FIRST,
                index: 1,
            },
            before: 0,
            begun: Begun {
                link: None,
                accompanied: false,
            },
        },
    };
    let token = next.seal(&tokens(), &session, reader(1));
    for bit in 0..token.len() * 8 {
        let mut altered = token.clone().into_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(altered) = String::from_utf8(altered) {
            assert_eq!(
                NextToken::open(&tokens(), &session, reader(1), &altered),
                None,
                "bit {bit}"
            );
        }
    }
    for length in 0..token.len() {
        assert_eq!(
            NextToken::open(&tokens(), &session, reader(1), &token[..length]),
            None,
            "{length}"
        );
    }
}
