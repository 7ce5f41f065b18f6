//! DisconnectOnCustomerExit: the customer's exit disconnects the agent and opens the survey (decision 62).

use api::Operation;
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, PARAMETER, REQUEST, Request, World, at, connection, continuing, disconnect,
    invitation, message, set, start, start_members, transcript, transcript_words, transfer,
};

const DENIAL: &str = "Access denied";

/// A deployment with a disconnect flow.
fn world() -> World {
    World::with(&[("DISCONNECT_CONTACT_FLOW_ID", "survey")])
}

fn polite() -> Request {
    start(&json!({"DisconnectOnCustomerExit": ["AGENT"]}))
}

fn leave(chat: &Chat, token: &str) -> Request {
    let body = json!({"ClientToken": token});
    Request::new(Operation::DisconnectParticipant, &body).bearer(&chat.connection_token)
}

fn words(world: &World, chat: &Chat) -> Vec<String> {
    transcript_words(&world.takes(transcript(chat, &json!({"SortOrder": "ASCENDING"}))))
}

/// What the chat was, shown by one that continues it, oldest first.
fn past_words(world: &World, chat: &Chat) -> Vec<String> {
    let next = world.chat_after(chat);
    let page = world.takes(transcript(&next, &json!({"MaxResults": 1})));
    let members = json!({"NextToken": at(&page, "NextToken"), "SortOrder": "ASCENDING"});
    transcript_words(&world.takes(transcript(&next, &members)))
}

#[test]
fn decision_86_after_the_customers_exit_a_refusal_names_the_surveys_contact() {
    let world = world();
    let chat = world.connected(polite());
    world.accompanied(&chat, "AGENT", "Ann");
    world.takes(disconnect(&chat));
    let refused = world.send(invitation(&chat.contact, "CUSTOM_BOT", "Survey"));
    let (status, kind, message) = refused.error();
    assert_eq!((status, kind), REQUEST);
    let says = "The contact has ended: its session goes on in contact ";
    let survey = message.strip_prefix(says).expect("a contact");
    assert_ne!(survey, chat.contact);
    world.takes(invitation(survey, "CUSTOM_BOT", "Survey"));
    let moved = transfer(&chat.contact, &json!({}));
    world.refuses(moved, REQUEST, message);
    world.takes(transfer(survey, &json!({})));
}

#[test]
fn decision_62_the_customers_exit_opens_the_survey_and_a_second_one_ends_the_chat() {
    let world = world();
    let chat = world.connected(polite());
    let ann = world.accompanied(&chat, "AGENT", "Ann");
    world.takes(message(&ann, "hello"));
    assert_eq!(world.takes(disconnect(&chat)), json!({}));

    for request in [
        message(&ann, "wait"),
        disconnect(&ann),
        connection(&ann.participant_token),
    ] {
        world.refuses(request, DENIED, DENIAL);
    }
    world.connection_token(&chat);
    world.takes(message(&chat, "five stars"));
    let before = [
        "participant.joined",
        "participant.invited",
        "participant.joined",
        "hello",
        "participant.left",
        "transfer.succeeded",
    ];
    assert_eq!(
        words(&world, &chat),
        [&before[..], &["five stars"]].concat()
    );
    let page = world.takes(transcript(&chat, &json!({})));
    let survey = chat.contact.replacen("-8000-", "-8001-", 1);
    assert_eq!(at(&page["Transcript"][0], "ContactId"), survey);
    let left = &page["Transcript"][2];
    assert_eq!(left["DisplayName"], "Ann");
    assert_eq!(at(left, "ContactId"), chat.contact);

    assert_eq!(world.takes(disconnect(&chat)), json!({}));
    world.refuses(message(&chat, "six stars"), DENIED, DENIAL);
    let whole = [
        &before[..],
        &["five stars", "participant.left", "chat.ended"],
    ]
    .concat();
    assert_eq!(past_words(&world, &chat), whole);
}

#[test]
fn the_survey_is_hidden_from_who_continues_the_contact_before_it() {
    let world = world();
    let chat = world.connected(polite());
    world.accompanied(&chat, "AGENT", "Ann");
    world.takes(disconnect(&chat));
    world.takes(message(&chat, "five stars"));
    let says = "Only a chat session that has ended can be continued";
    let survey = chat.contact.replacen("-8000-", "-8001-", 1);
    let refusal = format!("{says}: contact {survey} is still active");
    let request = || start(&continuing(&chat.contact, "FROM_SEGMENT"));
    world.refuses(request(), REQUEST, &refusal);
    world.takes(disconnect(&chat));
    let next = world.connected(request());
    let page = world.takes(transcript(&next, &json!({"MaxResults": 1})));
    let past = json!({"NextToken": at(&page, "NextToken")});
    let shown = transcript_words(&world.takes(transcript(&next, &past)));
    assert_eq!(shown[0], "transfer.succeeded");
    assert!(!shown.contains(&"five stars".to_owned()));
}

#[test]
fn decision_62_without_flag_flow_or_connected_agent_the_customers_exit_ends_the_chat() {
    let plain = || start(&json!({}));
    let none = World::new();
    let world = world();
    type Company = fn(&World, &Chat);
    let agent: Company = |world, chat| drop(world.accompanied(chat, "AGENT", "Ann"));
    let rows: [(&str, &World, Request, Company); 6] = [
        ("without the flag", &world, plain(), agent),
        ("without a disconnect flow", &none, polite(), agent),
        ("alone", &world, polite(), |_, _| {}),
        ("before the agent comes", &world, polite(), |world, chat| {
            drop(world.invited(chat, "AGENT", "Ann"));
        }),
        (
            "after the agent has gone",
            &world,
            polite(),
            |world, chat| {
                let ann = world.accompanied(chat, "AGENT", "Ann");
                world.takes(disconnect(&ann));
            },
        ),
        ("with a bot", &world, polite(), |world, chat| {
            drop(world.accompanied(chat, "CUSTOM_BOT", "Bot"));
        }),
    ];
    for (what, world, request, arrange) in rows {
        println!("{what}");
        let chat = world.connected(request);
        arrange(world, &chat);
        world.takes(disconnect(&chat));
        world.refuses(message(&chat, "hello?"), DENIED, DENIAL);
        let shown = past_words(world, &chat);
        assert!(shown.ends_with(&["participant.left", "chat.ended"].map(str::to_owned)));
    }
}

#[test]
fn decision_42_a_repeated_exit_is_answered_as_before_and_does_not_end_the_survey() {
    let world = world();
    let chat = world.connected(polite());
    world.accompanied(&chat, "AGENT", "Ann");
    assert_eq!(world.takes(leave(&chat, "bye")), json!({}));
    let puts = world.service.log.puts();
    assert_eq!(world.takes(leave(&chat, "bye")), json!({}));
    assert_eq!(world.service.log.puts(), puts);
    world.takes(message(&chat, "five stars"));
    assert_eq!(world.takes(leave(&chat, "bye")), json!({}));
    world.takes(message(&chat, "and another"));
    assert_eq!(world.takes(leave(&chat, "for good")), json!({}));
    for token in ["bye", "for good"] {
        assert_eq!(world.takes(leave(&chat, token)), json!({}));
    }
    world.refuses(leave(&chat, "once more"), DENIED, DENIAL);
}

#[test]
fn decision_62_who_else_leaves_ends_nothing() {
    let world = world();
    for role in ["AGENT", "CUSTOM_BOT", "SUPERVISOR", "SYSTEM"] {
        let chat = world.connected(polite());
        let they = world.accompanied(&chat, role, "They");
        world.takes(disconnect(&they));
        world.takes(message(&chat, "hello?"));
        let last = words(&world, &chat).split_off(3);
        assert_eq!(last, ["participant.left", "hello?"], "{role}");
    }
}

#[test]
fn after_the_agent_the_backend_opens_the_survey_itself() {
    let world = world();
    let chat = world.connected(polite());
    let ann = world.accompanied(&chat, "AGENT", "Ann");
    world.takes(disconnect(&ann));
    let survey = json!({"ContactFlowId": "survey"});
    world.takes(transfer(&chat.contact, &survey));
    world.takes(message(&chat, "five stars"));
    world.takes(disconnect(&chat));
    world.refuses(message(&chat, "six stars"), DENIED, DENIAL);
}

#[test]
fn disconnect_on_customer_exit_is_a_list_of_one_agent() {
    let world = world();
    let member = "DisconnectOnCustomerExit";
    let send = |value: Value| {
        let body = set(&start_members(), member, value);
        Request::new(Operation::StartChatContact, &body)
    };
    let one = "must have the one entry AGENT";
    let list = "must be a list of strings";
    for (value, reason) in [
        (json!([]), one),
        (json!(["agent"]), one),
        (json!(["CUSTOMER"]), one),
        (json!(["AGENT", "AGENT"]), one),
        (json!(["AGENT", "SUPERVISOR"]), one),
        (json!("AGENT"), list),
        (json!([7]), list),
        (json!([null]), list),
        (json!({"AGENT": true}), list),
        (json!(true), list),
    ] {
        world.refuses(send(value), PARAMETER, &format!("{member} {reason}"));
    }
    world.takes(send(Value::Null));
    world.takes(send(json!(["AGENT"])).of_widget());
}
