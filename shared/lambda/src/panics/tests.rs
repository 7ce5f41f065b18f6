//! A panic is heard before anything is logged: in a process of its own, since the hook is the whole process's.

use std::process::Command;

use super::*;

const IN_A_PROCESS: &str = "PANICS_IN_A_PROCESS_OF_ITS_OWN";

#[test]
fn before_logging_a_panic_names_its_place_on_standard_error_and_not_what_it_says() {
    if std::env::var_os(IN_A_PROCESS).is_some() {
        log_panics();
        panic!("what a customer wrote");
    }
    let this = "panics::tests::before_logging_a_panic_names_its_place_on_standard_error_and_not_what_it_says";
    let run = |backtrace: &str| {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", this, "--nocapture"])
            .env(IN_A_PROCESS, "1")
            .env("RUST_BACKTRACE", backtrace)
            .output()
            .expect("it runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for (backtrace, shown, not_shown) in [
        ("0", "RUST_BACKTRACE=1 shows", "panics::tests"),
        ("1", "panics::tests", "RUST_BACKTRACE=1 shows"),
    ] {
        let said = run(backtrace);
        assert!(
            said.contains(&format!("panicked at {}:", file!())),
            "{said}"
        );
        assert!(said.contains(shown) && !said.contains(not_shown), "{said}");
        assert!(!said.contains("a customer wrote"), "{said}");
    }
}
