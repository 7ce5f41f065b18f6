//! Panics: none is meant to happen, and one that does is a fault like any other.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, set_hook};

use api::{Fault, Problem};
use futures_util::FutureExt;
use tracing::{Level, enabled, error};

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

/// Says where a panic happened, and not what it says: that may quote the text which was at hand. It is logged or, where
/// nothing is logged, as before logging has started, written to standard error. `RUST_BACKTRACE=1` adds the calls that
/// led there.
pub fn log_panics() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let at = panic.location().map(ToString::to_string);
        let backtrace = Backtrace::capture();
        let captured = backtrace.status() == BacktraceStatus::Captured;
        let backtrace = captured.then(|| backtrace.to_string());
        if enabled!(Level::ERROR) {
            error!(at, backtrace, "panicked");
        } else {
            let at = at.as_deref().unwrap_or("an unknown place");
            let more = backtrace.as_deref().unwrap_or(SEE_MORE);
            // Not by a macro that panics where standard error is closed.
            let _ = writeln!(std::io::stderr(), "panicked at {at}\n{more}");
        }
    }));
}

/// For whoever sees a panic on a terminal.
const SEE_MORE: &str = "What it says is not shown, since it may quote what was at hand. RUST_BACKTRACE=1 shows the calls that led there.";

#[cfg(test)]
mod tests;
