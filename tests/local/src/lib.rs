//! The local server: every handler of the service on one port, over an embedded DynamoDB.
//!
//! What answers here are the functions' own handlers; only Lambda and API Gateway are left out.

mod accept;
mod arguments;
mod bodies;
mod cors;
mod door;
mod hosts;
mod keys;
mod logging;
mod output;
mod page;
mod program;
mod pump;
mod rest;
mod routes;
mod server;
mod signals;
mod socket;
mod sockets;
mod store;

pub use arguments::{Arguments, Usage, parse};
pub use cors::Origins;
pub use door::Door;
pub use hosts::Hosts;
pub use keys::Keys;
pub use program::run;
pub use routes::service;
pub use server::{Running, StartError, serve, serve_live};
pub use store::{Line, Store, StoreError, TABLE};
