//! No two things share a key, and keys sort as what they stand for.

use domain::contract::FreshSessions;
use domain::{Ordinal, ParticipantId};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// The most digits of a number that DynamoDB keeps.
const DIGITS: usize = 38;

proptest! {
    #[test]
    fn two_places_never_share_a_key(one in places(), other in places()) {
        let key = |place| (Beside::of(place), side_sort(place));
        prop_assert_eq!(key(one) == key(other), one == other);
    }

    #[test]
    fn receipts_go_by_their_message_first(one in receipts(), other in receipts()) {
        if message(one) != message(other) {
            let order = message(one).cmp(&message(other));
            prop_assert_eq!(side_sort(one).cmp(&side_sort(other)), order);
        }
    }

    #[test]
    fn a_place_lies_between_the_ends_of_the_ranges_that_contain_it(
        place in places(),
        from in slots(),
        to in slots(),
    ) {
        for range in [SideRange::Receipts { from, to }, SideRange::Attributes] {
            let (beside, lowest, highest) = side_range(range);
            let within = (lowest..=highest).contains(&side_sort(place));
            prop_assert_eq!(range.contains(place), beside == Beside::of(place) && within);
        }
    }

    #[test]
    fn no_number_has_more_digits_than_are_kept(place in places()) {
        prop_assert!(side_sort(place).to_string().len() <= DIGITS);
    }

    #[test]
    fn two_partitions_never_share_a_text(one in sessions(), other in sessions()) {
        let texts = |key: &SessionKey| [
            partition(key),
            side_partition(key, Beside::Receipts),
            side_partition(key, Beside::Attributes),
        ];
        let mut all = texts(&one).to_vec();
        if one != other {
            all.extend(texts(&other));
        }
        all.sort();
        prop_assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_session_is_read_back_in_its_own_instance_only(key in sessions(), other in instances()) {
        let text = partition(&key);
        prop_assert_eq!(session_of(&key.instance, &text), Some(key.session));
        if other != key.instance {
            prop_assert_eq!(session_of(&other, &text), None);
        }
        for wrong in [
            text.to_uppercase(),
            format!("{text}/receipts"),
            format!("{text}0"),
            text[..text.len() - 1].to_owned(),
            text.replacen('/', "/+", 1),
            format!("{}/{:032x}", key.instance.as_str(), u128::MAX),
            String::new(),
        ] {
            let read = session_of(&key.instance, &wrong);
            prop_assert!(read.is_none() || wrong == text);
        }
    }

    #[test]
    fn two_customers_never_share_an_owner(
        one in (instances(), customers()),
        other in (instances(), customers()),
    ) {
        let text = |(instance, customer): &(InstanceId, CustomerId)| owner(instance, customer);
        prop_assert_eq!(text(&one) == text(&other), one == other);
    }
}

#[test]
fn keys_are_written_as_ever() {
    let key = SessionKey {
        session: SessionId::from_bits(42),
        ..FreshSessions::seeded(1).draw()
    };
    let session = "contract/0000000000000000000000000000002a";
    assert_eq!(partition(&key), session);
    for (beside, kind) in [
        (Beside::Receipts, "receipts"),
        (Beside::Attributes, "attributes"),
    ] {
        assert_eq!(side_partition(&key, beside), format!("{session}/{kind}"));
    }
    let customer = CustomerId("b/c".to_owned());
    assert_eq!(owner(&key.instance, &customer), "contract/b/c");
    let highest = SidePlace::Receipt {
        message: Slot::LAST,
        recipient: ParticipantId::from_random(u128::MAX),
        kind: ReceiptKind::Read,
    };
    assert_eq!(side_sort(highest), (1 << 107) - 1);
    let lowest = SidePlace::Receipt {
        message: Slot::FIRST.following(),
        recipient: ParticipantId::from_random(1 << 62),
        kind: ReceiptKind::Delivered,
    };
    assert_eq!(side_sort(lowest), 1 << 63);
    assert_eq!(side_sort(SidePlace::Attributes { number: 7 }), 7);
}

fn message(place: SidePlace) -> Option<Slot> {
    match place {
        SidePlace::Receipt { message, .. } => Some(message),
        SidePlace::Attributes { .. } => None,
    }
}

fn places() -> impl Strategy<Value = SidePlace> {
    let numbers = prop_oneof![any::<u32>(), 0..4_u32];
    let attributes = numbers.prop_map(|number| SidePlace::Attributes { number });
    prop_oneof![receipts(), attributes]
}

/// Receipts of few and of many messages; participants are told apart by their last 62 bits, as random ones are.
fn receipts() -> impl Strategy<Value = SidePlace> {
    let recipients = prop_oneof![0..4_u128, 0..1_u128 << 62];
    let kinds = select(&ReceiptKind::ALL[..]);
    (slots(), recipients, kinds).prop_map(|(message, bits, kind)| SidePlace::Receipt {
        message,
        recipient: ParticipantId::from_random(bits),
        kind,
    })
}

fn slots() -> impl Strategy<Value = Slot> {
    let slot = |(ordinal, n)| Slot::new(Ordinal::new(ordinal).expect("12 bits"), n);
    let few = (0xFFE..=0xFFF_u16, u32::MAX - 1..=u32::MAX);
    prop_oneof![
        (0..=0xFFF_u16, any::<u32>()).prop_map(slot),
        few.prop_map(slot),
        (0..2_u16, 0..2_u32).prop_map(slot),
    ]
}

fn sessions() -> impl Strategy<Value = SessionKey> {
    let bits = prop_oneof![any::<u128>(), 0..4_u128];
    (instances(), bits).prop_map(|(instance, bits)| SessionKey {
        instance,
        session: SessionId::from_bits(bits),
    })
}

/// Texts of few letters, the names of the partitions among them, so that some are alike.
fn instances() -> impl Strategy<Value = InstanceId> {
    let any = "[ab0. ]{1,3}|receipts|attributes|[a-f0-9]{32}|\\PC{1,9}";
    any.prop_filter_map("no slash", InstanceId::new)
}

fn customers() -> impl Strategy<Value = CustomerId> {
    "[ab/]{0,4}|\\PC{0,9}".prop_map(CustomerId)
}
