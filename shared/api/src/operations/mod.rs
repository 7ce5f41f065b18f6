//! One file per operation: its request from the wire, and its answer back.

mod attributes;
mod connection;
pub mod create_participant;
pub mod create_participant_connection;
pub mod create_persistent_contact_association;
pub mod describe_contact;
pub mod disconnect_participant;
pub mod export_transcript;
pub mod get_contact_attributes;
pub mod get_transcript;
mod idempotency;
pub mod list_customer_chats;
mod message;
pub mod send_event;
pub mod send_message;
mod source;
pub mod start_chat_contact;
pub mod stop_contact;
pub mod transfer_contact;
pub mod update_contact_attributes;
