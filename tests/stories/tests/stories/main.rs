//! Stories of persistent chat, told through AWS's own SDKs, and nothing else but for what no SDK has.
//!
//! | module | holds |
//! |---|---|
//! | `service`, `database`, `proxy`, `server` | the stage: the service in this process, its database, a network that loses replies, the real binary |
//! | `people`, `control`, `signed` | who acts: by the SDKs, by all of the control API, by requests of their own making |
//! | `pages`, `refusal`, `requests` | what they read, how they are refused, and what their calls cost |
//! | all others | the stories |
//!
//! Every story has a service and an instance of its own. With `STORIES_DYNAMODB_ENDPOINT` set they run on that
//! DynamoDB, in one table for each run, instead of an embedded engine each. With `STORIES_ENDPOINT` and `STORIES_TABLE` as well,
//! they are told of the service that runs there, over that table: all those that need no other service than one as it is.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod control;
mod database;
mod pages;
mod people;
mod proxy;
mod refusal;
mod requests;
mod server;
mod service;
mod signed;

mod associations;
mod attributes;
mod budgets;
mod company;
mod connected_starts;
mod descriptions;
mod durability;
mod exits;
mod idempotency;
mod instances;
mod lost_replies;
mod lost_writes;
mod own_operations;
mod paging;
mod races;
mod receipts;
mod refusals;
mod resuming;
mod start_positions;
mod surveys;
mod talking;
mod transfers;
mod worked_example;
