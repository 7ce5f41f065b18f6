//! Every call that a handler makes to its stores and to the gateway is a boundary at which it can fail, lose the reply, or die: at
//! each of them, with each of these, the caller is told nothing but what is documented, and the same request again makes the
//! world what it would have been.

mod begin;
mod calls;
mod compare;
mod deliver;
mod shown;
mod sockets;

use std::collections::BTreeSet;

use api::Operation;
use api::live::{SocketEvent, SocketReply};
use domain::{ConnectionId, Frame, seconds};
use serde_json::{Value, json};

use self::compare::Look;
use crate::stage::{Asked, Fault, REASON, Request, World, connect, message, subscribe, unheard};

/// What a caller does, and does again if it was not answered.
#[derive(Clone)]
enum Deed {
    Call(Request),
    /// Opens a WebSocket at this address; again, it is another WebSocket.
    Opens(String),
    /// Subscribes a WebSocket; once that is closed, comes back at this address with another one, and subscribes that.
    Subscribes(&'static str, String),
    /// Sends a frame on a WebSocket.
    Says(&'static str, String),
    /// Closes a WebSocket.
    Closes(&'static str),
}

/// A deed, and the world in which it is done.
struct Case {
    what: &'static str,
    begin: fn(&World) -> Deed,
}

const fn case(what: &'static str, begin: fn(&World) -> Deed) -> Case {
    Case { what, begin }
}

/// An answer: of a call, or to an event of a WebSocket.
#[derive(Clone)]
struct Answered {
    status: u16,
    told: Value,
}

impl Answered {
    /// Whether a caller leaves it at that. Whoever is told that the service failed, or is overloaded, comes again.
    fn is_final(&self) -> bool {
        self.status < 500 && self.status != 429
    }
}

impl Deed {
    /// Does it for the first, second, … time; no answer where the function was killed.
    fn done(&self, world: &World, time: usize) -> Option<Answered> {
        let named = |name: &str| ConnectionId::new(name).expect("a name");
        match self {
            Self::Call(request) => {
                let operation = request.operation;
                let call = request.clone().call(world.now(), world.entropy(), |_| {});
                let answer = world.handle_unless_killed(operation, call)?;
                check_headers(answer.status, &answer.headers);
                Some(Answered {
                    status: answer.status,
                    told: answer.body,
                })
            }
            Self::Opens(url) => {
                let name = named(&format!("opens-{time}"));
                let reply = world.socket_unless_killed(&name, connect(url))?;
                if reply.status == 200 {
                    world.service.log.gateway.open(&name, world.now());
                }
                Some(of_socket(&reply))
            }
            Self::Subscribes(name, url) => {
                if time > 1 && !world.service.log.gateway.is_open(&named(name)) {
                    return Some(comes_back(world, url));
                }
                let reply = world.socket_unless_killed(&named(name), subscribe())?;
                Some(of_socket(&reply))
            }
            Self::Says(name, text) => {
                let event = SocketEvent::Frame(text.clone());
                let reply = world.socket_unless_killed(&named(name), event)?;
                Some(of_socket(&reply))
            }
            Self::Closes(name) => {
                let event = SocketEvent::Disconnect;
                let reply = world.socket_unless_killed(&named(name), event)?;
                Some(of_socket(&reply))
            }
        }
    }

    /// Whether it is done again after this answer.
    fn goes_on(&self, after: &Answered) -> bool {
        match self {
            // Clients send their heartbeats every ten seconds, whatever they are answered.
            Self::Says(_, text) => text.contains("heartbeat") || !after.is_final(),
            // Whoever subscribes waits for an answer.
            Self::Subscribes(..) => after.told.is_null(),
            _ => !after.is_final(),
        }
    }

    /// Whether what is told at once may be missed: it is of the moment, or read by whoever comes back.
    fn may_go_unseen(&self) -> bool {
        match self {
            Self::Call(request) => request.operation == Operation::SendEvent,
            Self::Subscribes(..) => true,
            _ => false,
        }
    }
}

/// A client whose WebSocket was closed opens another and subscribes it. Where it may not any more, the chat is over, which is what it
/// would have been told.
fn comes_back(world: &World, url: &str) -> Answered {
    let opened = Deed::Opens(url.to_owned()).done(world, 2);
    let told = match opened.expect("nothing kills it").status {
        200 => {
            let name = ConnectionId::new("opens-2").expect("a name");
            of_socket(&world.socket(&name, subscribe())).told
        }
        403 => {
            json!({"content": {"status": "success", "topics": ["aws/chat"]}, "topic": "aws/subscribe"})
        }
        other => panic!("{other}"),
    };
    Answered { status: 200, told }
}

fn of_socket(reply: &SocketReply) -> Answered {
    let frame = reply.frame.as_ref();
    let frame = frame.map(|Frame(text)| serde_json::from_str(text).expect("JSON"));
    Answered {
        status: reply.status,
        told: frame.unwrap_or_default(),
    }
}

/// Checks that whoever is to come again is told when, and nobody else.
#[track_caller]
fn check_headers(status: u16, headers: &[(&'static str, String)]) {
    let after = headers.iter().find(|(name, _)| *name == "retry-after");
    let after = after.map(|(_, value)| value.as_str());
    assert_eq!(after, (status == 429).then_some("1"));
}

/// What came of a case.
struct Outcome {
    deed: Deed,
    /// What was asked of the ports when it was done for the first time.
    asked: Vec<Asked>,
    first: Option<Answered>,
    look: Look,
}

fn world() -> World {
    World::with(&[
        ("WEBSOCKET_URL", "wss://live.example.org/live"),
        ("DISCONNECT_CONTACT_FLOW_ID", "survey"),
    ])
}

/// Does what a case says until it is answered, with one call disturbed.
fn play(case: &Case, disturbed: Option<(usize, Fault)>) -> Outcome {
    let _unheard = unheard();
    let world = world();
    let repeated = disturbed.is_some();
    world.hold_against_the_document(!repeated);
    let deed = (case.begin)(&world);
    world.hold_against_the_document(true);
    world.pass(seconds(1));
    let watch = &world.service.log.watch;
    let before = watch.asked().len();
    if let Some((n, fault)) = disturbed {
        watch.disturb(n, fault);
    }
    let first = deed.done(&world, 1);
    assert!(watch.calm(), "the call to be disturbed did not come");
    let asked = watch.asked()[before..].to_vec();
    // Long enough for a WebSocket that nobody holds to be taken for dead.
    world.pass(seconds(11));
    let settled = first.clone().filter(|it| !deed.goes_on(it));
    let answer = settled.unwrap_or_else(|| deed.done(&world, 2).expect("nothing kills it"));
    assert!(answer.is_final(), "failed again: {}", answer.told);
    world.pass(seconds(30));
    world.hold_against_the_document(!repeated);
    let shown = shown::everything(&world);
    let answer = json!({"status": answer.status, "told": answer.told});
    let look = Look::of(&world, [answer, shown], shown::frames(&world));
    Outcome {
        deed,
        asked,
        first,
        look,
    }
}

/// Checks what was answered to whoever was disturbed, in words that are documented and give nothing away.
#[track_caller]
fn check_answer(first: &Answered, fault: Fault) {
    let text = first.told.to_string();
    assert!(!text.contains(REASON), "{text}");
    if first.is_final() {
        return;
    }
    let status = if fault == Fault::Throttled { 429 } else { 500 };
    assert_eq!(first.status, status, "{text}");
    if let Some(message) = first.told["message"].as_str() {
        let says = match fault {
            Fault::Throttled => "Too many requests: try again later",
            _ => "The service failed: try again",
        };
        assert_eq!(message, says);
    } else {
        assert_eq!(
            first.told,
            Value::Null,
            "a WebSocket is told a status alone"
        );
    }
}

/// How often what was tried, and to which methods of the ports it happened.
#[derive(Default)]
struct Tried {
    cases: usize,
    runs: usize,
    methods: BTreeSet<&'static str>,
}

impl Tried {
    fn try_all(&mut self, cases: &[Case]) {
        for case in cases {
            let calm = play(case, None);
            self.cases += 1;
            for (n, asked) in calm.asked.iter().enumerate() {
                self.methods.insert(asked.method);
                for fault in Fault::ALL {
                    if !fault.happens_to(*asked) {
                        continue;
                    }
                    println!("{}: call {n}, {}: {fault:?}", case.what, asked.method);
                    self.runs += 1;
                    check(&calm, &play(case, Some((n, fault))), fault);
                }
            }
        }
    }
}

#[track_caller]
fn check(calm: &Outcome, disturbed: &Outcome, fault: Fault) {
    match (&disturbed.first, fault) {
        (None, Fault::KilledBefore | Fault::KilledAfter) => {}
        (None, _) => panic!("no answer"),
        (Some(_), Fault::KilledBefore | Fault::KilledAfter) => panic!("an answer of the dead"),
        (Some(first), Fault::Doubled) => assert!(first.is_final(), "{}", first.told),
        (Some(first), _) => check_answer(first, fault),
    }
    compare::check_same(&disturbed.look.world, &calm.look.world);
    if !disturbed.look.frames.is_empty() || !calm.deed.may_go_unseen() {
        assert_eq!(disturbed.look.frames, calm.look.frames);
    }
}

#[test]
fn a_backends_call_that_is_cut_off_anywhere_is_made_once_when_it_comes_again() {
    let mut tried = Tried::default();
    for operation in Operation::ALL {
        if !operation.is_participant() {
            let cases = calls::of(operation);
            assert!(cases.len() > 1, "{operation:?}");
            tried.try_all(&cases);
        }
    }
    println!("{} cases, {} runs", tried.cases, tried.runs);
    let expected = ["put", "put_side", "read", "read_side", "sessions_of"];
    assert_eq!(tried.methods, BTreeSet::from(expected));
}

#[test]
fn a_participants_call_that_is_cut_off_anywhere_is_made_once_when_it_comes_again() {
    let mut tried = Tried::default();
    for operation in Operation::ALL {
        if operation.is_participant() {
            let cases = calls::of(operation);
            assert!(cases.len() > 1, "{operation:?}");
            tried.try_all(&cases);
        }
    }
    println!("{} cases, {} runs", tried.cases, tried.runs);
    let expected = [
        "forget",
        "post",
        "put",
        "put_side",
        "read",
        "read_side",
        "sockets_of",
    ];
    assert_eq!(tried.methods, BTreeSet::from(expected));
}

#[test]
fn a_websocket_that_is_cut_off_anywhere_is_well_when_its_client_comes_again() {
    let mut tried = Tried::default();
    tried.try_all(&sockets::cases());
    println!("{} cases, {} runs", tried.cases, tried.runs);
    let expected = [
        "close",
        "forget",
        "heard",
        "mark_caught_up",
        "mark_subscribed",
        "post",
        "put",
        "put_socket",
        "read",
        "socket",
        "sockets_of",
    ];
    assert_eq!(tried.methods, BTreeSet::from(expected));
}

/// The comparison is not blind: what is done twice is seen, and so is what is not done.
#[test]
fn what_is_done_twice_or_not_at_all_looks_otherwise() {
    let look = |times: usize| {
        let world = world();
        let jane = world.chat();
        for _ in 0..times {
            world.takes(message(&jane, "hello"));
        }
        Look::of(&world, [Value::Null, shown::everything(&world)], Vec::new()).world
    };
    assert_eq!(look(1), look(1));
    assert_ne!(look(1), look(2));
    assert_ne!(look(1), look(0));
}
