//! The stage on which the tests play: a log that fails on cue, a clock that is set by hand, and people who chat.

mod company;
mod contact;
mod history;
mod log;
mod model;
mod world;

pub(crate) use company::{nth, survey};
pub(crate) use contact::attributes;
pub(crate) use history::{Act, History, acts};
pub(crate) use log::{Call, Faults, TestLog, Trouble, let_others};
pub(crate) use model::line;
pub(crate) use world::{Chat, World, assert_whole, handed_on, key, run};

/// Tells a story in which something goes wrong at the first call, then one in which it goes wrong at the
/// second, and so on. The story returns how many calls it made, and is told once more than that.
pub(crate) fn at_every_call(story: impl Fn(usize) -> usize) {
    let mut n = 1;
    while story(n) >= n {
        n += 1;
        assert!(n < 100, "a story without end");
    }
}
