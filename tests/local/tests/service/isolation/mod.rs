//! Whoever tries to reach what is another's, by every operation, with every kind of credential and of id, gets no byte of it, changes
//! nothing of it, and cannot tell it from what is not there: neither by the answer nor by what is asked of the stores for it.

mod attempts;
mod credentials;
mod jane;
mod tokens;
mod websockets;

use api::{Entropy, Operation};
use domain::SessionKey;
use serde_json::{Value, json};

use self::attempts::{Attempt, attempts, names_ids};
use self::credentials::{Credential, Worth, credentials};
use self::jane::Jane;
use crate::stage::{Answer, Asked, Request, World, association, at, continuing, start, unheard};

/// The instance of Jane's that is not the one that everybody else calls for.
const ELSEWHERE: &str = "another-instance";
/// What stands in everything that Jane and those who talk to her have written, and nowhere else.
const MARK: &str = "xk7";

fn world() -> World {
    World::with(&[
        ("WEBSOCKET_URL", "wss://live.example.org/live"),
        ("DISCONNECT_CONTACT_FLOW_ID", "survey"),
    ])
}

/// What an attempt came to: the answer, and what was asked of the stores for it.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    answer: Answer,
    text: String,
    asked: Vec<Asked>,
}

/// Makes an attempt, with the randomness that another one had, so that two of them can be compared byte by byte.
fn came(world: &World, request: Request, entropy: Entropy, given: &str) -> Came {
    let operation = request.operation;
    let before = world.service.log.watch.asked().len();
    let call = request.call(world.now(), entropy, |_| {});
    let answer = world.handle(operation, call);
    let asked = world.service.log.watch.asked().split_off(before);
    // What a caller has given he may be given back.
    let text = format!("{:?} {}", answer.headers, answer.body);
    let text = match given.len() {
        0 => text,
        _ => text.replace(given, "given"),
    };
    let answer = Answer {
        body: Value::Null,
        ..answer
    };
    Came {
        answer,
        text,
        asked,
    }
}

/// How much was tried.
#[derive(Debug, Default)]
struct Tried {
    attempts: usize,
    pairs: usize,
}

impl Tried {
    /// Tries an operation with a credential, and every id that Jane has in every place where one fits.
    fn row(&mut self, world: &World, jane: &Jane, operation: Operation, credential: &Credential) {
        for pair in jane.ids() {
            let of = |id: &str| attempts(operation, credential.instance, &credential.own, id);
            let (foreign, missing) = (of(&pair.foreign), of(&pair.missing));
            for (foreign, missing) in foreign.into_iter().zip(missing) {
                let what = foreign.what;
                println!("{operation:?}, {what} = {}, {}", pair.what, credential.what);
                let entropy = world.entropy();
                let try_one = |attempt: Attempt, given: &str| {
                    let request = (credential.shows)(attempt.request);
                    let came = came(world, request, entropy, given);
                    jane.check_hidden(&came.text);
                    check_worth(operation, credential, &came);
                    came
                };
                let one = try_one(foreign, &pair.foreign);
                let other = try_one(missing, &pair.missing);
                self.attempts += 2;
                // His own name is nobody else's.
                if names_ids(operation) && pair.foreign != credential.name {
                    assert_eq!((&one.answer, &one.text), (&other.answer, &other.text));
                    if credential.worth != Worth::Former {
                        assert_eq!(one.asked, other.asked);
                    }
                    self.pairs += 1;
                }
            }
        }
        for id in jane::MALFORMED {
            for attempt in attempts(operation, credential.instance, &credential.own, id) {
                println!(
                    "{operation:?}, {} = {id:?}, {}",
                    attempt.what, credential.what
                );
                let request = (credential.shows)(attempt.request);
                let came = came(world, request, world.entropy(), "");
                jane.check_hidden(&came.text);
                check_worth(operation, credential, &came);
                self.attempts += 1;
            }
        }
        jane.check_untouched(world);
    }
}

/// Checks that a credential opens nothing that it is not for, and that nothing is written for what is refused.
#[track_caller]
fn check_worth(operation: Operation, credential: &Credential, came: &Came) {
    let says = |message: &str| came.text.contains(&format!("\"message\":\"{message}\""));
    let status = came.answer.status;
    let changes = |asked: &Asked| asked.writes_once() || asked.posts();
    assert!(
        status == 200 || !came.asked.iter().any(changes),
        "{status}, but {:?}",
        came.asked
    );
    match credential.worth {
        Worth::Own => {}
        // Where anybody may start a chat, he is anybody.
        Worth::Past | Worth::Former | Worth::Nothing
            if operation == Operation::StartChatContact => {}
        _ if !operation.is_participant() => {
            assert_eq!(status, 403, "{}", came.text);
            assert_eq!(came.asked, [], "the stores were asked");
        }
        Worth::Nothing | Worth::Refused => {
            assert!(status == 403 && says("Access denied"), "{}", came.text);
            assert_eq!(came.asked, [], "the stores were asked");
        }
        Worth::Past | Worth::Former => {
            let denied = status == 403 && says("Access denied");
            // What is wrong with the form of a request is told before anything is read.
            assert!(denied || status == 400, "{}", came.text);
        }
    }
}

#[test]
fn nobody_reaches_what_is_anothers_nor_learns_whether_it_is_there() {
    let _unheard = unheard();
    let world = world();
    let jane = Jane::of(&world);
    let mut tried = Tried::default();
    for operation in Operation::ALL {
        for credential in credentials(&world, &jane) {
            tried.row(&world, &jane, operation, &credential);
        }
    }
    println!("{tried:?}");
    assert_eq!((tried.attempts, tried.pairs), (30_240, 11_225));
}

/// The check is not blind: to Jane's own backend everything is open.
#[test]
fn what_is_hidden_from_others_is_there_for_those_whose_it_is() {
    let world = world();
    let jane = Jane::of(&world);
    let mut seen = 0;
    for operation in Operation::ALL {
        let own = jane.running.clone();
        for pair in jane.ids() {
            for attempt in attempts(operation, crate::stage::INSTANCE, &own, &pair.foreign) {
                let signed = match operation.is_participant() {
                    true => attempt.request.bearer(&own.connection_token),
                    false => attempt.request.signed(),
                };
                let came = came(&world, signed, world.entropy(), &pair.foreign);
                seen += usize::from(jane.shows(&came.text));
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// A backend serves many customers. For one of them it finds no chat of another's, nor learns that there is one.
#[test]
fn a_backend_that_names_a_customer_continues_no_other_ones_chat() {
    let world = world();
    let jane = Jane::of(&world);
    let john = world.connected(start(&json!({"CustomerId": "customer-john"})).signed());
    let of_nobody = world.chat();
    let kinds = ["ENTIRE_PAST_SESSION", "FROM_SEGMENT"];
    let mut pairs = 0;
    for pair in jane.ids() {
        for rehydration in kinds {
            let asks = |source: &str| {
                let mut members = continuing(source, rehydration);
                members["CustomerId"] = json!("customer-john");
                [
                    start(&members).signed(),
                    association(&john.contact, source, rehydration),
                    association(&of_nobody.contact, source, rehydration),
                ]
            };
            let (foreign, missing) = (asks(&pair.foreign), asks(&pair.missing));
            for (foreign, missing) in foreign.into_iter().zip(missing) {
                println!("{:?}, {rehydration} = {}", foreign.operation, pair.what);
                let entropy = world.entropy();
                let one = came(&world, foreign, entropy, &pair.foreign);
                let other = came(&world, missing, entropy, &pair.missing);
                jane.check_hidden(&one.text);
                assert!(one.answer.status >= 400);
                assert_eq!(one, other);
                pairs += 1;
            }
        }
    }
    println!("{pairs} pairs");
    jane.check_untouched(&world);
}

#[test]
fn anothers_client_token_gives_nothing_of_theirs() {
    let world = world();
    let members = json!({
        "ClientToken": crate::stage::UUID_4, "ParticipantDetails": {"DisplayName": "Jane xk7"},
    });
    let of = |customer| start(&members).claims(&[("sub", customer)]);
    let janes = at(&world.takes(of("customer-xk7")), "ContactId");
    let mut all = vec![janes];
    let backend = start(&members).signed();
    let second = start(&members).signed_by(crate::stage::Signer {
        id: "second",
        secret: "second",
        ..crate::stage::Signer::BACKEND
    });
    let mut elsewhere = members.clone();
    elsewhere["InstanceId"] = json!(ELSEWHERE);
    let elsewhere = start(&elsewhere).claims(&[("sub", "customer-xk7")]);
    for request in [of("john"), start(&members), backend, second, elsewhere] {
        let contact = at(&world.takes(request), "ContactId");
        assert!(!all.contains(&contact), "{contact} is another's");
        all.push(contact);
    }
}

/// The sessions of a world that were begun since there were so many.
fn since(world: &World, before: usize) -> Vec<SessionKey> {
    world.service.log.sessions().split_off(before)
}
