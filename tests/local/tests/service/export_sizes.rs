//! ExportTranscript of much: no answer outgrows what Lambda gives back, and the parts are the whole.

use api::{Operation, Reply, Service};
use domain::{
    Body, Consistency, ContactId, Content, ContentType, InstanceId, Live, Log, NoPause, Pause, Put,
    Read, Record, SessionKey, SlotRange,
};
use dynamodb::DynamoDbLog;
use engine::{Engine, create_table};
use local::Keys;
use serde_json::{Value, json};

use crate::stage::{INSTANCE, Request, World, at, encoded, start};

/// What Lambda answers with at most, as JSON with the body as a string in it.
const LAMBDA: usize = 6 * 1024 * 1024;
/// More than everything beside the body takes: status and headers.
const BESIDE: usize = 2_048;

/// The size of a reply as Lambda's answer.
fn size(body: &str) -> usize {
    json!(body).to_string().len() + BESIDE
}

/// Starts a chat and puts these messages into its log; no handler takes the longest of them.
async fn chat_of<L: Log + Pause>(
    world: &World,
    service: &Service<L>,
    name: &str,
    contents: impl Iterator<Item = String>,
) -> String {
    let members = json!({"ParticipantDetails": {"DisplayName": name}});
    let call = start(&members).call(world.now(), world.entropy(), |_| {});
    let started: Value = body(&start_chat::handle(service, call).await).1;
    let contact = at(&started, "ContactId");
    let instance = InstanceId::new(INSTANCE).expect("an instance");
    let id = ContactId::parse(&contact).expect("an id of ours");
    let session = SessionKey::new(&instance, id.session());
    let read = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
    let mut tail = service.log.read(&session, read).await.expect("an answer");
    let mut last = tail.records.pop().expect("the start");
    for content in contents {
        last = following(last, content);
        let put = service.log.put(&session, &last).await;
        assert_eq!(put, Ok(Put::Stored));
    }
    contact
}

fn following(last: Record, content: String) -> Record {
    let mut parts = last.into_parts();
    parts.slot = parts.slot.following();
    parts.at = parts.state.time.next();
    parts.state.time = parts.at;
    parts.state.items += 1;
    parts.body = Body::Message {
        sender: parts.state.participants[0].id,
        content_type: ContentType::Plain,
        content: Content(content),
    };
    Record::new(parts).expect("a record")
}

fn body(reply: &Reply) -> (String, Value) {
    let text = String::from_utf8(reply.body.clone()).expect("text");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(reply.status, 200, "{value}");
    (text, value)
}

/// The contents of a contact's messages, and how many parts they came in.
async fn exported<L: Log>(
    world: &World,
    service: &Service<L>,
    contact: &str,
) -> (Vec<String>, usize) {
    let (mut contents, mut parts, mut query) = (Vec::new(), 0, String::new());
    loop {
        let request = Request::to(Operation::ExportTranscript, &[INSTANCE, contact]);
        let call = request.query(&query).signed();
        let call = call.call(world.now(), world.entropy(), |_| {});
        let (text, part) = body(&export_transcript::handle(service, call).await);
        assert!(size(&text) < LAMBDA, "{} bytes", size(&text));
        parts += 1;
        let items = part["Transcript"].as_array().expect("a list");
        contents.extend(items.iter().map(|item| at(item, "Content")));
        match part["NextToken"].as_str() {
            Some(token) => query = format!("nextToken={}", encoded(token)),
            None => return (contents, parts),
        }
    }
}

#[tokio::test]
async fn row_68_an_answer_stays_below_lambdas_limit_however_its_texts_are_escaped() {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    create_table(&client, local::TABLE).await.expect("a table");
    let log = Live {
        log: DynamoDbLog::new(client, local::TABLE),
        connections: (),
        gateway: (),
        pause: NoPause,
    };
    let keys = Keys::generate().expect("randomness");
    let service = local::service(log, &keys).expect("legal settings");
    let world = World::new();
    let letters = [
        "\u{1}",
        "\"",
        "\\",
        "\u{7f}",
        "é",
        "中",
        "\u{10ffff}",
        "\u{2028}",
        "\n",
        "a",
    ];
    let worst = std::iter::repeat_n("\u{1}", 48);
    let said: Vec<String> = worst
        .chain(letters)
        .map(|letter| letter.repeat(16_384))
        .collect();
    let name = "\u{1}".repeat(256);
    let contact = chat_of(&world, &service, &name, said.iter().cloned()).await;
    let (exported, parts) = exported(&world, &service, &contact).await;
    assert!(exported == said, "{} messages", exported.len());
    assert_eq!(parts, 2);
    engine.stop().await.expect("a clean stop");
}

#[tokio::test]
async fn row_68_20_000_messages_are_exported_to_the_last_one() {
    let world = World::new();
    let said: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let service = &world.service;
    let contact = chat_of(&world, service, "J", said.iter().cloned()).await;
    let (exported, parts) = exported(&world, service, &contact).await;
    assert!(exported == said, "{} messages", exported.len());
    assert_eq!(parts, 3);
}
