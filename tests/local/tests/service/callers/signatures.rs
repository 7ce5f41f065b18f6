//! Signatures at the service's door: whose holds, and what each that does not is called.

use api::{Call, Operation};
use http::HeaderValue;
use serde_json::json;

use crate::stage::{INSTANCE, Kind, Request, Signer, World, start, stop};

const INCOMPLETE: Kind = (403, "IncompleteSignature");
const INVALID: Kind = (403, "InvalidSignatureException");
const UNKNOWN: Kind = (403, "UnrecognizedClientException");

const DATE: &str = "The signature's date is more than 15 minutes from the time of this service";
const MISMATCH: &str = "The signature does not match the request";
const NO_KEY: &str = "The access key of the signature is not known";
const PARTIAL: &str = "The signature is incomplete";
const SCOPE: &str = "The signature must be made for the service connect or execute-api";

fn control_calls(world: &World) -> [Request; 3] {
    let stop = stop(&world.chat().contact);
    [start(&json!({})), start(&json!({})).of_widget(), stop]
}

#[test]
fn stock_clients_are_let_in() {
    let world = World::new();
    for service in ["connect", "execute-api"] {
        for ahead in [-900, 0, 900] {
            let signer = Signer {
                service,
                ahead,
                ..Signer::BACKEND
            };
            for request in control_calls(&world) {
                world.takes(request.signed_by(signer));
            }
        }
    }
}

#[test]
fn a_signature_that_does_not_hold_is_refused_with_its_own_error() {
    let world = World::new();
    let us = Signer::BACKEND;
    let rows = [
        (
            Signer {
                secret: "wrong",
                ..us
            },
            INVALID,
            MISMATCH,
        ),
        (Signer { secret: "", ..us }, INVALID, MISMATCH),
        (Signer { id: "nobody", ..us }, UNKNOWN, NO_KEY),
        (
            Signer {
                id: "",
                secret: "",
                ..us
            },
            UNKNOWN,
            NO_KEY,
        ),
        (Signer { id: "second", ..us }, INVALID, MISMATCH),
        (
            Signer {
                service: "s3",
                ..us
            },
            INVALID,
            SCOPE,
        ),
        (Signer { ahead: 901, ..us }, INVALID, DATE),
        (Signer { ahead: -901, ..us }, INVALID, DATE),
        (
            Signer {
                ahead: 86_400,
                ..us
            },
            INVALID,
            DATE,
        ),
    ];
    for (signer, kind, message) in rows {
        println!("{signer:?}");
        for request in control_calls(&world) {
            world.refuses(request.signed_by(signer), kind, message);
        }
    }
}

/// Something that happens to a call on its way.
type Alteration = (&'static str, fn(&mut Call), Kind, &'static str);

#[test]
fn what_was_altered_on_its_way_is_refused() {
    let world = World::new();
    let rows: [Alteration; 9] = [
        ("the body", |call| call.body.push(b' '), INVALID, MISMATCH),
        ("no body", |call| call.body.clear(), INVALID, MISMATCH),
        (
            "the path",
            |call| call.path = "/contact/chat2".to_owned(),
            INVALID,
            MISMATCH,
        ),
        (
            "the query",
            |call| call.query = "a=1".to_owned(),
            INVALID,
            MISMATCH,
        ),
        (
            "the method",
            |call| call.method = http::Method::PATCH,
            INVALID,
            MISMATCH,
        ),
        (
            "the host",
            |call| put(call, "host", "other.example.org"),
            INVALID,
            MISMATCH,
        ),
        (
            "no date",
            |call| drop(call.headers.remove("x-amz-date")),
            INCOMPLETE,
            PARTIAL,
        ),
        (
            "another hash of the body",
            |call| put(call, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
            INCOMPLETE,
            PARTIAL,
        ),
        (
            "half a signature",
            |call| put(call, "authorization", "AWS4-HMAC-SHA256 Credential=local"),
            INCOMPLETE,
            PARTIAL,
        ),
    ];
    for (what, alter, kind, message) in rows {
        println!("{what}");
        for request in control_calls(&world) {
            let puts = world.service.log.puts();
            world
                .send_altered(request.signed(), alter)
                .is(kind, message);
            assert_eq!(world.service.log.puts(), puts);
        }
    }
}

fn put(call: &mut Call, name: &'static str, value: &'static str) {
    call.headers.insert(name, HeaderValue::from_static(value));
}

#[test]
fn two_authorizations_are_none() {
    let world = World::new();
    for request in control_calls(&world) {
        let twice = |call: &mut Call| {
            let value = HeaderValue::from_static("Bearer x");
            call.headers.append("authorization", value);
        };
        world
            .send_altered(request.signed(), twice)
            .is(INCOMPLETE, PARTIAL);
    }
}

#[test]
fn where_no_key_is_issued_every_signature_is_refused() {
    let world = World::with(&[("ACCESS_KEYS", "")]);
    for request in control_calls(&world) {
        world.refuses(request.signed(), UNKNOWN, NO_KEY);
    }
}

#[test]
fn a_signature_is_checked_before_the_body_is_read() {
    let world = World::new();
    let signer = Signer {
        secret: "wrong",
        ..Signer::BACKEND
    };
    for operation in [Operation::StartChatContact, Operation::StopContact] {
        for body in ["", "{", "[]"] {
            let request = Request::raw(operation, body).signed_by(signer);
            world.refuses(request, INVALID, MISMATCH);
        }
    }
}

#[test]
fn of_a_request_without_a_body_the_signature_covers_path_and_query() {
    let world = World::new();
    let chat = world.chat();
    type Alter = fn(&mut Call);
    let rows: [(&str, Alter); 6] = [
        ("another id", |call| {
            call.path = call.path.replacen('8', "9", 1)
        }),
        ("another operation", |call| {
            call.path.push_str("/transcript")
        }),
        ("no query", |call| call.query.clear()),
        ("another query", |call| {
            call.query = "maxResults=2".to_owned()
        }),
        ("a body", |call| call.body.push(b' ')),
        ("another method", |call| call.method = http::Method::POST),
    ];
    for operation in [Operation::ListCustomerChats, Operation::ExportTranscript] {
        let request = Request::to(operation, &[INSTANCE, &chat.contact]);
        let request = request.query("maxResults=1").signed();
        world.takes(request.clone());
        for (what, alter) in rows {
            println!("{operation:?}: {what}");
            let answer = world.send_altered(request.clone(), alter);
            answer.is(INVALID, MISMATCH);
        }
    }
}
