//! A reference model of sessions, and random stories that are told to it and to a log: both must answer alike.
//!
//! | module | holds |
//! |---|---|
//! | `story` | what may happen in a story, and how often |
//! | `sentences` | the same in sentences |
//! | `deed` | one deed of a story with all its names, and what may come of it |
//! | `model` | everything that ever happened, in plain vectors |
//! | `rules` | what a deed comes to in a chat of the model, by the rules as they are written in the documents |
//! | `beginnings` | how a chat begins, and what it takes over from the one that it continues |
//! | `changes` | attributes that change, a past that is linked to a running chat, receipts |
//! | `readers` | what a reader is shown of the model |
//! | `play` | a story told to a log and to the model |
//! | `names` | steps of a story as deeds with all their names |
//! | `asks` | deeds done to a log |
//!
//! Nothing here knows a slot that is taken, a link that is flattened, or a page that is cut.

mod asks;
mod beginnings;
mod changes;
mod deed;
mod model;
mod names;
mod play;
mod readers;
mod rules;
mod sentences;
mod story;

pub(crate) use play::play;
pub(crate) use story::stories;
