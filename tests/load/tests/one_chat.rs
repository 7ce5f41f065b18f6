//! Many senders in one chat, as the program counts them. Nothing else runs beside: it is alone in its file.
//!
//! Rates and times depend on what else the machine does: `load --one-chat` judges them, where nothing else runs.

use std::process::{Command, Output};

fn run() -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    let command = command.args(["--one-chat", "--seconds", "4"]);
    command.output().expect("it runs")
}

#[test]
fn row_90_of_many_senders_none_is_refused_and_an_end_comes_through() {
    let mut said = String::new();
    // A machine that was held up may have let a call's time run out once.
    for _ in 0..3 {
        let ran = run();
        said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
        // Whatever the machine does, nothing is lost or doubled.
        assert_eq!(said.matches("; 0 wrong;").count(), 3, "{said}");
        let of_sixteen = said.lines().find(|line| line.starts_with("16 senders: "));
        let none_refused = of_sixteen.is_some_and(|line| !line.contains(", 4"));
        if none_refused && said.contains("an end among 60: Ok(200)") {
            return;
        }
    }
    panic!("{said}");
}
