//! A story in lines, one step each, as the target `events` reads its bytes. What earlier answers gave stands in later
//! steps by a letter: `$C` is the newest contact, `$F` the first.

use std::collections::BTreeMap;

use api::Operation;
use serde_json::Value;

/// The most steps that are played of one story.
pub(crate) const MOST_STEPS: usize = 24;

/// Operations by the words that begin their steps.
const OPERATIONS: [(&str, Operation); 15] = [
    ("start", Operation::StartChatContact),
    ("stop", Operation::StopContact),
    ("transfer", Operation::TransferContact),
    ("invite", Operation::CreateParticipant),
    ("describe", Operation::DescribeContact),
    ("attributes", Operation::GetContactAttributes),
    ("update", Operation::UpdateContactAttributes),
    ("associate", Operation::CreatePersistentContactAssociation),
    ("list", Operation::ListCustomerChats),
    ("export", Operation::ExportTranscript),
    ("connect", Operation::CreateParticipantConnection),
    ("read", Operation::GetTranscript),
    ("send", Operation::SendMessage),
    ("event", Operation::SendEvent),
    ("leave", Operation::DisconnectParticipant),
];

/// One step.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// `OPERATION FLAGS [/path] [body]`
    Call {
        operation: Operation,
        flags: &'a str,
        /// Where it is sent, if not to the operation's own path.
        path: Option<&'a str>,
        body: &'a [u8],
    },
    /// `!OPERATION {…}`: an HTTP event as it comes from Lambda.
    Event(Operation, &'a [u8]),
    /// `!websocket {…}`: an event of a WebSocket API.
    Socket(&'a [u8]),
    /// `!deliver {…}`: a batch of the stream.
    Batch(&'a [u8]),
    /// `~SECONDS`: time passes.
    Wait(u64),
}

/// The steps of a story; lines that are none are passed over.
pub(crate) fn steps(story: &[u8]) -> impl Iterator<Item = Step<'_>> {
    let lines = story.split(|byte| *byte == b'\n');
    lines.filter_map(step).take(MOST_STEPS)
}

fn step(line: &[u8]) -> Option<Step<'_>> {
    if let Some(raw) = line.strip_prefix(b"!") {
        let (name, event) = word(raw);
        return Some(match name {
            "websocket" => Step::Socket(event),
            "deliver" => Step::Batch(event),
            _ => Step::Event(operation(name)?, event),
        });
    }
    if let Some(seconds) = line.strip_prefix(b"~") {
        let seconds: u64 = std::str::from_utf8(seconds).ok()?.parse().ok()?;
        return Some(Step::Wait(seconds.min(100_000_000)));
    }
    let (name, rest) = word(line);
    let operation = operation(name)?;
    let (flags, rest) = word(rest);
    let (path, body) = match rest.first() {
        Some(b'/') => {
            let (path, body) = word(rest);
            (Some(path), body)
        }
        _ => (None, rest),
    };
    Some(Step::Call {
        operation,
        flags,
        path,
        body,
    })
}

fn operation(name: &str) -> Option<Operation> {
    let found = OPERATIONS.iter().find(|(word, _)| *word == name)?;
    Some(found.1)
}

/// The first word, if it is a text, and what follows it.
fn word(line: &[u8]) -> (&str, &[u8]) {
    let end = line.iter().position(|byte| *byte == b' ');
    let (word, rest) = match end {
        Some(end) => (&line[..end], &line[end + 1..]),
        None => (line, &[][..]),
    };
    (std::str::from_utf8(word).unwrap_or_default(), rest)
}

/// What earlier answers gave, by its letter.
#[derive(Default)]
pub(crate) struct Given(BTreeMap<u8, String>);

impl Given {
    /// Takes note of what an answer gives.
    pub(crate) fn note(&mut self, operation: Operation, body: &Value) {
        let at = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let contact = at("/ContactId").or(at("/InitialContactId"));
        if let Some(contact) = contact.filter(|_| operation == Operation::StartChatContact) {
            let first = self.0.entry(b'F');
            first.or_insert_with(|| contact.to_owned());
        }
        let credentials = "/ParticipantCredentials/ParticipantToken";
        let connection = "/ConnectionCredentials/ConnectionToken";
        let socket = at("/Websocket/Url").and_then(|url| url.split_once("?token="));
        for (letter, given) in [
            (b'C', contact),
            (b'P', at("/ParticipantToken").or(at(credentials))),
            (b'T', at(connection)),
            (b'N', at("/NextToken")),
            (b'I', at("/Id").or(at("/Transcript/0/Id"))),
            (b'W', socket.map(|(_, token)| token)),
            (b'U', at("/ParticipantId")),
        ] {
            if let Some(given) = given {
                self.0.insert(letter, given.to_owned());
            }
        }
    }

    pub(crate) fn get(&self, letter: u8) -> Option<&str> {
        self.0.get(&letter).map(String::as_str)
    }

    /// The bytes with what was given in the place of its letters.
    pub(crate) fn fill(&self, bytes: &[u8]) -> Vec<u8> {
        let mut filled = Vec::with_capacity(bytes.len());
        let mut rest = bytes.iter().copied().peekable();
        while let Some(byte) = rest.next() {
            let given = rest.peek().filter(|_| byte == b'$');
            match given.and_then(|letter| self.0.get(letter)) {
                Some(given) => {
                    filled.extend_from_slice(given.as_bytes());
                    rest.next();
                }
                None => filled.push(byte),
            }
        }
        filled
    }
}
