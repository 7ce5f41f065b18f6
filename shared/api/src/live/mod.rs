//! WebSockets on the wire: how one opens, what its client sends, and what it is told.
//!
//! The frames are those of Amazon Connect's own clients, `amazon-connect-chatjs` and the SDKs for iOS and Android.

mod call;
mod frames;
mod topics;

pub use call::{SocketCall, SocketEvent, SocketReply};
pub use frames::{frame, parcel};
pub use topics::{Asked, answer, asked};
