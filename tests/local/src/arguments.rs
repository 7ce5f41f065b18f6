//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::cors::Origins;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Persistent chat with Amazon Connect's API, on this machine.

Usage: local [OPTIONS]             the whole service on one port
       local dynamodb [OPTIONS]    only the DynamoDB engine, with the service's table in it

Options:
  --port N                 the port on 127.0.0.1, 0 for any free one (default 9000; dynamodb: 8000)
  --data FILE              keep everything in FILE (default .local/chat.db; dynamodb: .local/dynamodb.db)
  --memory                 keep nothing: all is gone when the server stops
  --dynamodb-endpoint URL  use the DynamoDB at URL instead of the embedded one
  --allow-origin ORIGIN    let pages of ORIGIN call too, besides this machine's; * for any (may be repeated)
  -h, --help               this text

The service listens to 127.0.0.1 only. Its keys are made on the first run and kept beside its data.
The access key is local, its secret is local. RUST_LOG says how much is logged (default info).
The engine alone listens to 127.0.0.1 too. It prints the key that calls must be signed with, a new one at each start;
DYNAMODB_ACCESS_KEY=id:secret makes it another.
";

/// What to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// The whole service.
    Serve,
    /// The engine alone.
    DynamoDb,
    /// Tell how it is used.
    Help,
}

/// The command line, read.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// What to run.
    pub(crate) command: Command,
    /// On which port.
    pub port: u16,
    /// Where to keep the data; none: in memory.
    pub(crate) data: Option<PathBuf>,
    /// Which DynamoDB to use instead of the embedded one.
    pub(crate) dynamodb_endpoint: Option<String>,
    /// Whose pages may call.
    pub origins: Origins,
}

/// What is wrong with the command line.
#[derive(Debug, thiserror::Error)]
pub enum Usage {
    /// An option or a value that is not understood.
    #[error(transparent)]
    Unclear(#[from] lexopt::Error),
    /// Two options that exclude each other.
    #[error("{0} and {1} cannot be given together")]
    Both(&'static str, &'static str),
    /// A port that is none.
    #[error("--port must be a number from 0 to 65535, not {0}")]
    Port(String),
    /// A value that makes no sense.
    #[error("{0}")]
    Wrong(&'static str),
}

/// Reads the command line, without the program's name.
///
/// # Errors
/// Names what is not understood.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, Usage> {
    let mut command = Command::Serve;
    let (mut port, mut data, mut memory, mut endpoint) = (None, None, false, None);
    let mut origins = Vec::new();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if word == "dynamodb" && command == Command::Serve => {
                command = Command::DynamoDb;
            }
            Long("port") => port = Some(port_of(parser.value()?)?),
            Long("data") => data = Some(PathBuf::from(parser.value()?)),
            Long("memory") => memory = true,
            Long("dynamodb-endpoint") => endpoint = Some(parser.value()?.string()?),
            Long("allow-origin") => origins.push(parser.value()?.string()?),
            Long("help") | Short('h') => command = Command::Help,
            other => return Err(other.unexpected().into()),
        }
    }
    let engine = command == Command::DynamoDb;
    match (&data, memory, &endpoint) {
        (Some(_), true, _) => return Err(Usage::Both("--data", "--memory")),
        (_, _, Some(_)) if engine => {
            return Err(Usage::Both("dynamodb", "--dynamodb-endpoint"));
        }
        (Some(_), _, Some(_)) => return Err(Usage::Both("--data", "--dynamodb-endpoint")),
        (_, _, Some(url)) if !url.starts_with("http://") && !url.starts_with("https://") => {
            return Err(Usage::Wrong(
                "--dynamodb-endpoint must be a URL: http://host:port",
            ));
        }
        _ => {}
    }
    let file = if engine {
        ".local/dynamodb.db"
    } else {
        ".local/chat.db"
    };
    Ok(Arguments {
        command,
        port: port.unwrap_or(if engine { 8000 } else { 9000 }),
        data: (!memory).then(|| data.unwrap_or_else(|| PathBuf::from(file))),
        dynamodb_endpoint: endpoint,
        origins: Origins::parse(origins).map_err(Usage::Wrong)?,
    })
}

fn port_of(word: OsString) -> Result<u16, Usage> {
    let word = word.to_string_lossy();
    word.parse().map_err(|_| Usage::Port(word.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn without_options_it_serves_on_9000_from_a_file() {
        let arguments = read("").expect("no options are needed");
        assert_eq!(arguments.command, Command::Serve);
        assert_eq!(arguments.port, 9000);
        assert_eq!(arguments.data, Some(PathBuf::from(".local/chat.db")));
        assert_eq!(read("dynamodb").expect("a command").port, 8000);
    }

    #[test]
    fn options_are_taken() {
        let arguments = read("--port 0 --data=x.db").expect("legal");
        assert_eq!(
            (arguments.port, arguments.data),
            (0, Some(PathBuf::from("x.db")))
        );
        assert_eq!(read("--memory").expect("legal").data, None);
        assert_eq!(read("--port 1 -h").expect("legal").command, Command::Help);
        let arguments = read("--dynamodb-endpoint http://127.0.0.1:8000").expect("legal");
        assert!(arguments.dynamodb_endpoint.is_some());
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (line, part) in [
            ("--prot 1", "--prot"),
            ("--port", "--port"),
            (
                "--port many",
                "--port must be a number from 0 to 65535, not many",
            ),
            ("--port 70000", "70000"),
            ("--memory --data x", "--memory"),
            (
                "--data x --dynamodb-endpoint http://y",
                "--dynamodb-endpoint",
            ),
            ("--dynamodb-endpoint 127.0.0.1:8000", "URL"),
            (
                "dynamodb --dynamodb-endpoint http://y",
                "--dynamodb-endpoint",
            ),
            ("--allow-origin shop.example", "--allow-origin"),
            ("dynamodb dynamodb", "dynamodb"),
            ("serve", "serve"),
        ] {
            let error = read(line).expect_err(line);
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
