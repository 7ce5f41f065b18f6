//! Metrics: one line for each call, in the format from which CloudWatch makes metrics.
//!
//! Like logging it is set up once for the process; where it is not, as locally, nothing is written.

mod emf;
mod measure;

use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

pub use measure::{Measure, Metric};

/// What was asked of DynamoDB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many requests were made.
    pub made: u64,
    /// How many times one of them was tried again.
    pub retried: u64,
}

/// The namespace of the metrics where none is given.
const NAMESPACE: &str = "PersistentChat";

struct Metrics {
    namespace: String,
    meter: Box<dyn Fn() -> Requests + Send + Sync>,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Starts metrics, on standard output, in the namespace of this deployment. `meter` gives what was asked of DynamoDB since it was called last: Lambda gives a
/// process one call at a time, so that is what the call asked.
pub fn init_metrics(
    namespace: Option<String>,
    meter: impl Fn() -> Requests + Send + Sync + 'static,
) {
    let namespace = namespace.filter(|it| !it.is_empty());
    // A second call keeps the first one's.
    let _ = METRICS.set(Metrics {
        namespace: namespace.unwrap_or_else(|| NAMESPACE.to_owned()),
        meter: Box::new(meter),
    });
}

/// Writes what a call came to, if metrics were started.
pub fn record(measure: &Measure) {
    let Some(metrics) = METRICS.get() else {
        return;
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_millis());
    if let Some(line) = measure.line(&metrics.namespace, (metrics.meter)(), now) {
        // Nobody listening there is no reason to fail.
        let _ = writeln!(io::stdout(), "{line}");
    }
}

#[cfg(test)]
mod tests;
