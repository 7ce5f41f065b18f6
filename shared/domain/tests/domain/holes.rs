//! Row 89: a record that is missing in the middle of a log is reported wherever a strongly consistent read shows it.

use domain::Rehydration::FromSegment;
use domain::transcript::Direction::{Backward, Forward};
use domain::transcript::{Direction, From, Page, PageError, Query};
use domain::{AppendError, Body, Item, LogError, Role, Slot, days, seconds};

use crate::stage::{Chat, Faults, World, line};

/// A chat of three contacts with changes of attributes, which shows a past.
fn chat(world: &World) -> Chat {
    let past = world.past(&["before"]);
    let chat = world.joined(&world.wish_to_resume(past.contact, FromSegment));
    let say = |text: &str| {
        world.wait(seconds(1));
        world.say(&chat, text);
    };
    for text in ["1", "2", "3"] {
        say(text);
    }
    world.update(chat.contact, "a=1");
    let second = world.transfer(chat.contact);
    for text in ["4", "5"] {
        say(text);
    }
    world.accompanied(&chat, Role::Agent, "Ann");
    world.transfer(second);
    for text in ["6", "7"] {
        say(text);
    }
    chat
}

/// The chat's log without the record at `slot`.
fn without(world: &World, chat: &Chat, slot: Slot) -> World {
    let of = chat.key.clone();
    world.through(Faults {
        deleted: Box::new(move |session, record| *session == of && record.slot == slot),
        ..Faults::default()
    })
}

fn is_gap(error: &PageError) -> bool {
    matches!(error, PageError::Log(LogError::Corrupt(_)))
}

/// All pages of a reading: the items that were shown, and whether it ended with a gap.
fn reading(world: &World, query: &Query) -> (Vec<Item>, bool) {
    let (mut items, mut query) = (Vec::new(), query.clone());
    loop {
        match world.read(&query) {
            Ok(Page {
                items: more, next, ..
            }) => {
                items.extend(more);
                match next {
                    Some(next) => query.from = From::Cursor(next),
                    None => return (items, false),
                }
            }
            Err(error) => {
                assert!(is_gap(&error), "{error:?}");
                return (items, true);
            }
        }
    }
}

#[test]
fn row_89_every_reading_that_comes_to_a_hole_ends_there_with_an_error() {
    let world = World::new();
    let chat = chat(&world);
    let records = world.records(&chat.key);
    let (last, earlier) = records.split_last().unwrap();
    for missing in earlier {
        let torn = without(&world, &chat, missing.slot);
        let closes = matches!(missing.body, Body::Transferred { .. });
        for (from, direction) in places(&world, &chat) {
            for contact in [None, Some(missing.slot), Some(last.slot)] {
                // What closed a contact is missed only where what follows it is read.
                if closes && contact == Some(missing.slot) {
                    continue;
                }
                let contact =
                    contact.map(|slot| domain::ContactId::new(chat.key.session, slot.ordinal()));
                for limit in [1, 2, 3, 5, 8, 100] {
                    let query = Query {
                        direction,
                        from,
                        contact,
                        limit,
                        ..chat.newest()
                    };
                    let (whole, _) = reading(&world, &query);
                    let (shown, gap) = reading(&torn, &query);
                    let hole = items_of(&world, &chat, missing.slot);
                    let comes_to_it = comes_to(&chat, &whole, missing.slot);
                    let at = format!("{:?} {query:?}", missing.slot);
                    // What is shown is what would have been shown, up to the hole.
                    assert!(whole.starts_with(&shown), "{at}");
                    assert!(!shown.iter().any(|item| hole.contains(item)), "{at}");
                    assert!(gap || !comes_to_it, "{at}");
                    assert!(gap || shown == whole || shown.is_empty(), "{at}");
                }
            }
        }
    }
}

/// Every place where a reading can begin.
fn places(world: &World, chat: &Chat) -> Vec<(From, Direction)> {
    let items = world.items(chat);
    let own = items
        .iter()
        .filter(|item| item.contact.session() == chat.key.session);
    let starts = own.flat_map(|item| [From::Item(item.id), From::Time(item.at)]);
    let starts = starts.chain((1..=12).map(From::MostRecent));
    let both = |from| [(from, Backward), (from, Forward)];
    starts
        .flat_map(both)
        .chain([(From::Newest, Backward)])
        .collect()
}

fn items_of(world: &World, chat: &Chat, slot: Slot) -> Vec<Item> {
    let mut records = world.records(&chat.key).into_iter();
    let record = records.find(|record| record.slot == slot).unwrap();
    record.items(chat.key.session)
}

/// Whether a reading shows items of the chat on both sides of the slot.
fn comes_to(chat: &Chat, items: &[Item], slot: Slot) -> bool {
    let own = |item: &&Item| item.contact.session() == chat.key.session;
    let slots = || items.iter().filter(own).filter_map(|item| item.id.slot());
    slots().any(|each| each < slot) && slots().any(|each| each > slot)
}

#[test]
fn row_89_the_same_hole_is_an_error_on_a_first_page_of_any_size_and_in_both_directions() {
    let world = World::new();
    let chat = world.chat();
    for n in 0..40 {
        world.say(&chat, &n.to_string());
    }
    let slot = Slot::new(domain::Ordinal::FIRST, 20);
    let torn = without(&world, &chat, slot);
    let oldest = world.items(&chat)[0].id;
    for limit in [30, 100] {
        for (from, direction) in [
            (From::Newest, Backward),
            (From::MostRecent(40), Forward),
            (From::MostRecent(1), Backward),
            (From::Item(oldest), Forward),
            (From::Time(domain::Timestamp::from_millis(0)), Forward),
        ] {
            let query = Query {
                direction,
                from,
                limit,
                ..chat.newest()
            };
            let error = torn.read(&query).unwrap_err();
            assert!(is_gap(&error), "{query:?}");
        }
    }
    // What does not come to it is shown.
    let newest = torn.read(&Query {
        limit: 15,
        ..chat.newest()
    });
    assert_eq!(newest.unwrap().items.len(), 15);
    let said = torn.try_say(&chat, "hello", world.fresh_key());
    assert!(matches!(said, Err(AppendError::Log(LogError::Corrupt(_)))));
}

#[test]
fn a_log_whose_first_record_is_missing_or_whose_list_of_the_past_is_has_a_hole_as_well() {
    let world = World::new();
    let chat = chat(&world);
    let border = world.border(&chat);
    let torn = without(&world, &chat, Slot::FIRST);
    for from in [From::Newest, border] {
        for limit in [20, 100] {
            let query = Query {
                from,
                limit,
                ..chat.newest()
            };
            assert!(is_gap(&torn.read(&query).unwrap_err()), "{from:?}");
        }
    }
}

#[test]
fn an_id_that_names_a_slot_behind_the_end_of_its_contact_shows_no_hole_and_no_item() {
    let world = World::new();
    let chat = chat(&world);
    let first = &world.records(&chat.key)[0];
    for n in [7, 100, u32::MAX] {
        let slot = Slot::new(first.slot.ordinal(), n);
        let id = domain::ItemId::new(chat.key.session, slot, 0, world.now());
        for direction in [Backward, Forward] {
            let page = world.read(&Query {
                direction,
                from: From::Item(id),
                ..chat.newest()
            });
            assert_eq!(page.unwrap().items.iter().map(line).count(), 0);
        }
    }
}

#[test]
fn what_is_missing_of_a_session_past_its_retention_is_no_hole() {
    let world = World::new();
    let chat = chat(&world);
    let oldest = world.records(&chat.key)[1].items(chat.key.session)[0].id;
    world.wait(days(732));
    for missing in world.records(&chat.key) {
        let torn = without(&world, &chat, missing.slot);
        for (from, direction) in [
            (From::Newest, Backward),
            (From::MostRecent(100), Forward),
            (From::Item(oldest), Forward),
            (From::Item(oldest), Backward),
        ] {
            let page = torn.read(&Query {
                direction,
                from,
                ..chat.newest()
            });
            assert_eq!(page, Err(PageError::NotFound));
        }
    }
}
