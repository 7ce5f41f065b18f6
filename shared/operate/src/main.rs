//! `cargo run -p operate -- …`: what an operator does to a deployment.

use std::process::ExitCode;

use operate::arguments::parse;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(usage) => {
            eprintln!("operate: {usage} (see operate --help)");
            return ExitCode::from(2);
        }
    };
    match operate::run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("operate: {failure}");
            failure.advice().inspect(|advice| eprintln!("{advice}"));
            ExitCode::FAILURE
        }
    }
}
