//! The domain's promises, each tested under its own sentence, on a log in memory that fails on cue.

#![allow(clippy::unwrap_used)]

mod append;
mod decide;
mod invariants;
mod stage;
