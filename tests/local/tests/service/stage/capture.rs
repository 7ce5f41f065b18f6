//! Everything that this test binary logs, from the first call of [`captured`] on, as verbose as can be asked for.

use std::io::{self, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// More than anybody would ask for: our own filter has to hold it back.
const MOST_VERBOSE: &str = "trace,aws_config=trace,aws_sdk_dynamodb=trace,aws_smithy_runtime=trace,\
    axum=trace,dynoxide=trace,hyper=trace,hyper_util=trace,tower_http=trace";

static BYTES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = BYTES.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Captures nothing of this thread as long as the guard lives: of what comes ten thousand times over, every test that reads
/// all that was logged would read for minutes.
pub(crate) fn unheard() -> DefaultGuard {
    tracing::subscriber::set_default(NoSubscriber::default())
}

/// The lines so far, of every thread and of every test; the first call starts the capture.
pub(crate) fn captured() -> Vec<String> {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let layer = tracing_subscriber::fmt::layer()
            .json()
            .with_current_span(true)
            .with_span_list(true)
            .with_span_events(FmtSpan::FULL)
            .with_writer(|| Writer)
            .with_filter(lambda::log_filter(MOST_VERBOSE));
        tracing_subscriber::registry().with(layer).init();
    });
    let bytes = BYTES.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&bytes)
        .lines()
        .map(str::to_owned)
        .collect()
}
