//! What the filter lets through: our own lines as asked for, of libraries warnings at most.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::{debug, error, info, info_span, trace, warn};

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn bytes(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged by `work` under the filter `wanted`.
fn logged(wanted: &str, work: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .with_filter(log_filter(wanted));
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    let bytes = lines.bytes().clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn everything() {
    let _span =
        info_span!(target: "hyper::client", "request", uri = "in a library's span").entered();
    trace!(target: "hyper::client", "library trace");
    debug!(target: "aws_smithy_runtime", "library debug");
    info!(target: "aws_config", "library info");
    warn!(target: "aws_config", "library warning");
    error!(target: "hyper", "library error");
    trace!("our trace");
    debug!("our debug");
    info!("our info");
}

#[test]
fn libraries_are_capped_at_warnings_whatever_is_asked_for() {
    for wanted in [
        "trace",
        "debug",
        "info,hyper=trace,aws_config=trace,aws_smithy_runtime=debug",
    ] {
        let text = logged(wanted, everything);
        assert!(
            text.contains("library warning") && text.contains("library error"),
            "{text}"
        );
        for held_back in [
            "library trace",
            "library debug",
            "library info",
            "library's span",
        ] {
            assert!(!text.contains(held_back), "{wanted}: {text}");
        }
    }
}

#[test]
fn our_own_lines_are_as_verbose_as_asked_for() {
    let text = logged("trace", everything);
    assert!(
        text.contains("our trace") && text.contains("our debug"),
        "{text}"
    );
    for wanted in ["", "info"] {
        let text = logged(wanted, everything);
        assert!(
            text.contains("our info") && !text.contains("our debug"),
            "{wanted}: {text}"
        );
    }
    let text = logged("lambda=error", everything);
    assert!(!text.contains("our info"), "{text}");
}

#[test]
fn a_library_whose_name_begins_like_ours_is_not_ours() {
    for target in [
        "lambda_http",
        "lambda_runtime::api_client",
        "apiary",
        "local_channel",
        "",
    ] {
        assert!(!is_ours(target), "{target}");
    }
    for target in ["lambda", "lambda::answer", "start_chat", "domain::append"] {
        assert!(is_ours(target), "{target}");
    }
}

#[test]
fn what_makes_no_sense_in_rust_log_is_named_and_the_rest_holds() {
    for (wanted, named) in [
        ("info,lambda=debgu", "lambda=debgu"),
        ("wran", "wran"),
        ("debug,=x=, local=yes please", "=x=, local=yes please"),
    ] {
        assert_eq!(unclear(wanted), named, "{wanted}");
        let text = logged(wanted, || warn_of_unclear(wanted));
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let text = logged("lambda=nonsense,lambda=debug", everything);
    assert!(
        text.contains("our debug") && !text.contains("our trace"),
        "{text}"
    );
    for wanted in [
        "",
        "info",
        "WARN,",
        "off",
        "3",
        "lambda",
        "start_chat=trace,hyper::client=warn",
        "[call]=debug",
    ] {
        assert_eq!(unclear(wanted), "", "{wanted}");
    }
}
