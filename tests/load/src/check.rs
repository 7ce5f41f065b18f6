//! What stands, against what was acknowledged: nothing lost, nothing doubled, nothing that nobody said, in the order in which it was said.

use std::collections::HashMap;
use std::fmt;
use std::time::Instant;

use crate::chats::{Known, Said};

/// What is wrong with the transcript of one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// A message was acknowledged, and does not stand.
    Lost(String),
    /// One stands more than once.
    Doubled(String),
    /// One stands that was refused.
    Refused(String),
    /// One stands that nobody said in this chat.
    Foreign,
    /// One stands under another id than its sender was told.
    OtherId(String),
    /// One stands before another that had been acknowledged when it was begun.
    OutOfOrder(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(content) => write!(f, "LOST: {content}"),
            Self::Doubled(content) => write!(f, "DOUBLED: {content}"),
            Self::Refused(content) => write!(f, "REFUSED, AND STANDS: {content}"),
            Self::Foreign => write!(f, "STANDS, AND NOBODY SAID IT"),
            Self::OtherId(content) => write!(f, "UNDER ANOTHER ID: {content}"),
            Self::OutOfOrder(content) => write!(f, "OUT OF ORDER: {content}"),
        }
    }
}

/// Checks one chat: what was said against the messages that stand, each with its id, oldest first.
pub(crate) fn check(said: &[Said], standing: &[(String, String)]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (content, _) in standing {
        *counts.entry(content).or_default() += 1;
    }
    for message in said {
        let content = message.content.clone();
        match (counts.get(&*content).copied().unwrap_or(0), &message.fate) {
            (0, Known::Acknowledged(..)) => wrong.push(Wrong::Lost(content)),
            (1.., Known::Refused) => wrong.push(Wrong::Refused(content)),
            (2.., _) => wrong.push(Wrong::Doubled(content)),
            _ => {}
        }
    }
    let by_content: HashMap<&str, &Said> = said.iter().map(|said| (&*said.content, said)).collect();
    let mut latest_begun: Option<Instant> = None;
    for (content, id) in standing {
        let Some(message) = by_content.get(&**content) else {
            wrong.push(Wrong::Foreign);
            continue;
        };
        if let Known::Acknowledged(told, at) = &message.fate {
            if told != id {
                wrong.push(Wrong::OtherId(content.clone()));
            }
            if latest_begun.is_some_and(|begun| *at < begun) {
                wrong.push(Wrong::OutOfOrder(content.clone()));
            }
        }
        latest_begun = latest_begun.max(Some(message.began));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Three messages, one after the other, of which the first two were acknowledged.
    fn said(last: Known) -> Vec<Said> {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let message = |content: &str, began, fate| Said {
            content: content.to_owned(),
            began: at(began),
            fate,
        };
        let known = |id: &str, second| Known::Acknowledged(id.to_owned(), at(second));
        vec![
            message("one", 0, known("1", 1)),
            message("two", 2, known("2", 3)),
            message("three", 4, last),
        ]
    }

    fn standing(words: &str) -> Vec<(String, String)> {
        let pair = |word: &str| {
            let (content, id) = word.split_once('=').unwrap_or((word, "3"));
            (content.to_owned(), id.to_owned())
        };
        words.split_whitespace().map(pair).collect()
    }

    #[test]
    fn what_was_acknowledged_stands_and_what_is_unknown_may() {
        for words in ["one=1 two=2", "one=1 two=2 three"] {
            assert_eq!(check(&said(Known::Unknown), &standing(words)), []);
        }
        assert_eq!(check(&said(Known::Refused), &standing("one=1 two=2")), []);
    }

    #[test]
    fn every_way_to_be_wrong_is_found() {
        let text = |word: &str| word.to_owned();
        for (words, last, expected) in [
            ("one=1", Known::Unknown, Wrong::Lost(text("two"))),
            (
                "one=1 two=2 two=2",
                Known::Unknown,
                Wrong::Doubled(text("two")),
            ),
            (
                "one=1 two=2 three three",
                Known::Unknown,
                Wrong::Doubled(text("three")),
            ),
            (
                "one=1 two=2 three",
                Known::Refused,
                Wrong::Refused(text("three")),
            ),
            ("one=1 two=2 four", Known::Unknown, Wrong::Foreign),
            ("one=1 two=7", Known::Unknown, Wrong::OtherId(text("two"))),
            (
                "two=2 one=1",
                Known::Unknown,
                Wrong::OutOfOrder(text("one")),
            ),
        ] {
            assert_eq!(check(&said(last), &standing(words)), [expected], "{words}");
        }
    }
}
