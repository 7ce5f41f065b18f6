//! The command lines of both programs.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, ValueExt};

/// What a program is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed<A> {
    /// Tell how it is used.
    Help,
    /// Tell which version it is.
    Version,
    /// Run.
    Run(A),
}

/// What is wrong with a command line.
pub type Usage = lexopt::Error;

/// The command line of `explore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExploreArguments {
    /// How much goes wrong in one history, at most.
    pub faults: u8,
    /// Only the explorations whose titles contain this.
    pub only: Option<String>,
    /// How many are explored at the same time.
    pub threads: usize,
}

impl ExploreArguments {
    /// What `--help` says.
    pub const HELP: &str = "\
Explores every history of two clients with two attempts each, and checks the invariants of persistent chat in each state.

Usage: explore [OPTIONS]

Options:
  --faults N    how much goes wrong in one history, at most: a reply lost, a call failed, throttled or delivered twice,
                a client killed or out of patience, the chat's time passing, a clock that stands still (default 1).
                What an eventually consistent read misses is not counted: that is tried without bound
  --only TEXT   only the explorations whose titles contain TEXT
  --threads N   how many explorations at the same time (default 2)
  -h, --help    this text
  -V, --version the version

Exit codes: 0 every invariant holds, 1 one does not (its number and the history are printed), 2 the command line is wrong.
";

    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// Names what is not understood.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Parsed<Self>, Usage> {
        let mut arguments = Self {
            faults: 1,
            only: None,
            threads: 2,
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("faults") => arguments.faults = parser.value()?.parse()?,
                Long("only") => arguments.only = Some(parser.value()?.string()?),
                Long("threads") => arguments.threads = parser.value()?.parse()?,
                Long("help") | Short('h') => return Ok(Parsed::Help),
                Long("version") | Short('V') => return Ok(Parsed::Version),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Parsed::Run(arguments))
    }
}

/// The command line of `simulate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulateArguments {
    /// How many histories.
    pub histories: u64,
    /// The seed of the first; each that follows has the next.
    pub seed: u64,
    /// How many at the same time.
    pub threads: usize,
    /// Whether to tell how often each kind of answer was given.
    pub answers: bool,
}

impl SimulateArguments {
    /// What `--help` says.
    pub const HELP: &str = "\
Simulates histories of three to eight clients, and checks the invariants of persistent chat in each.

Usage: simulate [OPTIONS]

Options:
  --histories N  how many (default 10000)
  --seed S       the seed of the first one, the others follow (default 1)
  --threads N    how many at the same time (default 2)
  --answers      tell also how often each kind of answer was given
  -h, --help     this text
  -V, --version  the version

A history follows from its seed alone: --seed S --histories 1 tells it again.

Exit codes: 0 every invariant holds, 1 one does not (its number, the seed and the shortest story found are printed),
2 the command line is wrong.
";

    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// Names what is not understood.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Parsed<Self>, Usage> {
        let mut arguments = Self {
            histories: 10_000,
            seed: 1,
            threads: 2,
            answers: false,
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("histories") => arguments.histories = parser.value()?.parse()?,
                Long("seed") => arguments.seed = parser.value()?.parse()?,
                Long("threads") => arguments.threads = parser.value()?.parse()?,
                Long("answers") => arguments.answers = true,
                Long("help") | Short('h') => return Ok(Parsed::Help),
                Long("version") | Short('V') => return Ok(Parsed::Version),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Parsed::Run(arguments))
    }
}
