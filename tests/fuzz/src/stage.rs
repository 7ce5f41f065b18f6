//! What is the same here and in the tests of `tests/local`: the store that counts, the functions by their operations, and the
//! document that answers are held against. These are their files.

#![allow(dead_code, reason = "not everything of these files is of use here")]

#[path = "../../local/tests/service/stage/answer.rs"]
mod answer;
#[path = "../../local/tests/service/stage/dispatch.rs"]
mod dispatch;
#[path = "../../local/tests/service/stage/document.rs"]
mod document;
#[path = "../../local/tests/service/stage/entropy.rs"]
mod entropy;
#[path = "../../local/tests/service/stage/log.rs"]
mod log;
#[path = "../../local/tests/service/stage/route.rs"]
mod route;
#[path = "../../local/tests/service/stage/schema.rs"]
mod schema;
#[path = "../../local/tests/service/stage/signer.rs"]
mod signer;
#[path = "../../local/tests/service/stage/watch.rs"]
mod watch;

pub(crate) use answer::Answer;
pub(crate) use dispatch::dispatch;
pub(crate) use document::knows;
pub(crate) use entropy::entropy_of;
pub(crate) use log::WatchedLog;
pub(crate) use route::{encoded, path_to, route};
pub(crate) use signer::Signer;
