//! Many senders in one chat, as the program shows them. Nothing else runs beside: it is alone in its file.

use std::process::{Command, Output};

fn run() -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    let command = command.args(["--one-chat", "--seconds", "4"]);
    command.output().expect("it runs")
}

#[test]
fn row_90_of_many_senders_none_is_refused_none_is_slow_and_an_end_comes_through() {
    // The machine may have been held up once.
    let mut told = String::new();
    for _ in 0..2 {
        let ran = run();
        told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(!told.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
        // Whatever the machine does, nothing is lost or doubled.
        assert_eq!(told.matches("; 0 wrong;").count(), 3, "{told}");
        if ran.status.success() {
            return;
        }
    }
    panic!("{told}");
}
