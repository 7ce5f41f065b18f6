//! What the domain needs of the world, as traits that adapters implement; uses `model`, and every room below uses it.

pub(crate) mod all;
pub(crate) mod connections;
pub(crate) mod customer_index;
pub(crate) mod log;
pub(crate) mod pause;
pub(crate) mod post;
pub(crate) mod side;
