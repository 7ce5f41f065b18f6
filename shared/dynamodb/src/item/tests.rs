//! Items as they are stored, and with every kind of damage.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::contract::{FreshSessions, largest_start, message_at, records_of_every_kind};
use domain::{
    Attributes, Body, Content, ContentType, Record, RecordParts, SessionId, SessionKey, Started,
};
use proptest::prelude::*;

use super::*;
use crate::attribute;
use crate::format::generated::records;

proptest! {
    #[test]
    fn every_record_comes_back_from_its_item(record in records()) {
        let item = encode(&session(), &record).expect("an item");
        prop_assert_eq!(decode(&item), Ok(record));
    }
}

/// One item as it has always been stored, apart from the record's text, which `format` pins.
const FIRST_ITEM: &str = "\
expires_at: N 2065836800
owner: S contract/customer \"1\" 💶
session: S contract/0000000000000000000000000000002a
slot: N 0
started_at: N 2000000000000
version: N 1";

const SECOND_ITEM: &str = "\
expires_at: N 2063244800
session: S contract/0000000000000000000000000000002a
slot: N 1
version: N 1";

#[test]
fn items_are_stored_as_ever() {
    let records = records_of_every_kind();
    assert_eq!(shown(&records[0]), FIRST_ITEM);
    assert_eq!(shown(&records[1]), SECOND_ITEM);
    let of_segment_1 = records.last().expect("the end");
    let item = encode(&session(), of_segment_1).expect("an item");
    assert_eq!(item[keys::SLOT], number_of(4_294_967_297));
}

#[test]
fn an_item_that_lacks_an_attribute_is_corrupt() {
    for name in [keys::SLOT, keys::VERSION, keys::RECORD] {
        let mut item = item();
        item.remove(name);
        assert_corrupt(&item, name);
        item.insert(name.to_owned(), AttributeValue::Bool(true));
        assert_corrupt(&item, name);
    }
}

#[test]
fn an_item_of_another_version_is_corrupt() {
    for version in ["0", "2", "1.5", "-1", ""] {
        let mut item = item();
        item.insert(
            keys::VERSION.to_owned(),
            AttributeValue::N(version.to_owned()),
        );
        assert_corrupt(&item, "version");
    }
}

#[test]
fn an_item_whose_record_is_of_another_slot_is_corrupt() {
    let mut item = item();
    item.insert(keys::SLOT.to_owned(), number_of(2));
    assert_corrupt(&item, "slot 2: the record is of another slot");
    item.insert(keys::SLOT.to_owned(), number_of(1 << 44));
    assert_corrupt(&item, "the sort key is no slot");
}

#[test]
fn an_item_whose_text_is_no_record_is_corrupt_and_is_not_quoted() {
    for text in ["SECRET", "{\"SECRET\":1}", ""] {
        let mut item = item();
        item.insert(keys::RECORD.to_owned(), AttributeValue::S(text.to_owned()));
        let error = decode(&item).expect_err("corrupt");
        assert!(!error.to_string().contains("SECRET"), "{error}");
        assert_corrupt(&item, "at column");
    }
}

#[test]
fn an_item_that_is_kept_longer_is_read_all_the_same() {
    let mut item = item();
    item.remove(keys::EXPIRES_AT);
    assert!(decode(&item).is_ok());
}

/// DynamoDB's limit is 400 KB an item, names included; the worst characters take six bytes in JSON.
#[test]
fn the_worst_legal_start_fits_into_an_item() {
    let parts = largest_start().into_parts();
    let Body::Started(started) = parts.body else {
        panic!("a start");
    };
    let nul = |bytes| "\0".repeat(bytes);
    let worst = Started {
        attributes: Attributes(BTreeMap::from([(
            "k".to_owned(),
            nul(Attributes::MAX_BYTES - 1),
        )])),
        initial: Some((ContentType::Plain, Content(nul(16_384)))),
        ..*started
    };
    let record = Record::new(RecordParts {
        body: Body::Started(Box::new(worst)),
        ..parts
    })
    .expect("a record");
    let item = encode(&session(), &record).expect("an item");
    let bytes = attribute::shown(&item).len();
    assert!((300_000..400_000).contains(&bytes), "{bytes} bytes");
}

fn session() -> SessionKey {
    SessionKey {
        session: SessionId::from_bits(42),
        ..FreshSessions::seeded(1).draw()
    }
}

fn item() -> Item {
    let record = message_at(Slot::FIRST.following(), "SECRET");
    encode(&session(), &record).expect("an item")
}

fn number_of(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The item's attributes but the record, one a line.
fn shown(record: &Record) -> String {
    let mut item = encode(&session(), record).expect("an item");
    assert!(item.remove(keys::RECORD).is_some());
    attribute::shown(&item)
}

fn assert_corrupt(item: &Item, about: &str) {
    match decode(item) {
        Err(LogError::Corrupt(reason)) => assert!(reason.contains(about), "{reason}"),
        other => panic!("{other:?}"),
    }
}
