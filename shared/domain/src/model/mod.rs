//! Values and records, and the rules as a pure function over them; uses no other room, and every other room uses it.

pub(crate) mod command;
pub(crate) mod content;
pub(crate) mod corrupt;
pub(crate) mod decide;
pub(crate) mod destination;
pub(crate) mod ids;
pub(crate) mod item;
pub(crate) mod link;
pub(crate) mod record;
pub(crate) mod rules;
pub(crate) mod slot;
pub(crate) mod starter;
pub(crate) mod state;
pub(crate) mod time;
