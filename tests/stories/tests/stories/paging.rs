//! Pages of a transcript: their size, their order, and that they join without a seam.

use aws_sdk_connect::types::RehydrationType::EntirePastSession;
use aws_sdk_connectparticipant::types::{Item, ScanDirection, SortKey};

use crate::pages::{assert_strictly_rising, at_id, at_most_recent, ids, page, said};
use crate::people::{Backend, Participant};
use crate::refusal::{DENIED, INVALID, refused};
use crate::service::Service;

/// A chat in which these numbers of messages were sent, each number in a session of its own.
async fn chain(backend: &Backend, messages: &[usize]) -> Participant {
    let mut jane: Option<Participant> = None;
    for (nth, count) in messages.iter().enumerate() {
        jane = Some(match jane {
            None => backend.jane().await,
            Some(before) => {
                before.leave().await;
                backend.jane_after(&before.contact, EntirePastSession).await
            }
        });
        for number in 0..*count {
            let text = format!("{nth}.{number}");
            jane.as_ref().unwrap().say(&text).await;
        }
    }
    jane.unwrap()
}

#[tokio::test]
async fn a_page_has_as_many_items_as_asked_for_and_ten_by_default() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[14]).await;
    for (asked, given) in [(1, 1), (7, 7), (15, 15), (16, 15), (100, 15), (0, 10)] {
        let items = page(jane.older(asked)).await;
        assert_eq!(items.len(), given, "MaxResults {asked}");
        assert_eq!(
            items.last().unwrap().content(),
            Some("0.13"),
            "the newest ones"
        );
    }
    assert_eq!(page(jane.reading()).await.len(), 10);
    for wrong in [-1, 101, 500] {
        let refusal = refused(jane.older(wrong).send().await);
        assert_eq!(refusal.is(), INVALID);
        assert!(
            refusal.message.contains("MaxResults"),
            "{}",
            refusal.message
        );
    }
}

#[tokio::test]
async fn a_page_is_sorted_as_asked_for_and_newest_first_by_default() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[4]).await;
    let two = || jane.reading().max_results(2);
    assert_eq!(said(&page(two()).await), ["0.3", "0.2"]);
    assert_eq!(
        said(&page(two().sort_order(SortKey::Descending)).await),
        ["0.3", "0.2"]
    );
    assert_eq!(
        said(&page(two().sort_order(SortKey::Ascending)).await),
        ["0.2", "0.3"]
    );
    let forward = || {
        two()
            .scan_direction(ScanDirection::Forward)
            .start_position(at_most_recent(3))
    };
    assert_eq!(said(&page(forward()).await), ["0.2", "0.1"]);
    assert_eq!(
        said(&page(forward().sort_order(SortKey::Ascending)).await),
        ["0.1", "0.2"]
    );
}

#[tokio::test]
async fn pages_of_any_size_join_to_one_and_the_same_transcript() {
    let service = Service::open().await;
    // A session without a message, and pages that end in the middle of a record, between records, and at borders.
    let jane = chain(&service.backend(), &[3, 0, 1, 5, 2]).await;
    let whole = jane.history().await;
    let messages = [
        "0.0", "0.1", "0.2", "2.0", "3.0", "3.1", "3.2", "3.3", "3.4", "4.0", "4.1",
    ];
    assert_eq!(said(&whole), messages);
    assert_eq!(
        whole.len(),
        messages.len() + 5 + 4 * 2,
        "joined; left and ended"
    );
    assert_strictly_rising(&whole);
    for size in [1, 2, 3, 4, 5, 7, 12, 23] {
        assert_eq!(
            jane.history_in_pages_of(size).await,
            whole,
            "pages of {size}"
        );
    }
}

#[tokio::test]
async fn pages_of_the_present_and_the_past_are_full_and_the_present_comes_first() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[1, 1, 1, 2]).await;
    let mut sizes = Vec::new();
    let mut read = jane.older(5).send().await.unwrap();
    loop {
        // The oldest comes first in the array.
        let present = |item: &Item| item.contact_id().is_some();
        assert!(read.transcript().is_sorted_by_key(present));
        sizes.push(read.transcript().len());
        let Some(token) = read.next_token() else {
            break;
        };
        read = jane.older(5).next_token(token).send().await.unwrap();
    }
    // Three items of the present; then three sessions of four items each.
    assert_eq!(sizes, [5, 5, 5]);
}

#[tokio::test]
async fn the_page_size_may_change_from_page_to_page() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[2, 3]).await;
    let first = jane.older(2).send().await.unwrap();
    let token = first.next_token().unwrap();
    let second = jane.older(1).next_token(token).send().await.unwrap();
    assert_eq!(said(second.transcript()), ["1.0"]);
    // The same token again, and in another order: it is not used up, and says nothing of size and order.
    let again = jane.reading().next_token(token).send().await.unwrap();
    assert_eq!(said(again.transcript()), ["1.0", "0.1", "0.0"]);
    assert_eq!(again.transcript()[0].content(), Some("1.0"));
    let rest = jane.history_from(second, 100).await;
    assert_eq!(said(&rest), ["0.0", "0.1", "1.0"]);
}

#[tokio::test]
async fn reading_forward_ends_at_the_present_and_never_begins_in_the_past() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[1, 5]).await;
    let whole = page(jane.older(100)).await;
    let mut present = whole.into_iter().filter(|item| item.contact_id().is_some());
    let joined = present.next().unwrap();
    let start = at_id(joined.id().unwrap());
    let first = jane.newer(4).start_position(start).send().await.unwrap();
    assert_eq!(said(first.transcript()), ["1.0", "1.1", "1.2"]);
    assert_eq!(first.transcript()[0], joined);
    let token = first.next_token().unwrap();
    let second = jane.newer(4).next_token(token).send().await.unwrap();
    assert_eq!(said(second.transcript()), ["1.3", "1.4"]);
    assert_eq!(second.next_token(), None);

    // What has come since stands on the page after the same token.
    jane.say("new").await;
    let second = jane.newer(4).next_token(token).send().await.unwrap();
    assert_eq!(said(second.transcript()), ["1.3", "1.4", "new"]);
}

#[tokio::test]
async fn what_was_begun_before_the_end_is_read_to_its_end_and_nothing_else() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[2, 5]).await;
    let whole = jane.history().await;
    let first = jane.older(2).send().await.unwrap();
    jane.leave().await;
    assert_eq!(
        jane.history_from(first, 3).await,
        whole,
        "without the end, which came later"
    );
    assert_eq!(refused(jane.older(2).send().await).is(), DENIED);
    let start = at_id(whole[0].id().unwrap());
    let late = jane.newer(2).start_position(start);
    assert_eq!(refused(late.send().await).is(), DENIED);
}

#[tokio::test]
async fn a_page_of_one_contact_shows_that_contact_and_no_past() {
    let service = Service::open().await;
    let jane = chain(&service.backend(), &[1, 3]).await;
    let mut all = page(jane.older(100)).await;
    all.retain(|item| item.contact_id().is_some());
    let own = |size| jane.older(size).contact_id(&jane.contact);

    let one = own(100).send().await.unwrap();
    assert_eq!(one.transcript(), all);
    assert_eq!(one.next_token(), None, "the past belongs to other contacts");
    let first = own(3).send().await.unwrap();
    let token = first.next_token().unwrap();
    let second = own(3).next_token(token).send().await.unwrap();
    assert_eq!(ids(second.transcript()), [all[0].id().unwrap()]);
    assert_eq!(second.next_token(), None);

    let source = jane.continued_from.as_deref().unwrap();
    let sibling = jane.contact.replacen("-8000-", "-8001-", 1);
    for other in [source, &sibling, "not an id of ours"] {
        let page = jane.older(100).contact_id(other).send().await.unwrap();
        assert!(page.transcript().is_empty(), "{other}");
        assert_eq!(page.next_token(), None);
    }
}

#[tokio::test]
async fn a_next_token_is_good_for_its_own_reader_contact_and_direction_only() {
    let service = Service::open().await;
    let backend = service.backend();
    let jane = chain(&backend, &[3]).await;
    let john = chain(&backend, &[3]).await;
    let first = jane.older(2).send().await.unwrap();
    let token = first.next_token().unwrap().to_owned();
    let with = |token: &str| jane.older(2).next_token(token);
    with(&token).send().await.unwrap();

    let mut altered = token.clone().into_bytes();
    altered[20] ^= 1;
    let altered = String::from_utf8(altered).unwrap();
    let cut = &token[..token.len() - 1];
    for wrong in [&*altered, cut, "x", &jane.connection, &jane.token] {
        let refusal = refused(with(wrong).send().await);
        assert_eq!(refusal.is(), INVALID, "{wrong}");
        assert!(refusal.message.contains("NextToken"), "{}", refusal.message);
    }
    let foreign = refused(john.older(2).next_token(&token).send().await);
    assert_eq!(foreign.is(), INVALID);
    let turned = refused(jane.newer(2).next_token(&token).send().await);
    assert_eq!(turned.is(), INVALID);
    assert!(
        turned.message.contains("ScanDirection"),
        "{}",
        turned.message
    );
    let narrowed = refused(with(&token).contact_id(&jane.contact).send().await);
    assert_eq!(narrowed.is(), INVALID);
    assert!(
        narrowed.message.contains("ContactId"),
        "{}",
        narrowed.message
    );
    let moved = refused(with(&token).start_position(at_most_recent(1)).send().await);
    assert_eq!(moved.is(), INVALID);
    assert!(moved.message.contains("StartPosition"), "{}", moved.message);
}
