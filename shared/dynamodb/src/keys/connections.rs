//! Every key, attribute name and expression of the table of connections.
//!
//! | partition key | sort key | item |
//! |---|---|---|
//! | `instance/session` | connection | a socket, among those of its session |
//! | `/connection` | connection | the same socket, by its connection alone |
//!
//! No instance is empty, so no session's text begins with a slash.

use domain::{ConnectionId, SessionKey};

/// Partition key (S): what the item is found by, see [`by_session`] and [`by_connection`].
pub const FOUND_BY: &str = "found_by";
/// Sort key (S): the gateway's name of the connection.
pub const CONNECTION: &str = "connection";
/// The session (S), as in the partition keys of logs.
pub const SESSION: &str = super::SESSION;
/// Whose socket it is (S).
pub const PARTICIPANT: &str = "participant";
/// When the socket was opened (N, milliseconds since the epoch).
pub const OPENED_AT: &str = "opened_at";
/// When the duration of the chat passes (N, milliseconds since the epoch).
pub const CHAT_EXPIRES_AT: &str = "chat_expires_at";
/// The log's newest slot when the socket was opened (N).
pub const OPENED_AFTER: &str = "opened_after";
/// The slot after which the stream notifies a socket that has subscribed (N). By its session it stands there from the
/// subscription on; by its connection, once the socket has caught up.
pub const SUBSCRIBED_AFTER: &str = "subscribed_after";
/// Format version of the item (N): [`FORMAT_VERSION`](super::FORMAT_VERSION).
pub const VERSION: &str = super::VERSION;
/// Time-to-live (N, seconds since the epoch).
pub const EXPIRES_AT: &str = super::EXPIRES_AT;

/// Everything in one partition.
pub(crate) const ALL_OF_PARTITION: &str = "#found_by = :found_by";
/// Guards the rule that what was forgotten does not come back.
pub(crate) const IS_THERE: &str = "attribute_exists(#found_by)";

/// Guards the rule that the first mark of a socket stays, and the one above.
pub(crate) const IS_UNMARKED: &str =
    "attribute_exists(#found_by) AND attribute_not_exists(#subscribed_after)";

/// Names and values in the expressions.
pub(crate) const FOUND_BY_NAME: &str = "#found_by";
pub(crate) const SUBSCRIBED_AFTER_NAME: &str = "#subscribed_after";
pub(crate) const FOUND_BY_VALUE: &str = ":found_by";

/// The partition of a session's sockets.
pub fn by_session(session: &SessionKey) -> String {
    super::partition(session)
}

/// The partition of one connection.
pub fn by_connection(connection: &ConnectionId) -> String {
    format!("/{}", connection.as_str())
}
