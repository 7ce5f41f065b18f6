//! The text of entries as it is, and with every kind of damage.

use domain::SideEntry;
use domain::contract::entries_of_every_kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::format::generated::entries;
use crate::format::{Misfit, read_entry, write_entry};

/// Every sample entry as version 1 has always written it, one a line.
const VERSION_1: &str = include_str!("../side-version-1.jsonl");

proptest! {
    #[test]
    fn every_entry_comes_back_as_it_was(entry in entries()) {
        let text = write_entry(&entry).expect("a text");
        prop_assert_eq!(read_entry(&text), Ok(entry));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,80}") {
        prop_assert!(read_entry(&text).is_err());
    }

    #[test]
    fn a_text_that_was_cut_is_refused(entry in entries(), at in any::<prop::sample::Index>()) {
        let text = write_entry(&entry).expect("a text");
        let at = at.index(text.len());
        prop_assume!(text.is_char_boundary(at));
        prop_assert!(read_entry(&text[..at]).is_err());
    }
}

#[test]
fn version_1_is_written_and_read_as_ever() {
    let texts: Vec<String> = entries_of_every_kind()
        .iter()
        .map(|entry| write_entry(entry).expect("a text"))
        .collect();
    assert_eq!(
        texts,
        VERSION_1.lines().collect::<Vec<_>>(),
        "another format is another version; this is what is written now:\n{}",
        texts.join("\n")
    );
    let entries: Result<Vec<SideEntry>, Misfit> = VERSION_1.lines().map(read_entry).collect();
    assert_eq!(entries, Ok(entries_of_every_kind()));
}

#[test]
fn an_entry_that_lacks_a_member_or_has_one_too_many_is_refused() {
    for sample in entries_of_every_kind() {
        let (kind, members) = parts(&sample);
        for member in members.keys() {
            let mut members = members.clone();
            members.remove(member);
            assert!(read_entry(&whole(&kind, members)).is_err(), "no {member}");
        }
        let mut more = members.clone();
        more.insert("surprise".to_owned(), json!(null));
        assert!(read_entry(&whole(&kind, more)).is_err());
        let twice = json!({ kind.as_str(): members, "surprise": {} });
        assert!(read_entry(&twice.to_string()).is_err());
        assert!(read_entry(&whole("message", members)).is_err());
    }
}

#[test]
fn an_entry_with_a_value_of_another_form_is_refused_without_a_word_of_it() {
    for sample in entries_of_every_kind() {
        let (kind, members) = parts(&sample);
        for member in members.keys() {
            for value in [json!("SECRET"), json!(["SECRET"]), json!(0.5), json!(-1)] {
                let mut members = members.clone();
                members.insert(member.clone(), value);
                let misfit = read_entry(&whole(&kind, members)).expect_err(member);
                assert!(!misfit.reason().contains("SECRET"), "{misfit:?}");
            }
        }
    }
}

#[test]
fn values_out_of_range_are_refused_not_rounded() {
    let entries = entries_of_every_kind();
    for (sample, member, value) in [
        (&entries[0], "message", json!(1_u64 << 44)),
        (&entries[0], "at", json!(1_u64 << 48)),
        (&entries[0], "kind", json!("read")),
        (
            &entries[0],
            "recipient",
            json!("00000000-0000-8000-8000-000000000001"),
        ),
        (&entries[4], "number", json!(1_u64 << 32)),
        (&entries[4], "attributes", json!({"k": 1})),
        (&entries[4], "attributes", json!({"k": null})),
    ] {
        let (kind, mut members) = parts(sample);
        members.insert(member.to_owned(), value);
        assert!(read_entry(&whole(&kind, members)).is_err(), "{member}");
    }
}

type Members = serde_json::Map<String, Value>;

/// The kind of an entry's text, and its members.
fn parts(entry: &SideEntry) -> (String, Members) {
    let tree: Value =
        serde_json::from_str(&write_entry(entry).expect("a text")).expect("an object");
    let (kind, members) = tree
        .as_object()
        .and_then(|tree| tree.iter().next())
        .expect("one member");
    let members = members.as_object().expect("an object");
    (kind.clone(), members.clone())
}

fn whole(kind: &str, members: Members) -> String {
    json!({ kind: members }).to_string()
}
