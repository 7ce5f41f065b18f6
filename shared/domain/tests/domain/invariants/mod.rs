//! The eight invariants of the design, each under its name, with trouble at every call that an operation makes.

mod readers;
mod starts;
mod writers;

use crate::stage::Trouble;

/// Everything that can go wrong with a single call, with or without the call having been carried out.
fn troubles() -> [Trouble; 4] {
    [
        Trouble::NotDone,
        Trouble::Throttled,
        Trouble::LostReply,
        Trouble::Repeated,
    ]
}

/// Reads that miss nothing, the newest records, the ones in the middle, everything.
const UNSEEN: [u64; 6] = [0, 0b1, 0b111, 0b10, 0b110, u64::MAX];
