//! Who is notified of what happens in a chat; uses `model` and `ports`, and the operations use it.
//!
//! Nothing here decides anything about a chat. Whatever is pushed can be read again in the transcript, and
//! whoever was not connected reads it there; so a push may be lost or come twice, and only the log counts.

pub(crate) mod audience;
pub(crate) mod news;
pub(crate) mod push;
