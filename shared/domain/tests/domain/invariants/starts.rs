//! How chats begin: invariants 3 and 4.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{
    AssociateError, Body, Record, Role, SourceRefusal, Start, StartError, StartRefusal, Starter,
};

use super::{UNSEEN, troubles};
use crate::stage::{Chat, Faults, World, at_every_call, key};

#[test]
fn a_start_succeeds_only_if_its_source_had_ended_and_an_ended_source_is_never_refused_as_active() {
    for how in [FromSegment, EntirePastSession] {
        for unseen in UNSEEN {
            // The source ends at some moment during the start.
            at_every_call(|n| {
                let world = World::new();
                let source = world.chat();
                let (elsewhere, contact) = (world.plainly(), source.contact);
                let mut faults = Faults::before(n, move || elsewhere.stop(contact));
                faults.unseen = Box::new(move || unseen);
                let shaky = world.through(faults);
                let opened = shaky.try_open(&world.wish_to_resume(source.contact, how));
                let reads_of_source = 3;
                match opened {
                    Ok(_) => assert!(n <= reads_of_source, "it had not ended when it was read"),
                    Err(StartError::Refused(StartRefusal::Source(refusal))) => {
                        let active = source.contact;
                        assert_eq!(refusal, SourceRefusal::StillActive { active });
                    }
                    Err(error) => panic!("{error:?}"),
                }
                shaky.log.calls().len()
            });
            // The same for a chat that runs already: the source is read after the chat itself.
            at_every_call(|n| {
                let world = World::new();
                let (source, chat) = (world.chat(), world.chat());
                let (elsewhere, contact) = (world.plainly(), source.contact);
                let mut faults = Faults::before(n, move || elsewhere.stop(contact));
                faults.unseen = Box::new(move || unseen);
                let shaky = world.through(faults);
                match shaky.try_associate(chat.contact, source.contact, how) {
                    Ok(_) => assert!(n <= 2 + 3, "it had not ended when it was read"),
                    Err(AssociateError::Source(refusal)) => {
                        let active = source.contact;
                        assert_eq!(refusal, SourceRefusal::StillActive { active });
                    }
                    Err(error) => panic!("{error:?}"),
                }
                shaky.log.calls().len()
            });
            // The source had ended before.
            let world = World::new();
            let source = world.past(&["one", "two", "three"]);
            let stale = world.through(Faults::unseen(unseen));
            stale.resume(source.contact, how);
            let chat = world.chat();
            let associated = stale.try_associate(chat.contact, source.contact, how);
            assert_eq!(associated, Ok(source.contact));
        }
    }
}

#[test]
fn the_same_token_gives_the_same_ids_and_two_racing_starts_make_one_chat() {
    for (persistent, connects) in [(false, false), (false, true), (true, false), (true, true)] {
        for starter in [Starter::Backend(None), Starter::Anonymous] {
            for silent in [false, true] {
                at_every_call(|n| {
                    let world = World::new();
                    let wish = wish(&world, persistent, connects, &starter);
                    let rival = Start {
                        customer: world.participant(),
                        ..wish.clone()
                    };
                    let elsewhere = world.plainly();
                    let mut faults = Faults::before(n, move || {
                        elsewhere.try_open(&rival).unwrap();
                    });
                    faults.silent = silent;
                    let shaky = world.through(faults);
                    let opened = shaky.try_open(&wish).unwrap();
                    assert_eq!(world.records(&wish.session).len(), 1);
                    assert_eq!(Ok(opened), world.try_open(&wish));
                    shaky.log.calls().len()
                });
            }
            for trouble in troubles() {
                at_every_call(|n| {
                    let world = World::new();
                    let wish = wish(&world, persistent, connects, &starter);
                    let shaky = world.through(Faults::at(n, trouble.clone()));
                    let first = shaky.try_open(&wish);
                    let again = Start {
                        customer: world.participant(),
                        ..wish.clone()
                    };
                    let second = world.try_open(&again).unwrap();
                    if let Ok(first) = first {
                        assert_eq!(first, second);
                    }
                    assert_eq!(world.records(&wish.session).len(), 1);
                    shaky.log.calls().len()
                });
            }
        }
    }

    fn wish(world: &World, persistent: bool, connects: bool, starter: &Starter) -> Start {
        let past = persistent.then(|| world.past(&["before"]));
        Start {
            starter: starter.clone(),
            connects,
            source: past.map(|past| (past.contact, EntirePastSession)),
            ..world.wish()
        }
    }
}

#[test]
fn the_same_token_invites_the_same_participant_and_two_racing_invitations_make_one() {
    let invited = |world: &World, chat: &Chat| {
        let added = |record: &Record| matches!(record.body, Body::Added { .. });
        world
            .records(&chat.key)
            .iter()
            .filter(|each| added(each))
            .count()
    };
    for (unseen, silent) in UNSEEN.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            // Each attempt makes up an id of its own.
            let invitation = || world.invitation(&chat, Role::Agent, "Ann");
            let (elsewhere, rival) = (world.plainly(), invitation());
            let mut faults = Faults::before(n, move || {
                elsewhere.try_add(&rival, key("token")).unwrap();
            });
            faults.unseen = Box::new(move || unseen);
            faults.silent = silent;
            let shaky = world.through(faults);
            let added = shaky.try_add(&invitation(), key("token")).unwrap();
            assert_eq!(world.try_add(&invitation(), key("token")), Ok(added));
            assert_eq!(invited(&world, &chat), 1);
            shaky.log.calls().len()
        });
    }
    for trouble in troubles() {
        at_every_call(|n| {
            let world = World::new();
            let chat = world.chat();
            let invitation = || world.invitation(&chat, Role::Agent, "Ann");
            let shaky = world.through(Faults::at(n, trouble.clone()));
            let first = shaky.try_add(&invitation(), key("token"));
            let second = world.try_add(&invitation(), key("token")).unwrap();
            if let Ok(first) = first {
                assert_eq!(first, second);
            }
            assert_eq!(invited(&world, &chat), 1);
            shaky.log.calls().len()
        });
    }
}
