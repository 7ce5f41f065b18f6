//! What a client may ask for, one file for each operation; uses `model`, `ports`, `session_log` and `live`, and nothing
//! within this crate uses it.

pub(crate) mod add_participant;
pub(crate) mod associate;
pub(crate) mod attributes;
pub(crate) mod close_socket;
pub(crate) mod customer_chats;
pub(crate) mod describe;
pub(crate) mod hear_socket;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod open_socket;
pub(crate) mod send;
pub(crate) mod send_event;
pub(crate) mod start;
pub(crate) mod stop;
pub(crate) mod subscribe_socket;
pub(crate) mod transfer;
