//! The invariants: what must be true of every history, by the numbers that the architecture gives them.

use std::fmt;

/// What must be true of every history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// 1
    Messages,
    /// 2
    Ends,
    /// 3
    Sources,
    /// 4
    Tokens,
    /// 5
    Pages,
    /// 6
    Bounds,
    /// 7
    Isolation,
    /// 8
    Crashes,
    /// 9: not one of the design's eight, but what they take for granted.
    Answers,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Invariant; 9] = [
        Self::Messages,
        Self::Ends,
        Self::Sources,
        Self::Tokens,
        Self::Pages,
        Self::Bounds,
        Self::Isolation,
        Self::Crashes,
        Self::Answers,
    ];

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Messages => 1,
            Self::Ends => 2,
            Self::Sources => 3,
            Self::Tokens => 4,
            Self::Pages => 5,
            Self::Bounds => 6,
            Self::Isolation => 7,
            Self::Crashes => 8,
            Self::Answers => 9,
        }
    }

    /// Its sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Messages => {
                "an acknowledged message stands in every later transcript exactly once, a refused one never does"
            }
            Self::Ends => {
                "nothing follows the end, nothing is added to a contact that has ended, all readers see one order"
            }
            Self::Sources => {
                "a start succeeds only if its source had ended, and a source that had ended is never refused as active"
            }
            Self::Tokens => {
                "the same ClientToken gives the same ids, and two racing starts with one token make one chat"
            }
            Self::Pages => {
                "pages joined together are the transcript: no item twice, none skipped, even while others write"
            }
            Self::Bounds => {
                "FROM_SEGMENT shows nothing after its source, and two chats continued from one never see each other"
            }
            Self::Isolation => {
                "nobody reads a session that is not theirs, and a foreign source and a missing one look alike"
            }
            Self::Crashes => "a crash between any two requests leaves nothing half done",
            Self::Answers => {
                "every answer is true of the store, and what is asked once is done once and kept"
            }
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {}: {}", self.number(), self.sentence())
    }
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{invariant}\n  but {how}")]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// How it shows.
    pub how: String,
}

/// Whether it holds.
pub type Checked = Result<(), Broken>;

impl Invariant {
    /// Holds if this is so; else says how it does not.
    ///
    /// # Errors
    /// When it is not so.
    pub fn holds(self, so: bool, how: impl FnOnce() -> String) -> Checked {
        if so { Ok(()) } else { Err(self.broken(how())) }
    }

    /// It does not hold, in this way.
    pub const fn broken(self, how: String) -> Broken {
        Broken {
            invariant: self,
            how,
        }
    }
}
