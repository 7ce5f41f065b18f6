//! What is read of a stream, and what is not.

use domain::contract::{FreshSessions, entries_of_every_kind, records_of_every_kind};
use domain::{Timestamp, days};
use serde_json::json;

use super::*;
use crate::{item, side_item};

/// An item as the stream shows it.
fn image(item: &Item) -> Value {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(digits) => json!({"N": digits}),
        _ => panic!("only texts and numbers are stored"),
    };
    let members = item.iter().map(|(name, it)| (name.clone(), value(it)));
    Value::Object(members.collect())
}

fn change(kind: &str, image: &Value) -> Change {
    let change = json!({
        "eventID": "1", "eventName": kind, "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1", "eventSourceARN": "arn:aws:dynamodb:…",
        "dynamodb": {
            "Keys": {"session": {"S": "…"}, "slot": {"N": "0"}}, "NewImage": image, "SizeBytes": 1,
            "SequenceNumber": "111", "StreamViewType": "NEW_IMAGE", "ApproximateCreationDateTime": 1.5,
        },
    });
    let event = json!({"Records": [change]});
    let mut event: StreamEvent = serde_json::from_value(event).expect("an event");
    event.changes.remove(0)
}

fn session() -> SessionKey {
    FreshSessions::seeded(1).draw()
}

fn written(record: &Record) -> Value {
    image(&item::encode(&session(), record).expect("an item"))
}

#[test]
fn every_record_is_read_from_the_stream() {
    for record in records_of_every_kind() {
        let change = change("INSERT", &written(&record));
        assert_eq!(change.sequence(), "111");
        assert_eq!(change.written(), Ok(Some((session(), record))));
    }
}

#[test]
fn what_is_beside_the_logs_is_none() {
    for entry in entries_of_every_kind() {
        let item = side_item::encode(&session(), &entry, Timestamp::MAX).expect("an item");
        assert_eq!(change("INSERT", &image(&item)).written(), Ok(None));
    }
}

#[test]
fn a_record_that_was_deleted_for_its_age_or_kept_longer_is_none() {
    let record = &records_of_every_kind()[0];
    for kind in ["MODIFY", "REMOVE", ""] {
        assert_eq!(change(kind, &written(record)).written(), Ok(None));
    }
}

#[test]
fn what_cannot_be_read_says_its_slot_and_nothing_of_its_content() {
    let record = &records_of_every_kind()[1];
    let slot = record.slot.as_number();
    let whole = written(record);
    let with = |name: &str, value: Value| {
        let mut image = whole.clone();
        image[name] = value;
        image
    };
    for (image, about) in [
        (with("version", json!({"N": "2"})), "version"),
        (with("version", json!({"S": "1"})), "version"),
        (with("record", json!({"S": "secret"})), "JSON"),
        (with("record", json!({"S": "{\"secret\":1}"})), "format"),
        (with("record", json!({"B": "c2VjcmV0"})), "record"),
        (with("session", json!({"S": "secret"})), "partition"),
        (with("session", json!({"S": "a/b/c"})), "partition"),
    ] {
        let Err(LogError::Corrupt(reason)) = change("INSERT", &image).written() else {
            panic!("{image} was read");
        };
        assert!(reason.starts_with(&format!("slot {slot}: ")), "{reason}");
        assert!(
            reason.contains(about) && !reason.contains("secret"),
            "{reason}"
        );
    }
    for image in [Value::Null, json!({}), with("session", json!({"N": "1"}))] {
        let unread = change("INSERT", &image).written();
        assert!(matches!(unread, Err(LogError::Corrupt(_))), "{image}");
    }
}

#[test]
fn one_strange_change_does_not_hide_the_others() {
    let record = &records_of_every_kind()[0];
    assert!(record.state.retained_until > record.at + days(1));
    let good = json!({"eventName": "INSERT", "dynamodb": {"NewImage": written(record)}});
    let event = json!({"Records": [{}, {"dynamodb": {}}, {"eventName": "INSERT"}, good]});
    let event: StreamEvent = serde_json::from_value(event).expect("an event");
    let read: Vec<bool> = event
        .changes
        .iter()
        .map(|change| change.written().is_ok_and(|written| written.is_some()))
        .collect();
    assert_eq!(read, [false, false, false, true]);
}
