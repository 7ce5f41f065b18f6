//! CreatePersistentContactAssociation: a past for a chat that is running (decisions 8 and 8a).

use api::Operation;
use domain::days;
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, association,
    association_with, at, attributes_of, continuing, describe, message, path_to, start, stop,
    transcript, transcript_words, update,
};

const SEGMENT: &str = "FROM_SEGMENT";
const ENTIRE: &str = "ENTIRE_PAST_SESSION";
const LINKED: &str = "The chat already continues a past one";
const ENDED: &str = "The contact has ended";
const NOT_THERE: &str = "The contact was not found";
const NO_SOURCE: &str = "The contact of SourceContactId was not found";
const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";

fn owned(owner: Option<&str>) -> Request {
    start(&json!({"CustomerId": owner})).signed()
}

/// A chat of this owner, or of none, that has ended.
fn ended(world: &World, owner: Option<&str>) -> Chat {
    let chat = world.connected(owned(owner));
    world.takes(message(&chat, "in the past"));
    world.takes(stop(&chat.contact));
    chat
}

/// What a page after this one says, where one follows.
fn page_after(world: &World, chat: &Chat, page: &Value) -> Value {
    let token = at(page, "NextToken");
    world.takes(transcript(
        chat,
        &json!({"NextToken": token, "ScanDirection": "BACKWARD", "SortOrder": "ASCENDING"}),
    ))
}

#[test]
fn the_past_is_readable_from_the_next_first_page_and_not_by_a_token_given_before() {
    let world = World::new();
    let source = ended(&world, None);
    let chat = world.chat();
    for text in ["one", "two"] {
        world.takes(message(&chat, text));
    }
    let begun = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    let answer = world.takes(association(&chat.contact, &source.contact, ENTIRE));
    assert_eq!(answer, json!({"ContinuedFromContactId": source.contact}));

    let rest = page_after(&world, &chat, &begun);
    assert_eq!(transcript_words(&rest), ["participant.joined", "one"]);
    assert_eq!(rest.get("NextToken"), None, "the border that was, stays");
    // The agent asks as the customer does.
    let agent = world.accompanied(&chat, "AGENT", "Ann");
    for reader in [&chat, &agent] {
        let page = world.takes(transcript(reader, &json!({"SortOrder": "ASCENDING"})));
        assert_eq!(at(&page, "InitialContactId"), chat.contact);
        let words = ["participant.joined", "in the past", "chat.ended"];
        assert_eq!(transcript_words(&page)[..3], words);
        let items = page["Transcript"].as_array().expect("a list");
        let (past, present) = items.split_at(3);
        assert!(present.len() >= 3);
        for item in past {
            assert_eq!(item["RelatedContactId"], json!(source.contact));
            assert_eq!(item.get("ContactId"), None);
        }
        for item in present {
            assert_eq!(item["ContactId"], json!(chat.contact));
            assert_eq!(item.get("RelatedContactId"), None);
        }
    }
}

#[test]
fn decision_8_the_same_association_again_has_the_same_answer() {
    let world = World::new();
    let source = world.chat();
    let second = world.transferred(&source);
    world.takes(stop(&second));
    let chat = world.chat();
    let ask = || association(&chat.contact, &source.contact, ENTIRE);
    let first = world.takes(ask());
    assert_eq!(first, json!({"ContinuedFromContactId": second}));
    let later = world.transferred(&chat);
    for ends in [true, false] {
        let puts = world.service.log.puts();
        assert_eq!(world.takes(ask()), first);
        let by_later = association(&later, &source.contact.to_uppercase(), ENTIRE);
        assert_eq!(world.takes(by_later), first);
        // Whatever its ClientToken is: there is nothing that it could tell apart.
        for token in [json!("one"), json!("two"), json!(""), Value::Null] {
            let body = json!({
                "SourceContactId": source.contact, "RehydrationType": ENTIRE, "ClientToken": token,
            });
            assert_eq!(world.takes(association_with(&chat.contact, &body)), first);
        }
        assert_eq!(world.service.log.puts(), puts);
        if ends {
            world.takes(stop(&later));
        }
    }
}

#[test]
fn decision_8_a_chat_is_associated_once_and_never_if_it_was_started_as_persistent() {
    let world = World::new();
    let (source, other) = (ended(&world, None), ended(&world, None));
    let chat = world.chat();
    world.takes(association(&chat.contact, &source.contact, SEGMENT));
    let persistent = world.connected(start(&continuing(&source.contact, SEGMENT)));
    for (contact, source, how) in [
        (&chat.contact, &other.contact, SEGMENT),
        (&chat.contact, &source.contact, ENTIRE),
        (&persistent.contact, &source.contact, SEGMENT),
        (&persistent.contact, &other.contact, SEGMENT),
    ] {
        world.refuses(association(contact, source, how), REQUEST, LINKED);
    }
    // What is wrong with the source is said after that, in whatever way it is wrong.
    for unknown in ["x", "00000000-0000-8000-8000-000000000000"] {
        world.refuses(
            association(&chat.contact, unknown, SEGMENT),
            REQUEST,
            LINKED,
        );
    }
}

#[test]
fn decision_8a_a_source_of_another_owner_is_not_found_and_nobodys_chat_is_another() {
    let owners = [None, Some("jane"), Some("john")];
    for theirs in owners {
        let world = World::new();
        let source = ended(&world, theirs);
        for own in owners {
            let chat = world.connected(owned(own));
            let asks = |source: &str| {
                let before = world.service.log.counts();
                let answer = world.send(association(&chat.contact, source, SEGMENT));
                let after = world.service.log.counts();
                let told = (answer.status, answer.body.clone());
                (told, after.0 - before.0, after.1 - before.1)
            };
            let missing = asks("00000000-0000-8000-8000-000000000000");
            assert_eq!(missing.0.0, 404);
            // An id that is none of ours is as one that nobody has.
            for none_of_ours in ["x", "00000000-0000-4000-8000-000000000000", "中"] {
                assert_eq!(asks(none_of_ours), missing);
            }
            if own == theirs {
                let answer = world.takes(association(&chat.contact, &source.contact, SEGMENT));
                assert_eq!(at(&answer, "ContinuedFromContactId"), source.contact);
            } else {
                assert_eq!(asks(&source.contact), missing);
            }
        }
    }
}

#[test]
fn a_chat_that_is_not_there_or_has_ended_gets_no_past() {
    let world = World::with(&[("INSTANCE_IDS", &format!("{INSTANCE},another"))]);
    let source = ended(&world, None);
    let chat = world.chat();
    let third = chat.contact.replacen("-8000-", "-8002-", 1);
    let second = world.transferred(&chat);
    for contact in ["x", "00000000-0000-8000-8000-000000000000", &third] {
        for source in [source.contact.as_str(), "x"] {
            world.refuses(association(contact, source, SEGMENT), NOT_FOUND, NOT_THERE);
        }
    }
    let body = json!({"SourceContactId": source.contact, "RehydrationType": SEGMENT});
    let operation = Operation::CreatePersistentContactAssociation;
    for (instance, message) in [
        ("another", NOT_THERE),
        ("nowhere", "The instance was not found"),
    ] {
        let request = Request::to(operation, &[instance, &chat.contact]);
        let request = request.with_body(body.to_string()).signed();
        world.refuses(request, NOT_FOUND, message);
    }
    world.takes(stop(&second));
    for contact in [&chat.contact, &second] {
        world.refuses(
            association(contact, &source.contact, SEGMENT),
            REQUEST,
            ENDED,
        );
    }
    world.pass(days(731));
    let request = association(&chat.contact, &source.contact, SEGMENT);
    world.refuses(request, NOT_FOUND, NOT_THERE);
}

#[test]
fn what_is_wrong_with_a_source_is_told_as_to_somebody_who_starts_a_chat() {
    let world = World::new();
    let (chat, running) = (world.chat(), world.chat());
    let source = world.chat();
    let second = world.transferred(&source);
    world.takes(stop(&second));
    let active = |contact: &str| {
        format!(
            "Only a chat session that has ended can be continued: contact {contact} is still active"
        )
    };
    let initial = format!(
        "ENTIRE_PAST_SESSION takes the initial contact of a session: SourceContactId must be {}",
        source.contact
    );
    for (source, how, message) in [
        (&running.contact, SEGMENT, active(&running.contact)),
        // A chat is no past of its own.
        (&chat.contact, ENTIRE, active(&chat.contact)),
        (&second, ENTIRE, initial),
    ] {
        world.refuses(association(&chat.contact, source, how), REQUEST, &message);
        let started = start(&continuing(source, how)).signed();
        world.refuses(started, REQUEST, &message);
    }
    world.pass(days(731));
    let young = world.chat();
    let old = association(&young.contact, &source.contact, ENTIRE);
    world.refuses(old, NOT_FOUND, NO_SOURCE);
}

#[test]
fn attributes_of_the_source_are_copied_below_the_chats_own_and_count_together() {
    let world = World::new();
    let source = world.connected(start(
        &json!({"Attributes": {"a": "source", "b": "source"}}),
    ));
    world.takes(stop(&source.contact));
    let chat = world.connected(start(&json!({"Attributes": {"b": "chat"}})));
    world.takes(association(&chat.contact, &source.contact, SEGMENT));
    let copied = json!({"Attributes": {"a": "source", "b": "chat"}});
    assert_eq!(world.takes(attributes_of(&chat.contact)), copied);

    let full = world.chat();
    world.takes(update(&full.contact, &json!({"x": "y".repeat(32_767)})));
    let too_long = "Attributes, together with those of the source, must not exceed 32768 bytes";
    let request = association(&full.contact, &source.contact, SEGMENT);
    world.refuses(request, REQUEST, too_long);
}

#[test]
fn decisions_5_and_6_members_are_held_to_their_kinds_names_and_lengths() {
    let world = World::new();
    let (source, chat) = (ended(&world, None), world.chat());
    let good = json!({"SourceContactId": source.contact, "RehydrationType": SEGMENT});
    let names = "RehydrationType must be one of ENTIRE_PAST_SESSION, FROM_SEGMENT";
    let id = |n| format!("SourceContactId must have 1 to 256 characters, not {n}");
    let (id_0, id_257) = (id(0), id(257));
    for (member, value, kind, message) in [
        (
            "RehydrationType",
            Value::Null,
            REQUEST,
            "RehydrationType is required",
        ),
        ("RehydrationType", json!("NOPE"), PARAMETER, names),
        ("RehydrationType", json!("from_segment"), PARAMETER, names),
        ("RehydrationType", json!(1), PARAMETER, names),
        (
            "SourceContactId",
            Value::Null,
            REQUEST,
            "SourceContactId is required",
        ),
        ("SourceContactId", json!(""), PARAMETER, &id_0),
        (
            "SourceContactId",
            json!("中".repeat(257)),
            PARAMETER,
            &id_257,
        ),
        (
            "SourceContactId",
            json!({}),
            PARAMETER,
            "SourceContactId must be a string",
        ),
        (
            "ClientToken",
            json!("x".repeat(501)),
            PARAMETER,
            "ClientToken must have 0 to 500 characters, not 501",
        ),
        (
            "ClientToken",
            json!(1),
            PARAMETER,
            "ClientToken must be a string",
        ),
    ] {
        println!("{member}: {value}");
        let mut body = good.clone();
        body[member] = value;
        world.refuses(association_with(&chat.contact, &body), kind, message);
    }
    let long = association(&"x".repeat(257), &source.contact, SEGMENT);
    let length = "InitialContactId must have 1 to 256 characters, not 257";
    world.refuses(long, PARAMETER, length);
    let longest = json!({
        "SourceContactId": source.contact, "RehydrationType": SEGMENT, "ClientToken": "x".repeat(500),
    });
    world.takes(association_with(&chat.contact, &longest));
}

#[test]
fn decision_69_an_instance_may_be_named_by_its_arn_which_a_gateway_may_have_decoded() {
    let world = World::new();
    let source = ended(&world, None);
    let operation = Operation::CreatePersistentContactAssociation;
    let body = json!({"SourceContactId": source.contact, "RehydrationType": SEGMENT});
    for decoded in [false, true] {
        let chat = world.chat();
        let path = path_to(operation, &[ARN, &chat.contact]);
        let request = association_with(&chat.contact, &body).at(&path).signed();
        let answer = world.send_altered(request, |call| {
            if decoded {
                let of = "contact/persistent-contact-association";
                call.path = format!("/{of}/{ARN}/{}", chat.contact);
            }
        });
        assert_eq!(
            answer.ok(),
            json!({"ContinuedFromContactId": source.contact})
        );
        let described = world.takes(describe(&chat.contact));
        assert_eq!(at(&described, "Contact.RelatedContactId"), source.contact);
    }
}

#[test]
fn only_backends_associate() {
    let world = World::new();
    let source = ended(&world, Some("jane"));
    let chat = world.connected(owned(Some("jane")));
    let body = json!({"SourceContactId": source.contact, "RehydrationType": SEGMENT});
    let operation = Operation::CreatePersistentContactAssociation;
    for contact in [chat.contact.as_str(), "x"] {
        let unsigned = Request::to(operation, &[INSTANCE, contact]).with_body(body.to_string());
        for request in [
            unsigned.clone(),
            unsigned.clone().claims(&[("sub", "jane")]),
            unsigned.bearer(&chat.connection_token),
        ] {
            world.refuses(request, DENIED, "The caller is not known");
        }
    }
}
