//! Everything that leads a function to the account in another way: first times, repetitions, refusals, ends, the past.

use std::time::Duration;

use api::Operation;
use api::live::SocketEvent;
use serde_json::json;

use super::company::Company;
use crate::stage::{
    Chat, FLOW, INSTANCE, Request, association, at, attributes_of, connection, continuing,
    describe, disconnect, event, invitation, message, start, stop, subscribe, transcript, transfer,
    typing, update,
};

pub(super) async fn live_through_everything(company: &Company) {
    talk(company).await;
    manage(company).await;
    resume(company).await;
    expire(company).await;
    listen(company).await;
}

/// An agent who was asked to a chat, and has come.
async fn agent(company: &Company, chat: &Chat) -> Chat {
    let added = company.takes(invitation(&chat.contact, "AGENT", "Ann"));
    let added = added.await;
    let invited = Chat {
        contact: chat.contact.clone(),
        participant: at(&added, "ParticipantId"),
        participant_token: at(&added, "ParticipantCredentials.ParticipantToken"),
        connection_token: String::new(),
    };
    company.connected(invited).await
}

/// Two talk, read what was said, and part.
async fn talk(company: &Company) {
    let members = json!({"ClientToken": "5d1f6f0c-3e5b-4f0a-9a55-6f1f0f3f7a10"});
    let jane = company.chat(&members).await;
    company.takes(start(&members).signed()).await;
    let ann = agent(company, &jane).await;
    let said = at(&company.takes(message(&jane, "hello")).await, "Id");
    company.takes(typing(&ann)).await;
    for kind in ["message.delivered", "message.read"] {
        company.takes(event(&ann, kind, Some(&said))).await;
    }
    company
        .takes(event(&jane, "connection.acknowledged", None))
        .await;
    for members in [
        json!({}),
        json!({"MaxResults": 1}),
        json!({"ScanDirection": "FORWARD", "StartPosition": {"Id": said}}),
        json!({"StartPosition": {"AbsoluteTime": "2030-01-01T00:00:00.000Z"}}),
    ] {
        company.takes(transcript(&jane, &members)).await;
    }
    let export = Request::to(Operation::ExportTranscript, &[INSTANCE, &jane.contact]);
    company.takes(export.signed()).await;
    company.takes(disconnect(&ann)).await;
    company.takes(disconnect(&jane)).await;
    company.answers(403, message(&jane, "too late")).await;
    company.answers(403, transcript(&jane, &json!({}))).await;
    company.answers(403, disconnect(&jane)).await;
}

/// A backend asks about a contact, changes it, hands it over, and ends it.
async fn manage(company: &Company) {
    let jane = company.chat(&json!({"Attributes": {"a": "1"}})).await;
    let (contact, read) = (&jane.contact, json!({"a": "2"}));
    company.takes(update(contact, &read)).await;
    let next = company.takes(transfer(contact, &json!({"QueueId": "queue"})));
    let next = at(&next.await, "ContactId");
    company
        .takes(transfer(&next, &json!({"ContactFlowId": FLOW})))
        .await;
    company.takes(stop(contact)).await;
    company.takes(update(contact, &json!({"b": "3"}))).await;
    for contact in [contact, &next] {
        company.takes(describe(contact)).await;
        company.takes(attributes_of(contact)).await;
    }
    company
        .answers(400, invitation(contact, "AGENT", "Ann"))
        .await;
    let nobody = "00000000-0000-8000-8000-000000000000";
    for (status, request) in [
        (404, describe(nobody)),
        (410, stop(nobody)),
        (404, attributes_of(nobody)),
        (404, invitation(nobody, "AGENT", "Ann")),
    ] {
        company.answers(status, request).await;
    }
}

/// A customer comes back, and what was said is read across sessions.
async fn resume(company: &Company) {
    let members = json!({"CustomerId": "jane", "Attributes": {"topic": "delivery"}});
    let mut jane = company.chat(&members).await;
    for rehydration in ["ENTIRE_PAST_SESSION", "FROM_SEGMENT", "ENTIRE_PAST_SESSION"] {
        let source = jane.contact.clone();
        let next = continuing(&source, rehydration);
        company.answers(400, start(&next).signed()).await;
        company.takes(message(&jane, "hello")).await;
        company.takes(stop(&source)).await;
        jane = company.chat(&next).await;
    }
    let mut members = json!({"MaxResults": 3});
    loop {
        let page = company.takes(transcript(&jane, &members)).await;
        let Some(next) = page["NextToken"].as_str() else {
            break;
        };
        members["NextToken"] = json!(next);
    }
    let running = company.chat(&json!({"CustomerId": "jane"})).await;
    company.takes(stop(&jane.contact)).await;
    for _ in 0..2 {
        let associated = association(&running.contact, &jane.contact, "ENTIRE_PAST_SESSION");
        company.takes(associated).await;
    }
    let export = Request::to(Operation::ExportTranscript, &[INSTANCE, &running.contact]);
    company.takes(export.signed()).await;
    let customer = [INSTANCE, "jane"];
    for query in ["", "maxResults=1"] {
        let list = Request::to(Operation::ListCustomerChats, &customer).query(query);
        company.takes(list.signed()).await;
    }
    let own = Request::to(Operation::ListCustomerChats, &[INSTANCE, "me"]);
    company.takes(own.claims(&[("sub", "jane")])).await;
    let own = start(&json!({})).of_widget().claims(&[("sub", "jane")]);
    company.takes(own).await;
}

/// A chat's time passes, and every operation that notices it does so first.
async fn expire(company: &Company) {
    let mut chats = Vec::new();
    for _ in 0..9 {
        chats.push(company.chat(&json!({"ChatDurationInMinutes": 60})).await);
    }
    company.pass(Duration::from_secs(3_700));
    let [a, b, c, d, e, f, g, h, i] = &chats[..] else {
        panic!("nine chats");
    };
    let read = "message.read";
    let from = |chat: &Chat| continuing(&chat.contact, "FROM_SEGMENT");
    for (status, request) in [
        (200, stop(&a.contact)),
        (403, message(b, "too late")),
        (403, event(c, read, Some(&b.contact))),
        (403, disconnect(d)),
        (403, connection(&e.participant_token)),
        (400, transfer(&f.contact, &json!({"QueueId": "queue"}))),
        (400, invitation(&g.contact, "AGENT", "Ann")),
        (200, start(&from(h)).signed()),
        (200, update(&i.contact, &json!({"a": "1"}))),
    ] {
        company.answers(status, request).await;
    }
}

/// WebSockets open, are told what happens, go and fail.
async fn listen(company: &Company) {
    let jane = company.chat(&json!({})).await;
    let ann = agent(company, &jane).await;
    for (whose, name) in [(&jane, "well"), (&jane, "gone"), (&ann, "fails")] {
        assert_eq!(company.opens(whose, name).await, 200);
        let answer = company.socket(name, subscribe()).await;
        assert!(answer.frame.is_some());
    }
    let heartbeat = json!({"topic": "aws/heartbeat"}).to_string();
    company.socket("well", SocketEvent::Frame(heartbeat)).await;
    assert_eq!(company.socket("unknown", subscribe()).await.frame, None);
    // One is found to be gone while somebody types, one fails while a message is delivered, and one is told of it.
    company.takes(typing(&ann)).await;
    company.takes(message(&jane, "hello")).await;
    assert_eq!(company.deliver().await.failures().count(), 0);
    for name in ["gone", "fails"] {
        assert_eq!(company.opens(&jane, name).await, 200);
        company.socket(name, subscribe()).await;
    }
    company.takes(typing(&ann)).await;
    for name in ["gone", "fails"] {
        assert_eq!(company.opens(&jane, name).await, 200);
        company.socket(name, subscribe()).await;
    }
    company.takes(message(&ann, "hello")).await;
    assert_eq!(company.deliver().await.failures().count(), 0);
    // Somebody with many WebSockets, some of which nobody has said to be gone.
    let bob = company.chat(&json!({})).await;
    for name in ["b1", "b2", "b3", "b4", "gone5"] {
        assert_eq!(company.opens(&bob, name).await, 200);
    }
    company.socket("b1", subscribe()).await;
    assert_eq!(company.opens(&bob, "b6").await, 403);
    company.pass(Duration::from_secs(300));
    assert_eq!(company.opens(&bob, "b7").await, 200);
    company.socket("b1", SocketEvent::Disconnect).await;
    company.takes(stop(&bob.contact)).await;
    company.socket("b2", subscribe()).await;
    assert_eq!(company.deliver().await.failures().count(), 0);
}
