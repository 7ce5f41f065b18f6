//! Cursors: pages joined are whole whatever was asked for, a NextToken says what it was made of, an altered one is refused,
//! and one that names places which are none is read without harm.

use std::cell::RefCell;
use std::collections::BTreeSet;

use api::operations::{export_transcript, list_customer_chats};
use api::{Call, Caller, NextToken, Operation};
use domain::transcript::{Begun, Cursor, Direction, LinkAddress, PastCursor, PastPoint, Point};
use domain::{ContactId, CustomerId, InstanceId, Ordinal, SessionId, SessionKey, Slot};
use futures_executor::block_on;
use serde_json::{Map, Value, json};

use crate::chance::{Chance, altered_text};
use crate::events::play;
use crate::floor::{Floor, INSTANCE, settings};
use crate::mint;
use crate::script::Given;
use crate::tokens::call;

/// The most pages that a reading of the chat may take.
const MOST_PAGES: usize = 200;

/// Two chats that have ended, of which one continues the other, and one that continues both and runs: with an agent, receipts,
/// attributes and a transfer.
const STORY: &str = r#"
start s {"InstanceId":"12345678-1234-1234-1234-123456789012","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Jane"},"CustomerId":"jane","InitialMessage":{"ContentType":"text/plain","Content":"zero"}}
connect P {"Type":["CONNECTION_CREDENTIALS"]}
send T {"ContentType":"text/plain","Content":"one"}
send T {"ContentType":"text/plain","Content":"two"}
leave T {}
start s {"InstanceId":"12345678-1234-1234-1234-123456789012","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Jane"},"CustomerId":"jane","PersistentChat":{"SourceContactId":"$F","RehydrationType":"ENTIRE_PAST_SESSION"}}
connect P {"Type":["CONNECTION_CREDENTIALS"]}
send T {"ContentType":"text/plain","Content":"three"}
transfer s {"InstanceId":"12345678-1234-1234-1234-123456789012","ContactId":"$C","ContactFlowId":"survey"}
send T {"ContentType":"text/plain","Content":"four"}
leave T {}
start s {"InstanceId":"12345678-1234-1234-1234-123456789012","ContactFlowId":"f","ParticipantDetails":{"DisplayName":"Jane"},"CustomerId":"jane","PersistentChat":{"SourceContactId":"$C","RehydrationType":"FROM_SEGMENT"}}
connect P {"Type":["CONNECTION_CREDENTIALS"]}
send T {"ContentType":"text/plain","Content":"five"}
update s {"InstanceId":"12345678-1234-1234-1234-123456789012","InitialContactId":"$C","Attributes":{"a":"1"}}
send T {"ContentType":"text/plain","Content":"six"}
event T {"ContentType":"application/vnd.amazonaws.connect.event.message.read","Content":"{\"messageId\":\"$I\"}"}
"#;

struct Chat {
    floor: Floor,
    given: Given,
    session: SessionKey,
}

thread_local! {
    // Nothing that reads changes it, and making it takes longer than reading.
    static CHAT: RefCell<Option<Chat>> = const { RefCell::new(None) };
}

/// Checks one reading.
pub fn check(bytes: &[u8]) {
    CHAT.with_borrow_mut(|chat| {
        let chat = chat.get_or_insert_with(Chat::new);
        let mut chance = Chance::new(bytes);
        match chance.byte() % 4 {
            0 => chat.walk(chance),
            1 => chat.elsewhere(chance),
            2 => chat.altered(chance),
            _ => chat.others(chance),
        }
    });
}

impl Chat {
    fn new() -> Self {
        let floor = Floor::new();
        let mut given = Given::default();
        play(&floor, &mut given, STORY.as_bytes());
        let contact = ContactId::parse(given.get(b'C').expect("a chat")).expect("a contact");
        let instance = InstanceId::new(INSTANCE).expect("an instance");
        Self {
            session: SessionKey::new(&instance, contact.session()),
            floor,
            given,
        }
    }

    fn call(&self, body: &Value) -> Call {
        let token = self.given.get(b'T').expect("connected");
        Call {
            body: body.to_string().into_bytes(),
            now: self.floor.now(),
            ..call(token)
        }
    }

    /// Reads from anywhere, page by page, to the end.
    fn walk(&self, mut chance: Chance<'_>) {
        let mut body = Map::new();
        for (name, values) in [
            ("ScanDirection", ["FORWARD", "BACKWARD"]),
            ("SortOrder", ["ASCENDING", "DESCENDING"]),
        ] {
            if chance.flag() {
                body.insert(name.to_owned(), json!(chance.one_of(&values)));
            }
        }
        if chance.flag() {
            body.insert("MaxResults".to_owned(), json!(chance.byte() % 102));
        }
        let contact = self.given.get(b'C').unwrap_or_default();
        if chance.byte() % 4 == 1 {
            let first = self.given.get(b'F').unwrap_or_default();
            body.insert(
                "ContactId".to_owned(),
                json!(chance.one_of(&[contact, first, "none"])),
            );
        }
        let item = self.given.get(b'I').unwrap_or_default();
        let time = domain::Timestamp::from_millis(
            self.floor.now().as_millis() - u64::from(chance.byte()) * 2,
        );
        match chance.byte() % 6 {
            0 => {}
            1 => drop(body.insert("StartPosition".to_owned(), json!({"Id": item}))),
            2 => drop(body.insert(
                "StartPosition".to_owned(),
                json!({"AbsoluteTime": api::iso(time)}),
            )),
            3 => drop(body.insert(
                "StartPosition".to_owned(),
                json!({"MostRecent": chance.byte() % 102}),
            )),
            4 => drop(body.insert(
                "StartPosition".to_owned(),
                json!({"Id": String::from_utf8_lossy(chance.piece())}),
            )),
            _ => drop(body.insert(
                "StartPosition".to_owned(),
                json!({"AbsoluteTime": String::from_utf8_lossy(chance.piece())}),
            )),
        }
        let mut seen = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            let answered = self
                .floor
                .call(Operation::GetTranscript, self.call(&json!(body)));
            if answered.status != 200 {
                assert!(seen.is_empty(), "the next page of a reading was refused");
                return;
            }
            for item in answered.body["Transcript"].as_array().expect("a list") {
                let id = item["Id"].as_str().expect("an id").to_owned();
                assert!(seen.insert(id), "an item stands on two pages");
            }
            let Some(next) = answered.body["NextToken"].as_str() else {
                return;
            };
            body.remove("StartPosition");
            body.insert("NextToken".to_owned(), json!(next));
        }
        panic!("a reading has no end");
    }

    /// A NextToken that says anything.
    fn elsewhere(&self, mut chance: Chance<'_>) {
        let slot = |chance: &mut Chance<'_>| {
            let ordinal = Ordinal::new(u16::from(chance.byte()) % 3).expect("12 bits");
            match chance.byte() % 8 {
                0 => Slot::from_number(chance.number()).unwrap_or(Slot::LAST),
                n => Slot::new(ordinal, u32::from(n)),
            }
        };
        let first = ContactId::parse(self.given.get(b'F').unwrap_or_default());
        let sessions = [self.session.session, first.expect("a chat").session()];
        let session = |chance: &mut Chance<'_>| match chance.flag() {
            true => SessionId::from_bits(chance.bits()),
            false => chance.one_of(&sessions),
        };
        let token = NextToken {
            direction: chance.one_of(&[Direction::Backward, Direction::Forward]),
            contact: chance.flag().then(|| Ordinal::new(1).expect("12 bits")),
            cursor: match chance.flag() {
                true => Cursor::Present {
                    at: Point {
                        slot: slot(&mut chance),
                        index: chance.byte(),
                    },
                    before: chance.number(),
                    begun: Begun {
                        link: chance.flag().then(|| slot(&mut chance)),
                        accompanied: chance.flag(),
                    },
                },
                false => Cursor::Past(PastCursor {
                    list: LinkAddress {
                        session: session(&mut chance),
                        slot: slot(&mut chance),
                    },
                    entry: chance.byte(),
                    at: chance.flag().then(|| PastPoint {
                        session: session(&mut chance),
                        point: Point {
                            slot: slot(&mut chance),
                            index: chance.byte(),
                        },
                        before: chance.number(),
                        accompanied: chance.flag(),
                    }),
                }),
            },
        };
        let tokens = &settings().tokens;
        let connection = tokens.connected(&self.call(&json!({})));
        let reader = Some(connection.expect("connected").bearer.participant);
        let sealed = token.seal(tokens, &self.session, reader);
        let opened = NextToken::open(tokens, &self.session, reader, &sealed);
        assert_eq!(opened, Some(token));
        let limit = chance.byte() % 101;
        let call = self.call(&json!({"NextToken": sealed, "MaxResults": limit}));
        // What we ourselves have signed and never made may find gaps, which are a fault of ours: but no panic, no loop.
        let log = &self.floor.service.log;
        let before = log.counts();
        let reply = block_on(get_transcript::handle(&self.floor.service, call));
        assert!(
            matches!(reply.status, 200 | 403 | 500),
            "answered {}",
            reply.status
        );
        let after = log.counts();
        assert!(after.0 - before.0 <= 40, "{} reads", after.0 - before.0);
        assert_eq!(after.1, before.1, "a reading has written");
    }

    /// A NextToken with one place altered.
    fn altered(&self, mut chance: Chance<'_>) {
        let first = self.call(&json!({"MaxResults": chance.byte() % 5 + 1}));
        let first = self.floor.call(Operation::GetTranscript, first);
        let next = first.body["NextToken"].as_str().expect("a token");
        let other = altered_text(next, &mut chance);
        if other == next || other.is_empty() {
            return;
        }
        let answered = self.call(&json!({"NextToken": other}));
        let answered = self.floor.call(Operation::GetTranscript, answered);
        assert_eq!(answered.status, 400, "an altered NextToken was taken");
    }

    /// The cursors of exports and of lists of chats, with any content under our own signature.
    fn others(&self, mut chance: Chance<'_>) {
        let contact = self.given.get(b'C').unwrap_or_default();
        let customer = CustomerId("jane".to_owned());
        let log = &self.floor.service.log;
        let now = self.floor.now();
        let before = log.counts();
        if chance.flag() {
            let bound = [INSTANCE.as_bytes(), contact.as_bytes()];
            let token = mint::token(5, chance.piece(), &bound);
            let page = Call {
                path: format!("/contacts/{INSTANCE}/{contact}/transcript"),
                query: format!("maxResults={}&nextToken={token}", chance.byte()),
                ..call("")
            };
            if let Ok(request) = export_transcript::Request::parse(&page, settings()) {
                let (instance, contact) = (&request.instance, request.contact);
                let part = domain::export(log, instance, contact, request.from, request.limit, now);
                if let Ok(part) = block_on(part) {
                    request.reply(&page, settings(), &part);
                }
            }
        } else {
            let bound = [INSTANCE.as_bytes(), b"jane"];
            let token = mint::token(4, chance.piece(), &bound);
            let page = Call {
                path: format!("/customers/{INSTANCE}/me/chats"),
                query: format!("maxResults={}&nextToken={token}", chance.byte()),
                ..call("")
            };
            let caller = Caller::Customer(customer.clone());
            let request = list_customer_chats::Request::parse(&page, &caller, settings());
            if let Ok(request) = request {
                let (instance, limit) = (&request.instance, request.limit);
                let found =
                    domain::customer_chats(log, instance, &customer, request.before, limit, now);
                let found = block_on(found).expect("memory never fails");
                request.reply(&page, settings(), &found);
            }
        }
        let after = log.counts();
        assert!(after.0 - before.0 <= 40, "{} reads", after.0 - before.0);
        assert_eq!(after.1, before.1, "a reading has written");
    }
}
