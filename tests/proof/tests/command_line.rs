//! The command lines of both programs.

use std::process::Command;

use proof::{ExploreArguments, Parsed, SimulateArguments};

fn words(line: &str) -> Vec<std::ffi::OsString> {
    line.split_whitespace().map(Into::into).collect()
}

#[test]
fn options_are_taken() {
    let explore = ExploreArguments::parse(words("--faults 2 --only=ends --threads 4"));
    let expected = ExploreArguments {
        faults: 2,
        only: Some("ends".to_owned()),
        threads: 4,
    };
    assert_eq!(explore.ok(), Some(Parsed::Run(expected)));
    let simulate = SimulateArguments::parse(words("--histories 7 --seed 9"));
    let expected = SimulateArguments {
        histories: 7,
        seed: 9,
        threads: 2,
        answers: false,
    };
    assert_eq!(simulate.ok(), Some(Parsed::Run(expected)));
}

#[test]
fn what_is_not_understood_is_named_and_the_exit_code_says_so() {
    for program in [
        env!("CARGO_BIN_EXE_explore"),
        env!("CARGO_BIN_EXE_simulate"),
    ] {
        let run = |option: &str| Command::new(program).arg(option).output();
        let wrong = run("--unheard-of").expect("it runs");
        assert_eq!(wrong.status.code(), Some(2));
        let text = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert!(
            text.contains("--unheard-of") && text.contains("--help"),
            "{text}"
        );
        let help = run("--help").expect("it runs");
        assert!(help.status.success());
        assert!(String::from_utf8_lossy(&help.stdout).contains("Usage:"));
    }
}

#[test]
fn one_seed_is_simulated_and_the_exit_code_says_that_all_is_well() {
    let simulate = Command::new(env!("CARGO_BIN_EXE_simulate"))
        .args(["--seed", "5", "--histories", "1"])
        .output()
        .expect("it runs");
    assert!(simulate.status.success());
    let text = String::from_utf8_lossy(&simulate.stdout).into_owned();
    assert!(text.starts_with("1 histories from seed 5: "), "{text}");
}

#[test]
fn an_exploration_that_there_is_not_is_no_success() {
    let explore = Command::new(env!("CARGO_BIN_EXE_explore"))
        .args(["--only", "nobody wants this"])
        .output()
        .expect("it runs");
    assert_eq!(explore.status.code(), Some(2));
}
