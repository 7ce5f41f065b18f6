//! TransferContact: the next contact of a chat, its ids, and that it is made once (decisions 40a, 42 and 60).

use api::Operation;
use domain::{
    Body, Consistency, ContactId, InstanceId, Log, Order, Read, SessionKey, SlotRange,
    TransferMethod, days,
};
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::stage::{
    Chat, DENIED, FLOW, INSTANCE, NOT_FOUND, REQUEST, Request, World, at, message, stop,
    transcript, transcript_words, transfer,
};

const ENDED: &str = "The contact has ended";

/// The chat's latest transfer, as it stands in the log: its method, flow, queue and user.
fn kept(world: &World, contact: &str) -> (TransferMethod, String, Option<String>, Option<String>) {
    let instance = InstanceId::new(INSTANCE).expect("an instance");
    let session = ContactId::parse(contact).expect("an id of ours").session();
    let read = Read {
        range: SlotRange::ALL,
        order: Order::NewestFirst,
        limit: 1,
        consistency: Consistency::Strong,
    };
    let chunk = block_on(
        world
            .service
            .log
            .read(&SessionKey::new(&instance, session), read),
    );
    match &chunk.expect("a log").records[0].body {
        Body::Transferred { method, to, .. } => {
            let queue = to.queue.as_ref().map(|id| id.0.clone());
            let user = to.user.as_ref().map(|id| id.0.clone());
            (*method, to.flow.0.clone(), queue, user)
        }
        other => panic!("no transfer: {other:?}"),
    }
}

#[test]
fn the_answer_names_the_next_contact_and_its_arn() {
    let world = World::with(&[
        ("AWS_REGION", "eu-central-1"),
        ("ACCOUNT_ID", "123456789012"),
    ]);
    let chat = world.chat();
    let next = world.takes(transfer(&chat.contact, &json!({})));
    let contact = chat.contact.replacen("-8000-", "-8001-", 1);
    let instance = format!("arn:aws:connect:eu-central-1:123456789012:instance/{INSTANCE}");
    let arn = format!("{instance}/contact/{contact}");
    assert_eq!(next, json!({"ContactId": contact, "ContactArn": arn}));
    // By the instance's ARN it is no other contact.
    let third = world.takes(transfer(&contact, &json!({"InstanceId": instance})));
    assert_eq!(
        at(&third, "ContactId"),
        chat.contact.replacen("-8000-", "-8002-", 1)
    );
}

#[test]
fn the_customer_goes_on_under_the_tokens_that_he_has() {
    let world = World::new();
    let chat = world.chat();
    world.takes(message(&chat, "one"));
    let next = world.transferred(&chat);
    world.takes(message(&chat, "two"));
    world.connection_token(&chat);
    let page = world.takes(transcript(&chat, &json!({"SortOrder": "ASCENDING"})));
    let words = ["participant.joined", "one", "transfer.succeeded", "two"];
    assert_eq!(transcript_words(&page), words);
    let contacts: Vec<String> = (0..4)
        .map(|n| at(&page["Transcript"][n], "ContactId"))
        .collect();
    let first = &chat.contact;
    assert_eq!(contacts, [first, first, first, &next].map(String::clone));
    assert_eq!(at(&page, "InitialContactId"), *first);
}

#[test]
fn decision_60_how_the_next_contact_comes_about_follows_from_where_it_leads() {
    let arn =
        |id: &str| format!("arn:aws:connect:us-west-2:123456789012:instance/i/contact-flow/{id}");
    let (bare, by_arn) = ("survey".to_owned(), arn("survey"));
    let another = arn("another");
    for configured in [&bare, &by_arn] {
        let world = World::with(&[("DISCONNECT_CONTACT_FLOW_ID", configured)]);
        for (flow, queue, user, method) in [
            (FLOW, None, None, TransferMethod::Transfer),
            (FLOW, None, Some("ann"), TransferMethod::Transfer),
            (FLOW, Some("billing"), None, TransferMethod::QueueTransfer),
            (&another, None, None, TransferMethod::Transfer),
            ("contact-flow/survey", None, None, TransferMethod::Transfer),
            ("SURVEY", None, None, TransferMethod::Transfer),
            (&bare, None, None, TransferMethod::Disconnect),
            (&by_arn, None, None, TransferMethod::Disconnect),
        ] {
            let members = json!({"ContactFlowId": flow, "QueueId": queue, "UserId": user});
            let chat = world.chat();
            world.takes(transfer(&chat.contact, &members));
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let expected = (method, flow.to_owned(), owned(queue), owned(user));
            assert_eq!(kept(&world, &chat.contact), expected, "{members}");
        }
    }
    // Where none is configured, no flow is the disconnect flow.
    let world = World::new();
    let chat = world.chat();
    world.takes(transfer(
        &chat.contact,
        &json!({"ContactFlowId": "survey", "UserId": "ann"}),
    ));
    assert_eq!(kept(&world, &chat.contact).0, TransferMethod::Transfer);
}

#[test]
fn decision_40a_a_contact_that_has_ended_is_not_transferred() {
    let world = World::new();
    let chat = world.chat();
    let second = world.transferred(&chat);
    // Decision 86: the refusal names the contact in which the session goes on.
    let ended = format!("{ENDED}: its session goes on in contact {second}");
    world.refuses(transfer(&chat.contact, &json!({})), REQUEST, &ended);
    world.takes(stop(&second));
    for contact in [&chat.contact, &second] {
        world.refuses(transfer(contact, &json!({})), REQUEST, ENDED);
    }
}

#[test]
fn a_chat_whose_time_has_passed_is_ended_and_not_transferred() {
    let world = World::new();
    let chat = world.chat();
    world.pass(days(2));
    let log = &world.service.log;
    let (stored, ends) = (log.stored(), log.ends());
    world
        .send(transfer(&chat.contact, &json!({})))
        .is(REQUEST, ENDED);
    assert_eq!((log.stored(), log.ends()), (stored + 1, ends + 1));
}

#[test]
fn a_contact_past_its_retention_is_not_there() {
    let world = World::new();
    let chat = world.ended_chat();
    world.pass(days(731));
    let request = transfer(&chat.contact, &json!({}));
    world.refuses(request, NOT_FOUND, "The contact was not found");
}

#[test]
fn decision_42_a_transfer_repeated_with_its_token_is_the_same_contact_whatever_has_happened_since()
{
    let world = World::new();
    let chat = world.chat();
    let members = |token: &str| json!({"ClientToken": token, "QueueId": "billing"});
    let request = || transfer(&chat.contact, &members("t"));
    let first = world.takes(request());
    let repeats = |world: &World| {
        let puts = world.service.log.puts();
        assert_eq!(world.takes(request()), first);
        assert_eq!(world.service.log.puts(), puts);
    };
    repeats(&world);
    let arn = format!("arn:aws:connect:us-east-1:123456789012:instance/{INSTANCE}");
    let mut by_arn = members("t");
    by_arn["InstanceId"] = json!(arn);
    assert_eq!(
        world.takes(transfer(&chat.contact.to_uppercase(), &by_arn)),
        first
    );
    // Anything else said under the token is another transfer, of a contact that has ended.
    let active = at(&first, "ContactId");
    let ended = format!("{ENDED}: its session goes on in contact {active}");
    for (member, value) in [
        ("ClientToken", json!("T")),
        ("ClientToken", json!("")),
        ("ContactFlowId", json!("another")),
        ("QueueId", json!("sales")),
        ("QueueId", Value::Null),
    ] {
        let mut other = members("t");
        other[member] = value;
        world.refuses(transfer(&chat.contact, &other), REQUEST, &ended);
    }
    let as_user = json!({"ClientToken": "t", "UserId": "billing"});
    world.refuses(transfer(&chat.contact, &as_user), REQUEST, &ended);
    let third = world.takes(transfer(&at(&first, "ContactId"), &members("t")));
    assert_ne!(third, first, "of another contact");
    repeats(&world);
    world.takes(stop(&at(&third, "ContactId")));
    repeats(&world);
}

#[test]
fn only_backends_transfer() {
    let world = World::new();
    let chat = world.chat();
    for contact in [chat.contact.as_str(), "x"] {
        let body = json!({"InstanceId": INSTANCE, "ContactId": contact, "ContactFlowId": FLOW});
        let unsigned = Request::new(Operation::TransferContact, &body);
        for request in strangers(unsigned, &chat) {
            world.refuses(request, DENIED, "The caller is not known");
        }
    }
}

/// The same request of everybody who may not make it.
fn strangers(unsigned: Request, chat: &Chat) -> Vec<Request> {
    let bearer = format!("Bearer {}", chat.connection_token);
    vec![
        unsigned.clone(),
        unsigned.clone().claims(&[("sub", "jane")]),
        unsigned.clone().bearer(&chat.participant_token),
        unsigned.header("authorization", &bearer),
    ]
}
