//! The table's stream, pumped into the function `deliver` as Lambda does it: one batch at a time.

use std::time::Duration;

use domain::Connections;
use engine::{Batch, Changes};
use lambda::Explanation;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tracing::error;

use crate::server::Local;

/// How long to wait for a sign that something was written, before looking without one.
const PAUSE: Duration = Duration::from_secs(1);
/// How long to wait before a batch is tried again, and how often it is.
const REST: Duration = Duration::from_millis(200);
const TRIES: u32 = 5;

/// Delivers every batch, until it is told to stop or the engine fails.
pub(crate) async fn pump<L, C>(
    service: &'static Local<L, C>,
    mut changes: Changes,
    mut stop: oneshot::Receiver<()>,
) where
    L: Send + Sync,
    C: Connections,
{
    let mut tries = 0;
    while matches!(stop.try_recv(), Err(TryRecvError::Empty)) {
        // The engine's own calls block.
        let read = tokio::task::spawn_blocking(move || (changes.read(), changes)).await;
        let Ok((batch, same)) = read else { return };
        changes = same;
        let Batch { event, next } = match batch {
            Ok(batch) => batch,
            Err(failed) => {
                error!(reason = %failed, "the stream cannot be read: nobody is told anything at once");
                return;
            }
        };
        let pause = if event.changes.is_empty() {
            PAUSE
        } else {
            let delivering = Box::pin(deliver::handle(&service.log, event));
            let answer = Explanation::default().hold(delivering).await;
            tries += 1;
            if answer.failures().count() == 0 || tries == TRIES {
                tries = 0;
                changes.done(next);
                continue;
            }
            REST
        };
        tokio::select! {
            _ = &mut stop => return,
            () = service.log.gateway.wait_for_writes(), if pause == PAUSE => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
