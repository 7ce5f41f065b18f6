//! A session's attributes: read, changed, carried on.

use aws_sdk_connect::types::RehydrationType::{EntirePastSession, FromSegment};

use crate::control::{SALES, pairs};
use crate::people::BOTH;
use crate::refusal::{BAD_PARAMETER, NOT_FOUND, refused};
use crate::service::{Service, unique};

#[tokio::test]
async fn attributes_are_added_replaced_and_removed() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = backend.chat("Jane");
    let chat = chat.attributes("order", "4711").attributes("lang", "de");
    let jane = backend.start(chat).await.connected().await;
    let of = |attributes: &[(&str, &str)]| pairs(attributes);
    let expected = of(&[("order", "4711"), ("lang", "de")]);
    assert_eq!(backend.attributes(&jane.contact).await, expected);

    let change = [("order", "4712"), ("vip", "yes"), ("lang", "")];
    backend.update(&jane.contact, &change).await;
    let expected = of(&[("order", "4712"), ("vip", "yes")]);
    assert_eq!(backend.attributes(&jane.contact).await, expected);
    backend.update(&jane.contact, &[]).await;
    backend.update(&jane.contact, &[("never", "")]).await;
    assert_eq!(backend.attributes(&jane.contact).await, expected);
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.attributes(), Some(&expected));
    // What changed nothing was not written, and what changed them stands in no transcript.
    assert_eq!(service.records(&jane.contact).await.len(), 3);
    assert_eq!(jane.history().await.len(), 1);

    let all = [("order", ""), ("vip", "")];
    backend.update(&jane.contact, &all).await;
    assert_eq!(backend.attributes(&jane.contact).await, of(&[]));
}

#[tokio::test]
async fn attributes_are_the_sessions_whichever_contact_names_it() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    backend.update(&jane.contact, &[("a", "1")]).await;
    let next = backend.transfer(&jane.contact, SALES).await;
    backend.update(&next, &[("b", "2")]).await;
    backend.update(&jane.contact, &[("c", "3")]).await;
    let expected = pairs(&[("a", "1"), ("b", "2"), ("c", "3")]);
    for contact in [&jane.contact, &next] {
        assert_eq!(backend.attributes(contact).await, expected);
        let described = backend.describe(contact).await;
        assert_eq!(described.attributes(), Some(&expected));
    }
}

#[tokio::test]
async fn attributes_are_changed_after_the_end_too() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = backend.chat("Jane").attributes("rating", "none");
    let jane = backend.start(chat).await;
    backend.stop(&jane.contact).await;
    let records = service.records(&jane.contact).await;
    backend.update(&jane.contact, &[("rating", "five")]).await;
    let change = [("rating", ""), ("solved", "yes")];
    backend.update(&jane.contact, &change).await;
    let expected = pairs(&[("solved", "yes")]);
    assert_eq!(backend.attributes(&jane.contact).await, expected);
    let described = backend.describe(&jane.contact).await;
    assert_eq!(described.attributes(), Some(&expected));
    assert_eq!(
        service.records(&jane.contact).await,
        records,
        "nothing follows the end"
    );
}

#[tokio::test]
async fn a_continuation_has_them_as_they_were_at_the_sources_end_under_its_own() {
    let service = Service::open().await;
    let backend = service.backend();
    let chat = backend.chat("Jane");
    let chat = chat.attributes("lang", "de").attributes("order", "4711");
    let jane = backend.start(chat).await.connected().await;
    backend.update(&jane.contact, &[("order", "4712")]).await;
    let survey = backend.transfer(&jane.contact, SALES).await;
    backend.update(&survey, &[("stars", "5")]).await;
    jane.leave().await;
    backend.update(&jane.contact, &[("lang", "en")]).await;

    let after = |source: &str, how_much| {
        let chat = backend.chat_after(source, how_much);
        backend.start(chat.attributes("order", "4713"))
    };
    let whole = after(&jane.contact, EntirePastSession).await;
    let expected = [("lang", "de"), ("order", "4713"), ("stars", "5")];
    assert_eq!(backend.attributes(&whole.contact).await, pairs(&expected));
    // Nor does it know what was noted after its source.
    let part = after(&jane.contact, FromSegment).await;
    let expected = [("lang", "de"), ("order", "4713")];
    assert_eq!(backend.attributes(&part.contact).await, pairs(&expected));
    // The source is as it was.
    let expected = [("lang", "en"), ("order", "4712"), ("stars", "5")];
    assert_eq!(backend.attributes(&jane.contact).await, pairs(&expected));
}

#[tokio::test]
async fn an_association_carries_them_on_under_those_of_the_running_chat() {
    let service = Service::open().await;
    let backend = service.backend();
    for how_much in BOTH {
        let chat = backend.chat("Jane").attributes("lang", "de");
        let source = backend.start(chat.attributes("order", "4711")).await;
        backend.stop(&source.contact).await;
        let jane = backend
            .start(backend.chat("Jane").attributes("order", "4712"))
            .await;
        backend.update(&jane.contact, &[("vip", "yes")]).await;
        backend
            .associate(&jane.contact, &source.contact, how_much)
            .await;
        backend.update(&jane.contact, &[("vip", "no")]).await;
        let expected = [("lang", "de"), ("order", "4712"), ("vip", "no")];
        assert_eq!(backend.attributes(&jane.contact).await, pairs(&expected));
    }
}

#[tokio::test]
async fn attributes_hold_32768_bytes_however_they_came_together() {
    let service = Service::open().await;
    let backend = service.backend();
    let most = "x".repeat(32_760);
    let chat = backend.chat("Jane").attributes("a", &most);
    let jane = backend.start(chat).await;
    let running = async |value: &str, wanted: bool| {
        let update = backend.updating(&jane.contact, &[("bc", value)]);
        let answer = update.send().await;
        assert_eq!(answer.is_ok(), wanted, "{answer:?}");
        answer
    };
    for over in [false, true] {
        if over {
            backend.stop(&jane.contact).await;
        }
        running("12345", true).await.unwrap();
        let refusal = refused(running("123456", false).await);
        assert_eq!(refusal.is(), BAD_PARAMETER);
        assert!(refusal.message.contains("32768"), "{}", refusal.message);
        running("", true).await.unwrap();
    }
}

#[tokio::test]
async fn attributes_of_no_contact_are_not_found_and_keys_have_their_letters() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    let unknown = jane.contact.replacen("-8000-", "-8001-", 1);
    for contact in [&*unknown, "00000000-0000-8000-8000-000000000000", "x"] {
        let read = backend.reading_attributes(contact).send().await;
        assert_eq!(refused(read).is(), NOT_FOUND);
        let update = backend.updating(contact, &[("a", "1")]).send().await;
        assert_eq!(refused(update).is(), NOT_FOUND);
    }
    let elsewhere = backend.of_instance(&unique());
    let read = elsewhere.reading_attributes(&jane.contact).send().await;
    assert_eq!(refused(read).is(), NOT_FOUND);
    let update = backend.updating(&jane.contact, &[("no spaces", "1")]);
    let refusal = refused(update.send().await);
    assert_eq!(refusal.is(), BAD_PARAMETER);
    assert!(
        refusal.message.contains("Attributes"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn updates_at_once_lose_none() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = backend.jane().await;
    for over in [false, true] {
        if over {
            jane.leave().await;
        }
        let mut updates = tokio::task::JoinSet::new();
        for number in 0..4 {
            let key = format!("{over}-{number}");
            let update = backend.updating(&jane.contact, &[(&key, "1")]);
            updates.spawn(async move { update.send().await.unwrap() });
        }
        updates.join_all().await;
    }
    assert_eq!(backend.attributes(&jane.contact).await.len(), 8);
}
