//! Amazon Connect's own worked example of persistent chat, row by row
//! ([administrator guide](https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html)):
//! on C1 the customer talks to the agent Ann, a transfer leads to C2 and the agent Bob, Bob leaves, the disconnect
//! flow's survey is C3, and then the session ends.

use aws_sdk_connect::types::RehydrationType::{self, EntirePastSession, FromSegment};
use aws_sdk_connectparticipant::types::{Item, SortKey};

use crate::control::{SALES, SURVEY};
use crate::pages::{assert_strictly_rising, lines};
use crate::people::{BOTH, Backend, Participant};
use crate::refusal::{BAD_REQUEST, refused};
use crate::service::Service;

/// What stands on C1, newest first.
const ON_C1: [&str; 7] = [
    "transferred",
    "Ann left",
    "Ann: Bob knows more.",
    "Jane: My parcel has not come.",
    "Ann joined",
    "Ann invited",
    "Jane joined",
];
/// What stands on C2, newest first.
const ON_C2: [&str; 6] = [
    "transferred",
    "Bob left",
    "Bob: It comes today.",
    "Jane: Where is it?",
    "Bob joined",
    "Bob invited",
];
/// What stands on C3, newest first.
const ON_C3: [&str; 3] = ["ended", "Jane left", "Jane: Five stars."];

/// The contacts of the example's session.
struct Example {
    c1: String,
    c2: String,
    c3: String,
}

/// The example while C3, the survey, is still going on.
async fn in_the_survey(backend: &Backend) -> (Participant, Example) {
    let jane = backend.jane().await;
    let c1 = jane.contact.clone();
    let ann = backend.agent(&c1, "Ann").await;
    jane.say("My parcel has not come.").await;
    ann.say("Bob knows more.").await;
    ann.leave().await;
    let c2 = backend.transfer(&c1, SALES).await;
    let bob = backend.agent(&c2, "Bob").await;
    jane.say("Where is it?").await;
    bob.say("It comes today.").await;
    bob.leave().await;
    let c3 = backend.transfer(&c2, SURVEY).await;
    jane.say("Five stars.").await;
    (jane, Example { c1, c2, c3 })
}

/// The example, over.
async fn ended(backend: &Backend) -> Example {
    let (jane, example) = in_the_survey(backend).await;
    jane.leave().await;
    example
}

/// Continues `source`, and asserts that the new chat continues `from`, as it is told and as it is described, and that
/// its past, newest first, is exactly what stands on these contacts.
async fn assert_continues(
    backend: &Backend,
    (source, how_much): (&str, RehydrationType),
    from: &str,
    past: &[(&str, &[&str])],
) {
    let jane = backend.jane_after(source, how_much).await;
    jane.say("Me again.").await;
    assert_eq!(jane.continued_from.as_deref(), Some(from));
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.related_contact_id(), Some(from));
    assert_eq!(described.initial_contact_id(), Some(&*jane.contact));
    assert_eq!(
        described.previous_contact_id(),
        None,
        "it is a session of its own"
    );

    let seen = newest_first(&jane).await;
    let (present, shown) = seen.split_at(2);
    assert_eq!(lines(present), ["Jane: Me again.", "Jane joined"]);
    for item in present {
        let of = (item.contact_id(), item.related_contact_id());
        assert_eq!(of, (Some(&*jane.contact), None));
    }
    let contacts = past.iter().flat_map(|(contact, items)| {
        let each = items.iter().map(|line| (None, Some(*contact), *line));
        each.collect::<Vec<_>>()
    });
    let lines = lines(shown);
    let shown: Vec<_> = shown
        .iter()
        .zip(&lines)
        .map(|(item, line)| (item.contact_id(), item.related_contact_id(), &**line))
        .collect();
    assert_eq!(shown, contacts.collect::<Vec<_>>());
    let oldest_first: Vec<Item> = seen.into_iter().rev().collect();
    assert_strictly_rising(&oldest_first);
}

/// Everything that the chat shows, newest first, as Connect orders it: in pages of four.
async fn newest_first(jane: &Participant) -> Vec<Item> {
    let page = || jane.older(4).sort_order(SortKey::Descending);
    let mut page_of = page().send().await.unwrap();
    let mut seen = Vec::new();
    loop {
        assert_eq!(page_of.initial_contact_id(), Some(&*jane.contact));
        seen.extend(page_of.transcript.unwrap());
        let Some(token) = page_of.next_token else {
            return seen;
        };
        page_of = page().next_token(token).send().await.unwrap();
    }
}

#[tokio::test]
async fn the_session_of_the_example_is_one_chain_of_three_contacts() {
    let service = Service::open().await;
    let backend = service.backend();
    let (jane, example) = in_the_survey(&backend).await;
    let Example { c1, c2, c3 } = &example;
    // All of it is the present while it goes on.
    let seen = newest_first(&jane).await;
    let on = |contact: &str| {
        let of = |item: &&Item| item.contact_id() == Some(contact);
        lines(&seen.iter().filter(of).cloned().collect::<Vec<_>>())
    };
    assert_eq!(on(c1), ON_C1);
    assert_eq!(on(c2), ON_C2);
    assert_eq!(on(c3), ON_C3[2..]);
    assert!(seen.iter().all(|item| item.related_contact_id().is_none()));
    jane.leave().await;

    for (contact, previous, method, reason) in [
        (c1, None, "API", None),
        (c2, Some(c1), "TRANSFER", Some("AGENT_DISCONNECT")),
        (c3, Some(c2), "DISCONNECT", Some("CUSTOMER_DISCONNECT")),
    ] {
        let described = backend.describe(contact).await;
        assert_eq!(described.id(), Some(&**contact));
        assert_eq!(described.initial_contact_id(), Some(&**c1));
        assert_eq!(described.previous_contact_id(), previous.map(|id| &**id));
        assert_eq!(described.related_contact_id(), None);
        assert_eq!(described.initiation_method().unwrap().as_str(), method);
        assert_eq!(described.disconnect_reason(), reason, "{method}");
        assert!(described.disconnect_timestamp().is_some(), "{method}");
    }
}

#[tokio::test]
async fn c2_from_segment_continues_c2_and_drops_the_survey() {
    let service = Service::open().await;
    let backend = service.backend();
    let Example { c1, c2, .. } = ended(&backend).await;
    let past: [(&str, &[&str]); 2] = [(&c2, &ON_C2), (&c1, &ON_C1)];
    assert_continues(&backend, (&c2, FromSegment), &c2, &past).await;
}

#[tokio::test]
async fn c1_entire_past_session_continues_c3_and_shows_all_of_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let Example { c1, c2, c3 } = ended(&backend).await;
    let past: [(&str, &[&str]); 3] = [(&c3, &ON_C3), (&c2, &ON_C2), (&c1, &ON_C1)];
    assert_continues(&backend, (&c1, EntirePastSession), &c3, &past).await;
}

#[tokio::test]
async fn c1_from_segment_continues_c1_and_shows_that_alone() {
    let service = Service::open().await;
    let backend = service.backend();
    let Example { c1, .. } = ended(&backend).await;
    let past: [(&str, &[&str]); 1] = [(&c1, &ON_C1)];
    assert_continues(&backend, (&c1, FromSegment), &c1, &past).await;
}

#[tokio::test]
async fn c3_from_segment_continues_c3_and_shows_all_of_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let Example { c1, c2, c3 } = ended(&backend).await;
    let past: [(&str, &[&str]); 3] = [(&c3, &ON_C3), (&c2, &ON_C2), (&c1, &ON_C1)];
    assert_continues(&backend, (&c3, FromSegment), &c3, &past).await;
}

#[tokio::test]
async fn c2_or_c3_with_entire_past_session_is_refused_and_c1_is_named() {
    let service = Service::open().await;
    let backend = service.backend();
    let Example { c1, c2, c3 } = ended(&backend).await;
    for source in [&c2, &c3] {
        let chat = backend.chat_after(source, EntirePastSession);
        let refusal = refused(chat.send().await);
        assert_eq!(refusal.is(), BAD_REQUEST);
        assert!(refusal.message.contains(&c1), "{}", refusal.message);
    }
    assert_eq!(service.sessions().await, 1);
}

#[tokio::test]
async fn while_c3_is_active_no_contact_is_continued_and_c3_is_named() {
    let service = Service::open().await;
    let backend = service.backend();
    let (jane, Example { c1, c2, c3 }) = in_the_survey(&backend).await;
    for source in [&c1, &c2, &c3] {
        for how_much in BOTH {
            let entire = how_much == EntirePastSession;
            let refusal = refused(backend.chat_after(source, how_much).send().await);
            assert_eq!(refusal.is(), BAD_REQUEST);
            // Whatever is active, the entire session is asked for by its initial contact.
            let named = if entire && *source != c1 { &c1 } else { &c3 };
            assert!(refusal.message.contains(named), "{}", refusal.message);
        }
    }
    assert_eq!(service.sessions().await, 1);
    jane.leave().await;
    assert_eq!(
        backend.jane_after(&c2, FromSegment).await.continued_from,
        Some(c2)
    );
}
