//! Logs: ours as verbose as asked for, libraries' never above warnings, since they would log requests whole.

use tracing::{Level, Metadata, Subscriber, warn};
use tracing_subscriber::filter::{Directive, EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::panics::log_panics;

/// The crates whose logs are written with care.
const OURS: [&str; 23] = [
    "api",
    "boot",
    "domain",
    "dynamodb",
    "gateway",
    "lambda",
    "local",
    "contact_attributes",
    "create_participant",
    "create_participant_connection",
    "create_persistent_contact_association",
    "deliver",
    "describe_contact",
    "disconnect_participant",
    "end_chat",
    "export_transcript",
    "get_transcript",
    "list_customer_chats",
    "send_event",
    "send_message",
    "start_chat",
    "transfer_contact",
    "websocket",
];

/// Starts logging as CloudWatch reads it, panics included: one JSON object a line, on standard output. `RUST_LOG` says how
/// much; without it, `info`.
pub fn init_logging() {
    log_panics();
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        // Never for a terminal, whatever another package of the same build turns on.
        .with_ansi(false)
        .with_filter(log_filter(&wanted));
    // A second call, as in tests, keeps the first one's subscriber.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    warn_of_unclear(&wanted);
}

/// What is logged under the filter `wanted` (as `RUST_LOG`): of libraries warnings at most, whatever it says. Parts that
/// make no sense are left out; [`warn_of_unclear`] names them.
pub fn log_filter<S>(wanted: &str) -> impl tracing_subscriber::layer::Filter<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let clear: Vec<&str> = parts(wanted).filter(|part| is_clear(part)).collect();
    let asked = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse_lossy(clear.join(","));
    asked.and(filter_fn(|event: &Metadata<'_>| {
        *event.level() <= Level::WARN || is_ours(event.target())
    }))
}

/// Warns once of the parts of `RUST_LOG` that make no sense: whoever wrote them waits for lines that never come.
pub fn warn_of_unclear(wanted: &str) {
    let unclear = unclear(wanted);
    if !unclear.is_empty() {
        warn!(
            unclear,
            "RUST_LOG has parts that are ignored: each must be a level (error, warn, info, debug, trace, off), or a \
             crate's name with one, as lambda=debug"
        );
    }
}

fn unclear(wanted: &str) -> String {
    let unclear = parts(wanted).filter(|part| !is_clear(part));
    unclear.collect::<Vec<_>>().join(", ")
}

/// Whether a part can be read as it was meant. A single word that is no level would be taken for the name of a crate, the
/// only one then to log anything.
fn is_clear(part: &str) -> bool {
    let is_level = || part.parse::<LevelFilter>().is_ok();
    part.parse::<Directive>().is_ok()
        && (part.contains(['=', '[', ':']) || is_level() || is_ours(part))
}

fn parts(wanted: &str) -> impl Iterator<Item = &str> {
    wanted
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// Whether a log line comes from a crate whose logs are written with care.
pub fn is_ours(target: &str) -> bool {
    let krate = target.split("::").next().unwrap_or_default();
    OURS.contains(&krate)
}

#[cfg(test)]
mod tests;
