//! Proof by exploration and by simulation: the domain's own operations in a world where every call to the store waits
//! until somebody has chosen what becomes of it.
//!
//! Two things choose, and share everything else. [`explore`] tries every choice there is, for two clients with two
//! attempts each; [`simulate`] throws dice, for up to eight clients and every operation. A [`check`] that was written
//! from the rules tells whether all that the clients were told is true.

mod arguments;
mod attempt;
pub mod check;
pub mod explore;
mod invariant;
pub mod simulate;
mod stage;
mod store;
mod story;
mod wire;
mod wish;

pub use arguments::{ExploreArguments, Parsed, SimulateArguments, Usage};
pub use attempt::{Attempt, plainly};
pub use invariant::{Broken, Checked, Invariant};
pub use stage::Stage;
pub use store::{Sight, Store};
pub use wire::{Call, Reply, Wire, unavailable};
pub use wish::{Answer, Wish, perform};
