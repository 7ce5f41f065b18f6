//! One file per operation: its request from the wire, and its answer back.

pub mod create_participant_connection;
pub mod disconnect_participant;
pub mod get_transcript;
mod idempotency;
mod message;
pub mod send_message;
pub mod start_chat_contact;
pub mod stop_contact;
