//! What is told while chats are erased, so that whoever waits knows that it goes on.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::ContactId;

use super::Erased;

/// How long nothing may be told while items are deleted.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A chat of nobody that is continued by one of those to be erased: by any ContactId of it. It is not erased.
    Continued(ContactId),
    /// So many chats are closed, and the calls that had begun before are waited for.
    Closed(usize),
    /// What has been erased so far.
    SoFar(Erased),
}

/// Who is told.
#[derive(Clone)]
pub(super) struct Listener(pub(super) Arc<dyn Fn(News) + Send + Sync>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// What has been erased so far, and when that was told last.
pub(super) struct Progress<'a> {
    pub(super) erased: Erased,
    tell: &'a (dyn Fn(News) + Send + Sync),
    told: Instant,
}

impl<'a> Progress<'a> {
    pub(super) fn new(tell: &'a (dyn Fn(News) + Send + Sync)) -> Self {
        Self {
            erased: Erased::default(),
            tell,
            told: Instant::now(),
        }
    }

    /// It has just been told that it waits.
    pub(super) fn waited(&mut self) {
        self.told = Instant::now();
    }

    /// So many items more were deleted.
    pub(super) fn deleted(&mut self, items: usize) {
        self.erased.items += items as u64;
        if self.told.elapsed() >= LONGEST_SILENCE {
            self.tell();
        }
    }

    /// Tells what has been erased so far.
    pub(super) fn tell(&mut self) {
        (self.tell)(News::SoFar(self.erased));
        self.told = Instant::now();
    }
}
