//! The program as its users start it.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

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
    assert!(!told.contains("given up:"), "{told}");
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
fn whoever_stops_it_stops_its_server_and_nothing_is_left_behind() {
    for how in ["-TERM", "-KILL"] {
        let places = std::env::temp_dir().join(format!("load-test-{}", std::process::id()));
        std::fs::create_dir_all(&places).expect("a folder");
        let mut load = Command::new(env!("CARGO_BIN_EXE_load"))
            .env("TMPDIR", &places)
            .args(["--from", "5", "--seconds", "60"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let data = || {
            std::fs::read_dir(&places)
                .expect("a folder")
                .flatten()
                .next()
        };
        wait_until(|| data().is_some_and(|folder| folder.path().join("chat.db").exists()));
        let id = load.id().to_string();
        let server = output("pgrep", &["-P", &id]);
        let server = server.trim();
        assert!(!server.is_empty());
        output("kill", &[how, &id]);
        let ended = load.wait().expect("it ends");
        assert!(!ended.success());
        wait_until(|| {
            output("ps", &["-o", "stat=", "-p", server])
                .trim()
                .is_empty()
        });
        if how == "-TERM" {
            assert!(data().is_none(), "its data is gone");
        }
        std::fs::remove_dir_all(&places).expect("removed");
    }
}

fn output(program: &str, arguments: &[&str]) -> String {
    let ran = Command::new(program)
        .args(arguments)
        .output()
        .expect("it runs");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

fn wait_until(so: impl Fn() -> bool) {
    for _ in 0..600 {
        if so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come about within half a minute");
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
