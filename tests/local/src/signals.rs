//! Being asked to stop: by Ctrl-C, by a service manager, or by a terminal that closes.

use std::io;
use std::process::exit;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// A signal that asks the program to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The terminal was closed.
    Hangup,
    /// Ctrl-C.
    Interrupt,
    /// What service managers send.
    Terminate,
}

impl Signal {
    /// The exit code of a program that this signal has ended: 128 and its number.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// The first signal. Another one after it ends the program, wherever it is.
pub(crate) type FirstSignal = oneshot::Receiver<Signal>;

/// Listens from now on, so that a program that is still starting is stopped too.
///
/// # Errors
/// When the system lets nobody listen.
pub(crate) fn listen() -> io::Result<FirstSignal> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = if is_hangup_ignored() {
        None
    } else {
        Some(signal(SignalKind::hangup())?)
    };
    let (first, received) = oneshot::channel();
    tokio::spawn(async move {
        let mut first = Some(first);
        loop {
            let signal = tokio::select! {
                Some(()) = interrupt.recv() => Signal::Interrupt,
                Some(()) = terminate.recv() => Signal::Terminate,
                Some(()) = async { hangup.as_mut()?.recv().await } => Signal::Hangup,
                else => return,
            };
            match first.take() {
                Some(first) => drop(first.send(signal)),
                None => exit(i32::from(signal.exit_code())),
            }
        }
    });
    Ok(received)
}

/// Whether the program was started to outlive its terminal, as by `nohup`; where the system does not say, as on macOS, a
/// closed terminal ends the program as it ends every other.
fn is_hangup_ignored() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return true;
    };
    ignores_hangup(&status)
}

fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The hangup is signal 1, the lowest bit.
    mask.is_none_or(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_started_by_nohup_ignores_hangups() {
        assert!(ignores_hangup("Name:\tlocal\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_hangup("Name:\tlocal\nSigIgn:\t0000000000001000\n"));
        assert!(
            ignores_hangup("Name:\tlocal\n"),
            "what is not known is left as it is"
        );
    }
}
