//! A past for a running chat: what it shows from then on, what is copied, and when it is refused.

mod races;
mod refusals;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{Direction, From};
use domain::{
    AppendError, AssociateError, Body, ContactId, LogError, Refusal, Rehydration, Role,
    SourceRefusal, Start, Timestamp, days, seconds,
};

use crate::stage::{Chat, Faults, World, assert_whole, attributes};

type Associated = Result<ContactId, AssociateError>;

fn refused(refusal: Refusal) -> Associated {
    Err(AssociateError::Append(AppendError::Refused(refusal)))
}

fn no_source(refusal: SourceRefusal) -> Associated {
    Err(AssociateError::Source(refusal))
}

#[test]
fn the_past_is_readable_from_the_next_first_page_and_a_token_given_before_keeps_its_border() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    world.say(&chat, "one");
    world.say(&chat, "two");
    let mut query = chat.newest();
    query.limit = 1;
    let begun = world.read(&query).unwrap().next.unwrap();
    let associated = world.try_associate(chat.contact, source.contact, EntirePastSession);
    assert_eq!(associated, Ok(source.contact));
    world.say(&chat, "three");

    let past = ["Jane joined", "Jane: before", "ended"];
    let present = ["Jane joined", "Jane: one", "Jane: two", "Jane: three"];
    assert_eq!(world.transcript(&chat), [&past[..], &present].concat());
    // What was begun before ends where it would have ended.
    query.from = From::Cursor(begun);
    let rest: Vec<_> = world
        .pages(&query)
        .into_iter()
        .flat_map(|page| page.items)
        .collect();
    assert_eq!(rest.len(), 2);
    assert!(rest.iter().all(|item| item.contact == chat.contact));
    // Agents read the same.
    let agent = world.accompanied(&chat, Role::Agent, "Ann");
    assert_eq!(world.transcript(&agent)[..3], past);
}

#[test]
fn every_first_page_leads_into_the_past_wherever_it_starts() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    let said = world.say(&chat, "one");
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    for from in [
        From::Newest,
        From::Item(said.id),
        From::Time(said.at),
        From::MostRecent(1),
        From::MostRecent(2),
    ] {
        let mut query = chat.newest();
        (query.from, query.direction) = (from, Direction::Backward);
        let pages = world.pages(&query);
        let items = pages.iter().flat_map(|page| &page.items);
        let past = items.filter(|item| item.contact.session() == source.key.session);
        assert_eq!(past.count(), 3, "{from:?}");
    }
}

#[test]
fn row_8_a_repeated_association_has_the_same_answer_whatever_has_happened_since() {
    let world = World::new();
    let source = world.chat();
    let second = world.transfer(source.contact);
    world.stop(second);
    let chat = world.chat();
    let ask = || world.try_associate(chat.contact, source.contact, EntirePastSession);
    assert_eq!(ask(), Ok(second));
    let records = world.records(&chat.key).len();
    assert_eq!(ask(), Ok(second));
    let later = world.transfer(chat.contact);
    for n in 0..40 {
        world.say(&chat, &n.to_string());
    }
    assert_eq!(ask(), Ok(second));
    // By any contact of the chat, and after its end as well.
    let by_later = || world.try_associate(later, source.contact, EntirePastSession);
    assert_eq!(by_later(), Ok(second));
    assert_eq!(world.records(&chat.key).len(), records + 41);
    world.stop(later);
    assert_eq!((ask(), by_later()), (Ok(second), Ok(second)));
    assert_eq!(world.records(&chat.key).len(), records + 42);
}

#[test]
fn a_source_whose_time_has_passed_is_ended_by_the_association() {
    for how in [FromSegment, EntirePastSession] {
        let world = World::new();
        let source = world.chat();
        world.wait(days(8));
        let chat = world.chat();
        let answer = world.try_associate(chat.contact, source.contact, how);
        assert_eq!(answer, Ok(source.contact));
        assert!(world.records(&source.key).pop().unwrap().state.has_ended());
        let shown = ["Jane joined", "ended", "Jane joined"];
        assert_eq!(world.transcript(&chat), shown);
    }
}

#[test]
fn attributes_of_the_source_are_copied_below_those_that_the_chat_has_now() {
    let world = World::new();
    let source = world.joined(&Start {
        attributes: attributes("a=source b=source c=source"),
        ..world.wish()
    });
    world.update(source.contact, "c= d=source");
    let second = world.transfer(source.contact);
    world.update(second, "d=later");
    world.stop(second);
    world.update(second, "e=late");
    for (how, d) in [(FromSegment, "source"), (EntirePastSession, "later")] {
        let chat = world.joined(&Start {
            attributes: attributes("a=start"),
            ..world.wish()
        });
        world.update(chat.contact, "b=chat");
        world
            .try_associate(chat.contact, source.contact, how)
            .unwrap();
        let copied = format!("a=start b=chat d={d}");
        assert_eq!(world.attributes(chat.contact), copied);
        // A key that is removed afterwards does not come back.
        world.update(chat.contact, "a= d=");
        assert_eq!(world.attributes(chat.contact), "b=chat");
        // And what continues this chat carries on what it had in the end.
        world.stop(chat.contact);
        let next = world.resume(chat.contact, FromSegment);
        assert_eq!(world.attributes(next.contact), "b=chat");
    }
}

#[test]
fn what_is_said_after_an_association_lies_after_the_whole_past_even_by_a_clock_that_is_behind() {
    let world = World::new();
    let chat = world.chat();
    world.wait(seconds(60));
    let source = world.past(&["by a clock that is ahead"]);
    let last = world
        .items(&world.resume(source.contact, FromSegment))
        .pop()
        .unwrap();
    let ahead = world.now();
    world.set_clock(Timestamp::from_millis(ahead.as_millis() - 60_000));
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    let said = world.say(&chat, "hello");
    assert!(said.at > last.at && said.id > last.id);
    assert_whole(&world, &chat.key);
}

/// The last of a chain of sessions, each of which says its number and ends.
fn chain(world: &World, length: usize, how: Rehydration) -> Chat {
    let mut chat = world.open(&world.wish());
    for n in 0..length {
        if n > 0 {
            world.stop(chat.contact);
            chat = world.resume(chat.contact, how);
        }
        world.say(&chat, &n.to_string());
    }
    chat
}

#[test]
fn a_source_with_more_past_sessions_than_a_link_names_is_shown_to_its_very_beginning() {
    for length in [1, 99, 100, 101, 130] {
        let world = World::new();
        let source = chain(&world, length, EntirePastSession);
        world.stop(source.contact);
        let chat = world.chat();
        world
            .try_associate(chat.contact, source.contact, EntirePastSession)
            .unwrap();
        let past = (0..length).flat_map(|n| [format!("Jane: {n}"), "ended".to_owned()]);
        let shown: Vec<String> = past.chain(["Jane joined".to_owned()]).collect();
        assert_eq!(world.transcript(&chat), shown);
        // And so it is by those that continue the chat.
        world.stop(chat.contact);
        let next = world.resume(chat.contact, FromSegment);
        let all = [shown, vec!["ended".to_owned()]].concat();
        assert_eq!(world.transcript(&next), all);
    }
}

#[test]
fn a_link_that_was_made_in_a_later_contact_is_not_seen_from_an_earlier_one() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    let second = world.transfer(chat.contact);
    world
        .try_associate(second, source.contact, FromSegment)
        .unwrap();
    let third = world.transfer(second);
    world.stop(third);
    let shown = |contact| world.transcript(&world.resume(contact, FromSegment));
    let past = ["Jane joined", "Jane: before", "ended"];
    let own = ["Jane joined", "transferred", "transferred", "ended"];
    assert_eq!(shown(chat.contact), own[..2]);
    assert_eq!(shown(second), [&past[..], &own[..3]].concat());
    assert_eq!(shown(third), [&past[..], &own].concat());
}

#[test]
fn an_association_is_seven_requests_in_four_round_trips_and_its_repetition_two_in_one() {
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    let cost = |chat: &Chat, source: ContactId| {
        let counted = world.through(Faults::default());
        counted
            .try_associate(chat.contact, source, FromSegment)
            .unwrap();
        counted.log.take_counts()
    };
    assert_eq!(cost(&chat, source.contact), (6, 1, 4));
    assert_eq!(cost(&chat, source.contact), (2, 0, 1));
    world.say(&chat, "hello");
    assert_eq!(cost(&chat, source.contact), (3, 0, 2));
    // A source that was itself linked while it ran: one record has its link and its attributes.
    world.stop(chat.contact);
    let next = world.chat();
    assert_eq!(cost(&next, chat.contact), (7, 1, 5));
    // Attributes of the chat that are neither in its first record nor in its last.
    let last = world.chat();
    world.update(last.contact, "a=1");
    world.say(&last, "hello");
    assert_eq!(cost(&last, source.contact), (7, 1, 5));

    // So it is for a start that continues the linked chat.
    let counted = world.plainly();
    counted.resume(chat.contact, FromSegment);
    assert_eq!(counted.log.take_counts(), (4, 1, 3));
}

#[test]
fn a_record_that_is_not_where_the_state_says_is_reported_and_nothing_is_told_or_written_without_it()
{
    let world = World::new();
    let source = world.past(&["before"]);
    let chat = world.chat();
    world
        .try_associate(chat.contact, source.contact, FromSegment)
        .unwrap();
    world.update(chat.contact, "a=1");
    world.say(&chat, "hello");
    let other = world.chat();
    type Gone = fn(&Body) -> bool;
    let holes: [(Gone, bool); 2] = [
        (|body| matches!(body, Body::Attributes(_)), true),
        (|body| matches!(body, Body::Linked(_)), false),
    ];
    for (gone, attributes) in holes {
        let holed = || {
            world.through(Faults {
                deleted: Box::new(move |_, record| gone(&record.body)),
                ..Faults::default()
            })
        };
        let corrupt = |error: &AppendError| matches!(error, AppendError::Log(LogError::Corrupt(_)));
        let described = holed().try_describe(chat.contact);
        assert!(described.is_err_and(|error| corrupt(&error)));
        let read = holed().try_attributes(chat.contact);
        assert_eq!(read.is_err_and(|error| corrupt(&error)), attributes);
        let repeated = holed().try_associate(chat.contact, source.contact, FromSegment);
        assert_eq!(repeated.is_err(), !attributes);
    }
    world.stop(chat.contact);
    for (gone, _) in holes {
        let holed = world.through(Faults {
            deleted: Box::new(move |_, record| gone(&record.body)),
            ..Faults::default()
        });
        let wish = world.wish_to_resume(chat.contact, FromSegment);
        assert!(holed.try_open(&wish).is_err());
        let associated = holed.try_associate(other.contact, chat.contact, FromSegment);
        assert!(associated.is_err());
        assert_eq!(holed.log.take_counts().1, 0);
    }
}
