//! The command line.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::{Long, Short, ValueExt};

use crate::memory::FEWEST_STEPS;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Loads the local server with chats, at a rate that rises from step to step, and checks that no message is lost or doubled.
With --flat the rate is always the same, and the server's memory must be so too: for ten minutes, --flat --steps 60.

With --one-chat many senders write into one chat instead, none of which tries again.

Usage: load [OPTIONS]

Options:
  --from N      arrivals a second in the first step (default 25)
  --factor F    each step has F times the rate of the one before (default 1.5); 1: the same rate again and again
  --steps N     at most so many steps (default 20)
  --seconds S   how long a step is (default 10)
  --until MS    no further step once a 99th percentile is above MS milliseconds, or a call was given up (default 50)
  --seed S      what comes when follows from it (default 1)
  --memory      the server keeps its data in memory, not in a file
  --flat        all steps have the rate of the first, however long the latencies; and it is an error if in the last third of the
                steps the server's resident memory is more than 5 % above that of the middle third. Not with --memory; and on a
                machine that does nothing else, since a server that is held up has more calls under way, and keeps their memory
  --one-chat    1, 16 and 60 senders, each as fast as it is answered, in one chat each for --seconds, the data in memory; another chat
                beside them, and an end among the 60. It is an error if one of 16 is refused, if they come to less than 0.6 of the
                rate of one, if the other chat's median is more than 3 times as long as alone, or if the end takes 3 seconds
  -h, --help    this text
  -V, --version the version

The server is started by this program, on a free port, and ends with it; its data is removed, unless this program is killed. Of 100
arrivals 70 are messages, 16 read a transcript, 7 start a chat (every second one continues a chat that has ended) and connect its
customer, 7 end a chat. They come at random moments, whether those before are answered or not; a latency is measured from the moment at which the call was due.

Exit codes: 0 every acknowledged message stands exactly once, 1 one does not, or a call was refused other than for load, or the memory
was to stay flat and did not, or the server cannot be had, or this program was stopped, 2 the command line is wrong.
";

/// The command line, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) from: f64,
    pub(crate) factor: f64,
    pub(crate) steps: u32,
    pub(crate) step: Duration,
    pub(crate) until: Duration,
    pub(crate) seed: u64,
    pub(crate) memory: bool,
    pub(crate) flat: bool,
    pub(crate) one_chat: bool,
}

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Parsed {
    Help,
    Version,
    Run(Arguments),
}

/// What is wrong with a command line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Usage {
    #[error(transparent)]
    Unclear(#[from] lexopt::Error),
    #[error("{0} must be {1}")]
    Range(&'static str, &'static str),
}

impl Arguments {
    /// Reads the command line, without the program's name.
    pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Parsed, Usage> {
        let mut arguments = Self {
            from: 25.0,
            factor: 1.5,
            steps: 20,
            step: Duration::from_secs(10),
            until: Duration::from_millis(50),
            seed: 1,
            memory: false,
            flat: false,
            one_chat: false,
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("from") => arguments.from = parser.value()?.parse()?,
                Long("factor") => arguments.factor = parser.value()?.parse()?,
                Long("steps") => arguments.steps = parser.value()?.parse()?,
                Long("seconds") => {
                    arguments.step = Duration::from_secs(parser.value()?.parse::<u32>()?.into());
                }
                Long("until") => {
                    arguments.until = Duration::from_millis(parser.value()?.parse::<u32>()?.into());
                }
                Long("seed") => arguments.seed = parser.value()?.parse()?,
                Long("memory") => arguments.memory = true,
                Long("flat") => arguments.flat = true,
                Long("one-chat") => arguments.one_chat = true,
                Long("help") | Short('h') => return Ok(Parsed::Help),
                Long("version") | Short('V') => return Ok(Parsed::Version),
                other => return Err(other.unexpected().into()),
            }
        }
        // What is neither above nor below is no number.
        if !(0.1..=100_000.0).contains(&arguments.from) {
            return Err(Usage::Range("--from", "from 0.1 to 100000"));
        }
        if !(1.0..=10.0).contains(&arguments.factor) {
            return Err(Usage::Range("--factor", "from 1 to 10"));
        }
        if arguments.step.is_zero() {
            return Err(Usage::Range("--seconds", "1 at least"));
        }
        if arguments.flat {
            // In memory the data itself grows.
            if arguments.memory {
                return Err(Usage::Range("--flat", "without --memory"));
            }
            if arguments.steps < FEWEST_STEPS {
                return Err(Usage::Range("--steps", "3 at least with --flat"));
            }
            arguments.factor = 1.0;
        }
        Ok(Parsed::Run(arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Parsed, Usage> {
        Arguments::parse(line.split_whitespace().map(Into::into))
    }

    #[test]
    fn options_are_taken() {
        let Ok(Parsed::Run(given)) =
            parsed("--from 0.5 --factor=2 --steps 3 --seconds 4 --until 60 --seed 9 --memory")
        else {
            panic!("it is well written");
        };
        let expected = Arguments {
            from: 0.5,
            factor: 2.0,
            steps: 3,
            step: Duration::from_secs(4),
            until: Duration::from_millis(60),
            seed: 9,
            memory: true,
            flat: false,
            one_chat: false,
        };
        assert_eq!(given, expected);
        let Ok(Parsed::Run(given)) = parsed("--flat --steps 60 --factor 3") else {
            panic!("it is well written");
        };
        assert!(given.flat && given.steps == 60);
        assert_eq!(given.factor.to_string(), "1");
        let Ok(Parsed::Run(given)) = parsed("--one-chat --seconds 4") else {
            panic!("it is well written");
        };
        assert!(given.one_chat && given.step == Duration::from_secs(4));
        assert_eq!(parsed("-h").ok(), Some(Parsed::Help));
        assert_eq!(parsed("-V").ok(), Some(Parsed::Version));
    }

    #[test]
    fn a_rate_that_is_none_is_refused() {
        for line in [
            "--from 0",
            "--from NaN",
            "--from -1",
            "--factor 0.9",
            "--factor inf",
            "--seconds 0",
            "--from x",
            "--rate 1",
            "--flat --memory",
            "--steps 2 --flat",
        ] {
            let usage = parsed(line).expect_err(line).to_string();
            let option = line.split(' ').next().unwrap_or_default();
            assert!(usage.contains(option) || line == "--from x", "{usage}");
        }
    }
}
