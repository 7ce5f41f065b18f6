//! The command line.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::http::Uri;
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::cors::Origins;
use crate::door::Door;
use crate::hosts::Hosts;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Persistent chat with Amazon Connect's API, on this machine.

Usage: local [OPTIONS]             the whole service on one port
       local dynamodb [OPTIONS]    only the DynamoDB engine, with the service's table in it

Options:
  --port N                 the port, 0 for any free one (default 9000; dynamodb: 8000)
  --data FILE              keep everything in FILE (default .local/chat.db; dynamodb: .local/dynamodb.db)
  --memory                 keep nothing: all is gone when the server stops
  --dynamodb-endpoint URL  use the DynamoDB at URL instead of the embedded one
  --new-keys               make new keys for the data, also where there are some, which are kept in FILE.keys.old. No
                           token that was given out before is good any more, and a start that is retried with its
                           ClientToken makes a second chat. The chats themselves stay
  --host ADDRESS           the address to listen at (default 127.0.0.1: this machine alone). With any other, such as
                           0.0.0.0 in a container, everybody who reaches it can read, write and end every chat: the
                           access key is known to everybody. Not with dynamodb
  --allow-host NAME        answer to calls under the name NAME too, as http://NAME:9000 has it, besides localhost and,
                           with --host, addresses; * for any (may be repeated). Not with dynamodb
  --allow-origin ORIGIN    let pages of ORIGIN call too, besides this machine's: https://shop.example,
                           capacitor://localhost, null; * for any (may be repeated). Not with dynamodb
  -q, --quiet              write one line when it is ready, then warnings and errors alone
  -h, --help               this text
  -V, --version            the version

Examples:
  local                          at http://127.0.0.1:9000, with a page to chat with yourself
  local --port 0 --memory -q     for a test: its address is in the one line, and nothing is left behind

The access key is local, its secret is local.

dynamodb prints the key that calls of the engine must be signed with, a new one at each start; the variable
DYNAMODB_ACCESS_KEY=id:secret makes it another.

Data: FILE, with FILE-wal and FILE-shm while it runs. Tokens are signed with the keys in FILE.keys, which are made on
the first start: copy both or neither. FILE without its keys is refused.

Log: one line for each call, on standard error: the operation, how it ended, how long it took; of a refused call also
why, its path and its ContactId. Never what was said, names, attributes or tokens. RUST_LOG says how much: error, warn,
info (default) or debug; for more of one part, info,deliver=debug; --quiet overrides it. Colours are for terminals, unless NO_COLOR is set. Where nobody
reads the log, lines are left out, and calls go on being answered.

Ctrl-C, SIGTERM or a closed terminal stops it: calls that are being answered are answered first. A second signal ends
it without waiting. Nothing that was acknowledged is lost either way, nor by kill -9.

Exit codes: 0 stopped, 1 it cannot start or has failed, 2 the command line is wrong; 129, 130, 143 ended by a closed
terminal, Ctrl-C or SIGTERM before it was ready, or by the second one.
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
    /// Tell which version it is.
    Version,
}

/// The command line, read.
#[derive(Debug, Clone)]
pub struct Arguments {
    /// What to run.
    pub(crate) command: Command,
    /// Where it listens, and who is let in.
    pub door: Door,
    /// Where to keep the data; none: in memory.
    pub(crate) data: Option<PathBuf>,
    /// Which DynamoDB to use instead of the embedded one.
    pub(crate) dynamodb_endpoint: Option<String>,
    /// Whether to write the line that it is ready, warnings and errors alone.
    pub(crate) quiet: bool,
    /// Whether to make new keys, whatever there is.
    pub(crate) new_keys: bool,
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
    let (mut quiet, mut new_keys) = (false, false);
    let (mut host, mut hosts, mut origins) = (None, Vec::new(), Vec::new());
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) if word == "dynamodb" && command == Command::Serve => {
                command = Command::DynamoDb;
            }
            Long("port") => port = Some(port_of(parser.value()?)?),
            Long("data") => data = Some(file_of(parser.value()?)?),
            Long("memory") => memory = true,
            Long("dynamodb-endpoint") => endpoint = Some(parser.value()?.string()?),
            Long("host") => host = Some(address_of(parser.value()?.string()?)?),
            Long("allow-host") => hosts.push(parser.value()?.string()?),
            Long("allow-origin") => origins.push(parser.value()?.string()?),
            Long("new-keys") => new_keys = true,
            Long("quiet") | Short('q') => quiet = true,
            Long("help") | Short('h') => command = Command::Help,
            Long("version") | Short('V') => command = Command::Version,
            other => return Err(other.unexpected().into()),
        }
    }
    let engine = command == Command::DynamoDb;
    match (&data, memory, &endpoint) {
        (Some(_), true, _) => return Err(Usage::Both("--data", "--memory")),
        (_, true, _) if new_keys => return Err(Usage::Both("--new-keys", "--memory")),
        _ if new_keys && engine => return Err(Usage::Both("dynamodb", "--new-keys")),
        _ if engine && host.is_some() => return Err(Usage::Both("dynamodb", "--host")),
        _ if engine && !hosts.is_empty() => return Err(Usage::Both("dynamodb", "--allow-host")),
        _ if engine && !origins.is_empty() => {
            return Err(Usage::Both("dynamodb", "--allow-origin"));
        }
        (_, _, Some(_)) if engine => {
            return Err(Usage::Both("dynamodb", "--dynamodb-endpoint"));
        }
        (Some(_), _, Some(_)) => return Err(Usage::Both("--data", "--dynamodb-endpoint")),
        (_, _, Some(url)) if !is_url(url) => {
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
    let host = host.unwrap_or(Ipv4Addr::LOCALHOST.into());
    let port = port.unwrap_or(if engine { 8000 } else { 9000 });
    Ok(Arguments {
        command,
        door: Door {
            address: SocketAddr::new(host, port),
            origins: Origins::parse(origins).map_err(Usage::Wrong)?,
            hosts: Hosts::parse(host, hosts).map_err(Usage::Wrong)?,
        },
        data: (!memory).then(|| data.unwrap_or_else(|| PathBuf::from(file))),
        dynamodb_endpoint: endpoint,
        quiet,
        new_keys,
    })
}

fn file_of(word: OsString) -> Result<PathBuf, Usage> {
    if word.is_empty() {
        return Err(Usage::Wrong("--data must name a file"));
    }
    Ok(PathBuf::from(word))
}

fn is_url(word: &str) -> bool {
    let url = word.parse::<Uri>();
    url.is_ok_and(|url| {
        let scheme = url.scheme_str().unwrap_or_default();
        ["http", "https"].contains(&scheme) && url.host().is_some_and(|host| !host.is_empty())
    })
}

/// An address, of which one of IPv6 may stand in brackets.
fn address_of(word: String) -> Result<IpAddr, Usage> {
    let bare = word.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let address = bare.unwrap_or(&word).parse();
    address.map_err(|_| Usage::Wrong("--host must be an address such as 0.0.0.0 or ::1"))
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
        assert_eq!(arguments.door.address.to_string(), "127.0.0.1:9000");
        assert_eq!(arguments.data, Some(PathBuf::from(".local/chat.db")));
        assert_eq!(
            read("dynamodb").expect("a command").door.address.port(),
            8000
        );
    }

    #[test]
    fn options_are_taken() {
        let arguments = read("--port 0 --data=x.db").expect("legal");
        assert_eq!(
            (arguments.door.address.port(), arguments.data),
            (0, Some(PathBuf::from("x.db")))
        );
        assert_eq!(read("--memory").expect("legal").data, None);
        assert_eq!(read("--port 1 -h").expect("legal").command, Command::Help);
        assert_eq!(read("-V").expect("legal").command, Command::Version);
        let arguments = read("-q --new-keys").expect("legal");
        assert!(arguments.quiet && arguments.new_keys);
        for (line, address) in [
            ("--host 0.0.0.0", "0.0.0.0:9000"),
            ("--host ::1 --port 1", "[::1]:1"),
            ("--host [::] --allow-host chat", "[::]:9000"),
        ] {
            let arguments = read(line).expect(line);
            assert_eq!(arguments.door.address.to_string(), address);
        }
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
            ("--dynamodb-endpoint http://", "URL"),
            ("--dynamodb-endpoint ftp://x", "URL"),
            ("--data=", "--data must name a file"),
            (
                "dynamodb --dynamodb-endpoint http://y",
                "--dynamodb-endpoint",
            ),
            ("--allow-origin shop.example", "--allow-origin"),
            ("--allow-origin http://shop.example:80", "without the port"),
            ("--allow-host *.example", "whole names"),
            ("--memory --new-keys", "--new-keys"),
            ("dynamodb --new-keys", "--new-keys"),
            ("--host localhost", "--host must be an address"),
            ("--host 127.0.0.1:9000", "--host"),
            ("--allow-host http://chat", "--allow-host"),
            ("dynamodb --host 0.0.0.0", "--host"),
            ("dynamodb --allow-host chat", "dynamodb and --allow-host"),
            ("--allow-origin * dynamodb", "dynamodb and --allow-origin"),
            ("dynamodb dynamodb", "dynamodb"),
            ("serve", "serve"),
        ] {
            let error = read(line).expect_err(line);
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
