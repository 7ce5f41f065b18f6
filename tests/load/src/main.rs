//! `cargo run --release -p load`: chats at a rate that rises until the local server is no longer quick.
//! With `-- --flat --steps 60`: ten minutes at one rate, in which its memory must stay flat.

use std::process::ExitCode;

fn main() -> ExitCode {
    load::run(std::env::args_os().skip(1).collect())
}
