//! Pauses within a call: as long as it leaves time for another try before the call is given up.

use std::time::Duration;

use domain::{Pause, TimeLeft, Urgency};

use crate::deadline::Deadline;

/// Pauses by the clock of this process, within the deadline of the call that is answered.
///
/// A call that has not enough time for the pause and for one more try is told so without waiting: so it can say that it
/// was too much at once, before it is given up as a fault.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallPause;

impl Pause for CallPause {
    async fn pause(&self, bound: Duration, urgency: Urgency) -> TimeLeft {
        let pause = random_up_to(bound);
        let deadline = Deadline::of_this_call();
        if deadline.left() <= pause + deadline.kept_for_a_try(urgency) {
            return TimeLeft::None;
        }
        tokio::time::sleep(pause).await;
        TimeLeft::Enough
    }
}

/// A duration between nothing and `bound`, every one equally likely.
fn random_up_to(bound: Duration) -> Duration {
    // Without randomness the longest pause is the safest.
    let drawn = getrandom::u32().unwrap_or(u32::MAX);
    bound.mul_f64(f64::from(drawn) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const BOUND: Duration = Duration::from_millis(20);

    /// The pause of a call that has so much time.
    async fn pause_with(time: Duration, urgency: Urgency) -> (TimeLeft, Duration) {
        let began = Instant::now();
        let pausing = CallPause.pause(BOUND, urgency);
        let left = Deadline::after(time).hold(pausing).await;
        (left, began.elapsed())
    }

    #[tokio::test]
    async fn a_pause_ends_and_leaves_the_call_time_for_a_try() {
        for urgency in [Urgency::Usual, Urgency::End] {
            let (left, _) = pause_with(Duration::from_secs(9), urgency).await;
            assert_eq!(left, TimeLeft::Enough);
        }
    }

    #[tokio::test]
    async fn a_call_without_time_for_a_try_is_told_so_without_a_pause() {
        for time in [0, 1, 15] {
            let time = Duration::from_millis(time);
            let (left, took) = pause_with(time, Urgency::Usual).await;
            // It began with less than a third of its time left for pauses.
            assert!(left == TimeLeft::None || took <= time);
        }
        let deadline = Deadline::after(Duration::ZERO);
        let pausing = CallPause.pause(Duration::ZERO, Urgency::End);
        assert_eq!(deadline.hold(pausing).await, TimeLeft::None);
    }

    #[tokio::test]
    async fn an_end_goes_on_when_a_message_is_given_up() {
        let deadline = Deadline::after(Duration::from_millis(300));
        // Of 300 ms a message leaves 100 for its last try, and an end 33.
        tokio::time::sleep(Duration::from_millis(220)).await;
        let pause = |urgency| CallPause.pause(Duration::ZERO, urgency);
        assert_eq!(deadline.hold(pause(Urgency::Usual)).await, TimeLeft::None);
        let end = deadline.hold(pause(Urgency::End)).await;
        assert!(end == TimeLeft::Enough || deadline.left() < Duration::from_millis(34));
    }

    #[test]
    fn pauses_are_spread_from_nothing_to_their_bound() {
        let pauses: Vec<Duration> = (0..1_000).map(|_| random_up_to(BOUND)).collect();
        assert!(pauses.iter().all(|pause| *pause <= BOUND));
        for quarter in 0..4 {
            let of = |pause: &&Duration| (**pause * 4).as_micros() / 20_000 == quarter;
            let share = pauses.iter().filter(of).count();
            assert!((150..350).contains(&share), "{quarter}: {share}");
        }
    }
}
