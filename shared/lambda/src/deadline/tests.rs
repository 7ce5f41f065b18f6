//! How long a call may take, and what becomes of one that takes longer.

use std::future::pending;

use futures_executor::block_on;

use super::*;

const SOON: Duration = Duration::from_millis(30);
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// The time of a call whose invocation has this left when it begins.
fn time_of(left: Duration) -> Duration {
    time_until(NOW + left, NOW)
}

#[test]
fn a_call_is_given_up_a_second_before_its_invocation_ends() {
    for (left, time) in [(2_000, 1_000), (9_990, 8_990), (900_000, 899_000)] {
        let [left, time] = [left, time].map(Duration::from_millis);
        assert_eq!(time_of(left), time);
    }
}

#[test]
fn a_clock_that_is_wrong_changes_nothing() {
    let too_near = [0, 1, 999, 1_000, 1_999].map(Duration::from_millis);
    let too_far = [900_001, 86_400_000].map(Duration::from_millis);
    for left in too_near.into_iter().chain(too_far) {
        assert_eq!(time_of(left), CALL_TIMEOUT, "{left:?}");
    }
    for ends in [0, NOW.as_millis() - 1] {
        assert_eq!(time_until(Timestamp::from_millis(ends), NOW), CALL_TIMEOUT);
    }
    assert_eq!(time_until(Timestamp::MAX, NOW), CALL_TIMEOUT);
}

#[test]
fn without_an_invocation_a_call_has_the_usual_time() {
    for deadline in [Deadline::of_invocation(None, NOW), Deadline::of_this_call()] {
        let left = deadline.left();
        assert!(left <= CALL_TIMEOUT && left > CALL_TIMEOUT / 2, "{left:?}");
    }
}

#[test]
fn a_third_of_a_short_time_is_kept_for_the_end_and_of_a_long_one_no_more_than_need_be() {
    let farewell = |seconds| Deadline::after(Duration::from_secs(seconds)).farewell;
    assert_eq!(farewell(3), Duration::from_secs(1));
    assert_eq!(farewell(9), FAREWELL);
    assert_eq!(farewell(60), FAREWELL);
}

#[tokio::test]
async fn work_that_does_not_end_is_a_fault_in_time() {
    let work = pending::<Result<(), Problem>>();
    let late = Deadline::after(SOON).in_time(work).await;
    assert!(matches!(late, Err(Problem::Internal(_))), "{late:?}");
}

#[tokio::test]
async fn work_that_is_to_end_early_leaves_time() {
    let deadline = Deadline::after(SOON * 100);
    assert_eq!(deadline.early(async { 7 }).await, Some(7));
    let deadline = Deadline::after(SOON);
    let inner = async {
        assert_eq!(deadline.early(pending::<()>()).await, None);
        Ok(7)
    };
    assert_eq!(deadline.in_time(inner).await, Ok(7));
}

#[tokio::test]
async fn work_that_ends_comes_to_what_it_comes_to() {
    let deadline = Deadline::after(SOON);
    assert_eq!(deadline.in_time(async { Ok(7) }).await, Ok(7));
    let refused = deadline.in_time(async { Err::<(), _>(Problem::NoSession) });
    assert_eq!(refused.await, Err(Problem::NoSession));
}

#[test]
fn without_a_runtime_nobody_counts_the_time() {
    let deadline = Deadline::after(Duration::ZERO);
    assert_eq!(block_on(deadline.in_time(async { Ok(7) })), Ok(7));
    assert_eq!(block_on(deadline.early(async { 7 })), Some(7));
}
