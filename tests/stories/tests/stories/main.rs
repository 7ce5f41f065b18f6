//! Stories of persistent chat, told through AWS's own SDKs and nothing else.
//!
//! | module | holds |
//! |---|---|
//! | `service`, `database`, `proxy`, `server` | the stage: the service in this process, its database, a network that loses replies, the real binary |
//! | `people`, `pages`, `refusal`, `requests` | who acts, what they read, how they are refused, and what their calls cost |
//! | all others | the stories |
//!
//! Every story has a service and an instance of its own. With `STORIES_DYNAMODB_ENDPOINT` set they run on that
//! DynamoDB, in one table for each run, instead of an embedded engine each.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod database;
mod pages;
mod people;
mod proxy;
mod refusal;
mod requests;
mod server;
mod service;

mod budgets;
mod durability;
mod idempotency;
mod lost_replies;
mod lost_writes;
mod paging;
mod races;
mod refusals;
mod resuming;
mod start_positions;
mod talking;
