//! Making a story short: whatever can be left out while the same invariant still does not hold, is.

use std::collections::BTreeSet;

use super::script::Script;
use super::{Failed, Played, play};
use crate::invariant::Broken;

/// More clients and wishes than these has no history.
const CLIENTS: u8 = 8;
const WISHES: u8 = 8;

/// The shortest story that was found for a history in which something is wrong.
pub(super) fn shortest(seed: u64, broken: &Broken) -> Failed {
    let mut script = Script::of(seed);
    let still = |script: &Script| {
        let played = play(script, false);
        match &played.done {
            Err(found) => found.invariant == broken.invariant,
            Ok(_) => false,
        }
    };
    loop {
        let before = script.clone();
        for edit in edits(&script) {
            if still(&edit) {
                script = merged(&script, edit, &still);
            }
        }
        if script == before {
            break;
        }
    }
    tell(&script, broken)
}

/// The edit on top of what has been left out meanwhile, if that still works; else the edit alone is not taken.
fn merged(script: &Script, edit: Script, still: &impl Fn(&Script) -> bool) -> Script {
    let mut both = script.clone();
    both.absent.extend(edit.absent);
    both.unwished.extend(edit.unwished);
    both.calm.extend(edit.calm);
    both.clocks_are_right |= edit.clocks_are_right;
    if still(&both) { both } else { script.clone() }
}

/// Everything that could be left out next, the largest parts first.
fn edits(script: &Script) -> Vec<Script> {
    let mut edits = Vec::new();
    let with = |change: &dyn Fn(&mut Script)| {
        let mut edit = script.clone();
        change(&mut edit);
        edit
    };
    for client in (0..CLIENTS).filter(|client| !script.absent.contains(client)) {
        edits.push(with(&|edit| {
            edit.absent.insert(client);
        }));
    }
    if !script.clocks_are_right {
        edits.push(with(&|edit| edit.clocks_are_right = true));
    }
    let stirred: BTreeSet<_> = play(script, false).stirred.into_iter().collect();
    if !stirred.is_empty() {
        edits.push(with(&|edit| edit.calm.extend(stirred.iter().copied())));
    }
    let present = (0..CLIENTS).filter(|client| !script.absent.contains(client));
    for place in present.flat_map(|client| (0..WISHES).map(move |wish| (client, wish))) {
        if !script.unwished.contains(&place) {
            edits.push(with(&|edit| {
                edit.unwished.insert(place);
            }));
        }
    }
    for place in stirred {
        edits.push(with(&|edit| {
            edit.calm.insert(place);
        }));
    }
    edits
}

fn tell(script: &Script, broken: &Broken) -> Failed {
    let Played {
        done,
        stirred,
        story,
    } = play(script, true);
    let wishes = story
        .iter()
        .filter(|sentence| sentence.contains(": wishes to "));
    let speaks = |client: &u8| {
        let name = format!("client {},", client + 1);
        story.iter().any(|sentence| sentence.contains(&name))
    };
    let clients = (0..CLIENTS).filter(speaks).count();
    Failed {
        seed: script.seed,
        broken: done.err().unwrap_or_else(|| broken.clone()),
        left: [clients, wishes.count(), stirred.len()],
        story,
    }
}
