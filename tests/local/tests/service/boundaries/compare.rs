//! How a world looks, so that two of them can be compared: ids and times that were made on the way are numbered, and tokens say whose they are.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use serde_json::{Value, json};

use crate::stage::{World, connection};

/// How a world looks, and what the WebSockets were told on the way.
pub(super) struct Look {
    pub(super) world: String,
    /// Each frame once: whatever is told at once may be told once more.
    pub(super) frames: Vec<String>,
}

/// Members that hold a token which says nothing that is not seen elsewhere.
const SEALED: [&str; 2] = ["NextToken", "Url"];
/// Members by which a frame that is told again is another one, although it tells the same.
const OF_ONE_TELLING: [&str; 2] = ["Id", "AbsoluteTime"];

impl Look {
    pub(super) fn of(world: &World, mut parts: [Value; 2], mut frames: Vec<Value>) -> Self {
        parts.iter_mut().for_each(|part| opened(world, part));
        for frame in &mut frames {
            let item = frame["item"].as_object_mut().expect("an item");
            item.retain(|name, _| !OF_ONE_TELLING.contains(&name.as_str()));
        }
        let world = serde_json::to_string_pretty(&json!(parts)).expect("JSON");
        let told: Vec<String> = frames.iter().map(Value::to_string).collect();
        let names = Names::of(&[&[world.clone()][..], &told].concat());
        let mut frames: Vec<String> = Vec::new();
        for frame in told.iter().map(|text| names.put(text)) {
            if !frames.contains(&frame) {
                frames.push(frame);
            }
        }
        Self {
            world: names.put(&world),
            frames,
        }
    }
}

/// Checks that a world looks as another one; else shows the lines that the two do not share.
#[track_caller]
pub(super) fn check_same(look: &str, expected: &str) {
    if look == expected {
        return;
    }
    let only = |one: &str, other: &str| -> Vec<String> {
        let other: BTreeSet<&str> = other.lines().collect();
        let lines = one.lines().filter(|line| !other.contains(line));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(only(look, expected), only(expected, look));
    panic!("the same lines in another order: {look}");
}

/// Puts in the place of each token whose it is, and in that of each number of seconds the time that it is.
fn opened(world: &World, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let text = member.as_str().map(str::to_owned);
                match (name.as_str(), text) {
                    (name, Some(_)) if SEALED.contains(&name) => *member = json!("a token"),
                    ("ParticipantToken" | "ConnectionToken", Some(token)) => {
                        *member = json!(holder(world, &token));
                    }
                    (name, None) if name.ends_with("Timestamp") && member.is_number() => {
                        let seconds = member.as_f64().expect("a number");
                        let millis = (seconds * 1_000.0).round() as u64;
                        *member = json!(api::iso(Timestamp::from_millis(millis)));
                    }
                    _ => opened(world, member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| opened(world, item)),
        _ => {}
    }
}

fn holder(world: &World, token: &str) -> String {
    // Read when it was given: whether it is still good is another question.
    let call = connection(token).call(crate::stage::BEGIN, world.entropy(), |_| {});
    let tokens = &world.service.settings.tokens;
    let bearer = match tokens.participant_of(&call) {
        Ok(bearer) => bearer,
        Err(_) => tokens.connected(&call).expect("a token").bearer,
    };
    let chat = bearer.session.session.initial_contact();
    format!("{} in {chat}", bearer.participant)
}

/// What stands for the ids and times of a world: ids in the order in which they appear, times in their own.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(texts: &[String]) -> Self {
        let (mut names, mut times) = (BTreeMap::new(), BTreeSet::new());
        for found in texts.iter().flat_map(|text| words(text)) {
            match found {
                Word::Id(id) => {
                    let name = format!("id {}", names.len());
                    names.entry(id.to_owned()).or_insert(name);
                }
                Word::Time(time) => {
                    times.insert(time);
                }
                Word::Other(_) => {}
            }
        }
        let times = times.into_iter().enumerate();
        names.extend(times.map(|(n, time)| (time.to_owned(), format!("time {n}"))));
        Self(names)
    }

    fn put(&self, text: &str) -> String {
        let named = |word: Word<'_>| match word {
            Word::Id(word) | Word::Time(word) => self.0[word].clone(),
            Word::Other(word) => word.to_owned(),
        };
        words(text).into_iter().map(named).collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Word<'a> {
    Id(&'a str),
    Time(&'a str),
    Other(&'a str),
}

const ID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const TIME: &str = "0000-00-00T00:00:00.000Z";

/// A text in pieces, of which some are ids and times.
fn words(text: &str) -> Vec<Word<'_>> {
    let (mut words, mut begin, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        // Most places are seen by their first separator to be neither.
        let separated = |form: &str| {
            let place = form.find('-').unwrap_or_default();
            text.as_bytes().get(at + place) == Some(&b'-')
        };
        let of = |form: &str| {
            let there = text.get(at..at + form.len()).filter(|_| separated(form));
            there.filter(|it| is_of(it, form))
        };
        let found = match (of(ID), of(TIME)) {
            (Some(id), _) => Some((Word::Id(id), id.len())),
            (None, Some(time)) => Some((Word::Time(time), time.len())),
            (None, None) => None,
        };
        match found {
            Some((word, length)) => {
                words.extend([Word::Other(&text[begin..at]), word]);
                at += length;
                begin = at;
            }
            None => at += 1,
        }
    }
    words.push(Word::Other(&text[begin..]));
    words
}

fn is_of(text: &str, form: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'x' => byte.is_ascii_hexdigit(),
        b'0' => byte.is_ascii_digit(),
        _ => byte == wanted,
    };
    text.bytes().zip(form.bytes()).all(fits)
}

#[test]
fn ids_are_named_by_their_first_appearance_and_times_by_their_order() {
    let (one, two) = (
        "00000000-0000-8000-8000-00000000000a",
        "00000000-0000-8000-8000-00000000000b",
    );
    let (early, late) = ("2027-01-15T08:00:00.000Z", "2027-01-15T08:00:00.001Z");
    let text = format!("ä{two} {late}, {one} {early} {two}!");
    let names = Names::of(std::slice::from_ref(&text));
    assert_eq!(names.put(&text), "äid 0 time 1, id 1 time 0 id 0!");
}
