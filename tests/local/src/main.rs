//! `cargo run -p local`: the whole service on this machine, or its DynamoDB engine alone.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    local::run(std::env::args_os().skip(1)).await
}
