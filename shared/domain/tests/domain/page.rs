//! Pages of a transcript: where they start, where they end, and what they say about what follows.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{Cursor, From, Page, PageError, Query};
use domain::{Content, ContentType, Role, Start, Timestamp, days, seconds};

use crate::stage::{Chat, World, line};

pub(crate) fn lines(page: &Page) -> Vec<String> {
    page.items.iter().map(line).collect()
}

/// A chat that shows `past: joined, a, ended | joined, 1, 2, 3`, one second apart.
pub(crate) fn chat_with_a_past(world: &World) -> Chat {
    let past = world.past(&["a"]);
    world.wait(seconds(1));
    let chat = world.joined(&world.wish_to_resume(past.contact, FromSegment));
    for text in ["1", "2", "3"] {
        world.wait(seconds(1));
        world.say(&chat, text);
    }
    chat
}

#[test]
fn row_20_a_page_that_the_present_does_not_fill_goes_on_into_the_past() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let all = [
        "Jane: 3",
        "Jane: 2",
        "Jane: 1",
        "Jane joined",
        "ended",
        "Jane: a",
        "Jane joined",
    ];
    let agent = world.accompanied(&chat, Role::Agent, "Ann");
    let hers = [&["Ann joined", "Ann invited"][..], &all].concat();
    // With Ann's coming, whoever reads.
    for reader in [&chat, &agent] {
        for limit in 1..=10 {
            let pages = world.pages(&Query {
                limit,
                ..reader.newest()
            });
            let shown: Vec<_> = pages.iter().map(lines).collect();
            let full: Vec<_> = hers.chunks(limit).collect();
            assert_eq!(shown, full, "{limit} items a page");
        }
    }
}

#[test]
fn row_20_a_page_that_begins_where_the_reader_says_ends_with_the_present_and_its_token_leads_on() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let all = world.items(&chat);
    for from in [
        From::Item(all[4].id),
        From::Time(all[4].at),
        From::MostRecent(3),
    ] {
        let query = |limit| Query {
            direction: Backward,
            from,
            limit,
            ..chat.newest()
        };
        let shown = |limit| -> Vec<_> { world.pages(&query(limit)).iter().map(lines).collect() };
        let past = ["ended", "Jane: a", "Jane joined"];
        assert_eq!(
            shown(2),
            [&["Jane: 1", "Jane joined"][..], &past[..2], &past[2..]]
        );
        for limit in [3, 100] {
            assert_eq!(
                shown(limit),
                [&["Jane: 1", "Jane joined"][..], &past],
                "{from:?}"
            );
        }
        // The second page has no place to start from any more.
        assert_eq!(
            shown(1),
            [
                ["Jane: 1"],
                ["Jane joined"],
                ["ended"],
                ["Jane: a"],
                ["Jane joined"]
            ]
        );
    }
}

#[test]
fn row_20_past_pages_are_filled_across_past_sessions() {
    let world = World::new();
    let one = world.past(&["a"]);
    let two = world.joined(&world.wish_to_resume(one.contact, FromSegment));
    world.stop(two.contact);
    let chat = world.resume(two.contact, FromSegment);
    let pages = world.pages(&Query {
        limit: 4,
        ..chat.newest()
    });
    let sizes: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
    assert_eq!(sizes, [4, 1]);
}

#[test]
fn row_20_what_is_hidden_of_a_past_session_takes_no_room_on_a_page() {
    let world = World::new();
    let oldest = world.past(&["a"]);
    let bounded = world.joined(&world.wish_to_resume(oldest.contact, FromSegment));
    let hidden = world.transfer(bounded.contact);
    for _ in 0..10 {
        world.say(&bounded, "hidden");
    }
    world.stop(hidden);
    let chat = world.resume(bounded.contact, FromSegment);
    let pages = world.pages(&Query {
        limit: 5,
        ..chat.newest()
    });
    let sizes: Vec<_> = pages.iter().map(|page| page.items.len()).collect();
    assert_eq!(sizes, [5]);
}

#[test]
fn row_21_a_page_that_holds_the_last_item_has_no_token() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let alone = world.chat();
    world.say(&alone, "hello");
    for (chat, items) in [(&chat, 7_usize), (&alone, 2)] {
        for limit in 1..9 {
            let pages = world.pages(&Query {
                limit,
                ..chat.newest()
            });
            assert_eq!(pages.len(), items.div_ceil(limit));
        }
    }
    // Forward, too.
    let oldest = world.items(&alone)[0].id;
    for (limit, expected) in [(3, 1), (2, 1), (1, 2)] {
        let pages = world.pages(&Query {
            direction: Forward,
            from: From::Item(oldest),
            limit,
            ..alone.newest()
        });
        assert_eq!(pages.len(), expected);
    }
}

#[test]
fn the_first_page_of_a_persistent_chat_shows_the_past_before_anything_is_said_in_it() {
    let world = World::new();
    let past = world.past(&["a"]);
    let chat = world.resume(past.contact, FromSegment);
    let page = world.read(&chat.newest()).unwrap();
    assert_eq!(lines(&page), ["ended", "Jane: a", "Jane joined"]);
    assert_eq!(page.next, None);
}

#[test]
fn a_page_that_the_present_fills_to_the_last_item_has_a_token_if_there_is_a_past() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let page = world
        .read(&Query {
            limit: 4,
            ..chat.newest()
        })
        .unwrap();
    assert_eq!(page.items.len(), 4);
    assert!(matches!(page.next, Some(Cursor::Past(_))));
}

#[test]
fn row_22_items_of_earlier_contacts_of_the_same_session_are_present_ones() {
    let world = World::new();
    let chat = world.chat();
    world.transfer(chat.contact);
    world.say(&chat, "in the second");
    let page = world.read(&chat.newest()).unwrap();
    let contacts: Vec<_> = page
        .items
        .iter()
        .map(|item| item.contact.ordinal().get())
        .collect();
    assert_eq!(contacts, [1, 0, 0]);
}

#[test]
fn row_29_after_the_end_no_page_may_be_begun_but_what_was_begun_is_read_to_its_end() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let all = world.items(&chat);
    let begin = |direction, from| Query {
        direction,
        from,
        limit: 1,
        ..chat.newest()
    };
    let backward = begin(Backward, From::Newest);
    let forward = begin(Forward, From::Item(all[3].id));
    let go_on = |query: &Query| {
        let next = world.read(query).unwrap().next.unwrap();
        Query {
            from: From::Cursor(next),
            ..query.clone()
        }
    };
    let begun = [go_on(&backward), go_on(&forward)];
    world.leave(&chat);

    for from in [
        From::Newest,
        From::Item(all[5].id),
        From::MostRecent(1),
        From::Time(all[5].at),
    ] {
        for contact in [None, Some(chat.contact), Some(all[0].contact)] {
            let query = Query {
                contact,
                ..begin(Backward, from)
            };
            assert_eq!(world.read(&query), Err(PageError::Ended));
        }
    }
    let shown = begun.map(|query| {
        world
            .pages(&query)
            .iter()
            .flat_map(lines)
            .collect::<Vec<_>>()
    });
    let backward: Vec<_> = all[..6].iter().rev().map(line).collect();
    assert_eq!(shown[0], backward);
    // Row 30: the end itself is an item like any other.
    let forward = ["Jane: 1", "Jane: 2", "Jane: 3", "Jane left", "ended"];
    assert_eq!(shown[1], forward);
}

#[test]
fn a_session_that_does_not_exist_or_no_longer_does_has_no_pages() {
    let world = World::new();
    let chat = chat_with_a_past(&world);
    let begun =
        [(Backward, From::Newest), (Forward, From::MostRecent(2))].map(|(direction, from)| {
            let query = Query {
                direction,
                from,
                limit: 1,
                ..chat.newest()
            };
            let next = world.read(&query).unwrap().next.unwrap();
            (direction, From::Cursor(next))
        });
    let unknown = Query {
        session: world.wish().session,
        ..chat.newest()
    };
    assert_eq!(world.read(&unknown), Err(PageError::NotFound));
    world.wait(days(731));
    let first = [(Backward, From::Newest), (Forward, From::MostRecent(1))];
    for (direction, from) in first.into_iter().chain(begun) {
        let query = Query {
            direction,
            from,
            ..chat.newest()
        };
        assert_eq!(world.read(&query), Err(PageError::NotFound));
    }
}

#[test]
fn a_page_of_one_contact_shows_that_one_and_never_leads_out_of_it() {
    let world = World::new();
    let past = world.past(&["a"]);
    let chat = world.open(&Start {
        initial: Some((ContentType::Plain, Content("hi".to_owned()))),
        ..world.wish_to_resume(past.contact, EntirePastSession)
    });
    world.say(&chat, "1");
    let second = world.transfer(chat.contact);
    world.say(&chat, "2");
    world.say(&chat, "3");
    let third = world.transfer(second);
    let contents = [
        (chat.contact, vec!["Jane: hi", "Jane: 1", "transferred"]),
        (second, vec!["Jane: 2", "Jane: 3", "transferred"]),
        (third, vec![]),
    ];
    for (contact, mut expected) in contents {
        expected.reverse();
        for limit in [1, 2, 3, 4] {
            let pages = world.pages(&Query {
                contact: Some(contact),
                limit,
                ..chat.newest()
            });
            assert_eq!(pages.iter().flat_map(lines).collect::<Vec<_>>(), expected);
            assert_eq!(pages.len(), expected.len().div_ceil(limit).max(1));
        }
    }
}

#[test]
fn who_has_left_reads_on_to_their_leaving_and_no_further() {
    let world = World::new();
    let chat = world.chat();
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    for text in ["1", "2", "3"] {
        world.say(&chat, text);
    }
    let forward = |from, limit| Query {
        direction: Forward,
        from,
        limit,
        ..ann.newest()
    };
    let begun = world
        .read(&forward(From::Time(Timestamp::from_millis(0)), 1))
        .unwrap();
    let token = From::Cursor(begun.next.unwrap());
    world.leave(&ann);
    let bob = world.accompanied(&chat, Role::Agent, "Bob");
    world.say(&chat, "behind Ann's back");
    for end in ["while it runs", "after its end"] {
        for limit in 1..9 {
            let pages = world.pages(&forward(token, limit));
            let read: Vec<String> = pages.iter().flat_map(lines).collect();
            let hers = ["Ann invited", "Ann joined", "Jane: 1", "Jane: 2", "Jane: 3"];
            assert_eq!(read, [&hers[..], &["Ann left"]].concat(), "{end}");
        }
        if end == "while it runs" {
            world.leave(&bob);
            world.finish(&chat);
        }
    }
}
