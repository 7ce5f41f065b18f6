//! Items beside a log as they are stored, and with every kind of damage.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::contract::{FreshSessions, entries_of_every_kind};
use domain::{
    Attributes, InstanceId, LateAttributes, ParticipantId, Receipt, ReceiptKind, SessionId,
    SideRead, Slot,
};
use proptest::prelude::*;

use super::*;
use crate::attribute::shown;
use crate::format::generated::entries;

const KEPT_UNTIL: Timestamp = Timestamp::from_millis(2_000_000_000_001);

proptest! {
    #[test]
    fn every_entry_comes_back_from_its_item(entry in entries()) {
        let item = encode(&session(), &entry, KEPT_UNTIL).expect("an item");
        prop_assert_eq!(decode(Beside::of(entry.place()), &item), Ok(entry));
    }
}

/// One item of each kind as it has always been stored, apart from the entry's text, which `format` pins.
const RECEIPT: &str = "\
expires_at: N 2000086401
session: S contract/0000000000000000000000000000002a/receipts
slot: N 9223372036854775822
version: N 1";

const ATTRIBUTES: &str = "\
expires_at: N 2000086401
session: S contract/0000000000000000000000000000002a/attributes
slot: N 4
version: N 1";

#[test]
fn items_are_stored_as_ever() {
    let entries = entries_of_every_kind();
    for (entry, pinned) in [(&entries[0], RECEIPT), (&entries[4], ATTRIBUTES)] {
        let mut item = encode(&session(), entry, KEPT_UNTIL).expect("an item");
        assert!(item.remove(keys::ENTRY).is_some());
        assert_eq!(shown(&item), pinned);
    }
}

#[test]
fn an_item_that_lacks_an_attribute_is_corrupt() {
    for name in [keys::SLOT, keys::VERSION, keys::ENTRY] {
        for (beside, mut item) in items() {
            item.remove(name);
            assert_corrupt(beside, &item, name);
            item.insert(name.to_owned(), AttributeValue::Bool(true));
            assert_corrupt(beside, &item, name);
        }
    }
}

#[test]
fn an_item_of_another_version_is_corrupt() {
    for version in ["0", "2", "1.5", "-1", ""] {
        for (beside, mut item) in items() {
            let version = AttributeValue::N(version.to_owned());
            item.insert(keys::VERSION.to_owned(), version);
            assert_corrupt(beside, &item, "version");
        }
    }
}

#[test]
fn an_item_whose_entry_is_of_another_place_is_corrupt() {
    for (beside, item) in items() {
        for place in ["0", "5", "9223372036854775823", "340282366920938463463"] {
            let mut item = item.clone();
            let place = AttributeValue::N(place.to_owned());
            item.insert(keys::SLOT.to_owned(), place);
            assert_corrupt(beside, &item, "the entry is of another place");
        }
        let mut far = item.clone();
        far.insert(keys::SLOT.to_owned(), AttributeValue::N("9".repeat(40)));
        assert_corrupt(beside, &far, "attribute slot is no whole number");
        let other = match beside {
            Beside::Receipts => Beside::Attributes,
            Beside::Attributes => Beside::Receipts,
        };
        assert_corrupt(other, &item, "the entry is of another place");
    }
}

#[test]
fn an_item_whose_text_is_no_entry_is_corrupt_and_is_not_quoted() {
    for text in ["SECRET", "{\"SECRET\":1}", ""] {
        for (beside, mut item) in items() {
            item.insert(keys::ENTRY.to_owned(), AttributeValue::S(text.to_owned()));
            let error = decode(beside, &item).expect_err("corrupt");
            assert!(!error.to_string().contains("SECRET"), "{error}");
            assert_corrupt(beside, &item, "at column");
        }
    }
}

/// DynamoDB's limit is 400 KB an item, names included; the worst characters take six bytes in JSON.
#[test]
fn the_worst_legal_attributes_fit_into_an_item() {
    let nul = "\0".repeat(Attributes::MAX_BYTES - 1);
    let worst = SideEntry::Attributes(LateAttributes {
        number: u32::MAX,
        attributes: Attributes(BTreeMap::from([("k".to_owned(), nul)])),
    });
    let item = encode(&session(), &worst, Timestamp::MAX).expect("an item");
    let bytes = shown(&item).len();
    assert!((190_000..400_000).contains(&bytes), "{bytes} bytes");
}

/// DynamoDB's limit is 1 MB an answer, names included; a number takes fewer bytes than it has digits.
#[test]
fn the_most_of_the_largest_receipts_fit_into_an_answer() {
    let largest = SideEntry::Receipt(Receipt {
        message: Slot::LAST,
        recipient: ParticipantId::from_random(u128::MAX),
        kind: ReceiptKind::Delivered,
        at: Timestamp::MAX,
    });
    let longest = InstanceId::new("𝄞".repeat(100)).expect("100 characters");
    let session = SessionKey::new(&longest, SessionId::from_bits(u128::MAX));
    let item = encode(&session, &largest, Timestamp::MAX).expect("an item");
    let bytes = shown(&item).len();
    assert!(bytes * SideRead::MOST_RECEIPTS < 1_000_000, "{bytes} bytes");
}

fn session() -> SessionKey {
    SessionKey {
        session: SessionId::from_bits(42),
        ..FreshSessions::seeded(1).draw()
    }
}

/// One item of each kind.
fn items() -> [(Beside, Item); 2] {
    let entries = entries_of_every_kind();
    [&entries[0], &entries[4]].map(|entry| {
        let item = encode(&session(), entry, KEPT_UNTIL).expect("an item");
        (Beside::of(entry.place()), item)
    })
}

fn assert_corrupt(beside: Beside, item: &Item, about: &str) {
    match decode(beside, item) {
        Err(LogError::Corrupt(reason)) => assert!(reason.contains(about), "{reason}"),
        other => panic!("{other:?}"),
    }
}
