//! Appending to a session's log and reading what a session is; uses `model` and `ports`, and the transcript and the
//! operations use it.

pub(crate) mod append;
pub(crate) mod backoff;
pub(crate) mod due;
pub(crate) mod error;
pub(crate) mod session;
pub(crate) mod source;
