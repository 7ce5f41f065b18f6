//! Stores in memory, for tests and as the plainest reading of what the ports promise; uses `model` and `ports`, and only
//! tests use it.

pub(crate) mod log;
pub(crate) mod sockets;
