//! Transcripts of single contacts, as they are exported: whole, in order, in parts of any size.

use domain::transcript::{PageError, Point};
use domain::{
    Attributes, Body, ContactId, Content, ContentType, Exported, InstanceId, Item, Log, LogError,
    MemoryLog, Ordinal, Put, Record, Slot, Timestamp, days,
};
use proptest::prelude::*;

use crate::stage::{Chat, Faults, History, Trouble, World, acts, at_every_call, line, run};

fn here() -> InstanceId {
    InstanceId::new("here").unwrap()
}

pub(crate) fn try_part(
    world: &World,
    contact: ContactId,
    from: Option<Point>,
    limit: Option<usize>,
) -> Result<Exported, PageError> {
    let here = here();
    run(domain::export(
        &world.log,
        &here,
        contact,
        from,
        limit,
        world.now(),
    ))
}

/// Every part of a contact's transcript.
pub(crate) fn parts(world: &World, contact: ContactId, limit: Option<usize>) -> Vec<Vec<Item>> {
    let mut parts = Vec::new();
    let mut from = None;
    loop {
        let part = try_part(world, contact, from, limit).unwrap();
        parts.push(part.items);
        from = part.next;
        if from.is_none() {
            return parts;
        }
    }
}

/// The items of a contact as they stand in its log.
pub(crate) fn items(world: &World, chat: &Chat, contact: ContactId) -> Vec<Item> {
    let records = world.records(&chat.key);
    let items = records.iter().flat_map(|r| r.items(chat.key.session));
    items.filter(|item| item.contact == contact).collect()
}

fn contact(chat: &Chat, ordinal: u16) -> ContactId {
    ContactId::new(chat.key.session, Ordinal::new(ordinal).unwrap())
}

/// A chat of two contacts, and what is said on the first.
fn chat_of_two(world: &World, said: usize) -> (Chat, ContactId) {
    let chat = world.chat();
    for n in 0..said {
        world.say(&chat, &n.to_string());
    }
    let second = world.transfer(chat.contact);
    (chat, second)
}

/// The record after `last` with this body, a millisecond later.
fn following(last: &Record, body: Body) -> Record {
    let slot = last.next_slot().unwrap();
    let mut parts = last.clone().into_parts();
    parts.at = parts.state.time.next();
    parts.state.time = parts.at;
    parts.state.items += u64::from(body.item_count());
    if body.attributes().is_some() {
        parts.state.attributes = slot;
    }
    parts.slot = slot;
    parts.body = body;
    Record::new(parts).unwrap()
}

/// Adds this many changes of attributes to a running chat.
fn change_attributes(world: &World, chat: &Chat, times: usize) {
    for _ in 0..times {
        let last = world.records(&chat.key).pop().unwrap();
        let record = following(&last, Body::Attributes(Attributes::default()));
        assert_eq!(run(world.log.put(&chat.key, &record)), Ok(Put::Stored));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_joined_are_the_transcript_of_exactly_one_contact_whatever_has_happened(
        acts in acts(),
        limit in prop::option::of(1_usize..6),
        cut_after in prop_oneof![Just(usize::MAX), 1_usize..5],
    ) {
        let history = History::of(&acts);
        let world = history.world.through(Faults { cut_after, ..Faults::default() });
        for (chat, model) in &history.chats {
            for ordinal in 0..=model.contact {
                let contact = contact(chat, ordinal);
                let of_contact = model.present.iter().filter(|(of, _)| *of == ordinal);
                let lines: Vec<_> = of_contact.map(|(_, line)| line.clone()).collect();
                let parts = parts(&world, contact, limit);
                let exported: Vec<_> = parts.iter().flatten().map(line).collect();
                prop_assert_eq!(&exported, &lines);
                prop_assert!(parts.iter().flatten().all(|item| item.contact == contact));
                if let Some(limit) = limit {
                    prop_assert!(parts.iter().all(|part| part.len() <= limit));
                }
                if cut_after == usize::MAX {
                    let parts_of = lines.len().div_ceil(limit.unwrap_or(usize::MAX)).max(1);
                    prop_assert_eq!(parts.len(), parts_of);
                }
            }
            let next = contact(chat, model.contact + 1);
            prop_assert_eq!(try_part(&world, next, None, limit), Err(PageError::NotFound));
        }
    }
}

#[test]
fn a_contact_of_20_000_messages_is_exported_to_the_last_one() {
    let world = World::new();
    let chat = world.chat();
    let mut last = world.records(&chat.key).pop().unwrap();
    let (log, here) = (MemoryLog::default(), here());
    for record in world.records(&chat.key) {
        assert_eq!(run(log.put(&chat.key, &record)), Ok(Put::Stored));
    }
    for n in 0..20_000 {
        let message = Body::Message {
            sender: chat.customer,
            content_type: ContentType::Plain,
            content: Content(n.to_string()),
        };
        last = following(&last, message);
        assert_eq!(run(log.put(&chat.key, &last)), Ok(Put::Stored));
    }
    for (limit, parts) in [(None, 3), (Some(1_000), 21), (Some(100_000), 3)] {
        let (mut from, mut shown, mut count) = (None, Vec::new(), 0);
        loop {
            let export = domain::export(&log, &here, chat.contact, from, limit, world.now());
            let part = run(export).unwrap();
            count += 1;
            shown.extend(part.items);
            from = part.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(count, parts);
        assert_eq!(shown.len(), 20_001);
        assert!(shown.windows(2).all(|pair| pair[0].id < pair[1].id));
        let said = shown[1..].iter().enumerate();
        assert!(
            said.into_iter()
                .all(|(n, item)| line(item) == format!("Jane: {n}"))
        );
    }
}

#[test]
fn a_part_reads_eight_times_at_most_and_goes_on_where_it_stopped() {
    let world = World::new();
    let (chat, _) = chat_of_two(&world, 40);
    let expected = items(&world, &chat, chat.contact);
    for cut_after in [1, 2, 3, 5, 10, 40, 100] {
        let sparing = world.through(Faults {
            cut_after,
            ..Faults::default()
        });
        let (mut from, mut shown) = (None, Vec::new());
        loop {
            sparing.log.take_counts();
            let part = try_part(&sparing, chat.contact, from, None).unwrap();
            assert!(sparing.log.take_counts().0 <= 8);
            assert!(!part.items.is_empty());
            shown.extend(part.items);
            from = part.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(shown, expected);
    }
}

#[test]
fn a_contact_is_one_read_of_its_own_records_and_an_empty_one_a_read_of_the_sessions_last_more() {
    let world = World::new();
    let (chat, second) = chat_of_two(&world, 3);
    let cost = |contact, limit| {
        let world = world.plainly();
        let part = try_part(&world, contact, None, limit);
        (part.map(|part| part.items.len()), world.log.take_counts())
    };
    assert_eq!(cost(chat.contact, None), (Ok(5), (1, 0, 1)));
    assert_eq!(cost(second, None), (Ok(0), (2, 0, 2)));
    world.say(&chat, "on the second");
    assert_eq!(cost(second, None), (Ok(1), (1, 0, 1)));
    assert_eq!(cost(second, Some(1)), (Ok(1), (1, 0, 1)));
    world.stop(second);
    assert_eq!(cost(second, None), (Ok(2), (1, 0, 1)));
    // What is not there: of a session that is not, and of one that is.
    let unknown = world.wish().session.session.initial_contact();
    assert_eq!(cost(unknown, None), (Err(PageError::NotFound), (1, 0, 1)));
    let third = contact(&chat, 2);
    assert_eq!(cost(third, None), (Err(PageError::NotFound), (2, 0, 2)));
}

#[test]
fn long_runs_of_records_without_items_are_passed_in_bounded_steps() {
    let world = World::new();
    let chat = world.chat();
    change_attributes(&world, &chat, 700);
    world.say(&chat, "after them");
    change_attributes(&world, &chat, 300);
    let expected = items(&world, &chat, chat.contact);
    assert_eq!(expected.len(), 2);
    for limit in [None, Some(1), Some(2), Some(3)] {
        let (mut from, mut shown, mut parts) = (None, Vec::new(), 0);
        loop {
            let counted = world.plainly();
            let part = try_part(&counted, chat.contact, from, limit).unwrap();
            assert!(counted.log.take_counts().0 <= 8);
            parts += 1;
            shown.extend(part.items);
            from = part.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(shown, expected);
        assert!(parts <= 4, "{parts} parts of {limit:?}");
    }
}

#[test]
fn what_is_written_while_a_transcript_is_read_is_neither_shown_twice_nor_skipped() {
    let world = World::new();
    let chat = world.chat();
    world.say(&chat, "one");
    let first = try_part(&world, chat.contact, None, Some(1)).unwrap();
    for text in ["two", "three"] {
        world.say(&chat, text);
    }
    let second = try_part(&world, chat.contact, first.next, Some(2)).unwrap();
    let next = world.transfer(chat.contact);
    world.say(&chat, "of the next contact");
    let third = try_part(&world, chat.contact, second.next, None).unwrap();
    assert_eq!(third.next, None);
    let shown = [first.items, second.items, third.items].concat();
    assert_eq!(shown, items(&world, &chat, chat.contact));
    assert_eq!(parts(&world, next, None).concat().len(), 1);
}

#[test]
fn a_contact_of_another_instance_does_not_exist() {
    let world = World::new();
    let (chat, second) = chat_of_two(&world, 1);
    let there = InstanceId::new("there").unwrap();
    for contact in [chat.contact, second, contact(&chat, 9)] {
        let from = Point {
            slot: Slot::new(contact.ordinal(), 0),
            index: 0,
        };
        for from in [None, Some(from)] {
            let export = domain::export(&world.log, &there, contact, from, None, world.now());
            assert_eq!(run(export), Err(PageError::NotFound));
        }
    }
}

#[test]
fn past_its_retention_a_contact_does_not_exist_whatever_the_store_still_shows() {
    let world = World::new();
    let (chat, second) = chat_of_two(&world, 2);
    let begun = try_part(&world, chat.contact, None, Some(1)).unwrap().next;
    world.wait(days(731));
    let records = world.records(&chat.key);
    assert_eq!(records.len(), 5);
    for deleted in 0..1_u32 << records.len() {
        let gone: Vec<Slot> = (0..records.len())
            .filter(|n| deleted & (1 << n) != 0)
            .map(|n| records[n].slot)
            .collect();
        let world = world.through(Faults {
            deleted: Box::new(move |_, record| gone.contains(&record.slot)),
            ..Faults::default()
        });
        for (contact, from) in [(chat.contact, None), (chat.contact, begun), (second, None)] {
            let part = try_part(&world, contact, from, None);
            assert_eq!(part, Err(PageError::NotFound));
        }
    }
}

#[test]
fn a_hole_in_a_contacts_records_is_an_error_and_no_shorter_transcript() {
    let world = World::new();
    let (chat, _) = chat_of_two(&world, 5);
    let records = world.records(&chat.key);
    for hole in &records[..records.len() - 1] {
        let slot = hole.slot;
        let world = world.through(Faults {
            deleted: Box::new(move |_, record| record.slot == slot),
            cut_after: 2,
            ..Faults::default()
        });
        let part = try_part(&world, chat.contact, None, None);
        let gap = LogError::Corrupt("the log has a gap".to_owned());
        assert_eq!(part, Err(PageError::Log(gap)), "{slot:?}");
    }
}

#[test]
fn stale_reads_take_nothing_away() {
    let world = World::new();
    let (chat, second) = chat_of_two(&world, 5);
    world.say(&chat, "on the second");
    for mask in [0b1, 0b10, u64::MAX] {
        let stale = world.through(Faults::unseen(mask));
        for contact in [chat.contact, second] {
            let shown = parts(&stale, contact, Some(2)).concat();
            assert_eq!(shown, items(&world, &chat, contact));
        }
    }
}

#[test]
fn whatever_fails_fails_the_part_and_its_repetition_is_whole() {
    for trouble in [Trouble::NotDone, Trouble::LostReply, Trouble::Throttled] {
        at_every_call(|n| {
            let world = World::new();
            let (chat, second) = chat_of_two(&world, 5);
            let mut faults = Faults::at(n, trouble.clone());
            faults.cut_after = 2;
            let shaky = world.through(faults);
            let read = |world: &World, contact| {
                try_part(world, contact, None, None).map(|part| part.items)
            };
            let whole = items(&world, &chat, chat.contact);
            let error = match trouble {
                Trouble::Throttled => LogError::Throttled,
                _ => LogError::Unavailable("no answer".to_owned()),
            };
            for (contact, whole) in [(chat.contact, whole), (second, Vec::new())] {
                let before = shaky.log.calls().len();
                let shown = read(&shaky, contact);
                match (before + 1..=shaky.log.calls().len()).contains(&n) {
                    true => assert_eq!(shown, Err(PageError::Log(error.clone()))),
                    false => assert_eq!(shown.as_ref(), Ok(&whole)),
                }
                assert_eq!(read(&world, contact), Ok(whole));
            }
            shaky.log.calls().len()
        });
    }
}

#[test]
fn parts_of_heavy_messages_stay_within_an_answer_and_nothing_is_lost() {
    let world = World::new();
    let chat = world.chat();
    // A control character takes seven bytes in JSON within JSON.
    let heavy = "\u{1}".repeat(16_384);
    for _ in 0..100 {
        world.say(&chat, &heavy);
    }
    let parts = parts(&world, chat.contact, None);
    let weight = |part: &Vec<Item>| -> usize { part.iter().map(|item| line(item).len() * 7).sum() };
    assert!(parts.iter().all(|part| weight(part) < 5_200_000));
    assert_eq!(parts.len(), 3);
    assert_eq!(parts.concat(), items(&world, &chat, chat.contact));
}

#[test]
fn the_transcript_of_a_continued_chat_is_its_own_alone() {
    let world = World::new();
    let past = world.past(&["in the past"]);
    let chat = world.joined(&world.wish_to_resume(past.contact, domain::Rehydration::FromSegment));
    let shown = parts(&world, chat.contact, None).concat();
    assert_eq!(shown.iter().map(line).collect::<Vec<_>>(), ["Jane joined"]);
    assert!(
        shown
            .iter()
            .all(|item| item.at >= Timestamp::from_millis(0))
    );
    // An ended contact is there as much as a running one.
    assert_eq!(parts(&world, past.contact, None).concat().len(), 3);
}
