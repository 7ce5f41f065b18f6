//! What the program writes, by a thread of its own: a reader who stops reading holds up that thread and nothing else.

use std::io::{self, Write, stderr, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{
    Receiver, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

/// How many lines wait to be written, at most; what comes while so many wait is left out.
const WAITING: usize = 4096;
/// How long the end of the program waits until all is written.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);

/// Standard output and standard error, in the order in which they are written to. Its end waits until all is written, or a
/// second has passed.
#[derive(Debug)]
pub(crate) struct Output {
    lines: Lines,
}

/// The way to standard error, for log lines.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    queue: SyncSender<Line>,
    left_out: Arc<AtomicUsize>,
}

enum Line {
    Out(Vec<u8>),
    Err(Vec<u8>),
    /// All before it is written.
    End(Sender<()>),
}

impl Output {
    /// Starts the thread.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(crate) fn start() -> io::Result<Self> {
        Self::to(stdout(), stderr())
    }

    fn to(out: impl Write + Send + 'static, err: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, waiting) = sync_channel(WAITING);
        let left_out = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&left_out);
        let thread = thread::Builder::new().name("output".to_owned());
        thread.spawn(move || write_all(&waiting, &counted, out, err))?;
        let lines = Lines { queue, left_out };
        Ok(Self { lines })
    }

    /// Writes to standard output.
    pub(crate) fn say(&self, text: &str) {
        self.lines.put(Line::Out(format!("{text}\n").into()));
    }

    /// Writes to standard error, after the program's name.
    pub(crate) fn complain(&self, text: &str) {
        self.lines.put(Line::Err(format!("local: {text}\n").into()));
    }

    /// The way for log lines.
    pub(crate) fn lines(&self) -> Lines {
        self.lines.clone()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let (written, all_is_written) = channel();
        let patient_until = Instant::now() + PATIENCE;
        let mut end = Line::End(written);
        while let Err(TrySendError::Full(again)) = self.lines.queue.try_send(end) {
            if Instant::now() >= patient_until {
                return;
            }
            end = again;
            thread::sleep(PAUSE);
        }
        let left = patient_until.saturating_duration_since(Instant::now());
        let _ = all_is_written.recv_timeout(left);
    }
}

impl Lines {
    fn put(&self, line: Line) {
        if self.queue.try_send(line).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(Line::Err(bytes.to_owned()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What cannot be written, as into a pipe whose reader has gone, is gone.
fn write_all(
    waiting: &Receiver<Line>,
    left_out: &AtomicUsize,
    mut out: impl Write,
    mut err: impl Write,
) {
    loop {
        let line = match waiting.try_recv() {
            Ok(line) => line,
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                let count = left_out.swap(0, Ordering::Relaxed);
                if count > 0 {
                    let _ = writeln!(
                        err,
                        "local: lines left out here, since nobody read them: {count}"
                    );
                }
                match waiting.recv() {
                    Ok(line) => line,
                    Err(_) => return,
                }
            }
        };
        match line {
            Line::Out(bytes) => drop(out.write_all(&bytes).and_then(|()| out.flush())),
            Line::Err(bytes) => drop(err.write_all(&bytes)),
            Line::End(written) => drop(written.send(())),
        }
    }
}

#[cfg(test)]
mod tests;
