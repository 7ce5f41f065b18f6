//! Ids round trip, sort as they should, and say what they stand for.

use super::*;
use proptest::prelude::*;

prop_compose! {
    fn slots()(ordinal in 0u16..=0xFFF, n in any::<u32>()) -> Slot {
        Slot::new(Ordinal::new(ordinal).expect("in range"), n)
    }
}

proptest! {
    #[test]
    fn contact_ids_round_trip_and_name_their_session(bits in any::<u128>(), ordinal in 0u16..=0xFFF) {
        let ordinal = Ordinal::new(ordinal).expect("in range");
        let contact = ContactId::new(SessionId::from_bits(bits), ordinal);
        let text = contact.to_string();
        prop_assert_eq!(ContactId::parse(&text), Some(contact));
        prop_assert_eq!(ContactId::parse(&text.to_uppercase()), Some(contact));
        prop_assert_eq!(&text[14..18], format!("8{:03x}", ordinal.get()));
    }

    #[test]
    fn participant_ids_round_trip(bits in any::<u128>()) {
        let id = ParticipantId::from_random(bits);
        prop_assert_eq!(ParticipantId::parse(&id.to_string()), Some(id));
    }

    #[test]
    fn slots_round_trip_and_sort_as_numbers(a in slots(), b in slots()) {
        prop_assert_eq!(Slot::from_number(a.as_number()), Some(a));
        prop_assert_eq!(a.cmp(&b), a.as_number().cmp(&b.as_number()));
    }

    #[test]
    fn item_ids_say_where_the_item_stands(bits in any::<u128>(), slot in slots(), index in 0u8..=1, ms in 0u64..(1 << 48)) {
        let id = ItemId::new(SessionId::from_bits(bits), slot, index, Timestamp::from_millis(ms));
        prop_assert_eq!(ItemId::parse(&id.to_string()), Some(id));
        prop_assert_eq!(id.slot(), Some(slot));
        prop_assert_eq!(id.index(), index);
    }

    #[test]
    fn order_of_item_ids_is_order_of_times_then_slots(bits in any::<u128>(), a in slots(), b in slots(), s in 0u64..1000, t in 0u64..1000) {
        let session = SessionId::from_bits(bits);
        let one = ItemId::new(session, a, 0, Timestamp::from_millis(s));
        let two = ItemId::new(session, b, 0, Timestamp::from_millis(t));
        prop_assert_eq!(one.cmp(&two), (s, a).cmp(&(t, b)));
        prop_assert_eq!(one.to_string().cmp(&two.to_string()), one.cmp(&two));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,40}") {
        let _ = (ContactId::parse(&text), ItemId::parse(&text), ParticipantId::parse(&text));
    }
}

#[test]
fn other_uuids_are_no_contact_ids() {
    assert_eq!(
        ContactId::parse("9f3c1a2b-77d4-4000-b1c2-000000000000"),
        None
    );
    assert_eq!(
        ContactId::parse("9f3c1a2b-77d4-8000-c1c2-000000000000"),
        None
    );
    assert_eq!(ContactId::parse("9f3c1a2b77d48000b1c2000000000000"), None);
    assert!(ContactId::parse("9f3c1a2b-77d4-8000-b1c2-000000000000").is_some());
}

#[test]
fn every_contact_but_the_initial_one_has_one_before_it() {
    let contact = |n| {
        let ordinal = Ordinal::new(n).expect("12 bits");
        ContactId::new(SessionId::from_bits(9), ordinal)
    };
    assert_eq!(contact(0).previous(), None);
    assert_eq!(contact(1).previous(), Some(contact(0)));
    assert_eq!(contact(0xFFF).previous(), Some(contact(0xFFE)));
}

#[test]
fn other_uuids_are_no_item_ids() {
    for other in [
        "01a20714-f129-8000-8000-000083560e78",
        "01a20714-f129-7000-c000-000083560e78",
    ] {
        assert_eq!(ItemId::parse(other), None);
    }
    assert!(ItemId::parse("01a20714-f129-7000-8000-000083560e78").is_some());
}

#[test]
fn row_87_an_instance_has_an_id_that_a_path_can_name() {
    for id in ["a", "...", ".a", "a.", &"é".repeat(100)] {
        let instance = InstanceId::new(id);
        assert_eq!(instance.as_ref().map(InstanceId::as_str), Some(id));
    }
    for id in ["", ".", "..", "a/b", "/", &"a".repeat(101)] {
        assert_eq!(InstanceId::new(id), None, "{id}");
    }
}
