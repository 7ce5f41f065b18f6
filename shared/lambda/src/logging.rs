//! Logs: ours as verbose as asked for, libraries' never above warnings, since they would log requests whole.

use std::io::IsTerminal;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
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

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for CloudWatch.
    Json,
    /// For people, on standard error.
    Text,
}

/// Starts logging, panics included: `RUST_LOG` says how much, or `unless_set` where it is not set.
pub fn init_logging(format: LogFormat, unless_set: &str) {
    log_panics();
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| unless_set.to_owned());
    let registry = tracing_subscriber::registry();
    // A second call, as in tests, keeps the first one's subscriber.
    let _ = match format {
        LogFormat::Json => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_filter(log_filter(&wanted)),
            )
            .try_init(),
        LogFormat::Text => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr)
                    .with_filter(log_filter(&wanted)),
            )
            .try_init(),
    };
}

/// What is logged under the filter `wanted` (as `RUST_LOG`): of libraries warnings at most, whatever it says.
pub fn log_filter<S>(wanted: &str) -> impl tracing_subscriber::layer::Filter<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let asked = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse_lossy(wanted);
    asked.and(filter_fn(|event: &Metadata<'_>| {
        *event.level() <= Level::WARN || is_ours(event.target())
    }))
}

fn is_ours(target: &str) -> bool {
    let krate = target.split("::").next().unwrap_or_default();
    OURS.contains(&krate)
}

#[cfg(test)]
mod tests;
