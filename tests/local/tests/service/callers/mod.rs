//! Who is calling, and what that lets one do: the table "Who is calling" of the decisions, rule by rule.

mod owners;
mod signatures;

use api::Operation;
use serde_json::{Value, json};

use crate::stage::{DENIED, INSTANCE, REQUEST, Request, World, continuing, route, start, stop};

const NOT_KNOWN: &str = "The caller is not known";

/// Everybody who may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    Backend,
    Customer(&'static str),
    Stranger,
}

impl Visitor {
    fn sends(self, request: Request) -> Request {
        match self {
            Self::Backend => request.signed(),
            Self::Customer(name) => {
                request.claims(&[("sub", name), ("iss", "https://example.org")])
            }
            Self::Stranger => request,
        }
    }
}

#[test]
fn whoever_may_start_a_chat_starts_one() {
    let world = World::new();
    for visitor in [
        Visitor::Backend,
        Visitor::Customer("jane"),
        Visitor::Stranger,
    ] {
        world.takes(visitor.sends(start(&json!({}))));
        world.takes(visitor.sends(start(&json!({})).of_widget()));
    }
}

#[test]
fn strangers_start_a_chat_only_where_that_is_switched_on() {
    for setting in ["false", ""] {
        let world = World::with(&[("ANONYMOUS_START", setting)]);
        world.refuses(start(&json!({})), DENIED, NOT_KNOWN);
        world.refuses(start(&json!({})).of_widget(), DENIED, NOT_KNOWN);
        // Nobody is told more: not even whether the request was any good.
        world.refuses(start(&json!({})).with_body("{"), DENIED, NOT_KNOWN);
        world.takes(start(&json!({})).signed());
        world.takes(start(&json!({})).claims(&[("sub", "jane")]));
    }
}

#[test]
fn a_credential_that_nobody_has_verified_is_no_stranger() {
    let world = World::new();
    for credential in [
        "",
        "Basic bG9jYWw6bG9jYWw=",
        "Bearer eyJh.eyJz.c2ln",
        "aws4-hmac-sha256 x",
        "AWS local:x",
    ] {
        println!("{credential}");
        let request = start(&json!({})).header("authorization", credential);
        world.refuses(request.clone(), DENIED, NOT_KNOWN);
        // What a gateway has verified stands beside the claims that it made of it.
        world.takes(request.claims(&[("sub", "jane")]));
    }
}

#[test]
fn a_customer_is_known_by_the_configured_claim_alone() {
    let world = World::new();
    let by_email = World::with(&[("CUSTOMER_CLAIM", "email")]);
    let claims = |claims: &[(&str, &str)]| start(&json!({"CustomerId": "jane"})).claims(claims);
    world.takes(claims(&[("sub", "jane"), ("email", "john")]));
    by_email.takes(claims(&[("sub", "john"), ("email", "jane")]));
    let longest = "中".repeat(128);
    world.takes(start(&json!({})).claims(&[("sub", &longest)]));
    for claims in [
        &[("email", "jane")][..],
        &[],
        &[("sub", "")],
        &[("sub", &"中".repeat(129))],
    ] {
        world.refuses(start(&json!({})).claims(claims), DENIED, NOT_KNOWN);
    }
    // Headers are anybody's to write.
    let closed = World::with(&[("ANONYMOUS_START", "false")]);
    let request = start(&json!({}));
    closed.refuses(
        request.header("x-amzn-oidc-data", "jane"),
        DENIED,
        NOT_KNOWN,
    );
}

#[test]
fn a_customer_id_in_the_body_is_the_callers_own_or_a_backends_to_give() {
    let world = World::new();
    let with_id = |id: Value| start(&json!({"CustomerId": id}));
    let own = "CustomerId must be that of the caller's own token";
    let known = "CustomerId may be given by a known caller only";
    let jane = Visitor::Customer("jane");
    world.takes(jane.sends(with_id(json!("jane"))));
    world.takes(jane.sends(with_id(Value::Null)));
    world.refuses(jane.sends(with_id(json!("john"))), REQUEST, own);
    world.refuses(jane.sends(with_id(json!("JANE"))), REQUEST, own);
    world.refuses(with_id(json!("jane")), REQUEST, known);
    world.refuses(with_id(json!("jane")).of_widget(), REQUEST, known);
    world.takes(Visitor::Backend.sends(with_id(json!("anybody"))));
}

#[test]
fn a_backends_signature_counts_more_than_a_customers_token() {
    let world = World::new();
    let both = start(&json!({"CustomerId": "john"}))
        .claims(&[("sub", "jane")])
        .signed();
    world.takes(both);
}

#[test]
fn control_calls_need_a_signed_caller_whatever_is_switched_on() {
    let world = World::new();
    let chat = world.chat();
    let body = json!({"InstanceId": INSTANCE, "ContactId": chat.contact});
    let unsigned = Request::new(Operation::StopContact, &body);
    for visitor in [Visitor::Stranger, Visitor::Customer("jane")] {
        world.refuses(visitor.sends(unsigned.clone()), DENIED, NOT_KNOWN);
    }
    for token in [&chat.participant_token, &chat.connection_token] {
        world.refuses(unsigned.clone().bearer(token), DENIED, NOT_KNOWN);
        let header = format!("Bearer {token}");
        world.refuses(
            unsigned.clone().header("authorization", &header),
            DENIED,
            NOT_KNOWN,
        );
    }
    // Before anything is said about the contact.
    for contact in ["x", "", "00000000-0000-8000-8000-000000000000"] {
        let body = json!({"InstanceId": "another", "ContactId": contact});
        world.refuses(
            Request::new(Operation::StopContact, &body),
            DENIED,
            NOT_KNOWN,
        );
    }
    world.takes(stop(&chat.contact));
}

#[test]
fn every_control_call_but_a_start_wants_a_signature_before_it_reads_anything() {
    let world = World::new();
    let chat = world.chat();
    for operation in Operation::ALL {
        if operation.is_participant() || operation == Operation::StartChatContact {
            continue;
        }
        let (_, template) = route(operation);
        let unsigned = match template.contains('{') {
            true => Request::to(operation, &[INSTANCE, &chat.contact]),
            false => Request::new(operation, &json!({})),
        };
        println!("{operation:?}");
        world.refuses(unsigned.clone().with_body("{"), DENIED, NOT_KNOWN);
        world.refuses(
            unsigned.clone().bearer(&chat.connection_token),
            DENIED,
            NOT_KNOWN,
        );
        // A customer may list his own chats, and nothing else.
        let says = match operation {
            Operation::ListCustomerChats => "CustomerId must be that of the caller's own token",
            _ => NOT_KNOWN,
        };
        world.refuses(Visitor::Customer("jane").sends(unsigned), DENIED, says);
    }
}

#[test]
fn decision_2_a_foreign_source_and_one_that_is_not_there_are_told_and_read_alike() {
    let world = World::new();
    let owned = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    world.takes(stop(&owned.contact));
    // Nobody's, and of the same form.
    let missing = owned
        .contact
        .replace(|letter: char| letter.is_ascii_alphabetic(), "9");
    assert_ne!(owned.contact, missing);
    let elsewhere = |contact: &str| {
        let mut members = continuing(contact, "ENTIRE_PAST_SESSION");
        members["InstanceId"] = json!("another");
        start(&members)
    };
    let by_john = {
        let mut members = continuing(&owned.contact, "ENTIRE_PAST_SESSION");
        members["CustomerId"] = json!("john");
        start(&members).signed()
    };
    let watched = |request: Request| {
        let before = world.service.log.counts();
        let mut answer = world.send(request);
        let after = world.service.log.counts();
        answer
            .headers
            .retain(|(name, _)| *name != "x-amzn-RequestId");
        (answer, after.0 - before.0, after.1 - before.1)
    };
    let not_there = watched(start(&continuing(&missing, "ENTIRE_PAST_SESSION")));
    assert_eq!(not_there.0.status, 404);
    assert_eq!(not_there.2, 0);
    for (what, request) in [
        (
            "of another owner",
            start(&continuing(&owned.contact, "ENTIRE_PAST_SESSION")),
        ),
        ("of another owner, for a backend", by_john),
        (
            "of another owner, for a customer",
            Visitor::Customer("john").sends(start(&continuing(&owned.contact, "FROM_SEGMENT"))),
        ),
        ("of another instance", elsewhere(&owned.contact).signed()),
    ] {
        assert_eq!(watched(request), not_there, "{what}");
    }
    // Past its retention it is no other case, even for its owner.
    world.pass(domain::days(731));
    let own = Visitor::Customer("jane").sends(start(&continuing(&owned.contact, "FROM_SEGMENT")));
    assert_eq!(watched(own), not_there);
}

#[test]
fn a_foreign_source_is_not_found_before_anything_else_is_said_about_it() {
    let world = World::new();
    let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    let second = world.transferred(&chat);
    let not_there = "The contact of SourceContactId was not found";
    // Active, not initial, too long together: all of that is for its owner to know.
    for contact in [&chat.contact, &second] {
        let request = start(&continuing(contact, "ENTIRE_PAST_SESSION"));
        world.refuses(request, crate::stage::NOT_FOUND, not_there);
    }
    // And its time passes unnoticed: nothing is written for a stranger.
    world.pass(domain::days(2));
    let request = start(&continuing(&chat.contact, "FROM_SEGMENT"));
    world.refuses(request, crate::stage::NOT_FOUND, not_there);
}
