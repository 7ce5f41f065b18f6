//! Stories of persistent chat, told through AWS's own SDKs, and nothing else but for what no SDK has.
//!
//! | module | holds |
//! |---|---|
//! | `service`, `database`, `proxy`, `wire`, `server` | the stage: the service in this process, its database, a network that loses replies, a wire on which anything goes wrong, the real binary |
//! | `people`, `control`, `deeds`, `signed` | who acts: by the SDKs, by all of the control API, by any call once and again, by requests of their own making |
//! | `pages`, `refusal`, `requests` | what they read, how they are refused, and what their calls cost |
//! | all others | the stories |
//!
//! Every story has a service and an instance of its own. With `STORIES_DYNAMODB_ENDPOINT` set they run on that
//! DynamoDB, in one table for each run, instead of an embedded engine each. With `STORIES_ENDPOINT` and `STORIES_TABLE` as well,
//! they are told of the service that runs there, over that table: all those that need no other service than one as it is.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod control;
mod database;
mod deeds;
mod pages;
mod people;
mod proxy;
mod refusal;
mod requests;
mod server;
mod service;
mod signed;
mod wire;

mod associations;
mod attributes;
mod budgets;
mod company;
mod connected_starts;
mod descriptions;
mod durability;
mod exits;
mod full_disk;
mod idempotency;
mod instances;
mod listeners;
mod lost_replies;
mod lost_writes;
mod own_operations;
mod paging;
mod races;
mod receipts;
mod refusals;
mod resuming;
mod sdk_retries;
mod stands;
mod start_positions;
mod surveys;
mod talking;
mod transfers;
mod wire_cuts;
mod wire_faults;
mod wire_patience;
mod worked_example;
