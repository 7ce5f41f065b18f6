//! How chats begin: invariants 3 and 4.

use domain::Rehydration::{EntirePastSession, FromSegment};
use domain::{SourceRefusal, Start, StartError, StartRefusal, Starter};

use super::{UNSEEN, troubles};
use crate::stage::{Faults, World, at_every_call};

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
            // The source had ended before.
            let world = World::new();
            let source = world.past(&["one", "two", "three"]);
            let stale = world.through(Faults::unseen(unseen));
            stale.resume(source.contact, how);
        }
    }
}

#[test]
fn the_same_token_gives_the_same_ids_and_two_racing_starts_make_one_chat() {
    for persistent in [false, true] {
        for starter in [Starter::Backend(None), Starter::Anonymous] {
            for silent in [false, true] {
                at_every_call(|n| {
                    let world = World::new();
                    let wish = wish(&world, persistent, &starter);
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
                    let wish = wish(&world, persistent, &starter);
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

    fn wish(world: &World, persistent: bool, starter: &Starter) -> Start {
        let past = persistent.then(|| world.past(&["before"]));
        Start {
            starter: starter.clone(),
            source: past.map(|past| (past.contact, EntirePastSession)),
            ..world.wish()
        }
    }
}
