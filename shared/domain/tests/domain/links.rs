//! Links between sessions of several contacts: long chains, forks, surveys that stay hidden, and what all this costs.

use std::collections::BTreeSet;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{From, Query};
use domain::{ContactId, ReceiptKind, Rehydration, Role, SessionId, Start};

use crate::stage::{Call, Chat, World, line, nth};

/// A chat in which this is said, and who then is with the customer: an agent if it is `served`.
fn talk(world: &World, source: Option<(ContactId, Rehydration)>, text: &str, served: bool) -> Chat {
    let chat = world.open(&Start {
        source,
        connects: true,
        disconnect_agent_on_exit: true,
        ..world.wish()
    });
    if served {
        world.accompanied(&chat, Role::Agent, "Ann");
    }
    world.say(&chat, text);
    chat
}

/// What a chat without agents shows of one before it that ended with its only contact.
fn lines_of(text: &str) -> [String; 3] {
    ["Jane joined", &format!("Jane: {text}"), "ended"].map(str::to_owned)
}

#[test]
fn from_segment_hides_the_survey_again_and_again_and_the_entire_session_shows_it_every_time() {
    let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    for how in [FromSegment, EntirePastSession] {
        let world = World::new();
        let mut source = None;
        let mut past: Vec<String> = Vec::new();
        for round in 0..10 {
            let chat = talk(&world, source, &format!("question {round}"), true);
            let mut shown: Vec<String> = words(&["Jane joined", "Ann invited", "Ann joined"]);
            shown.push(format!("Jane: question {round}"));
            assert_eq!(world.transcript(&chat), [&past[..], &shown].concat());

            world.exit(&chat);
            world.say(&chat, &format!("grade {round}"));
            world.exit(&chat);
            shown.extend::<Vec<String>>(words(&["Ann left", "transferred"]));
            if how == EntirePastSession {
                shown.push(format!("Jane: grade {round}"));
                shown.extend::<Vec<String>>(words(&["Jane left", "ended"]));
            }
            past.extend(shown);
            let continued = nth(&chat, u16::from(how == EntirePastSession));
            source = Some((chat.contact, how));
            let next = world.open(&Start {
                source,
                ..world.wish()
            });
            assert_eq!(next.continued_from, Some(continued));
            assert_eq!(world.transcript(&next), past);
        }
    }
}

#[test]
fn every_branch_of_a_tree_shows_its_own_way_to_the_root_and_nothing_of_the_others() {
    let world = World::new();
    // Each chat is continued twice from its first contact, and twice as a whole.
    let mut leaves: Vec<(Chat, Vec<String>)> = vec![(talk(&world, None, "root", false), vec![])];
    for level in 0..3 {
        let mut next = Vec::new();
        for (number, (chat, past)) in leaves.iter().enumerate() {
            let text = if level == 0 {
                "root".to_owned()
            } else {
                format!("{level} {number}")
            };
            let [joined, said, _] = lines_of(&text);
            assert_eq!(
                world.transcript(chat),
                [&past[..], &[joined.clone(), said.clone()]].concat()
            );
            let second = world.transfer(chat.contact);
            world.say(chat, "hidden");
            world.stop(second);
            let first = [joined, said, "transferred".to_owned()];
            let rest = ["Jane: hidden".to_owned(), "ended".to_owned()];
            for how in [
                FromSegment,
                EntirePastSession,
                FromSegment,
                EntirePastSession,
            ] {
                let text = format!("{} {}", level + 1, next.len());
                let branch = talk(&world, Some((chat.contact, how)), &text, false);
                let rest = match how {
                    FromSegment => &[][..],
                    EntirePastSession => &rest,
                };
                next.push((branch, [&past[..], &first, rest].concat()));
            }
        }
        leaves = next;
    }
    assert_eq!(leaves.len(), 64);
    for (chat, past) in &leaves {
        let shown = world.transcript(chat);
        assert_eq!(shown[..past.len()], past[..]);
    }
}

/// A chain of sessions of one to three contacts, of which every third has company that has received something, every
/// fourth was linked to its past while it ran, and every fifth has changed its attributes at the borders of its
/// contacts; with all that the last one shows.
fn chain(world: &World, length: usize) -> (Chat, Vec<String>) {
    let mut shown = Vec::new();
    let mut source: Option<ContactId> = None;
    for n in 0..length {
        let late = n % 4 == 3;
        let started_with = source.filter(|_| !late);
        let started_with = started_with.map(|source| (source, FromSegment));
        let chat = talk(world, started_with, &n.to_string(), false);
        let mut own = vec!["Jane joined".to_owned(), format!("Jane: {n}")];
        if let Some(source) = source.filter(|_| late) {
            world
                .try_associate(chat.contact, source, FromSegment)
                .unwrap();
        }
        if n % 3 == 2 {
            let ann = world.accompanied(&chat, Role::Agent, "Ann");
            let said = world.say(&chat, "hello").id;
            world.receive(&ann, said, ReceiptKind::Read);
            own.extend(["Ann invited", "Ann joined", "Jane: hello"].map(str::to_owned));
        }
        let mut open = chat.contact;
        let mut last_shown = open;
        let hides = n % 2 == 1;
        let contacts = n % 3;
        for contact in 0..contacts {
            if n % 5 == 4 {
                world.update(open, &format!("a={n}-{contact}"));
            }
            open = world.transfer(open);
            own.push("transferred".to_owned());
            if !(hides && contact + 1 == contacts) {
                last_shown = open;
            }
        }
        shown.extend(own);
        if n + 1 == length {
            return (chat, shown);
        }
        if n % 5 == 4 {
            world.update(open, &format!("b={n}"));
        }
        world.stop(open);
        if last_shown == open {
            shown.push("ended".to_owned());
        }
        source = Some(last_shown);
    }
    unreachable!("a chain of no length")
}

#[test]
fn row_10_a_chain_of_300_sessions_is_read_by_pages_of_every_size_each_in_two_round_trips() {
    let world = World::new();
    let (last, shown) = chain(&world, 300);
    for limit in 1..=100 {
        let reader = world.plainly();
        let mut query = Query {
            limit,
            ..last.newest()
        };
        let mut lines: Vec<String> = Vec::new();
        let mut received = 0;
        loop {
            let page = reader.read(&query).unwrap();
            let beside = |call: &&Call| matches!(call, Call::ReadSide(..));
            let beside = reader.log.calls().iter().filter(beside).count();
            let (reads, puts, trips) = reader.log.take_counts();
            let sessions = page.items.iter().map(|item| item.contact.session());
            let shown: BTreeSet<SessionId> = sessions.collect();
            // Records without items can leave a page short, and what was read to fill it unused.
            let read = shown.len() + (limit - page.items.len());
            assert!(reads - beside <= 1 + read, "{reads} for {read} sessions");
            assert!(beside <= read && trips <= 2 && puts == 0);
            assert!(!page.items.is_empty());
            lines.extend(page.items.iter().map(line));
            received += page.receipts.len();
            let Some(next) = page.next else { break };
            query.from = From::Cursor(next);
        }
        lines.reverse();
        assert_eq!(lines, shown);
        assert_eq!(received, 100);
    }
}

#[test]
fn where_link_and_attributes_stand_in_a_later_record_a_persistent_start_reads_each_of_those_once() {
    // How long the chain is before and after it makes no difference.
    for before in [1, 120] {
        let world = World::new();
        let (old, _) = chain(&world, before);
        world.finish(&old);
        let cost = |source: &Chat, how| {
            let counted = world.plainly();
            counted.resume(source.contact, how);
            counted.log.take_counts()
        };
        let linked = || {
            let chat = world.chat();
            let associated = world.try_associate(chat.contact, old.contact, EntirePastSession);
            associated.unwrap();
            chat
        };
        let chats: [(Chat, (usize, usize, usize)); 4] = [
            // Neither of them, both of them in one record, and each in a record of its own.
            (world.resume(old.contact, FromSegment), (3, 1, 2)),
            (linked(), (4, 1, 3)),
            {
                let chat = linked();
                world.update(chat.contact, "a=1");
                (chat, (5, 1, 3))
            },
            {
                let chat = world.resume(old.contact, FromSegment);
                world.update(chat.contact, "a=1");
                (chat, (4, 1, 3))
            },
        ];
        for (chat, expected) in chats {
            world.say(&chat, "hello");
            let second = world.transfer(chat.contact);
            world.stop(second);
            for how in [FromSegment, EntirePastSession] {
                assert_eq!(cost(&chat, how), expected);
            }
            // What continues the continuation finds all in its first record again.
            let next = world.resume(chat.contact, EntirePastSession);
            world.stop(next.contact);
            assert_eq!(cost(&next, FromSegment), (3, 1, 2));
        }
    }
}

#[test]
fn an_association_in_the_middle_of_a_chain_shows_what_lies_behind_it_from_its_contact_on() {
    let world = World::new();
    let root = world.past(&["root"]);
    let middle = talk(&world, None, "before", false);
    let second = world.transfer(middle.contact);
    world
        .try_associate(second, root.contact, FromSegment)
        .unwrap();
    world.say(&middle, "after");
    let third = world.transfer(second);
    world.stop(third);
    let [joined, said, ended] = lines_of("root");
    let behind = [joined.clone(), said, ended.clone()];
    let own = [
        joined,
        "Jane: before".to_owned(),
        "transferred".to_owned(),
        "Jane: after".to_owned(),
        "transferred".to_owned(),
        ended,
    ];
    for (source, how, behind, own) in [
        (middle.contact, FromSegment, &behind[..0], &own[..3]),
        (second, FromSegment, &behind, &own[..5]),
        (third, FromSegment, &behind, &own),
        (middle.contact, EntirePastSession, &behind, &own),
    ] {
        let shown = [behind, own].concat();
        let mut chat = world.resume(source, how);
        assert_eq!(world.transcript(&chat), shown);
        // And through another that adds nothing but its end.
        world.stop(chat.contact);
        chat = world.resume(chat.contact, FromSegment);
        let through = [&shown[..], &["ended".to_owned()]].concat();
        assert_eq!(world.transcript(&chat), through);
    }
}
