//! Everything that a world shows: to participants, to backends, to whoever continues its chats, and on its WebSockets.

use api::{Bearer, Connection, Operation};
use domain::{
    ConnectionId, Connections, Consistency, ContactId, Frame, Heard, Log, Ordinal, Post, Presence,
    Read, Record, Role, SessionKey, SlotRange, Socket, minutes,
};
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::sockets::NAMES;
use crate::stage::{
    Chat, INSTANCE, Request, World, attributes_of, continuing, describe, start, stop, transcript,
};

/// What every reader sees; and what the past of every chat shows once it is ended and continued.
pub(super) fn everything(world: &World) -> Value {
    let sessions = world.service.log.sessions();
    let present: Vec<Value> = sessions.iter().map(|it| session(world, it)).collect();
    let list = Request::to(Operation::ListCustomerChats, &[INSTANCE, "jane"]);
    let chats = world.takes(list.query("maxResults=25").signed());
    let past = |session: &SessionKey| {
        let segment = records(world, session)
            .last()
            .expect("a record")
            .state
            .segment;
        let open = ContactId::new(session.session, segment).to_string();
        world.takes(stop(&open));
        let initial = session.session.initial_contact().to_string();
        let source = continuing(&initial, "ENTIRE_PAST_SESSION");
        let next = world.connected(start(&source).signed());
        pages(world, &next)
    };
    let past: Vec<Value> = sessions.iter().map(past).collect();
    json!({"sessions": present, "chats": chats, "past": past})
}

fn records(world: &World, session: &SessionKey) -> Vec<Record> {
    let whole = Read::oldest(SlotRange::ALL, 1_000, Consistency::Strong);
    let whole = world.service.log.read(session, whole).now_or_never();
    whole.expect("in memory").expect("readable").records
}

fn session(world: &World, session: &SessionKey) -> Value {
    let records = records(world, session);
    let state = &records.last().expect("a record").state;
    let contact = |n| {
        let ordinal = Ordinal::new(n).expect("a contact");
        let id = ContactId::new(session.session, ordinal).to_string();
        let export = Request::to(Operation::ExportTranscript, &[INSTANCE, &id]).signed();
        json!([world.takes(describe(&id)), world.takes(export)])
    };
    let contacts: Vec<Value> = (0..=state.segment.get()).map(contact).collect();
    let here = state.participants.iter();
    let here = here.filter(|it| it.presence == Presence::Present && !state.has_ended());
    let readers = here.map(|it| {
        let bearer = Bearer {
            session: session.clone(),
            participant: it.id,
            role: it.role,
        };
        pages(world, &reader(world, bearer))
    });
    let readers: Vec<Value> = readers.collect();
    let initial = session.session.initial_contact().to_string();
    let words: Vec<String> = records.iter().map(word).collect();
    json!({
        "records": words,
        "participants": state.participants.len(),
        "contacts": contacts,
        "attributes": world.takes(attributes_of(&initial)),
        "readers": readers,
        "sockets": if state.has_ended() { json!([]) } else { sockets(world, session) },
    })
}

/// What kind of record it is.
fn word(record: &Record) -> String {
    let text = format!("{:?}", record.body);
    let end = text.find(|letter: char| !letter.is_alphanumeric());
    text[..end.unwrap_or(text.len())].to_owned()
}

/// A participant with a new connection token, for which nothing is written.
fn reader(world: &World, bearer: Bearer) -> Chat {
    let connection = Connection {
        accompanied: bearer.role == Role::Customer,
        bearer,
    };
    let tokens = &world.service.settings.tokens;
    let (token, _) = tokens.connection(&connection, world.now());
    let session = connection.bearer.session.session;
    Chat {
        contact: session.initial_contact().to_string(),
        participant: connection.bearer.participant.to_string(),
        participant_token: String::new(),
        connection_token: token,
    }
}

/// All pages of a reader's transcript, back into the past.
fn pages(world: &World, reader: &Chat) -> Value {
    let mut pages = vec![world.takes(transcript(reader, &json!({"MaxResults": 100})))];
    while let Some(next) = pages[pages.len() - 1]["NextToken"].as_str() {
        let members = json!({"MaxResults": 100, "NextToken": next});
        pages.push(world.takes(transcript(reader, &members)));
    }
    json!(pages)
}

/// The WebSockets of a running chat that are known and whose clients were heard of late, by their participants: what is open and silent is found
/// out to be dead sooner or later.
fn sockets(world: &World, session: &SessionKey) -> Value {
    let log = &world.service.log;
    let known = log.sockets_of(session).now_or_never().expect("in memory");
    let alive = |socket: &Socket| {
        let heard = log.heard(&socket.connection).now_or_never();
        match heard.expect("in memory").expect("it works") {
            Heard::At(at) => world.now() < at + minutes(1),
            Heard::Gone => false,
        }
    };
    let open = known.expect("readable").into_iter().filter(alive);
    let open = open.map(|it| json!([it.participant.to_string(), it.subscribed.is_some()]));
    json!(open.collect::<Vec<_>>())
}

/// What each WebSocket was told.
pub(super) fn frames(world: &World) -> Vec<Value> {
    let heard = |name: &&'static str| {
        let connection = ConnectionId::new(*name).expect("a name");
        let frames = world.service.log.gateway.take(&connection).into_iter();
        let told = |Frame(text): Frame| {
            let frame: Value = serde_json::from_str(&text).expect("JSON");
            let item = frame["content"].as_str().expect("a text");
            let item: Value = serde_json::from_str(item).expect("JSON in it");
            json!({"to": name, "item": item})
        };
        frames.map(told).collect::<Vec<_>>()
    };
    NAMES.iter().flat_map(heard).collect()
}
