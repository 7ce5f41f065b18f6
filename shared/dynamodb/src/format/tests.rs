//! The format as it was, as it is, and with every kind of damage.

use domain::contract::{every_content_type_and_role, largest_start, records_of_every_kind};
use domain::{Link, Record};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::generated::records;
use super::{Misfit, read, write};

/// Every sample record as version 1 has always written it, one a line.
const VERSION_1: &str = include_str!("version-1.jsonl");

proptest! {
    #[test]
    fn every_record_comes_back_as_it_was(record in records()) {
        let text = write(&record).expect("a text");
        prop_assert_eq!(read(&text), Ok(record));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,80}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn a_text_that_was_cut_is_refused(record in records(), at in any::<prop::sample::Index>()) {
        let text = write(&record).expect("a text");
        let at = at.index(text.len());
        prop_assume!(text.is_char_boundary(at));
        prop_assert!(read(&text[..at]).is_err());
    }
}

fn samples() -> Vec<Record> {
    let mut samples = records_of_every_kind();
    samples.extend(every_content_type_and_role());
    samples
}

#[test]
fn version_1_is_written_and_read_as_ever() {
    let texts: Vec<String> = samples()
        .iter()
        .map(|sample| write(sample).expect("a text"))
        .collect();
    assert_eq!(
        texts,
        VERSION_1.lines().collect::<Vec<_>>(),
        "another format is another version; this is what is written now:\n{}",
        texts.join("\n")
    );
    let records: Result<Vec<Record>, Misfit> = VERSION_1.lines().map(read).collect();
    assert_eq!(records, Ok(samples()));
}

#[test]
fn a_record_that_lacks_a_member_is_refused() {
    for sample in samples() {
        for place in objects(&sample) {
            let members: Vec<String> = object(&mut tree(&sample), &place).keys().cloned().collect();
            for member in members {
                let mut tree = tree(&sample);
                object(&mut tree, &place).remove(&member);
                assert!(
                    read(&tree.to_string()).is_err(),
                    "{place}/{member} is missing"
                );
            }
        }
    }
}

#[test]
fn a_record_with_an_unknown_member_is_refused() {
    for sample in samples() {
        for place in objects(&sample) {
            let mut tree = tree(&sample);
            object(&mut tree, &place).insert("surprise".to_owned(), json!(null));
            assert!(
                read(&tree.to_string()).is_err(),
                "something more in {place}"
            );
        }
    }
}

#[test]
fn a_record_with_a_value_of_another_form_is_refused_without_a_word_of_it() {
    for sample in samples() {
        for place in leaves(&tree(&sample)) {
            for value in [json!("SECRET"), json!(["SECRET"]), json!(0.5), json!(-1)] {
                let mut tree = tree(&sample);
                let leaf = tree.pointer_mut(&place).expect("a leaf");
                if value.is_string() && is_free_text(&place) {
                    continue;
                }
                *leaf = value;
                let misfit = read(&tree.to_string()).expect_err(&place);
                assert!(!misfit.reason().contains("SECRET"), "{misfit:?}");
            }
        }
    }
}

#[test]
fn values_out_of_range_are_refused_not_rounded() {
    let start = &samples()[0];
    let refused = |place: &str, value: Value| {
        let mut tree = tree(start);
        *tree.pointer_mut(place).expect("a leaf") = value;
        assert!(read(&tree.to_string()).is_err(), "{place}");
    };
    refused("/slot", json!(1_u64 << 44));
    refused("/state/segment", json!(0x1000));
    refused("/state/expires", json!(1_u64 << 48));
    refused("/key", json!("+5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"));
    refused("/key", json!("a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"));
    refused("/state/content_types", json!([]));
    refused("/state/content_types", json!(["text/plain", "text/plain"]));
    refused("/state/content_types", json!(["text/markdown"]));
    refused("/state/participants", json!([]));
    let fifth_contact = json!("ffffffff-ffff-8004-bfff-ffffffffffff");
    refused("/body/started/link/past/0/session", fifth_contact);
}

#[test]
fn a_link_of_101_sessions_is_refused() {
    let mut tree = tree(&largest_start());
    let past = tree.pointer_mut("/body/started/link/past");
    let past = past.and_then(Value::as_array_mut).expect("a list");
    assert_eq!(past.len(), Link::MAX);
    past.push(past[0].clone());
    let misfit = read(&tree.to_string()).expect_err("a link too long");
    assert_eq!(misfit.reason(), "a link names its source first");
}

#[test]
fn what_is_no_json_is_refused() {
    let text = write(&samples()[1]).expect("a text");
    for wrong in ["", "null", "[]", "{}", &format!("{text}{text}")] {
        assert!(read(wrong).is_err());
    }
    let misfit = read("SECRET").expect_err("no JSON");
    assert_eq!(misfit.reason(), "no JSON at column 1");
}

fn tree(record: &Record) -> Value {
    serde_json::from_str(&write(record).expect("a text")).expect("JSON")
}

fn object<'a>(tree: &'a mut Value, place: &str) -> &'a mut serde_json::Map<String, Value> {
    tree.pointer_mut(place)
        .and_then(Value::as_object_mut)
        .expect("an object")
}

/// The places of all objects of the format; a chat's own attributes are none.
fn objects(record: &Record) -> Vec<String> {
    let mut places = Vec::new();
    walk(&tree(record), "", &mut |place, value| {
        if value.is_object() && !is_of_a_chat(place) {
            places.push(place.to_owned());
        }
    });
    places
}

fn leaves(tree: &Value) -> Vec<String> {
    let mut places = Vec::new();
    walk(tree, "", &mut |place, value| {
        if !value.is_object() && !value.is_array() {
            places.push(place.to_owned());
        }
    });
    places
}

fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(place, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(entries) => {
            for (at, entry) in entries.iter().enumerate() {
                walk(entry, &format!("{place}/{at}"), visit);
            }
        }
        _ => {}
    }
}

/// The texts that may be anything.
fn is_free_text(place: &str) -> bool {
    let names = [
        "/content",
        "/display_name",
        "/owner",
        "/flow",
        "/queue",
        "/user",
    ];
    names.iter().any(|name| place.ends_with(name)) || is_of_a_chat(place)
}

/// Whether a chat's own attributes are there, or one of them.
fn is_of_a_chat(place: &str) -> bool {
    place.starts_with("/body/") && place.contains("/attributes")
}
