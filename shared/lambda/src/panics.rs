//! Panics: none is meant to happen, and one that does is a fault like any other.

use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo, set_hook};

use api::{Fault, Problem};
use futures_util::FutureExt;
use tracing::error;

/// What the work comes to, where it panics too. Without this its caller got the gateway's own words, and nobody counted it.
pub(crate) fn caught<T>(
    work: impl Future<Output = Result<T, Problem>>,
) -> impl Future<Output = Result<T, Problem>> {
    // On the heap, since every layer around a future may hold it twice, and a whole operation is large.
    let work = Box::pin(work);
    // What a panic may leave half done is dropped with the call. Calls share a pool of connections, which drops one that
    // is in use, and settings, which nobody changes.
    let ended = AssertUnwindSafe(work).catch_unwind();
    ended.map(|ended| ended.unwrap_or_else(|_| Err(Problem::Internal(Fault("a panic".to_owned())))))
}

/// Logs where a panic happened, and not what it says: that may quote the text which was at hand.
pub(crate) fn log_panics() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let at = panic.location().map(ToString::to_string);
        error!(at, "panicked");
    }));
}
