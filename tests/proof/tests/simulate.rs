//! Histories by dice, as many as a test run can afford.

use proof::simulate::{simulate, simulate_all};

/// Kinds of answers that must be among those that are checked.
const ANSWERS: [&str; 38] = [
    "Associated(Ok",
    "Associated(Err(Append(Refused(AlreadyLinked",
    "Associated(Err(Append(Refused(Ended",
    "Associated(Err(Source(NotFound",
    "Associated(Err(Source(NotInitial",
    "Associated(Err(Source(StillActive",
    "Attributes(Ok",
    "Described(Ok",
    "Described(Err(NotFound",
    "Event(Ok",
    "Event(Err(TooManyRecipients",
    "Event(Err(Append(Refused(NotAParticipant",
    "Exported(Ok",
    "Exported(Err(NotFound",
    "Invited(Ok",
    "Invited(Err(Refused(ContactEnded",
    "Invited(Err(Refused(TooManyParticipants",
    "Invited(Err(Refused(UnknownContact",
    "Joined(Ok",
    "Left(Ok",
    "Listed(Ok",
    "Pages",
    "Past",
    "Pages(Ended",
    "Pages(NotAParticipant",
    "Sent(Ok",
    "Sent(Err(Refused(Ended",
    "Sent(Err(Refused(NotAParticipant",
    "Sent(Err(Log(Unavailable(",
    "Started(Ok",
    "Started(Err(Refused(Source(NotFound",
    "Started(Err(Refused(Source(StillActive",
    "Started(Err(Refused(TokenOfAnotherRequest",
    "Started(Err(Refused(TokenSpent",
    "Stopped(Ok",
    "Transferred(Ok",
    "Transferred(Err(Refused(ContactEnded",
    "Updated(Ok",
];

#[test]
fn every_invariant_holds_in_ten_thousand_histories_with_answers_of_every_kind() {
    let simulated = simulate_all(1, 10_000, 2).unwrap_or_else(|failed| panic!("{failed}"));
    assert!(simulated.answers > 300_000, "{simulated:?}");
    assert!(simulated.disturbed * 20 > simulated.calls, "{simulated:?}");
    // None is checked in vain.
    let given = |kind: &&&str| !simulated.kinds.contains_key(**kind);
    let missing: Vec<_> = ANSWERS.iter().filter(given).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_history_is_the_same_each_time() {
    for seed in 0..50 {
        assert_eq!(simulate(seed), simulate(seed));
    }
}

#[test]
fn a_history_is_the_same_on_every_machine() {
    let simulated = simulate_all(1, 100, 1).unwrap_or_else(|failed| panic!("{failed}"));
    let counted = [simulated.calls, simulated.disturbed, simulated.answers];
    assert_eq!(counted, [11612, 1586, 4656]);
}
