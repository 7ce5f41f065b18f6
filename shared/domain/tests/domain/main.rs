//! The domain's promises, each tested under its own sentence, on a log in memory that fails on cue.

#![allow(clippy::unwrap_used)]

mod append;
mod associate;
mod attributes;
mod budget;
mod chain;
mod connected;
mod customer_chats;
mod decide;
mod describe;
mod exit;
mod export;
mod holes;
mod invariants;
mod links;
mod live;
mod page;
mod participants;
mod place;
mod race;
mod receipts;
mod received;
#[path = "../reference/mod.rs"]
mod reference;
mod retention;
mod sessions;
mod silent;
mod size;
mod skew;
mod source;
mod stage;
mod start;
mod stream;
mod time;
mod transcript;
mod transfer;
