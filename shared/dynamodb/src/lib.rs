//! Session logs in DynamoDB: every read is one `Query`, every write one conditional `PutItem`.
//!
//! | module | holds |
//! |---|---|
//! | [`keys`] | every key, attribute name and expression |
//! | `attribute` | single attributes of an item |
//! | `item` | a record as an item, and back |
//! | `side_item` | an entry beside a log as an item, and back |
//! | `format` | the text of a record and of an entry, format version 1 |
//! | `table` | the two calls |
//! | `log`, `side`, `customer_index` | what the domain asks for, by these calls and a `Query` of the index |
//! | `connections`, `socket_item` | the table of open WebSockets, and a socket as its items |
//! | `stream` | what was written, from the table's stream |
//! | `failure` | what a failed call comes to |
//! | `client` | how long to wait, and how often to try |
//! | `meter` | how much was asked |
//! | `warm` | one request before the first call |
//!
//! No log knows an update, a delete, a transaction or a scan (only connections come and go), and nothing is read from the
//! environment: the caller loads the SDK's configuration and names the table.

mod attribute;
mod client;
mod connections;
mod customer_index;
mod failure;
mod format;
mod item;
pub mod keys;
mod log;
mod meter;
mod side;
mod side_item;
mod socket_item;
mod stream;
mod table;
mod warm;

pub use client::{
    ATTEMPT_TIMEOUT, ATTEMPTS, CONNECT_TIMEOUT, OPERATION_TIMEOUT, client, metered_client,
};
pub use connections::DynamoDbConnections;
pub use meter::{Meter, Metered};
pub use stream::{Change, StreamEvent};
pub use table::DynamoDbLog;
