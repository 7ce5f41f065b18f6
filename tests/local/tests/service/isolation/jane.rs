//! Jane, whose chats are nobody else's business: one runs and has a past, one is over, one waits for its end.

use std::collections::BTreeSet;

use api::Operation;
use domain::{
    ConnectionId, Connections, Consistency, Log, Read, Record, SessionKey, SideEntry, SideLog,
    SideRange, SideRead, Slot, SlotRange, Socket, minutes, seconds,
};
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::{MARK, since};
use crate::stage::{
    Chat, INSTANCE, Request, World, at, connect, connection, continuing, disconnect, event,
    invitation, message, start, stop, subscribe, transcript, transfer, update,
};

/// What is no id at all.
pub(super) const MALFORMED: [&str; 6] = [
    "x",
    "null",
    "../../customers",
    "00000000000000000000000000000000",
    "00000000-0000-4000-8000-000000000000",
    "%2e%2e",
];

/// An id of Jane's, and one of the same form that nobody has.
pub(super) struct Pair {
    pub(super) what: &'static str,
    pub(super) foreign: String,
    pub(super) missing: String,
}

pub(super) struct Jane {
    /// Her chat that runs in its second contact, and has a past.
    pub(super) running: Chat,
    /// An agent who has left it.
    pub(super) gone: Chat,
    /// The past: it has ended, with its tokens.
    pub(super) past: Chat,
    pub(super) socket: ConnectionId,
    /// The NextTokens of a list, an export, a transcript's present and its past.
    pub(super) next: [String; 4],
    ids: Vec<Pair>,
    /// Every id and token of hers.
    secrets: BTreeSet<String>,
    sessions: Vec<SessionKey>,
    before: Vec<State>,
}

/// All that is stored of a session.
#[derive(Debug, PartialEq, Eq)]
struct State {
    records: Vec<Record>,
    beside: Vec<SideEntry>,
    sockets: Vec<Socket>,
}

fn marked(text: &str) -> String {
    format!("{text}-{MARK}")
}

fn hers(members: &Value) -> Request {
    let mut members = members.clone();
    members["CustomerId"] = json!(marked("customer"));
    members["ContactFlowId"] = json!(marked("flow"));
    members["ParticipantDetails"] = json!({"DisplayName": format!("Jane {MARK}")});
    let (key, value) = (marked("key"), marked("value"));
    members["Attributes"] = json!({key: value});
    start(&members).signed()
}

impl Jane {
    pub(super) fn of(world: &World) -> Self {
        let before = world.service.log.sessions().len();
        let says = |chat: &Chat, text: &str| {
            world.pass(seconds(1));
            let said = format!("{text} {MARK}");
            at(&world.takes(message(chat, &said)), "Id")
        };
        let handed_on = |chat: &Chat| {
            let to = json!({"QueueId": marked("queue"), "ContactFlowId": marked("flow")});
            at(&world.takes(transfer(&chat.contact, &to)), "ContactId")
        };
        let invited = |chat: &Chat, name: &str| {
            let name = format!("{name} {MARK}");
            let asked = invitation(&chat.contact, "AGENT", &name);
            let mut agent = chat.invited(&world.takes(asked));
            agent.connection_token = world.connection_token(&agent);
            agent
        };
        let past = world.connected(hers(&json!({})));
        says(&past, "in the past");
        let past_second = handed_on(&past);
        says(&past, "still in the past");
        world.takes(stop(&past_second));
        world.takes(update(
            &past.contact,
            &json!({marked("late"): marked("late")}),
        ));
        let due = world.connected(hers(&json!({"ChatDurationInMinutes": 60})));
        says(&due, "for an hour");
        world.pass(minutes(61));
        let running = world.connected(hers(&continuing(&past.contact, "ENTIRE_PAST_SESSION")));
        let agent = invited(&running, "Ann");
        let gone = invited(&running, "Bob");
        world.takes(disconnect(&gone));
        let said = says(&running, "hello");
        world.takes(event(&agent, "message.read", Some(&said)));
        says(&agent, "how can I help");
        let second = handed_on(&running);
        says(&running, "with this");
        let url = at(
            &world.takes(connection(&running.participant_token)),
            "Websocket.Url",
        );
        let socket = ConnectionId::new("janes").expect("a name");
        assert_eq!(world.socket(&socket, connect(&url)).status, 200);
        world.service.log.gateway.open(&socket, world.now());
        world.socket(&socket, subscribe());
        world.service.log.gateway.take(&socket);

        let list = Request::to(
            Operation::ListCustomerChats,
            &[INSTANCE, &marked("customer")],
        );
        let list = world.takes(list.query("maxResults=1").signed());
        let export = Request::to(Operation::ExportTranscript, &[INSTANCE, &running.contact]);
        let export = world.takes(export.query("maxResults=1").signed());
        let present = world.takes(transcript(&running, &json!({"MaxResults": 2})));
        let all = json!({"MaxResults": 100});
        let whole = world.takes(transcript(&running, &all));
        let one = world.takes(transcript(
            &running,
            &json!({"MaxResults": 100, "ScanDirection": "BACKWARD", "StartPosition": {"MostRecent": 1}}),
        ));
        let border = json!({"NextToken": one["NextToken"], "MaxResults": 2});
        let back = world.takes(transcript(&running, &border));
        let next = [&list, &export, &present, &back].map(|page| at(page, "NextToken"));

        let mut secrets = BTreeSet::new();
        for page in [&list, &export, &whole, &present, &back] {
            collect(page, &mut secrets);
        }
        for chat in [&past, &due, &running, &agent, &gone] {
            let tokens = [&chat.participant_token, &chat.connection_token];
            secrets.extend(tokens.map(Clone::clone));
            secrets.extend([chat.contact.clone(), chat.participant.clone()]);
        }
        secrets.extend([url, past_second.clone(), second.clone()]);
        let ids = [
            ("the running chat", running.contact.clone()),
            ("its contact that is open", second),
            ("the past", past.contact.clone()),
            ("a later contact of the past", past_second),
            ("the chat whose time has passed", due.contact.clone()),
            ("the past, written otherwise", past.contact.to_uppercase()),
            ("Jane's participant", running.participant.clone()),
            ("the agent's participant", agent.participant.clone()),
            (
                "the session",
                format!("{:032x}", running.session().session.bits()),
            ),
            ("Jane herself", marked("customer")),
            ("the NextToken of her list", next[0].clone()),
            ("the NextToken of an export", next[1].clone()),
            ("the NextToken of her transcript", next[2].clone()),
            ("the NextToken of her past", next[3].clone()),
        ];
        let mut ids: Vec<Pair> = ids
            .map(|(what, foreign)| Pair {
                what,
                missing: turned(&foreign, 0..8),
                foreign,
            })
            .into();
        // An item's id tells where it stands: one that is not there stands in the same place, of another session.
        ids.push(Pair {
            what: "a message",
            missing: turned(&said, said.len() - 7..said.len()),
            foreign: said,
        });
        let sessions = since(world, before);
        let mut jane = Self {
            running,
            gone,
            past,
            socket,
            next,
            ids,
            secrets,
            before: Vec::new(),
            sessions,
        };
        jane.before = jane.state(world);
        // What is not there cannot change.
        let sockets = jane.before.iter().flat_map(|it| &it.sockets);
        assert_eq!(sockets.count(), 1);
        let beside: Vec<_> = jane.before.iter().flat_map(|it| &it.beside).collect();
        assert!(matches!(
            beside[..],
            [SideEntry::Attributes(_), SideEntry::Receipt(_)]
        ));
        jane
    }

    pub(super) fn ids(&self) -> &[Pair] {
        &self.ids
    }

    /// Whether a text holds anything of hers.
    pub(super) fn shows(&self, text: &str) -> bool {
        text.contains(MARK) || self.secrets.iter().any(|secret| text.contains(secret))
    }

    #[track_caller]
    pub(super) fn check_hidden(&self, text: &str) {
        assert!(!self.shows(text), "something of Jane's: {text}");
    }

    /// Checks that nothing of hers has changed, and that nobody has told her anything.
    #[track_caller]
    pub(super) fn check_untouched(&self, world: &World) {
        assert_eq!(self.state(world), self.before);
        let told = world.service.log.gateway.take(&self.socket);
        assert_eq!(told.len(), 0, "frames for Jane");
        assert!(world.service.log.gateway.is_open(&self.socket));
    }

    fn state(&self, world: &World) -> Vec<State> {
        let sessions = self.sessions.iter();
        sessions.map(|each| State::of(world, each)).collect()
    }
}

impl State {
    fn of(world: &World, session: &SessionKey) -> Self {
        let log = &world.service.log;
        let whole = Read::oldest(SlotRange::ALL, 1_000, Consistency::Strong);
        let records = log.read(session, whole).now_or_never();
        let receipts = SideRange::Receipts {
            from: Slot::FIRST,
            to: Slot::LAST,
        };
        let beside = [receipts, SideRange::Attributes].map(|range| {
            let whole = SideRead {
                range,
                limit: SideRead::MOST_RECEIPTS,
                consistency: Consistency::Strong,
            };
            let entries = log.read_side(session, whole).now_or_never();
            entries.expect("in memory").expect("readable")
        });
        let sockets = log.sockets_of(session).now_or_never();
        Self {
            records: records.expect("in memory").expect("readable").records,
            beside: beside.concat(),
            sockets: sockets.expect("in memory").expect("readable"),
        }
    }
}

/// An id or token with these characters turned into others of the same kind.
fn turned(text: &str, range: std::ops::Range<usize>) -> String {
    let turn = |letter: char| match letter {
        '0'..='8' => char::from(letter as u8 + 1),
        '9' => '0',
        'a'..='e' | 'A'..='E' => char::from(letter as u8 + 1),
        'f' => 'a',
        'F' => 'A',
        other => other,
    };
    let letters = text.chars().enumerate();
    let turned = letters.map(|(n, letter)| match range.contains(&n) {
        true => turn(letter),
        false => letter,
    });
    let turned: String = turned.collect();
    assert_ne!(turned, text);
    turned
}

/// The ids and tokens in an answer.
fn collect(value: &Value, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|it| collect(it, secrets)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, secrets)),
        Value::String(text) => {
            let is_id = text.len() == 36 && text.matches('-').count() == 4;
            if is_id || text.len() > 70 {
                secrets.insert(text.clone());
            }
        }
        _ => {}
    }
}
