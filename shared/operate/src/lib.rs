//! What an operator does to a deployment by hand: erase what a customer said, issue and revoke keys.
//!
//! | module | holds |
//! |---|---|
//! | [`arguments`] | the command line |
//! | [`erase`] | erasing a customer's chats, or one chat |
//! | [`secrets`] | the secrets of a stack: what stands in them, and how they are changed |
//!
//! Nothing of it is deployed. It runs with the rights of whoever calls it, and never shows what was said, by whom, or a
//! secret that it has not just made.

mod account;
pub mod arguments;
pub mod erase;
mod run;
pub mod secrets;

pub use account::AccountError;
pub use run::{Failure, run};
