//! The service as its callers see it: every function's handler over a log in memory, and over HTTP where the wire matters.

#![allow(
    clippy::print_stdout,
    reason = "a table's test prints the row that it checks, to be seen when it fails"
)]

mod bad_input;
mod callers;
mod client_tokens;
mod events;
mod http;
mod lifetimes;
mod logs;
mod stage;
mod tokens;
mod transcripts;
mod tree;
mod widget;
