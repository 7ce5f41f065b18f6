//! The local server: every handler of the service on one port, over an embedded DynamoDB.
//!
//! What answers here are the functions' own handlers; only Lambda and API Gateway are left out.

mod arguments;
mod cors;
mod keys;
mod routes;
mod server;
mod store;

pub use arguments::{Arguments, Command, HELP, Usage, parse};
pub use keys::Keys;
pub use routes::{routes, service};
pub use server::{Running, StartError, serve};
pub use store::{INSTANCE, Store, StoreError, TABLE};
