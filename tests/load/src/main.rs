//! `cargo run --release -p load`: chats at a rate that rises until the local server is no longer quick.

use std::process::ExitCode;

fn main() -> ExitCode {
    load::run(std::env::args_os().skip(1).collect())
}
