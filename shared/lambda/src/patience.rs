//! How long a call may take: less than its function may, so that there is time left to say that it failed.

use std::future::Future;
use std::time::Duration;

use api::{Fault, Problem};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The longest that a call takes. The template gives a function a second more, after which Lambda would cut the call off
/// and the gateway answer in its own words.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(9);

/// What the work comes to, or a fault where it comes to nothing in time. What it has under way then may be carried out or
/// not, as after any fault.
pub(crate) async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    // Without a runtime there is no clock, and nothing to wait for but a log in memory.
    if Handle::try_current().is_err() {
        return work.await;
    }
    let late = |_| Err(Problem::Internal(Fault("no end in time".to_owned())));
    timeout(limit, work).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_executor::block_on;

    use super::*;

    const SOON: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn work_that_does_not_end_is_a_fault_in_time() {
        let late = in_time(SOON, pending::<Result<(), Problem>>()).await;
        assert!(matches!(late, Err(Problem::Internal(_))), "{late:?}");
    }

    #[tokio::test]
    async fn work_that_ends_comes_to_what_it_comes_to() {
        assert_eq!(in_time(SOON, async { Ok(7) }).await, Ok(7));
        let refused = in_time(SOON, async { Err::<(), _>(Problem::NoSession) }).await;
        assert_eq!(refused, Err(Problem::NoSession));
    }

    #[test]
    fn without_a_runtime_nobody_counts_the_time() {
        assert_eq!(block_on(in_time(SOON, async { Ok(7) })), Ok(7));
    }
}
