//! Stored records: an item of any kind and content is read or refused, in words that hold nothing of it; what was read is
//! stored again and read again as it was. The first line says of which kind the item is, each other line is an attribute of
//! it: its name, its type, its value.

use std::cell::RefCell;

use domain::{
    ConnectionId, Connections, Consistency, CustomerId, CustomerIndex, InstanceId, Log, LogError,
    Order, Put, Read, Record, SessionKey, SideEntry, SideLog, SideRange, SideRead, Slot, SlotRange,
    Timestamp,
};
use dynamodb::{DynamoDbConnections, DynamoDbLog, StreamEvent};
use futures_executor::block_on;
use serde_json::{Map, Value, json};

use crate::table::Table;

/// The session that the items of the committed corpus belong to.
const SESSION: u128 = 42;
const INSTANCE: &str = "contract";
/// The longest reason for which an item is refused.
const LONGEST_REASON: usize = 120;

struct Stores {
    table: Table,
    log: DynamoDbLog,
    connections: DynamoDbConnections,
    session: SessionKey,
}

thread_local! {
    static STORES: RefCell<Option<Stores>> = const { RefCell::new(None) };
}

/// Checks one item.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (kind, rest) = text.split_once('\n').unwrap_or((&text, ""));
    STORES.with_borrow_mut(|stores| {
        let stores = stores.get_or_insert_with(Stores::new);
        let item = item(rest);
        match kind {
            "receipts" | "attributes" => stores.entry(kind, &item),
            "socket" => stores.socket(&item),
            "listed" => stores.listed(&item),
            "occupant" => stores.occupant(&item),
            "stream" => batch(rest),
            _ => stores.record(&item),
        }
    });
}

/// The item of these lines, in DynamoDB's JSON.
fn item(lines: &str) -> Value {
    let attribute = |line: &str| -> Option<(String, Value)> {
        let (name, rest) = line.split_once(' ')?;
        let (kind, value) = rest.split_once(' ').unwrap_or((rest, ""));
        let value = match kind {
            "S" | "N" | "B" => json!({kind: value}),
            "BOOL" => json!({"BOOL": value == "true"}),
            "NULL" => json!({"NULL": true}),
            "L" => json!({"L": [{"S": value}]}),
            "M" => json!({"M": {value: {"S": value}}}),
            "SS" => json!({"SS": [value]}),
            _ => return None,
        };
        Some((name.to_owned(), value))
    };
    let attributes = lines.lines().filter_map(attribute);
    Value::Object(attributes.collect::<Map<_, _>>())
}

/// Checks that a store's error tells what is wrong, and nothing of what is stored.
fn refused(error: &LogError) {
    let LogError::Corrupt(reason) = error else {
        // What the SDK itself cannot read, such as bytes that are no base64.
        assert!(matches!(error, LogError::Unavailable(_)), "{error}");
        return;
    };
    assert!(reason.len() <= LONGEST_REASON, "{reason}");
    // Words of ours, names of attributes, numbers: whatever else stands there was stored.
    let ours = |letter: char| letter.is_ascii_alphanumeric() || " :,'_".contains(letter);
    assert!(
        reason.chars().all(ours),
        "a reason quotes what is stored: {reason}"
    );
}

impl Stores {
    fn new() -> Self {
        let table = Table::default();
        let config = table.config();
        let instance = InstanceId::new(INSTANCE).expect("an instance");
        let session = domain::SessionId::from_bits(SESSION);
        Self {
            log: DynamoDbLog::from_config(&config, "chat"),
            connections: DynamoDbConnections::from_config(&config, "connections"),
            session: SessionKey::new(&instance, session),
            table,
        }
    }

    fn finds(&self, item: &Value) {
        self.table.says(&json!({"Items": [item], "Count": 1}));
    }

    /// The item that was put by the last call.
    fn put(&self) -> Value {
        let asked = self.table.asked();
        let put = asked.last().expect("a put");
        put["Item"].clone()
    }

    /// A record, from the stream and, if that can be read, through the store.
    fn record(&self, item: &Value) {
        let Some((session, record)) = written(item) else {
            return;
        };
        assert_eq!(
            self.stored(&session, &record),
            (session.clone(), record.clone())
        );
        // Read as the store reads it, it is the same.
        self.finds(item);
        let read = Read {
            range: SlotRange::only(record.slot),
            order: Order::NewestFirst,
            limit: 1,
            consistency: Consistency::Strong,
        };
        let chunk = block_on(self.log.read(&session, read)).expect("it was read before");
        assert_eq!(chunk.records, [record]);
    }

    /// What comes of storing a record.
    fn stored(&self, session: &SessionKey, record: &Record) -> (SessionKey, Record) {
        self.table.says(&json!({}));
        let put = block_on(self.log.put(session, record));
        assert_eq!(put, Ok(Put::Stored));
        written(&self.put()).expect("what was stored is read")
    }

    /// A record in the slot that another was to take.
    fn occupant(&self, item: &Value) {
        self.finds(item);
        let read = Read::newest(SlotRange::ALL, 1, Consistency::Eventual);
        match block_on(self.log.read(&self.session, read)) {
            Ok(chunk) => assert_eq!(chunk.records.len(), 1),
            Err(error) => refused(&error),
        }
    }

    fn entry(&self, kind: &str, item: &Value) {
        let range = match kind {
            "receipts" => SideRange::Receipts {
                from: Slot::FIRST,
                to: Slot::LAST,
            },
            _ => SideRange::Attributes,
        };
        let read = SideRead {
            range,
            limit: 1,
            consistency: Consistency::Strong,
        };
        let found = |item: &Value| -> Result<SideEntry, LogError> {
            self.finds(item);
            let found = block_on(self.log.read_side(&self.session, read))?;
            Ok(found.into_iter().next().expect("one item is one entry"))
        };
        match found(item) {
            Err(error) => refused(&error),
            Ok(entry) => {
                assert!(range.contains(entry.place()));
                self.table.says(&json!({}));
                let until = Timestamp::from_millis(2_000_000_000_000);
                let put = block_on(self.log.put_side(&self.session, &entry, until));
                put.expect("it is stored");
                assert_eq!(found(&self.put()), Ok(entry));
            }
        }
    }

    fn socket(&self, item: &Value) {
        let name = ConnectionId::new("L0SM9cOFvHcCIhw=").expect("a connection");
        let found = |item: &Value| {
            self.table.says(&json!({"Item": item}));
            block_on(self.connections.socket(&name))
        };
        match found(item) {
            Err(error) => refused(&error),
            Ok(None) => {}
            Ok(Some(socket)) => {
                self.table.says(&json!({}));
                block_on(self.connections.put_socket(&socket)).expect("it is stored");
                assert_eq!(self.table.asked().len(), 2);
                assert_eq!(found(&self.put()), Ok(Some(socket)));
            }
        }
    }

    fn listed(&self, item: &Value) {
        self.finds(item);
        let customer = CustomerId("jane".to_owned());
        let (instance, log) = (&self.session.instance, &self.log);
        let listing = block_on(log.sessions_of(instance, &customer, None, 1));
        match listing {
            Err(error) => refused(&error),
            Ok(listing) => {
                let [listed] = listing.sessions[..] else {
                    panic!("one item is one session");
                };
                let session = SessionKey::new(instance, listed.session);
                let text = item["session"]["S"].as_str();
                assert_eq!(text, Some(&*dynamodb::keys::partition(&session)));
                // The place from which the list goes on is that of the item.
                self.finds(item);
                let next = log.sessions_of(instance, &customer, Some(listed), 1);
                assert_eq!(
                    block_on(next).map(|found| found.sessions),
                    Ok(listing.sessions)
                );
                let asked = self.table.asked();
                assert_eq!(asked[0]["ExclusiveStartKey"]["session"], item["session"]);
            }
        }
    }
}

/// The record that a change of the table has written, if it is one.
fn written(item: &Value) -> Option<(SessionKey, Record)> {
    let change =
        json!({"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": item}});
    let event = json!({"Records": [change]});
    let event: StreamEvent = serde_json::from_value(event).expect("a batch");
    match event.changes[0].written() {
        Ok(written) => written,
        Err(error) => {
            refused(&error);
            None
        }
    }
}

/// A batch of the stream as a whole.
fn batch(text: &str) {
    let Ok(event) = serde_json::from_str::<StreamEvent>(text) else {
        return;
    };
    for change in &event.changes {
        if let Err(error) = change.written() {
            refused(&error);
        }
    }
}
