//! Starting a chat: its token, its owner, its attributes.

use std::collections::BTreeMap;

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    Attributes, Content, ContentType, CustomerId, Fingerprint, SourceRefusal, Start, StartError,
    StartRefusal, Starter, days,
};

use crate::stage::{Chat, Faults, World, key};

fn refused<T>(why: StartRefusal) -> Result<T, StartError> {
    Err(StartError::Refused(why))
}

fn not_found<T>() -> Result<T, StartError> {
    refused(StartRefusal::Source(SourceRefusal::NotFound))
}

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let owned = |(key, value): &(&str, &str)| (key.to_string(), value.to_string());
    Attributes(pairs.iter().map(owned).collect::<BTreeMap<_, _>>())
}

/// The attributes that a chat began with.
fn of(world: &World, chat: &Chat) -> Attributes {
    let first = world.records(&chat.key).remove(0);
    first.started().unwrap().attributes.clone()
}

/// The same request again: another process makes up another participant.
fn again(world: &World, wish: &Start) -> Start {
    Start {
        customer: world.participant(),
        ..wish.clone()
    }
}

#[test]
fn a_chat_starts_with_its_initial_message_as_its_first_item() {
    let world = World::new();
    let content = Content("hi again".to_owned());
    let wish = Start {
        initial: Some((ContentType::Plain, content)),
        ..world.wish()
    };
    let chat = world.open(&wish);
    assert_eq!(chat.contact, wish.session.session.initial_contact());
    assert_eq!(chat.customer, wish.customer);
    assert_eq!(chat.continued_from, None);
    assert_eq!(world.transcript(&chat), ["Jane: hi again"]);
    assert_eq!(world.transcript(&world.open(&world.wish())), [""; 0]);
}

#[test]
fn row_42_a_token_stands_for_its_chat_as_long_as_that_exists_ended_or_not() {
    let world = World::new();
    let wish = world.wish();
    let opened = world.try_open(&wish).unwrap();
    let retry = again(&world, &wish);
    assert_eq!(world.try_open(&retry), Ok(opened));
    world.stop(opened.contact);
    assert_eq!(world.try_open(&retry), Ok(opened));
    assert_eq!(world.records(&wish.session).len(), 2);

    let first = world.now();
    world.set_clock(first + days(731));
    let spent = refused(StartRefusal::TokenSpent);
    assert_eq!(world.try_open(&retry), spent);
    world.set_clock(domain::Timestamp::from_millis(world.now().as_millis() - 1));
    assert_eq!(world.try_open(&retry), Ok(opened));
}

#[test]
fn row_43_a_token_of_another_request_is_refused_and_its_chat_is_not_touched() {
    let world = World::new();
    let wish = world.wish();
    world.open(&wish);
    let another = Start {
        fingerprint: Fingerprint(key("another body").0),
        ..again(&world, &wish)
    };
    let taken = refused(StartRefusal::TokenOfAnotherRequest);
    assert_eq!(world.try_open(&another), taken);
    let silent = Faults {
        silent: true,
        ..Faults::default()
    };
    assert_eq!(world.through(silent).try_open(&another), taken);
    // A source that would be refused changes nothing about it.
    let missing = world.wish().session.session.initial_contact();
    let another = Start {
        source: Some((missing, FromSegment)),
        ..another
    };
    assert_eq!(world.try_open(&another), taken);
    assert_eq!(world.records(&wish.session).len(), 1);
}

#[test]
fn row_44_a_token_of_somebody_unknown_is_answered_only_while_its_chat_is_active() {
    let world = World::new();
    let wish = Start {
        starter: Starter::Anonymous,
        ..world.wish()
    };
    let opened = world.try_open(&wish).unwrap();
    let retry = again(&world, &wish);
    assert_eq!(world.try_open(&retry), Ok(opened));
    world.stop(opened.contact);
    let spent = refused(StartRefusal::TokenSpent);
    assert_eq!(world.try_open(&retry), spent);
    let silent = Faults {
        silent: true,
        ..Faults::default()
    };
    assert_eq!(world.through(silent).try_open(&retry), spent);
}

#[test]
fn a_repeated_start_is_answered_from_its_own_chat_before_its_source_is_refused() {
    for starter in [Starter::Backend(None), Starter::Anonymous] {
        let world = World::new();
        let source = world.past(&["before"]);
        world.wait(days(730));
        let wish = Start {
            starter,
            ..world.wish_to_resume(source.contact, EntirePastSession)
        };
        let opened = world.try_open(&wish).unwrap();
        assert_eq!(opened.continued_from, Some(source.contact));
        // A day later the source has ceased to exist.
        world.wait(days(1));
        assert_eq!(world.try_open(&again(&world, &wish)), Ok(opened));
        let new = world.wish_to_resume(source.contact, EntirePastSession);
        assert_eq!(world.try_open(&new), not_found());
        assert_eq!(world.records(&new.session), []);
    }
}

#[test]
fn who_may_continue_what_and_whose_the_new_chat_is() {
    let customer = |name: &str| CustomerId(name.to_owned());
    let (jane, joe) = (|| customer("jane"), || customer("joe"));
    let refuses = None;
    // Who starts, the owner of the source, and the owner of the chat, if it comes about.
    let table = [
        (Starter::Backend(None), None, Some(None)),
        (Starter::Backend(None), Some(jane()), Some(Some(jane()))),
        (Starter::Backend(Some(jane())), None, Some(Some(jane()))),
        (
            Starter::Backend(Some(jane())),
            Some(jane()),
            Some(Some(jane())),
        ),
        (Starter::Backend(Some(joe())), Some(jane()), refuses.clone()),
        (Starter::Customer(jane()), None, Some(Some(jane()))),
        (Starter::Customer(jane()), Some(jane()), Some(Some(jane()))),
        (Starter::Customer(joe()), Some(jane()), refuses.clone()),
        (Starter::Anonymous, None, Some(None)),
        (Starter::Anonymous, Some(jane()), refuses),
    ];
    for (starter, owner, expected) in table {
        for how in [FromSegment, EntirePastSession] {
            let world = World::new();
            let source = world.open(&Start {
                starter: Starter::Backend(owner.clone()),
                ..world.wish()
            });
            world.stop(source.contact);
            let wish = Start {
                starter: starter.clone(),
                ..world.wish_to_resume(source.contact, how)
            };
            match (&expected, world.try_open(&wish)) {
                (Some(expected), Ok(_)) => {
                    let first = world.records(&wish.session).remove(0);
                    assert_eq!(first.started().unwrap().owner, *expected);
                }
                (None, answer) => {
                    assert_eq!(answer, not_found());
                    assert_eq!(world.records(&wish.session), []);
                }
                (Some(_), answer) => panic!("{starter:?} of {owner:?}: {answer:?}"),
            }
        }
    }
}

#[test]
fn a_chat_without_a_source_belongs_to_whoever_starts_it() {
    let jane = || CustomerId("jane".to_owned());
    for (starter, owner) in [
        (Starter::Backend(None), None),
        (Starter::Backend(Some(jane())), Some(jane())),
        (Starter::Customer(jane()), Some(jane())),
        (Starter::Anonymous, None),
    ] {
        let world = World::new();
        let chat = world.open(&Start {
            starter,
            ..world.wish()
        });
        let first = world.records(&chat.key).remove(0);
        assert_eq!(first.started().unwrap().owner, owner);
    }
}

#[test]
fn nothing_is_written_before_the_owner_is_known_not_even_the_end_of_an_expired_source() {
    let world = World::new();
    let source = world.joined(&Start {
        starter: Starter::Customer(CustomerId("jane".to_owned())),
        ..world.wish()
    });
    world.wait(days(8));
    let wish = Start {
        starter: Starter::Anonymous,
        ..world.wish_to_resume(source.contact, FromSegment)
    };
    assert_eq!(world.try_open(&wish), not_found());
    assert_eq!(world.records(&source.key).len(), 2);
}

#[test]
fn attributes_of_the_source_are_copied_and_keys_of_the_new_request_win() {
    let world = World::new();
    let chat = |given: &[(&str, &str)], source: Option<&Chat>| {
        let chat = world.open(&Start {
            attributes: attributes(given),
            source: source.map(|source| (source.contact, FromSegment)),
            ..world.wish()
        });
        world.stop(chat.contact);
        chat
    };
    let first = chat(&[("language", "en"), ("plan", "free")], None);
    let second = chat(&[("plan", "paid"), ("basket", "3")], Some(&first));
    let third = chat(&[("basket", "")], Some(&second));
    assert_eq!(
        of(&world, &second),
        attributes(&[("basket", "3"), ("language", "en"), ("plan", "paid")])
    );
    assert_eq!(
        of(&world, &third),
        attributes(&[("basket", ""), ("language", "en"), ("plan", "paid")])
    );
}

#[test]
fn attributes_may_have_32768_bytes_counted_after_the_merge() {
    let source_bytes = 20_000;
    for (more, fits) in [(12_767, true), (12_768, true), (12_769, false)] {
        let world = World::new();
        let source = world.open(&Start {
            // Two bytes each in UTF-8, and a key that both have: it counts once, as the new request has it.
            attributes: attributes(&[
                ("ab", &"é".repeat((source_bytes - 2) / 2)),
                ("both", "replaced"),
            ]),
            ..world.wish()
        });
        world.stop(source.contact);
        let wish = Start {
            attributes: attributes(&[("both", &"x".repeat(more - 4))]),
            ..world.wish_to_resume(source.contact, FromSegment)
        };
        match world.try_open(&wish) {
            Ok(_) => assert!(fits),
            answer => {
                assert!(!fits);
                let too_long = StartRefusal::Source(SourceRefusal::AttributesTooLong);
                assert_eq!(answer, refused(too_long));
                assert_eq!(world.records(&wish.session), []);
            }
        }
    }
}
