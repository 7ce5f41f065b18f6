//! NextTokens of a list: every place round trips, and only in the list that it is of.

use proptest::prelude::*;

use super::*;
use crate::keys::SigningKeys;

fn tokens() -> Tokens {
    let keys = SigningKeys::parse("a:0123456789abcdef0123456789abcdef");
    Tokens::new(keys.expect("a key"))
}

fn list(instance: &str, customer: &str) -> (InstanceId, CustomerId) {
    let instance = InstanceId::new(instance).expect("1 to 100 characters without a slash");
    (instance, CustomerId(customer.to_owned()))
}

prop_compose! {
    fn places()(millis in any::<u64>(), bits in any::<u128>()) -> Listed {
        Listed {
            started: Timestamp::from_millis(millis),
            session: SessionId::from_bits(bits),
        }
    }
}

proptest! {
    #[test]
    fn list_tokens_round_trip(place in places(), instance in "[^/]{0,99}[^/.]", customer in ".{1,128}") {
        let (instance, customer) = list(&instance, &customer);
        let token = seal(&tokens(), &instance, &customer, place);
        prop_assert!(token.len() <= 1_000, "{} characters", token.len());
        prop_assert_eq!(open(&tokens(), &instance, &customer, &token), Some(place));
    }

    #[test]
    fn a_genuine_list_token_of_any_other_body_is_refused_and_not_misread(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let (instance, customer) = list("one", "jane");
        let token = tokens().seal(Purpose::Chats, &bytes, &context(&instance, &customer));
        if let Some(place) = open(&tokens(), &instance, &customer, &token) {
            prop_assert_eq!(bytes.len(), 24);
            let again = seal(&tokens(), &instance, &customer, place);
            prop_assert_eq!(open(&tokens(), &instance, &customer, &again), Some(place));
        }
    }
}

#[test]
fn a_list_token_is_nothing_to_another_customer_or_instance_or_purpose() {
    let place = Listed {
        started: Timestamp::from_millis(7),
        session: SessionId::from_bits(7),
    };
    let (instance, customer) = list("one", "jane");
    let token = seal(&tokens(), &instance, &customer, place);
    for (instance, customer) in [
        ("one", "john"),
        ("two", "jane"),
        ("on", "ejane"),
        ("onej", "ane"),
        ("one", "Jane"),
    ] {
        let (instance, customer) = list(instance, customer);
        assert_eq!(open(&tokens(), &instance, &customer, &token), None);
    }
    let body = [0; 24];
    for purpose in [
        Purpose::Participant,
        Purpose::Connection,
        Purpose::Next,
        Purpose::Export,
    ] {
        let token = tokens().seal(purpose, &body, &context(&instance, &customer));
        assert_eq!(
            open(&tokens(), &instance, &customer, &token),
            None,
            "{purpose:?}"
        );
    }
}

#[test]
fn any_flipped_bit_spoils_a_list_token() {
    let place = Listed {
        started: Timestamp::from_millis(7),
        session: SessionId::from_bits(7),
    };
    let (instance, customer) = list("one", "jane");
    let token = seal(&tokens(), &instance, &customer, place);
    for bit in 0..token.len() * 8 {
        let mut altered = token.clone().into_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(altered) = String::from_utf8(altered) {
            assert_eq!(
                open(&tokens(), &instance, &customer, &altered),
                None,
                "bit {bit}"
            );
        }
    }
}
