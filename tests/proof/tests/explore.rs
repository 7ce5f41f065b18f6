//! Every history of two clients with two attempts each, within bounds that a test run can afford.

use proof::explore::{Beginning, Exploration, Want, explore_all};

/// All explorations in which nobody reads, or all in which somebody does: those have many more states.
fn explorations(faults: u8, reading: bool) -> Vec<Exploration> {
    let mut all = Exploration::all(faults);
    all.retain(|each| each.wants.contains(&Want::Read) == reading);
    all
}

#[test]
fn every_pair_of_wants_is_explored_in_every_beginning() {
    let pairs = Want::ALL.len() * (Want::ALL.len() + 1) / 2;
    assert_eq!(Exploration::all(0).len(), pairs * Beginning::ALL.len());
}

#[test]
fn every_invariant_holds_whatever_goes_wrong_once_between_any_two_clients() {
    let explored = explore_all(&explorations(1, false), 1, |_, _| {});
    let explored = explored.unwrap_or_else(|found| panic!("{found}"));
    assert!(explored.states > 1_000_000, "{explored:?}");
}

#[test]
fn every_invariant_holds_for_whoever_reads_while_another_client_does_anything() {
    let explored = explore_all(&explorations(0, true), 1, |_, _| {});
    let explored = explored.unwrap_or_else(|found| panic!("{found}"));
    assert!(explored.states > 100_000, "{explored:?}");
}

#[test]
fn every_invariant_holds_whatever_goes_wrong_twice_where_a_message_meets_the_end() {
    let meeting = Exploration {
        beginning: Beginning::Running,
        wants: [Want::Send, Want::Stop],
        faults: 2,
    };
    let explored = meeting.run().unwrap_or_else(|found| panic!("{found}"));
    assert!(explored.states > 200_000, "{explored:?}");
}
