//! ExportTranscript: a contact's transcript as Connect's own file has it, whole or in parts (decision 68).

use api::Operation;
use domain::{days, seconds};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, Failure, INSTANCE, NOT_FOUND, PARAMETER, Request, World, at, disconnect, encoded,
    message, set, start, stop, transcript, transcript_words,
};

const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";
const NOT_THERE: &str = "The contact was not found";
const NOT_KNOWN: &str = "The caller is not known";

fn unsigned(contact: &str) -> Request {
    Request::to(Operation::ExportTranscript, &[INSTANCE, contact])
}

fn export(contact: &str) -> Request {
    unsigned(contact).signed()
}

/// The part after this one.
fn export_after(contact: &str, part: &Value) -> Request {
    let token = encoded(&at(part, "NextToken"));
    unsigned(contact)
        .query(&format!("nextToken={token}"))
        .signed()
}

/// Every part of a contact's transcript, of so many items.
fn parts(world: &World, contact: &str, size: usize) -> Vec<Value> {
    let query = format!("maxResults={size}");
    let mut parts = vec![world.takes(unsigned(contact).query(&query).signed())];
    while let Some(token) = parts[parts.len() - 1]["NextToken"].as_str() {
        let query = format!("nextToken={}&{query}", encoded(token));
        parts.push(world.takes(unsigned(contact).query(&query).signed()));
        assert!(parts.len() < 100);
    }
    parts
}

/// A chat of two contacts in which its customer and an agent have written, and the second contact.
fn chat_with_an_agent(world: &World) -> (Chat, Chat, String) {
    let chat = world.chat();
    world.takes(message(&chat, "hello"));
    let agent = world.accompanied(&chat, "AGENT", "Ada");
    world.takes(message(&agent, "how can I help?"));
    let second = world.transferred(&chat);
    world.takes(message(&chat, "with this"));
    (chat, agent, second)
}

#[test]
fn row_68_a_contact_is_exported_as_connect_writes_it_to_s3() {
    let world = World::with(&[("ACCOUNT_ID", "123456789012")]);
    let chat = world.chat();
    world.pass(seconds(8));
    world.takes(message(&chat, "hello"));
    world.pass(seconds(60));
    world.takes(disconnect(&chat));
    let file = world.takes(export(&chat.contact));
    let shown = file["Transcript"].as_array().expect("a list");
    let id = |n: usize| at(&shown[n], "Id");
    let jane = json!({
        "Type": "EVENT",
        "ParticipantId": chat.participant,
        "DisplayName": "Jane",
        "ParticipantRole": "CUSTOMER",
    });
    let event = |item: &Value, n, kind: &str, at: &str| {
        let kind = format!("application/vnd.amazonaws.connect.event.{kind}");
        let item = set(item, "ContentType", json!(kind));
        let item = set(&item, "AbsoluteTime", json!(at));
        set(&item, "Id", json!(id(n)))
    };
    let bare = json!({"Type": "EVENT"});
    let expected = json!({
        "Version": "2019-08-26",
        "AWSAccountId": "123456789012",
        "InstanceId": INSTANCE,
        "InitialContactId": chat.contact,
        "ContactId": chat.contact,
        "Participants": [{"ParticipantId": chat.participant}],
        "Transcript": [
            event(&jane, 0, "participant.joined", "2027-01-15T08:00:00.001Z"),
            {
                "AbsoluteTime": "2027-01-15T08:00:08.000Z",
                "Content": "hello",
                "ContentType": "text/plain",
                "Id": id(1),
                "Type": "MESSAGE",
                "ParticipantId": chat.participant,
                "DisplayName": "Jane",
                "ParticipantRole": "CUSTOMER",
            },
            event(&jane, 2, "participant.left", "2027-01-15T08:01:08.000Z"),
            event(&bare, 3, "chat.ended", "2027-01-15T08:01:08.001Z"),
        ],
    });
    assert_eq!(file, expected);
    // The ids are those of the transcript that the participants see.
    let next = world.chat_after(&chat);
    let first = world.takes(transcript(&next, &json!({"MaxResults": 1})));
    let past = json!({"NextToken": at(&first, "NextToken"), "SortOrder": "ASCENDING"});
    let past = world.takes(transcript(&next, &past));
    let ids = |items: &Value| -> Vec<String> {
        let items = items["Transcript"].as_array().expect("a list");
        items.iter().map(|item| at(item, "Id")).collect()
    };
    assert_eq!(ids(&past), ids(&file));
    // What continues it has a file of its own, in which the past is not.
    let own = world.takes(export(&next.contact));
    assert_eq!(transcript_words(&own), ["participant.joined"]);
}

#[test]
fn row_68_each_contact_of_a_session_has_a_transcript_of_its_own_running_or_ended() {
    let world = World::new();
    let (chat, agent, second) = chat_with_an_agent(&world);
    let first = world.takes(export(&chat.contact));
    let words = [
        "participant.joined",
        "hello",
        "participant.invited",
        "participant.joined",
        "how can I help?",
        "transfer.succeeded",
    ];
    assert_eq!(transcript_words(&first), words);
    // In the order in which they appear.
    let entry = |id: &str| json!({"ParticipantId": id});
    let both = json!([entry(&chat.participant), entry(&agent.participant)]);
    assert_eq!(first["Participants"], both);
    let of_second = world.takes(export(&second));
    assert_eq!(transcript_words(&of_second), ["with this"]);
    assert_eq!(of_second["Participants"], json!([entry(&chat.participant)]));
    let (initial, own) = (
        at(&of_second, "InitialContactId"),
        at(&of_second, "ContactId"),
    );
    assert_eq!((initial, own), (chat.contact.clone(), second.clone()));
    for item in of_second["Transcript"].as_array().expect("a list") {
        assert_eq!(
            (item.get("ContactId"), item.get("RelatedContactId")),
            (None, None)
        );
    }
    // A part names those who appear in it.
    let last = &parts(&world, &chat.contact, 2)[2];
    assert_eq!(transcript_words(last), words[4..]);
    assert_eq!(last["Participants"], json!([entry(&agent.participant)]));
    world.takes(stop(&second));
    assert_eq!(
        transcript_words(&world.takes(export(&second))),
        ["with this", "chat.ended"]
    );
    assert_eq!(world.takes(export(&chat.contact)), first);
}

#[test]
fn row_68_a_contact_exists_from_the_transfer_that_opened_it() {
    let world = World::new();
    let chat = world.chat();
    let second = chat.contact.replacen("-8000-", "-8001-", 1);
    world.refuses(export(&second), NOT_FOUND, NOT_THERE);
    assert_eq!(world.transferred(&chat), second);
    let empty = world.takes(export(&second));
    assert_eq!(empty["Participants"], json!([]));
    assert_eq!(empty["Transcript"], json!([]));
    assert_eq!(empty.get("NextToken"), None);
}

#[test]
fn row_68_parts_joined_are_the_transcript() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..9 {
        world.takes(message(&chat, &n.to_string()));
    }
    world.takes(disconnect(&chat));
    let whole = world.takes(export(&chat.contact));
    assert_eq!(whole.get("NextToken"), None);
    let whole = whole["Transcript"].as_array().expect("a list");
    assert_eq!(whole.len(), 12);
    for size in [1, 2, 3, 5, 11, 12, 13, 1_000] {
        let parts = parts(&world, &chat.contact, size);
        assert_eq!(parts.len(), 12_usize.div_ceil(size));
        let items = parts.iter().flat_map(|part| part["Transcript"].as_array());
        let joined: Vec<Value> = items.flatten().cloned().collect();
        assert_eq!(&joined, whole);
        for part in &parts {
            assert_eq!(part["ContactId"], chat.contact.as_str());
            assert!(
                part["NextToken"]
                    .as_str()
                    .is_none_or(|token| token.len() <= 1_000)
            );
        }
    }
}

#[test]
fn what_is_not_there_is_told_in_one_way_whatever_it_is() {
    let world = World::new();
    let chat = world.ended_chat();
    let other = world.chat();
    let unknown = chat
        .contact
        .replace(|letter: char| letter.is_ascii_alphabetic(), "9");
    assert_ne!(chat.contact, unknown);
    let part = world.takes(unsigned(&chat.contact).query("maxResults=1").signed());
    let elsewhere = Request::to(Operation::ExportTranscript, &["another", &chat.contact]);
    for request in [
        export(&unknown),
        export(&other.contact.replacen("-8000-", "-8001-", 1)),
        export(&other.contact.replacen("-8000-", "-8fff-", 1)),
        export("5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10"),
        export("x"),
        export("\0"),
        export(&"x".repeat(256)),
        elsewhere.signed(),
    ] {
        world.refuses(request, NOT_FOUND, NOT_THERE);
    }
    world.pass(days(731));
    for request in [export(&chat.contact), export_after(&chat.contact, &part)] {
        world.refuses(request, NOT_FOUND, NOT_THERE);
    }
}

#[test]
fn only_a_backend_exports() {
    let world = World::new();
    let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
    for request in [
        unsigned(&chat.contact),
        unsigned(&chat.contact).claims(&[("sub", "jane")]),
        unsigned(&chat.contact).bearer(&chat.participant_token),
        unsigned(&chat.contact).bearer(&chat.connection_token),
        unsigned(&chat.contact).header("authorization", "Bearer eyJh.eyJz.c2ln"),
        // Before anything is said about the contact.
        unsigned("x"),
        unsigned(&chat.contact).query("maxResults=x"),
    ] {
        world.refuses(request, DENIED, NOT_KNOWN);
    }
    world.takes(export(&chat.contact));
}

#[test]
fn an_export_token_is_good_for_that_contact_alone_and_only_unaltered() {
    let world = World::new();
    let (chat, _, second) = chat_with_an_agent(&world);
    world.takes(message(&chat, "and with that"));
    let other = world.ended_chat();
    let first = world.takes(unsigned(&chat.contact).query("maxResults=1").signed());
    let token = at(&first, "NextToken");
    let rest = world.takes(export_after(&chat.contact, &first));
    assert_eq!(rest["Transcript"].as_array().map(Vec::len), Some(5));
    let foreign = "nextToken is not one of this transcript";
    for contact in [&second, &other.contact] {
        world.refuses(export_after(contact, &first), PARAMETER, foreign);
    }
    let query = format!("nextToken={}", encoded(&token));
    let elsewhere = Request::to(Operation::ExportTranscript, &["another", &chat.contact]);
    world.refuses(elsewhere.query(&query).signed(), PARAMETER, foreign);
    let of_second = world.takes(unsigned(&second).query("maxResults=1").signed());
    let page = world.takes(transcript(&chat, &json!({"MaxResults": 1})));
    for name in ["one", "two"] {
        world.takes(start(&json!({"CustomerId": "jane", "ClientToken": name})).signed());
    }
    let list = Request::to(Operation::ListCustomerChats, &[INSTANCE, "jane"]);
    let list = world.takes(list.query("maxResults=1").signed());
    let middle = token.len() / 2;
    let altered = |with: &str| format!("{}{with}{}", &token[..middle], &token[middle + 1..]);
    for token in [
        at(&of_second, "NextToken"),
        at(&page, "NextToken"),
        at(&list, "NextToken"),
        chat.participant_token.clone(),
        chat.connection_token.clone(),
        altered(if &token[middle..=middle] == "A" {
            "B"
        } else {
            "A"
        }),
        altered(""),
        format!("{token}A"),
        "x".to_owned(),
    ] {
        let query = format!("nextToken={}", encoded(&token));
        let request = unsigned(&chat.contact).query(&query).signed();
        world.refuses(request, PARAMETER, foreign);
    }
}

#[test]
fn what_is_wrong_with_an_export_request_is_named() {
    let world = World::new();
    let chat = world.chat();
    let number = "maxResults must be a whole number from 1 to 1000";
    for (query, message) in [
        ("maxResults=0", number),
        ("maxResults=1001", number),
        ("maxResults=ten", number),
        (
            "maxResults=1&maxResults=2",
            "maxResults must be given once only",
        ),
        (
            "nextToken=",
            "nextToken must have 1 to 1000 characters, not 0",
        ),
    ] {
        let request = unsigned(&chat.contact).query(query).signed();
        world.refuses(request, PARAMETER, message);
    }
    world.takes(unsigned(&chat.contact).query("format=pdf").signed());
    let long = "ContactId must have 1 to 256 characters, not 257";
    world.refuses(export(&"x".repeat(257)), PARAMETER, long);
}

#[test]
fn row_41_a_contact_is_exported_by_its_instances_id_or_arn_decoded_or_not() {
    let world = World::with(&[("INSTANCE_IDS", INSTANCE)]);
    let chat = world.ended_chat();
    let whole = world.takes(export(&chat.contact));
    let decoded =
        |call: &mut api::Call| call.path = call.path.replace("%3A", ":").replace("%2F", "/");
    for instance in [INSTANCE, ARN] {
        let ids = [instance, &*chat.contact];
        let request = Request::to(Operation::ExportTranscript, &ids).query("maxResults=100");
        assert_eq!(world.takes(request.clone().signed()), whole);
        assert_eq!(world.send_altered(request.signed(), decoded).ok(), whole);
    }
    for instance in ["another", "arn:aws:connect:us-west-2:1:instance/another"] {
        let ids = [instance, &*chat.contact];
        let request = Request::to(Operation::ExportTranscript, &ids).signed();
        world.refuses(request, NOT_FOUND, "The instance was not found");
    }
}

#[test]
fn a_store_that_is_overloaded_slows_exports_down() {
    let world = World::new();
    let chat = world.chat();
    world
        .service
        .log
        .fail(Failure::All(domain::LogError::Throttled));
    let answer = world.send(export(&chat.contact));
    let told = "Too many requests: try again later";
    assert_eq!(answer.error(), (429, "ThrottlingException", told));
}
