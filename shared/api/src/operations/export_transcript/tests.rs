//! NextTokens of an export: every place of a contact round trips, and only in the contact that it is of.

use domain::{Ordinal, SessionId};
use proptest::prelude::*;

use super::*;
use crate::keys::SigningKeys;

fn tokens() -> Tokens {
    let keys = SigningKeys::parse("a:0123456789abcdef0123456789abcdef");
    Tokens::new(keys.expect("a key"))
}

fn instance(id: &str) -> InstanceId {
    InstanceId::new(id).expect("the id of an instance")
}

fn contact(bits: u128, ordinal: u16) -> ContactId {
    let ordinal = Ordinal::new(ordinal).expect("12 bits");
    ContactId::new(SessionId::from_bits(bits), ordinal)
}

fn place_in(contact: ContactId, n: u32, index: u8) -> Point {
    Point {
        slot: Slot::new(contact.ordinal(), n),
        index,
    }
}

proptest! {
    #[test]
    fn export_tokens_round_trip(bits in any::<u128>(), ordinal in 0u16..=0xFFF, n in any::<u32>(), index in any::<u8>(), of in "[^/]{0,99}[^/.]") {
        let (instance, contact) = (instance(&of), contact(bits, ordinal));
        let place = place_in(contact, n, index);
        let token = seal(&tokens(), &instance, contact, place);
        prop_assert!(token.len() <= 1_000, "{} characters", token.len());
        prop_assert_eq!(open(&tokens(), &instance, contact, &token), Some(place));
    }

    #[test]
    fn an_export_token_is_nothing_to_another_contact_or_instance(bit in 0u32..110, ordinal in 1u16..=0xFFF) {
        let (here, own) = (instance("one"), contact(0, 0));
        let token = seal(&tokens(), &here, own, place_in(own, 1, 0));
        for other in [contact(1 << bit, 0), contact(0, ordinal), contact(1 << bit, ordinal)] {
            prop_assert_eq!(open(&tokens(), &here, other, &token), None);
        }
        prop_assert_eq!(open(&tokens(), &instance("two"), own, &token), None);
    }

    #[test]
    fn a_genuine_export_token_of_any_other_body_is_refused_and_not_misread(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
        let (here, own) = (instance("one"), contact(7, 0));
        let id = own.to_string();
        let token = tokens().seal(Purpose::Export, &bytes, &context(&here, &id));
        if let Some(place) = open(&tokens(), &here, own, &token) {
            prop_assert_eq!(place.slot.ordinal(), own.ordinal());
            prop_assert_eq!(seal(&tokens(), &here, own, place), token);
        }
    }
}

#[test]
fn any_flipped_bit_spoils_an_export_token() {
    let (here, own) = (instance("one"), contact(7, 0));
    let token = seal(&tokens(), &here, own, place_in(own, 1, 1));
    for bit in 0..token.len() * 8 {
        let mut altered = token.clone().into_bytes();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(altered) = String::from_utf8(altered) {
            assert_eq!(open(&tokens(), &here, own, &altered), None, "bit {bit}");
        }
    }
}
