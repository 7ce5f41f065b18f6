//! ListCustomerChats: a customer's chats on the wire, for whom, and page by page (decision 67).

use api::Operation;
use domain::{days, minutes, seconds};
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, Failure, INSTANCE, NOT_FOUND, PARAMETER, REQUEST, Request, World, at, continuing,
    disconnect, encoded, start, stop, transcript,
};

const ARN: &str =
    "arn:aws:connect:us-west-2:123456789012:instance/12345678-1234-1234-1234-123456789012";
const NOT_KNOWN: &str = "The caller is not known";
const NOT_YOURS: &str = "CustomerId must be that of the caller's own token";

/// Somebody's wish to see the chats of a customer.
fn list(customer: &str) -> Request {
    Request::to(Operation::ListCustomerChats, &[INSTANCE, customer])
}

/// The same after a page.
fn list_after(customer: &str, page: &Value) -> Request {
    let token = at(page, "NextToken");
    list(customer).query(&format!("nextToken={}", encoded(&token)))
}

/// A chat that a backend starts for a customer.
fn chat_of(world: &World, customer: &str) -> Chat {
    world.pass(seconds(1));
    world.connected(start(&json!({"CustomerId": customer})).signed())
}

/// The initial contacts of the chats on a page.
fn listed(page: &Value) -> Vec<String> {
    let chats = page["Chats"].as_array().expect("a list");
    chats
        .iter()
        .map(|chat| at(chat, "InitialContactId"))
        .collect()
}

#[test]
fn row_67_chats_are_listed_newest_first_each_with_the_id_to_continue_it_from() {
    let world = World::new();
    let left = chat_of(&world, "jane");
    world.pass(seconds(9));
    world.takes(disconnect(&left));
    let handed_on = chat_of(&world, "jane");
    let second = world.transferred(&handed_on);
    world.pass(std::time::Duration::from_millis(1_250));
    world.takes(stop(&second));
    let running = chat_of(&world, "jane");
    let third = world.transferred(&running);
    let page = world.takes(list("jane").signed());
    let expected = json!({"Chats": [
        {
            "InitialContactId": running.contact,
            "ContactId": third,
            "InitiationTimestamp": 1_800_000_013.25,
        },
        {
            "InitialContactId": handed_on.contact,
            "ContactId": second,
            "InitiationTimestamp": 1_800_000_011.0,
            "DisconnectTimestamp": 1_800_000_012.25,
            "DisconnectReason": "API",
            "SourceContactId": handed_on.contact,
        },
        {
            "InitialContactId": left.contact,
            "ContactId": left.contact,
            "InitiationTimestamp": 1_800_000_001.0,
            "DisconnectTimestamp": 1_800_000_010.001,
            "DisconnectReason": "CUSTOMER_DISCONNECT",
            "SourceContactId": left.contact,
        },
    ]});
    assert_eq!(page, expected);
    // What is given is what a continuation takes.
    for chat in &page["Chats"].as_array().expect("a list")[1..] {
        let source = continuing(&at(chat, "SourceContactId"), "ENTIRE_PAST_SESSION");
        let started = world.takes(start(&source).signed());
        assert_eq!(
            at(&started, "ContinuedFromContactId"),
            at(chat, "ContactId")
        );
    }
    // Each continuation is the same customer's next chat.
    assert_eq!(listed(&world.takes(list("jane").signed())).len(), 5);
}

#[test]
fn row_67_a_chat_whose_time_has_passed_runs_and_can_be_continued() {
    let world = World::new();
    let chat = world
        .connected(start(&json!({"CustomerId": "jane", "ChatDurationInMinutes": 60})).signed());
    world.pass(minutes(60));
    let puts = world.service.log.puts();
    let page = world.takes(list("jane").signed());
    let expected = json!({"Chats": [{
        "InitialContactId": chat.contact,
        "ContactId": chat.contact,
        "InitiationTimestamp": 1_800_000_000.0,
        "SourceContactId": chat.contact,
    }]});
    assert_eq!(page, expected);
    assert_eq!(world.service.log.puts(), puts, "a list writes nothing");
    world.takes(start(&continuing(&chat.contact, "ENTIRE_PAST_SESSION")).signed());
    let page = world.takes(list("jane").signed());
    assert_eq!(page["Chats"][1]["DisconnectReason"], "EXPIRED");
    assert_eq!(page["Chats"][1]["DisconnectTimestamp"], 1_800_003_600.0);
}

#[test]
fn row_67_a_customer_sees_his_own_chats_and_nobody_elses() {
    let world = World::new();
    let (janes, johns) = (chat_of(&world, "jane"), chat_of(&world, "john"));
    let of_me = chat_of(&world, "me");
    let own = world.connected(start(&json!({})).claims(&[("sub", "jane")]));
    world.chat();
    let jane =
        |request: Request| request.claims(&[("sub", "jane"), ("iss", "https://example.org")]);
    for customer in ["me", "jane"] {
        let page = world.takes(jane(list(customer)));
        assert_eq!(listed(&page), [own.contact.clone(), janes.contact.clone()]);
    }
    for customer in ["john", "Jane", "jane ", "me2", "ME"] {
        world.refuses(jane(list(customer)), DENIED, NOT_YOURS);
    }
    // Of a backend, whose signature counts more than a token, `me` is a customer like any other.
    for request in [list("me").signed(), jane(list("me")).signed()] {
        assert_eq!(
            listed(&world.takes(request)),
            std::slice::from_ref(&of_me.contact)
        );
    }
    assert_eq!(
        listed(&world.takes(jane(list("john")).signed())),
        [johns.contact]
    );
    // The configured claim is the customer.
    let by_email = World::with(&[("CUSTOMER_CLAIM", "email")]);
    let own = chat_of(&by_email, "jane@example.org");
    let claims = [("sub", "jane"), ("email", "jane@example.org")];
    let page = by_email.takes(list("me").claims(&claims));
    assert_eq!(listed(&page), [own.contact]);
    let page = by_email.takes(list("jane@example.org").claims(&claims));
    assert_eq!(listed(&page).len(), 1);
}

#[test]
fn who_is_not_known_sees_no_list_wherever_chats_may_be_started_so() {
    for setting in ["true", "false"] {
        let world = World::with(&[("ANONYMOUS_START", setting)]);
        let chat = world.connected(start(&json!({"CustomerId": "jane"})).signed());
        for customer in ["jane", "me", "nobody"] {
            world.refuses(list(customer), DENIED, NOT_KNOWN);
            for token in [&chat.participant_token, &chat.connection_token] {
                world.refuses(list(customer).bearer(token), DENIED, NOT_KNOWN);
            }
            let header = list(customer).header("authorization", "Bearer eyJh.eyJz.c2ln");
            world.refuses(header, DENIED, NOT_KNOWN);
            world.refuses(
                list(customer).claims(&[("email", "jane")]),
                DENIED,
                NOT_KNOWN,
            );
        }
        // Before anything is said about the request.
        world.refuses(list("jane").query("maxResults=x"), DENIED, NOT_KNOWN);
        world.refuses(list("jane").at("/customers/x"), DENIED, NOT_KNOWN);
    }
}

#[test]
fn row_67_pages_joined_are_the_list() {
    let world = World::new();
    let mut contacts: Vec<String> = (0..12).map(|_| chat_of(&world, "jane").contact).collect();
    contacts.reverse();
    let first = world.takes(list("jane").signed());
    assert_eq!(
        listed(&first),
        contacts[..10],
        "ten, where no number is given"
    );
    let mut pages = Vec::new();
    let mut page = world.takes(list("jane").query("maxResults=5").signed());
    loop {
        pages.push(listed(&page));
        assert!(pages.len() < 10);
        if page.get("NextToken").is_none() {
            break;
        }
        let token = encoded(&at(&page, "NextToken"));
        assert!(token.len() <= 1_000);
        // What begins meanwhile is before all that is still to come.
        chat_of(&world, "jane");
        let query = format!("nextToken={token}&maxResults=5");
        // A token is the list's, not its caller's.
        let own = list("me").query(&query).claims(&[("sub", "jane")]);
        let backends = world.takes(list("jane").query(&query).signed());
        page = world.takes(own);
        assert_eq!(listed(&page), listed(&backends));
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
    assert_eq!(pages.concat(), contacts);
    let empty = world.takes(list("nobody").signed());
    assert_eq!(empty, json!({"Chats": []}));
}

#[test]
fn a_list_token_is_good_for_that_list_alone_and_only_unaltered() {
    let world = World::new();
    for _ in 0..3 {
        chat_of(&world, "jane");
        chat_of(&world, "john");
    }
    let first = world.takes(list("jane").query("maxResults=1").signed());
    let token = at(&first, "NextToken");
    world.takes(list_after("jane", &first).signed());
    let foreign = "nextToken is not one of this list";
    let query = format!("nextToken={}", encoded(&token));
    let elsewhere = Request::to(Operation::ListCustomerChats, &["another", "jane"]);
    for request in [list("john"), list("jane "), list("me"), elsewhere] {
        world.refuses(request.query(&query).signed(), PARAMETER, foreign);
    }
    let chat = world.connected(start(&json!({})));
    let page = world.takes(transcript(
        &world.chat_after(&world.ended_chat()),
        &json!({"MaxResults": 1}),
    ));
    let export = [INSTANCE, &*chat.contact];
    let export = Request::to(Operation::ExportTranscript, &export).query("maxResults=1");
    world.takes(crate::stage::message(&chat, "hello"));
    let part = world.takes(export.signed());
    let middle = token.len() / 2;
    let altered = |with: &str| format!("{}{with}{}", &token[..middle], &token[middle + 1..]);
    for token in [
        at(&page, "NextToken"),
        at(&part, "NextToken"),
        chat.participant_token,
        chat.connection_token,
        altered(if &token[middle..=middle] == "A" {
            "B"
        } else {
            "A"
        }),
        altered(""),
        format!("{token}A"),
        "x".to_owned(),
        " ".to_owned(),
        "中".to_owned(),
    ] {
        let query = format!("nextToken={}", encoded(&token));
        world.refuses(list("jane").query(&query).signed(), PARAMETER, foreign);
    }
}

#[test]
fn what_is_wrong_with_a_list_request_is_named() {
    let world = World::new();
    let number = "maxResults must be a whole number from 1 to 25";
    let once = "must be given once only";
    let length = |n| format!("nextToken must have 1 to 1000 characters, not {n}");
    for (query, message) in [
        ("maxResults=0", number.to_owned()),
        ("maxResults=26", number.to_owned()),
        ("maxResults=-1", number.to_owned()),
        ("maxResults=", number.to_owned()),
        ("maxResults", number.to_owned()),
        ("maxResults=ten", number.to_owned()),
        ("maxResults=99999999999999999999", number.to_owned()),
        ("maxResults=1&maxResults=1", format!("maxResults {once}")),
        ("nextToken=x&nextToken=x", format!("nextToken {once}")),
        ("nextToken=", length(0)),
        (&format!("nextToken={}", "x".repeat(1_001)), length(1_001)),
    ] {
        println!("{query}");
        world.refuses(list("jane").query(query).signed(), PARAMETER, &message);
    }
    for query in ["maxResults=1", "maxResults=25", "maxresults=99", "a=b&=&&"] {
        println!("{query}");
        world.takes(list("jane").query(query).signed());
    }
    // Signers read a query before they sign it, and would change what is no text.
    let jane = |query: &str| list("me").query(query).claims(&[("sub", "jane")]);
    world.takes(jane("unknown=%ff"));
    let utf_8 = "nextToken must be UTF-8, percent-encoded";
    world.refuses(jane("nextToken=%ff"), PARAMETER, utf_8);
    let longest = "中".repeat(128);
    world.takes(list(&longest).signed());
    let long = "CustomerId must have 1 to 128 characters, not 129";
    world.refuses(list(&"中".repeat(129)).signed(), PARAMETER, long);
    let at = |path: &str| list("jane").at(path).signed();
    let utf_8 = "CustomerId must be UTF-8, percent-encoded";
    world.refuses(at("/customers/here/%ff/chats"), PARAMETER, utf_8);
    let form = "The path must end in customers/{InstanceId}/{CustomerId}/chats";
    world.refuses(at("/customers/chats"), REQUEST, form);
}

#[test]
fn row_41_an_instance_in_the_path_is_its_id_or_its_arn_decoded_or_not() {
    let world = World::with(&[("INSTANCE_IDS", INSTANCE)]);
    let strange = "a/b c%中";
    let chats = ["jane", strange].map(|customer| chat_of(&world, customer).contact);
    for instance in [INSTANCE, ARN] {
        for (customer, chat) in ["jane", strange].iter().zip(&chats) {
            let request = Request::to(Operation::ListCustomerChats, &[instance, customer]);
            let page = world.takes(request.signed());
            let expected = std::slice::from_ref(chat);
            assert_eq!(listed(&page), expected, "{instance} {customer}");
        }
        // As a gateway hands it on that has decoded it.
        let request = Request::to(Operation::ListCustomerChats, &[instance, "jane"]);
        let decoded =
            |call: &mut api::Call| call.path = call.path.replace("%3A", ":").replace("%2F", "/");
        let answer = world.send_altered(request.query("maxResults=1").signed(), decoded);
        assert_eq!(listed(&answer.ok()), chats[..1]);
    }
    let nowhere = "The instance was not found";
    for instance in [
        "another",
        "arn:aws:connect:us-west-2:1:instance/another",
        "arn:x",
    ] {
        let request = Request::to(Operation::ListCustomerChats, &[instance, "jane"]);
        world.refuses(request.signed(), NOT_FOUND, nowhere);
    }
}

#[test]
fn chats_past_their_retention_are_not_listed() {
    let world = World::new();
    let old = chat_of(&world, "jane");
    world.takes(stop(&old.contact));
    world.pass(days(400));
    let new = chat_of(&world, "jane");
    assert_eq!(listed(&world.takes(list("jane").signed())).len(), 2);
    world.pass(days(331));
    let page = world.takes(list("jane").query("maxResults=1").signed());
    assert_eq!(listed(&page), [new.contact]);
    let last = world.takes(list_after("jane", &page).signed());
    assert_eq!(last, json!({"Chats": []}));
}

#[test]
fn a_store_that_is_overloaded_slows_lists_down() {
    let world = World::new();
    world
        .service
        .log
        .fail(Failure::All(domain::LogError::Throttled));
    let answer = world.send(list("jane").signed());
    let told = "Too many requests: try again later";
    assert_eq!(answer.error(), (429, "ThrottlingException", told));
}
