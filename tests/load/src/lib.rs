//! Load on the local server: chats that come whether the server is ready for them or not, and what became of each message.
//!
//! | module | holds |
//! |---|---|
//! | `arguments`, `program` | the command line, and the run from its first step to its verdict |
//! | `server` | the local server as a process of its own, its memory and its processor time |
//! | `http`, `signer`, `service` | calls: bytes, signatures, operations |
//! | `arrivals`, `chats`, `step` | when something is wanted, of which chat, and what it came to |
//! | `latency` | how long it took |
//! | `memory` | whether what the server holds stays flat |
//! | `one_chat` | many senders in one chat |
//! | `check` | whether what was acknowledged stands, once and in order, and nothing else |

mod arguments;
mod arrivals;
mod chats;
mod check;
mod http;
mod latency;
mod memory;
mod one_chat;
mod program;
mod server;
mod service;
mod signer;
mod step;

pub use program::run;
