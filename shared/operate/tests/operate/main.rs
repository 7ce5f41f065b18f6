//! Operating, tried: erasing on the embedded engine, and changing secrets on a stand-in for Secrets Manager.

mod commands;
mod continued;
mod erase;
mod gone;
mod kills;
mod past;
mod patience;
mod secrets;
mod stage;
mod standin;
