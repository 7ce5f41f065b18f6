//! What is read, and by whom: invariants 5, 6 and 7.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{From, PageError, Query};
use domain::{
    AssociateError, CustomerId, ReceiptKind, Role, SourceRefusal, Start, StartError, StartRefusal,
    Starter,
};

use crate::stage::{Call, Faults, World, at_every_call};

#[test]
fn pages_joined_together_are_the_transcript_with_no_item_twice_and_none_skipped_while_others_write()
{
    for limit in [1, 2, 3, 100] {
        at_every_call(|n| {
            let world = World::new();
            let grandparent = world.past(&["a", "b"]);
            let parent = world.joined(&world.wish_to_resume(grandparent.contact, FromSegment));
            let ann = world.accompanied(&parent, Role::Agent, "Ann");
            let said = world.say(&parent, "c").id;
            world.receive(&ann, said, ReceiptKind::Read);
            world.update(parent.contact, "a=1");
            world.transfer(parent.contact);
            world.update(parent.contact, "a=2");
            world.leave(&parent);
            let chat = world.chat();
            let past = (parent.contact, EntirePastSession);
            world.try_associate(chat.contact, past.0, past.1).unwrap();
            world.accompanied(&chat, Role::CustomBot, "Bot");
            for text in ["d", "e"] {
                world.say(&chat, text);
                world.update(chat.contact, &format!("b={text}"));
            }
            let before = world.items(&chat);

            let (elsewhere, of) = (world.plainly(), chat.clone());
            let shaky = world.through(Faults::before(n, move || {
                elsewhere.say(&of, "between two pages");
                elsewhere.update(of.contact, "c=1");
                let second = elsewhere.transfer(of.contact);
                elsewhere.invited(&of, Role::Agent, "Bob");
                elsewhere.stop(second);
                elsewhere.update(second, "c=2");
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
            let receipts: usize = pages.iter().map(|page| page.receipts.len()).sum();
            let mut items: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
            items.reverse();
            if n > 1 {
                assert_eq!(items, before);
                assert_eq!(receipts, 1);
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn from_segment_shows_nothing_after_its_source_and_two_forks_never_see_each_other() {
    let world = World::new();
    let past = world.past(&["linked in the second contact"]);
    let chat = world.chat();
    world.say(&chat, "first contact");
    let second = world.transfer(chat.contact);
    world
        .try_associate(second, past.contact, FromSegment)
        .unwrap();
    world.say(&chat, "second contact");
    world.update(second, "a=1");
    world.stop(second);

    let early = world.joined(&world.wish_to_resume(chat.contact, FromSegment));
    let late = world.joined(&world.wish_to_resume(second, FromSegment));
    world.say(&early, "said on the early fork");
    world.say(&late, "said on the late fork");
    let early_past = ["Jane joined", "Jane: first contact", "transferred"];
    let linked = ["Jane joined", "Jane: linked in the second contact", "ended"];
    let late_past = ["Jane: second contact", "ended"];
    let early_own = ["Jane joined", "Jane: said on the early fork"];
    let late_own = ["Jane joined", "Jane: said on the late fork"];
    assert_eq!(
        world.transcript(&early),
        [&early_past[..], &early_own].concat()
    );
    assert_eq!(
        world.transcript(&late),
        [&linked[..], &early_past, &late_past, &late_own].concat()
    );
    assert_eq!(world.attributes(early.contact), "");
    assert_eq!(world.attributes(late.contact), "a=1");
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
    // Everybody has company, so that there may be receipts.
    let past = |text: &str| {
        let chat = world.chat();
        world.accompanied(&chat, Role::Agent, "Ann");
        world.say(&chat, text);
        world.stop(chat.contact);
        chat
    };
    let [stranger, root, fork] = ["not for you", "root", "other fork"].map(past);
    let parent = world.joined(&world.wish_to_resume(root.contact, FromSegment));
    world.stop(parent.contact);
    let chat = world.joined(&world.wish_to_resume(parent.contact, FromSegment));
    let ann = world.accompanied(&chat, Role::Agent, "Ann");
    let hello = world.say(&chat, "hello").id;

    let reader = world.plainly();
    let foreign_item = world.records(&stranger.key)[4].items(stranger.key.session)[0].id;
    // A receipt for a message of another chat is a receipt for nothing.
    for item in [hello, foreign_item] {
        reader.receive(&ann, item, ReceiptKind::Read);
    }
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
    reader.describe(chat.contact);
    reader.update(chat.contact, "a=1");
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
            _ => None,
        };
        let calls = visitor.log.calls();
        calls.into_iter().map(anonymous).collect::<Vec<_>>()
    });
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[1], asked[2]);

    // And so it is for a chat that runs, its own or nobody's.
    let mine = world.joined(&Start {
        starter: Starter::Customer(CustomerId("me".to_owned())),
        ..world.wish()
    });
    for chat in [mine, world.chat()] {
        let asked = [running.contact, ended.contact, missing].map(|source| {
            let visitor = world.plainly();
            let refused = visitor.try_associate(chat.contact, source, FromSegment);
            let not_found = AssociateError::Source(SourceRefusal::NotFound);
            assert_eq!(refused, Err(not_found));
            let anonymous = |call| match call {
                Call::Read(_, read) => Some(read),
                _ => None,
            };
            let calls = visitor.log.calls();
            calls.into_iter().map(anonymous).collect::<Vec<_>>()
        });
        assert_eq!(asked[0], asked[1]);
        assert_eq!(asked[1], asked[2]);
    }
}
