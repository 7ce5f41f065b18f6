//! What is told at once to those who are connected: sockets, who has which, and what goes to whom.
//!
//! Nothing here decides anything about a chat. Whatever is pushed can be read again in the transcript, and
//! whoever was not connected reads it there; so a push may be lost or come twice, and only the log counts.

mod audience;
mod connections;
mod hear;
mod memory;
mod news;
mod open;
mod ports;
mod post;
mod push;
mod subscribe;

pub use audience::Audience;
pub use connections::{Connections, Socket};
pub use hear::hear_socket;
pub use memory::{MemoryConnections, MemoryGateway};
pub use news::{News, Told};
pub use open::{MOST_SOCKETS, OpenError, Opening, close_socket, open_socket};
pub use ports::Live;
pub use post::{Effort, Frame, Heard, Post, PostError, Posted};
pub use push::{Parcel, Pushed, push};
pub use subscribe::{Subscription, caught_up, subscribe_socket};
