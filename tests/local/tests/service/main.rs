//! The service as its callers see it: every function's handler over a log in memory, and over HTTP where the wire matters.

#![allow(
    clippy::print_stdout,
    reason = "a table's test prints the row that it checks, to be seen when it fails"
)]

mod associations;
mod attributes;
mod bad_input;
mod boundaries;
mod callers;
mod circles;
mod client_tokens;
mod company;
mod connection_types;
mod customer_chats;
mod deadlines;
mod deliveries;
mod descriptions;
mod documents;
mod door;
mod endings;
mod events;
mod exits;
mod export_sizes;
mod exports;
mod http;
mod isolation;
mod lifetimes;
mod live_server;
mod logs;
mod mistakes;
mod openapi;
mod page;
mod privileges;
mod receipts;
mod refusals;
mod rotation;
mod stage;
mod subscriptions;
mod template;
mod terminal;
mod tokens;
mod transcripts;
mod transfers;
mod tree;
mod unsupported;
mod websockets;
mod widget;
