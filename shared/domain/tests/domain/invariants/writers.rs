//! What is said, and what follows: invariants 1, 2 and 8.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::transcript::{Direction, From, PageError, Query};
use domain::{
    AppendError, Invitation, Item, ItemId, ItemKind, LogError, ReceiptKind, Refusal, Role, Start,
};

use super::{UNSEEN, troubles};
use crate::stage::{Chat, Faults, Trouble, World, assert_whole, at_every_call, key};

/// The first message that somebody has said in a chat.
fn first_message(world: &World, chat: &Chat) -> ItemId {
    let records = world.records(&chat.key);
    let mut items = records.iter().flat_map(|each| each.items(chat.key.session));
    let said = |item: &Item| matches!(item.kind, ItemKind::Message { .. });
    items.find(said).unwrap().id
}

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
    let deeds: [Deed; 8] = [
        |world, chat| {
            world.say(chat, "in between");
        },
        |world, chat| world.stop(chat.contact),
        |world, chat| world.leave(chat),
        |world, chat| world.exit(chat),
        |world, chat| {
            world.transfer(chat.contact);
        },
        |world, chat| {
            world.accompanied(chat, Role::Supervisor, "Bob");
        },
        |world, chat| world.update(chat.contact, "a=1"),
        |world, chat| {
            let past = world.past(&["before"]).contact;
            world
                .try_associate(chat.contact, past, FromSegment)
                .unwrap();
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

    /// A chat whose customer, once he has left, is asked for his opinion.
    fn begun() -> (World, Chat) {
        let world = World::new();
        let chat = world.polite_chat();
        world.accompanied(&chat, Role::Agent, "Ann");
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
    let deeds: [Deed; 10] = [
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
        |world, chat| {
            let _ = world.try_exit(chat, world.fresh_key());
        },
        |world, chat| {
            let invitation = world.invitation(chat, Role::CustomBot, "Bot");
            let _ = world.try_add(&invitation, world.fresh_key());
        },
        |world, chat| world.update(chat.contact, "a=1"),
        |world, chat| {
            let past = world.past(&["before"]).contact;
            let _ = world.try_associate(chat.contact, past, FromSegment);
        },
        |world, chat| {
            let _ = world.try_receive(chat, first_message(world, chat), ReceiptKind::Read);
        },
    ];
    for one in deeds {
        for other in deeds {
            for unseen in UNSEEN {
                at_every_call(|n| {
                    let world = World::new();
                    let chat = world.open(&Start {
                        disconnect_agent_on_exit: true,
                        ..world.wish()
                    });
                    let ann = world.accompanied(&chat, Role::Agent, "Ann");
                    world.say(&ann, "one");
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
                let mut own = world.items(chat);
                own.retain(|item| item.contact.session() == chat.key.session);
                assert_eq!(own, everything);
                let oldest = everything.first().unwrap().id;
                let forward = Query {
                    direction: Direction::Forward,
                    from: From::Item(oldest),
                    ..chat.newest()
                };
                assert_eq!(world.read(&forward).unwrap().items, everything);
                everything.reverse();
                assert!(page.items.starts_with(&everything));
            }
            Err(error) => {
                assert_eq!(error, PageError::Ended);
                let later = world.resume(chat.contact, EntirePastSession);
                let mut shown = world.items(&later);
                shown.retain(|item| item.contact.session() == chat.key.session);
                assert_eq!(shown, everything);
            }
        }
    }
}

#[test]
fn a_crash_between_any_two_requests_leaves_nothing_half_done() {
    struct Scene {
        /// Its customer has not connected yet; its agent has said something.
        chat: Chat,
        agent: Chat,
        invitation: Invitation,
        past: Chat,
        expired: Chat,
        wish: Start,
        resume: Start,
    }
    type Deed = fn(&World, &Scene);
    let deeds: [Deed; 14] = [
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
        |world, on| {
            world.try_exit(&on.chat, key("exit")).unwrap();
        },
        |world, on| {
            world.try_add(&on.invitation, key("invitation")).unwrap();
        },
        |world, on| world.update(on.chat.contact, "a=1"),
        // The end is written first, the change beside it.
        |world, on| world.update(on.expired.contact, "a=1"),
        |world, on| {
            let (chat, past) = (on.chat.contact, on.past.contact);
            world.try_associate(chat, past, FromSegment).unwrap();
        },
        |world, on| {
            let message = first_message(world, &on.chat);
            world.receive(&on.chat, message, ReceiptKind::Read);
        },
    ];
    for deed in deeds {
        at_every_call(|n| {
            let world = World::new();
            let expired = world.chat();
            world.wait(domain::days(7));
            let past = world.past(&["before"]);
            let chat = world.open(&Start {
                disconnect_agent_on_exit: true,
                ..world.wish()
            });
            let agent = world.accompanied(&chat, Role::Agent, "Ann");
            world.say(&agent, "one");
            let scene = Scene {
                invitation: world.invitation(&chat, Role::CustomBot, "Bot"),
                chat,
                agent,
                past,
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
            for chat in [&scene.chat, &scene.expired] {
                assert!(["", "a=1"].contains(&&*world.attributes(chat.contact)));
            }
            let _ = world.try_leave(&scene.agent, key("agent leaves"));
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
