//! The domain's promises, each tested under its own sentence, on a log in memory that fails on cue.

#![allow(clippy::unwrap_used)]

mod append;
mod budget;
mod chain;
mod decide;
mod invariants;
mod page;
mod place;
mod race;
mod size;
mod source;
mod stage;
mod start;
mod time;
mod transcript;
