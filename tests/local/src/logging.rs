//! Log lines for people, on standard error: in colours where a terminal takes them.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::output::Output;

/// Starts logging. `RUST_LOG` says how much, `info` without it; a quiet server logs warnings and errors alone.
pub(crate) fn init_logging(output: &Output, quiet: bool) {
    let wanted = if quiet {
        "warn".to_owned()
    } else {
        std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned())
    };
    // What is asked for of one part takes no warnings of the others away.
    let filter = lambda::log_filter(&format!("warn,{wanted}"));
    let variable = |name: &str| std::env::var(name).ok();
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(colours(std::io::stderr().is_terminal(), variable))
        .with_writer(output.lines())
        .with_filter(filter.and(filter_fn(is_worth_a_line)));
    // In a process that logs already the first one's subscriber stays.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    lambda::warn_of_unclear(&wanted);
}

/// Of libraries errors alone. The engine warns of every slot that was taken, which is how this service works; the SDK
/// warns of what is not there in pages that are for its own developers.
fn is_worth_a_line(event: &Metadata<'_>) -> bool {
    *event.level() == Level::ERROR || lambda::is_ours(event.target())
}

/// Whether a terminal gets colours: not with [`NO_COLOR`](https://no-color.org), nor where it says that it can do nothing.
fn colours(terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let able = variable("TERM").is_some_and(|kind| !kind.is_empty() && kind != "dumb");
    terminal && able && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_that_take_them() {
        let with = |terminal, kind: Option<&str>, refused: Option<&str>| {
            colours(terminal, |name| {
                let value = if name == "TERM" { kind } else { refused };
                value.map(str::to_owned)
            })
        };
        assert!(with(true, Some("xterm-256color"), None));
        assert!(with(true, Some("linux"), Some("")));
        for (terminal, kind, refused) in [
            (false, Some("xterm"), None),
            (true, Some("xterm"), Some("1")),
            (true, Some("dumb"), None),
            (true, Some(""), None),
            (true, None, None),
        ] {
            assert!(
                !with(terminal, kind, refused),
                "{terminal} {kind:?} {refused:?}"
            );
        }
    }
}
