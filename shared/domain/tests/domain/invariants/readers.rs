//! What is read, and by whom: invariants 5, 6 and 7.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{From, PageError, Query};
use domain::{CustomerId, SourceRefusal, Start, StartError, StartRefusal, Starter};

use crate::stage::{Call, Faults, World, at_every_call};

#[test]
fn pages_joined_together_are_the_transcript_with_no_item_twice_and_none_skipped_while_others_write()
{
    for limit in [1, 2, 3, 100] {
        at_every_call(|n| {
            let world = World::new();
            let grandparent = world.past(&["a", "b"]);
            let parent = world.joined(&world.wish_to_resume(grandparent.contact, FromSegment));
            world.say(&parent, "c");
            world.leave(&parent);
            let chat = world.joined(&world.wish_to_resume(parent.contact, EntirePastSession));
            world.say(&chat, "d");
            world.say(&chat, "e");
            let before = world.items(&chat);

            let (elsewhere, of) = (world.plainly(), chat.clone());
            let shaky = world.through(Faults::before(n, move || {
                elsewhere.say(&of, "between two pages");
                elsewhere.leave(&of);
            }));
            let query = Query {
                limit,
                ..chat.newest()
            };
            let pages = match n {
                // Ended before the first page: nothing may be begun.
                1 => {
                    assert_eq!(shaky.read(&query), Err(PageError::Ended));
                    Vec::new()
                }
                _ => shaky.pages(&query),
            };
            let mut items: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
            items.reverse();
            if n > 1 {
                assert_eq!(items, before);
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn from_segment_shows_nothing_after_its_source_and_two_forks_never_see_each_other() {
    let world = World::new();
    let chat = world.chat();
    world.say(&chat, "first contact");
    let second = world.transfer(chat.contact);
    world.say(&chat, "second contact");
    world.stop(second);

    let early = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
    let late = world.joined(&world.wish_to_resume(second, FromSegment));
    world.say(&early, "said on the early fork");
    world.say(&late, "said on the late fork");
    let early_past = ["Jane joined", "Jane: first contact", "transferred"];
    let late_past = ["Jane: second contact", "ended"];
    let early_own = ["Jane joined", "Jane: said on the early fork"];
    let late_own = ["Jane joined", "Jane: said on the late fork"];
    assert_eq!(
        world.transcript(&early),
        [&early_past[..], &early_own].concat()
    );
    assert_eq!(
        world.transcript(&late),
        [&early_past[..], &late_past, &late_own].concat()
    );
    // Nor do those that continue the forks.
    world.stop(early.contact);
    world.stop(late.contact);
    let onwards = world.resume(early.contact, EntirePastSession);
    assert_eq!(
        world.transcript(&onwards),
        [&early_past[..], &early_own, &["ended"]].concat()
    );
}

#[test]
fn nobody_reads_a_session_that_their_credential_does_not_name_or_link_to_and_foreign_is_as_missing()
{
    let world = World::new();
    let stranger = world.past(&["not for you"]);
    let root = world.past(&["root"]);
    let fork = world.past(&["other fork"]);
    let parent = world.joined(&world.wish_to_resume(root.contact, FromSegment));
    world.stop(parent.contact);
    let chat = world.joined(&world.wish_to_resume(parent.contact, FromSegment));
    world.say(&chat, "hello");

    let reader = world.plainly();
    let foreign_item = world.records(&stranger.key)[2].items(stranger.key.session)[0].id;
    for from in [From::Newest, From::Item(foreign_item), From::MostRecent(2)] {
        for contact in [None, Some(chat.contact), Some(stranger.contact)] {
            let pages = reader.pages(&Query {
                from,
                contact,
                limit: 1,
                ..chat.newest()
            });
            let foreign = contact == Some(stranger.contact) || from == From::Item(foreign_item);
            assert_eq!(foreign, pages[0].items.is_empty());
        }
    }
    let own = [&chat, &parent, &root].map(|each| each.key.session);
    let read: Vec<_> = reader.log.calls().into_iter().map(Call::session).collect();
    assert!(read.iter().all(|session| own.contains(session)));
    assert!(!read.contains(&fork.key.session) && !read.contains(&stranger.key.session));

    // A foreign source, a running one of somebody else, a missing one: the same requests, the same answer.
    let somebody = || Starter::Backend(Some(CustomerId("somebody".to_owned())));
    let owned = Start {
        starter: somebody(),
        ..world.wish()
    };
    let running = world.joined(&owned);
    let ended = world.open(&Start {
        starter: somebody(),
        ..world.wish()
    });
    world.stop(ended.contact);
    let missing = world.wish().session.session.initial_contact();
    let asked = [running.contact, ended.contact, missing].map(|source| {
        let visitor = world.plainly();
        let refused = visitor.try_open(&Start {
            starter: Starter::Anonymous,
            ..world.wish_to_resume(source, FromSegment)
        });
        let not_found = StartRefusal::Source(SourceRefusal::NotFound);
        assert_eq!(refused, Err(StartError::Refused(not_found)));
        let anonymous = |call| match call {
            Call::Read(_, read) => Some(read),
            Call::Put(_) => None,
        };
        let calls = visitor.log.calls();
        calls.into_iter().map(anonymous).collect::<Vec<_>>()
    });
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[1], asked[2]);
}
