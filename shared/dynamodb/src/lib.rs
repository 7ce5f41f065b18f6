//! Session logs in DynamoDB: every read is one `Query`, every write one conditional `PutItem`.
//!
//! | module | holds |
//! |---|---|
//! | [`keys`] | every key, attribute name and expression |
//! | `item` | a record as an item, and back |
//! | `format` | the text of a record, format version 1 |
//! | `log` | the two calls |
//! | `failure` | what a failed call comes to |
//! | `client` | how long to wait, and how often to try |
//!
//! There is no update, no delete, no transaction and no scan here, and nothing is read from the
//! environment: the caller loads the SDK's configuration and names the table.

mod client;
mod failure;
mod format;
mod item;
pub mod keys;
mod log;

pub use client::{ATTEMPT_TIMEOUT, ATTEMPTS, CONNECT_TIMEOUT, OPERATION_TIMEOUT, client};
pub use log::DynamoDbLog;
