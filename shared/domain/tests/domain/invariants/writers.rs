//! What is said, and what follows: invariants 1, 2 and 8.

use domain::Rehydration::EntirePastSession;
use domain::transcript::{Direction, From, PageError, Query};
use domain::{AppendError, LogError, Refusal, Start};

use super::{UNSEEN, troubles};
use crate::stage::{Chat, Faults, Trouble, World, assert_whole, at_every_call, key};

/// Whether the caller of a failed request has to try again, not knowing what became of it.
fn unknown(error: &AppendError) -> bool {
    matches!(
        error,
        AppendError::Log(LogError::Unavailable(_) | LogError::Throttled)
    )
}

#[test]
fn an_acknowledged_message_stands_in_every_later_transcript_exactly_once_and_a_refused_one_never_does()
 {
    type Deed = fn(&World, &Chat);
    let deeds: [Deed; 4] = [
        |world, chat| {
            world.say(chat, "in between");
        },
        |world, chat| world.stop(chat.contact),
        |world, chat| world.leave(chat),
        |world, chat| {
            world.transfer(chat.contact);
        },
    ];
    for deed in deeds {
        for unseen in UNSEEN {
            at_every_call(|n| {
                let (world, chat) = begun();
                let (elsewhere, of) = (world.plainly(), chat.clone());
                let mut faults = Faults::before(n, move || deed(&elsewhere, &of));
                faults.unseen = Box::new(move || unseen);
                faults.silent = n % 2 == 0;
                let sender = world.through(faults);
                let said = sender.try_say(&chat, "hello", key("hello"));
                check(&world, &chat, &said);
                sender.log.calls().len()
            });
        }
    }
    for trouble in troubles() {
        at_every_call(|n| {
            let (world, chat) = begun();
            let shaky = world.through(Faults::at(n, trouble.clone()));
            let mut said = shaky.try_say(&chat, "hello", key("hello"));
            let calls = shaky.log.calls().len();
            if said.as_ref().is_err_and(unknown) {
                // Before the caller tries again, somebody ends the chat.
                world.stop(chat.contact);
                said = world.try_say(&chat, "hello", key("hello"));
            }
            check(&world, &chat, &said);
            calls
        });
    }

    fn begun() -> (World, Chat) {
        let world = World::new();
        let chat = world.chat();
        world.say(&chat, "one");
        world.say(&chat, "two");
        (world, chat)
    }

    fn check(world: &World, chat: &Chat, said: &Result<domain::Sent, AppendError>) {
        assert_whole(world, &chat.key);
        let times = world.times_said(chat, "hello");
        match said {
            Ok(sent) => {
                assert_eq!(times, 1);
                world.finish(chat);
                let later = world.resume(chat.contact, EntirePastSession);
                let shown = world.items(&later);
                let shown = shown.iter().filter(|item| item.id == sent.id).count();
                assert_eq!(shown, 1);
            }
            Err(AppendError::Refused(Refusal::Ended)) => assert_eq!(times, 0),
            Err(error) => panic!("{error:?} is neither an answer nor a refusal"),
        }
    }
}

#[test]
fn nothing_follows_the_end_and_nothing_is_added_to_an_ended_contact_and_all_readers_see_one_order()
{
    type Deed = fn(&World, &Chat);
    let deeds: [Deed; 5] = [
        |world, chat| {
            let _ = world.try_say(chat, "hello", world.fresh_key());
        },
        |world, chat| {
            let _ = world.try_stop(chat.contact);
        },
        |world, chat| {
            let _ = world.try_leave(chat, world.fresh_key());
        },
        |world, chat| {
            let _ = world.try_transfer(chat.contact, world.fresh_key());
        },
        |world, chat| {
            let _ = world.try_join(chat);
        },
    ];
    for one in deeds {
        for other in deeds {
            for unseen in UNSEEN {
                at_every_call(|n| {
                    let world = World::new();
                    let chat = world.open(&world.wish());
                    world.say(&chat, "one");
                    let (elsewhere, of) = (world.plainly(), chat.clone());
                    let mut faults = Faults::before(n, move || other(&elsewhere, &of));
                    faults.unseen = Box::new(move || unseen);
                    let shaky = world.through(faults);
                    one(&shaky, &chat);
                    assert_whole(&world, &chat.key);
                    one_order(&world, &chat);
                    shaky.log.calls().len()
                });
            }
        }
    }

    /// Forward and backward, now and in a later chat, all read the same.
    fn one_order(world: &World, chat: &Chat) {
        let mut everything: Vec<_> = world
            .records(&chat.key)
            .iter()
            .flat_map(|record| record.items(chat.key.session))
            .collect();
        match world.read(&chat.newest()) {
            Ok(page) => {
                assert_eq!(world.items(chat), everything);
                let oldest = everything.first().unwrap().id;
                let forward = Query {
                    direction: Direction::Forward,
                    from: From::Item(oldest),
                    ..chat.newest()
                };
                assert_eq!(world.read(&forward).unwrap().items, everything);
                everything.reverse();
                assert_eq!(page.items, everything);
            }
            Err(error) => {
                assert_eq!(error, PageError::Ended);
                let later = world.resume(chat.contact, EntirePastSession);
                assert_eq!(world.items(&later), everything);
            }
        }
    }
}

#[test]
fn a_crash_between_any_two_requests_leaves_nothing_half_done() {
    struct Scene {
        chat: Chat,
        expired: Chat,
        wish: Start,
        resume: Start,
    }
    type Deed = fn(&World, &Scene);
    let deeds: [Deed; 8] = [
        |world, on| {
            world.try_open(&on.wish).unwrap();
        },
        |world, on| {
            world.try_open(&on.resume).unwrap();
        },
        |world, on| {
            world.try_say(&on.chat, "hello", key("hello")).unwrap();
        },
        |world, on| {
            world.try_leave(&on.chat, key("leave")).unwrap();
        },
        |world, on| {
            world.try_stop(on.chat.contact).unwrap();
        },
        |world, on| {
            world.try_transfer(on.chat.contact, key("move")).unwrap();
        },
        |world, on| {
            world.try_join(&on.chat).unwrap();
        },
        |world, on| {
            world.try_say(&on.expired, "late", key("late")).unwrap_err();
        },
    ];
    for deed in deeds {
        at_every_call(|n| {
            let world = World::new();
            let expired = world.chat();
            world.wait(domain::days(7));
            let scene = Scene {
                chat: world.open(&world.wish()),
                wish: world.wish(),
                resume: world.wish_to_resume(expired.contact, EntirePastSession),
                expired,
            };
            let sessions = [&scene.chat.key, &scene.expired.key];
            let sessions = sessions
                .into_iter()
                .chain([&scene.wish.session, &scene.resume.session]);

            let shaky = world.through(Faults::at(n, Trouble::Crash));
            let crashes = std::panic::AssertUnwindSafe(|| deed(&shaky, &scene));
            let _ = std::panic::catch_unwind(crashes);
            for session in sessions.clone() {
                assert_whole(&world, session);
            }
            // Whoever tries again comes through, and anybody who wants something else.
            deed(&world, &scene);
            assert!(world.times_said(&scene.chat, "hello") <= 1);
            world.finish(&scene.chat);
            for past in [&scene.chat, &scene.expired] {
                world.resume(past.contact, EntirePastSession);
            }
            for session in sessions {
                assert_whole(&world, session);
            }
            shaky.log.calls().len()
        });
    }
}
