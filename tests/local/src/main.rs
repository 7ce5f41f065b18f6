//! `cargo run -p local`: the whole service on this machine, or its DynamoDB engine alone.

use std::process::ExitCode;

use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("local: the system gives no threads to run with: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(local::run(std::env::args_os().skip(1)));
    // What blocks still, as on a file that another program has locked, is not waited for.
    runtime.shutdown_background();
    code
}
