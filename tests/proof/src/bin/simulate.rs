//! `cargo run -p proof --bin simulate`: plays histories by dice.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use proof::simulate::simulate_all;
use proof::{Parsed, SimulateArguments};

fn main() -> ExitCode {
    let arguments = match SimulateArguments::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Help) => {
            say(SimulateArguments::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Parsed::Version) => {
            say(concat!("simulate ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            eprintln!("simulate: {usage} (see simulate --help)");
            return ExitCode::from(2);
        }
    };
    let begun = Instant::now();
    match simulate_all(arguments.seed, arguments.histories, arguments.threads) {
        Ok(total) => {
            for (kind, count) in total.kinds.iter().filter(|_| arguments.answers) {
                say(&format!("{count:>9}  {kind}\n"));
            }
            say(&format!(
                "{} histories from seed {}: {} calls, {} of them disturbed, {} answers checked, {} s. Every invariant holds.\n",
                arguments.histories,
                arguments.seed,
                total.calls,
                total.disturbed,
                total.answers,
                begun.elapsed().as_secs()
            ));
            ExitCode::SUCCESS
        }
        Err(failed) => {
            say(&format!("{failed}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output; nobody listening there is no reason to stop.
fn say(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}
