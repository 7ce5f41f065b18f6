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

type Meter = Box<dyn Fn() -> Requests + Send + Sync>;

static METER: OnceLock<Meter> = OnceLock::new();

/// Starts metrics, on standard output. `meter` gives what was asked of DynamoDB since it was called last: Lambda gives a
/// process one call at a time, so that is what the call asked.
pub fn init_metrics(meter: impl Fn() -> Requests + Send + Sync + 'static) {
    // A second call keeps the first one's meter.
    let _ = METER.set(Box::new(meter));
}

/// Writes what a call came to, if metrics were started.
pub fn record(measure: &Measure) {
    let Some(meter) = METER.get() else {
        return;
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_millis());
    if let Some(line) = measure.line(meter(), now) {
        // Nobody listening there is no reason to fail.
        let _ = writeln!(io::stdout(), "{line}");
    }
}

#[cfg(test)]
mod tests;
