//! The program as its users start it.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    command.args(arguments).output().expect("it runs")
}

#[test]
fn ten_seconds_at_a_low_rate_lose_and_double_no_message() {
    // However slow this machine is: what is measured here is not how long it takes.
    let ran = run(&["--from", "20", "--steps", "1", "--seconds", "10"]);
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{told}");
    let verdict = told.lines().last().expect("a verdict");
    assert!(
        verdict.contains("each of these stands exactly once"),
        "{told}"
    );
    // 140 messages are due, as the seed has them.
    let numbers = verdict.split(' ').filter_map(|word| word.parse().ok());
    let numbers: Vec<usize> = numbers.collect();
    let [chats, said, acknowledged] = numbers[..] else {
        panic!("{verdict}");
    };
    assert!(chats > 20 && said > 100, "{verdict}");
    assert_eq!(said, acknowledged, "{told}");
}

#[test]
fn what_the_server_holds_is_told_where_it_is_to_stay_flat() {
    let ran = run(&["--flat", "--from", "5", "--steps", "3", "--seconds", "1"]);
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    let verdict = told.lines().last().expect("a verdict");
    // In three seconds it is not flat yet, or is by chance: the exit code says the same as the words.
    assert!(verdict.starts_with("The server's memory: "), "{told}");
    assert_eq!(ran.status.success(), verdict.ends_with("; flat."), "{told}");
}

#[test]
fn help_is_given_and_a_wrong_option_is_named() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    assert!(String::from_utf8_lossy(&help.stdout).contains("Usage: load"));
    let wrong = run(&["--rate", "7"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--rate"));
}
