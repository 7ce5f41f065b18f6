//! A pseudo-terminal with the program in it: what it shows, and what is typed.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, open};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A terminal of 24 lines and 80 columns in which the program runs.
pub(crate) struct Terminal {
    /// None once it is closed.
    keyboard: Option<File>,
    program: Child,
    shown: Receiver<Vec<u8>>,
    reader: Option<JoinHandle<()>>,
    screen: Vec<u8>,
}

impl Terminal {
    /// Runs the program with these options and variables, and none of this process's that it would read.
    pub(crate) fn run(options: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::run_in(Path::new("."), options, variables)
    }

    /// The same in a folder.
    pub(crate) fn run_in(folder: &Path, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let (terminal, end) = open().expect("a terminal");
        terminal.resize(Size::new(24, 80)).expect("a size");
        let keyboard = File::from(OwnedFd::from(terminal));
        let command = Command::new(env!("CARGO_BIN_EXE_local")).args(options);
        let command = ["RUST_LOG", "NO_COLOR", "TERM"]
            .into_iter()
            .fold(command, Command::env_remove);
        let command = command.envs(variables.iter().copied()).current_dir(folder);
        let program = command.spawn(end).expect("it starts");
        let (show, shown) = channel();
        let mut screen = keyboard.try_clone().expect("a second one");
        // Reading ends with an error when the program's end of the terminal is closed.
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                if show.send(bytes[..count].to_owned()).is_err() {
                    return;
                }
            }
        });
        Self {
            keyboard: Some(keyboard),
            program,
            shown,
            reader: Some(reader),
            screen: Vec::new(),
        }
    }

    /// Waits until the screen has shown this, and gives all that it has shown.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let patient_until = Instant::now() + PATIENCE;
        while !self.text().contains(text) {
            let left = patient_until.saturating_duration_since(Instant::now());
            match self.shown.recv_timeout(left) {
                Ok(more) => self.screen.extend(more),
                Err(_) => panic!("{text:?} did not come: {}", self.text()),
            }
        }
        self.text()
    }

    /// Types.
    pub(crate) fn types(&mut self, keys: &[u8]) {
        let keyboard = self.keyboard.as_mut().expect("a terminal");
        keyboard.write_all(keys).expect("typed");
    }

    /// Closes the terminal, and gives the program's exit code.
    pub(crate) fn closed(mut self) -> Option<i32> {
        // The reader reads what is typed, as it is echoed, finds that nobody wants it, and lets go of the terminal too.
        self.shown = channel().1;
        self.types(b"x");
        let reader = self.reader.take().expect("a reader");
        reader.join().expect("it ends");
        self.keyboard = None;
        self.code()
    }

    /// Waits for the program's end, and gives its exit code (none: a signal) and all that the screen has shown.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.code();
        while let Ok(more) = self.shown.recv_timeout(PATIENCE) {
            self.screen.extend(more);
        }
        (code, self.text())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.screen).into_owned()
    }

    fn code(&mut self) -> Option<i32> {
        let patient_until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.program.try_wait().expect("a program") {
                return status.code();
            }
            assert!(
                Instant::now() < patient_until,
                "it does not end: {}",
                self.text()
            );
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
