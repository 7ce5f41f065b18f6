//! Tokens that are almost right: of another purpose, of another holder, or with one character changed.

use api::Operation;
use serde_json::json;

use super::jane::Jane;
use super::world;
use crate::stage::{
    Chat, DENIED, INSTANCE, Request, World, at, connection, encoded, message, start, transcript,
    unheard,
};

/// A token with each of its characters changed, one at a time.
fn altered(token: &str) -> impl Iterator<Item = String> {
    let other = |letter: u8| match letter {
        b'A' => "B",
        b'_' => "-",
        _ => "A",
    };
    (0..token.len()).map(move |n| {
        let changed = other(token.as_bytes()[n]);
        [&token[..n], changed, &token[n + 1..]].concat()
    })
}

/// Checks that a request is refused with the same bytes as any token that was never given, and that no store is asked.
#[track_caller]
fn refused(world: &World, request: Request, expected: (u16, &str, &str)) {
    let watch = &world.service.log.watch;
    let before = watch.asked().len();
    let answer = world.send(request);
    assert_eq!(answer.error(), expected);
    assert_eq!(watch.asked().len(), before, "the stores were asked");
}

#[test]
fn a_bearer_token_with_any_character_changed_opens_nothing() {
    let _unheard = unheard();
    let world = world();
    let jane = Jane::of(&world);
    let (status, kind) = DENIED;
    let denied = (status, kind, "Access denied");
    let mut tried = 0;
    for token in altered(&jane.running.connection_token) {
        let forged = Chat {
            connection_token: token,
            ..jane.running.clone()
        };
        refused(&world, transcript(&forged, &json!({})), denied);
        refused(&world, message(&forged, "it is me"), denied);
        tried += 2;
    }
    for token in altered(&jane.running.participant_token) {
        refused(&world, connection(&token), denied);
        tried += 1;
    }
    println!("{tried} tokens");
    jane.check_untouched(&world);
}

/// Which of Jane's NextTokens a request is for, the request with any token, and what is said of one that is not of its own.
type Asks<'a> = (usize, Box<dyn Fn(&str) -> Request + 'a>, &'static str);

/// What is asked with a NextToken: of a transcript, a list, an export.
fn next_requests(own: &Chat) -> [Asks<'_>; 3] {
    let in_path = |operation, id: &str, token: &str| {
        let query = format!("nextToken={}", encoded(token));
        Request::to(operation, &[INSTANCE, id])
            .query(&query)
            .signed()
    };
    [
        (
            2,
            Box::new(|token| transcript(own, &json!({"NextToken": token}))),
            "NextToken is not one of this chat",
        ),
        (
            0,
            Box::new(move |token| in_path(Operation::ListCustomerChats, "customer-xk7", token)),
            "nextToken is not one of this list",
        ),
        (
            1,
            Box::new(move |token| in_path(Operation::ExportTranscript, &own.contact, token)),
            "nextToken is not one of this transcript",
        ),
    ]
}

#[test]
fn a_next_token_with_any_character_changed_or_of_another_reading_goes_nowhere() {
    let world = world();
    let jane = Jane::of(&world);
    let mut tried = 0;
    for (own, request, says) in next_requests(&jane.running) {
        assert_eq!(
            world.send(request(&jane.next[own])).status,
            200,
            "its own works"
        );
        let kind = match own {
            2 => "ValidationException",
            _ => "InvalidParameterException",
        };
        let others = jane.next.iter().enumerate();
        let others = others.filter(|(n, _)| *n != own && !(own == 2 && *n == 3));
        let others = others.map(|(_, token)| token.clone());
        let tokens = [
            &jane.running.connection_token,
            &jane.running.participant_token,
        ];
        let others = others.chain(tokens.map(Clone::clone));
        for token in altered(&jane.next[own]).chain(others) {
            refused(&world, request(&token), (400, kind, says));
            tried += 1;
        }
    }
    println!("{tried} tokens");
}

#[test]
fn a_next_token_is_good_for_its_own_chat_contact_direction_and_instance_alone() {
    let world = world();
    let jane = Jane::of(&world);
    let (status, kind) = crate::stage::VALIDATION;
    let john = world.chat();
    // Of another chat, though its reader may read his own.
    for token in &jane.next {
        let request = transcript(&john, &json!({"NextToken": token}));
        refused(
            &world,
            request,
            (status, kind, "NextToken is not one of this chat"),
        );
    }
    for token in &jane.next[2..] {
        let forward = json!({"NextToken": token, "ScanDirection": "FORWARD"});
        let says = "ScanDirection must be that of the NextToken";
        refused(
            &world,
            transcript(&jane.running, &forward),
            (status, kind, says),
        );
        let of_contact = json!({"NextToken": token, "ContactId": jane.running.contact});
        let says = "ContactId must be that of the NextToken";
        refused(
            &world,
            transcript(&jane.running, &of_contact),
            (status, kind, says),
        );
    }
    // Of one contact, for another of the same session; and of the same ids in another instance.
    let bad = |operation, instance: &str, id: &str, token: &str, says| {
        let query = format!("nextToken={}", encoded(token));
        let request = Request::to(operation, &[instance, id])
            .query(&query)
            .signed();
        refused(&world, request, (400, "InvalidParameterException", says));
    };
    let second = jane.running.contact.replacen("-8000-", "-8001-", 1);
    let (list, export) = (Operation::ListCustomerChats, Operation::ExportTranscript);
    let says = "nextToken is not one of this transcript";
    bad(export, INSTANCE, &second, &jane.next[1], says);
    bad(export, INSTANCE, &jane.past.contact, &jane.next[1], says);
    bad(
        export,
        super::ELSEWHERE,
        &jane.running.contact,
        &jane.next[1],
        says,
    );
    let says = "nextToken is not one of this list";
    bad(list, INSTANCE, "customer-john", &jane.next[0], says);
    bad(list, super::ELSEWHERE, "customer-xk7", &jane.next[0], says);
}

#[test]
fn whoever_has_left_reads_on_up_to_his_leaving_and_no_word_that_came_later() {
    let world = world();
    let jane = Jane::of(&world);
    let open = Chat {
        contact: jane.running.contact.replacen("-8000-", "-8001-", 1),
        ..jane.running.clone()
    };
    let eve = world.accompanied(&open, "AGENT", "Eve");
    world.takes(message(&jane.running, "for Eve"));
    let begun = world.takes(transcript(&eve, &json!({"MaxResults": 1})));
    world.takes(crate::stage::disconnect(&eve));
    world.takes(message(&jane.running, "about Eve"));
    let mut members = json!({"MaxResults": 3, "NextToken": at(&begun, "NextToken")});
    let mut pages = 0;
    loop {
        let page = world.takes(transcript(&eve, &members));
        assert!(!page.to_string().contains("about Eve"), "{page}");
        pages += 1;
        let Some(next) = page["NextToken"].as_str() else {
            break;
        };
        members["NextToken"] = json!(next);
    }
    assert!(pages > 3);
    let (status, kind) = DENIED;
    world
        .send(transcript(&eve, &json!({})))
        .is((status, kind), "Access denied");
}

#[test]
fn a_next_token_of_a_removed_key_goes_nowhere() {
    let mut world = world();
    let jane = Jane::of(&world);
    world.service.settings.tokens = super::credentials::removed_key();
    for (own, request, says) in next_requests(&jane.running) {
        // Of which the connection token itself is none any more.
        let answer = world.send(request(&jane.next[own]));
        match own {
            2 => assert_eq!(answer.error().0, 403),
            _ => assert_eq!(answer.error(), (400, "InvalidParameterException", says)),
        }
    }
}

/// What was given to one participant is nothing to another: in the hands of one who has left it would show what came later.
#[test]
fn whoever_has_left_reads_nothing_by_the_next_token_of_one_who_has_stayed() {
    let world = world();
    let jane = Jane::of(&world);
    let (status, kind) = crate::stage::VALIDATION;
    for token in &jane.next[2..] {
        world.takes(transcript(&jane.running, &json!({"NextToken": token})));
        let request = transcript(&jane.gone, &json!({"NextToken": token}));
        refused(
            &world,
            request,
            (status, kind, "NextToken is not one of this chat"),
        );
    }
}

#[test]
fn a_customers_own_name_opens_only_what_is_his_in_that_instance() {
    let world = world();
    let jane = Jane::of(&world);
    let list = |instance: &str, customer: &str| {
        let ids = [instance, customer];
        world.send(Request::to(Operation::ListCustomerChats, &ids).claims(&[("sub", customer)]))
    };
    assert!(jane.shows(&list(INSTANCE, "customer-xk7").ok().to_string()));
    for (instance, customer) in [
        (super::ELSEWHERE, "customer-xk7"),
        (INSTANCE, "Customer-xk7"),
        (INSTANCE, "customer-xk7 "),
        (INSTANCE, "nobody"),
    ] {
        assert_eq!(
            list(instance, customer).ok(),
            json!({"Chats": []}),
            "{customer}"
        );
    }
    let started = world.takes(start(&json!({})).claims(&[("sub", "nobody")]));
    let chats = list(INSTANCE, "nobody").ok();
    assert_eq!(chats["Chats"][0]["ContactId"], started["ContactId"]);
}
