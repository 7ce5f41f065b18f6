//! `cargo run -p proof --bin explore`: tries every history of two clients.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use proof::explore::{Exploration, explore_all};
use proof::{ExploreArguments, Parsed};

fn main() -> ExitCode {
    let arguments = match ExploreArguments::parse(std::env::args_os().skip(1)) {
        Ok(Parsed::Run(arguments)) => arguments,
        Ok(Parsed::Help) => {
            say(ExploreArguments::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Parsed::Version) => {
            say(concat!("explore ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            eprintln!("explore: {usage} (see explore --help)");
            return ExitCode::from(2);
        }
    };
    let mut all = Exploration::all(arguments.faults);
    if let Some(only) = &arguments.only {
        all.retain(|each| each.to_string().contains(only.as_str()));
    }
    if all.is_empty() {
        eprintln!("explore: no exploration is called so");
        return ExitCode::from(2);
    }
    let begun = Instant::now();
    let done = explore_all(&all, arguments.threads, |exploration, explored| {
        say(&format!(
            "{exploration}: {} states, {} histories, {} contents of the store\n",
            explored.states, explored.histories, explored.stores
        ));
    });
    match done {
        Ok(total) => {
            say(&format!(
                "{} explorations with at most {} faults each: {} states, {} histories, {} s. Every invariant holds.\n",
                all.len(),
                arguments.faults,
                total.states,
                total.histories,
                begun.elapsed().as_secs()
            ));
            ExitCode::SUCCESS
        }
        Err(found) => {
            say(&format!("{found}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output; nobody listening there is no reason to stop.
fn say(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
}
