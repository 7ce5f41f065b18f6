//! The local server as a process of its own: this program, started a second time.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

/// The first word of the command line of that process.
pub(crate) const SERVE: &str = "serve";
/// The kernel counts processor time in hundredths of a second, whatever the machine.
const TICKS_A_SECOND: f64 = 100.0;

const MOST_FOLDERS: usize = 100;

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    /// `127.0.0.1:` and its port.
    pub(crate) host: String,
    process: Child,
    folder: Option<Folder>,
}

/// A folder that is there as long as this is.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        // A process of the same number may have been killed here.
        for n in 0..MOST_FOLDERS {
            let name = format!("load-{}-{n}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self(folder)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Server {
    /// Starts a server over a new file, or in memory, and waits until it is ready.
    pub(crate) async fn start(memory: bool) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([SERVE, "--port", "0"]);
        let folder = if memory {
            command.arg("--memory");
            None
        } else {
            let folder = Folder::new()?;
            command.arg("--data").arg(folder.0.join("chat.db"));
            Some(folder)
        };
        let mut process = command
            .env("RUST_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut said =
            BufReader::new(process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines();
        let first = said.next_line().await?.unwrap_or_default();
        let Some((_, host)) = first.split_once("http://") else {
            return Err(io::Error::other("the server did not start"));
        };
        let host = host.to_owned();
        // What else it says has room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Ok(Self {
            host,
            process,
            folder,
        })
    }

    /// Its resident memory, in MiB, where the system tells.
    pub(crate) fn resident(&self) -> Option<f64> {
        let status = fs::read_to_string(self.about()?.join("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kibibytes / 1024.0)
    }

    /// The processor time that it has used, where the system tells.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let stat = fs::read_to_string(self.about()?.join("stat")).ok()?;
        // The name of the program, in brackets, may hold anything.
        let (_, rest) = stat.rsplit_once(") ")?;
        let ticks = rest.split(' ').skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|each| each.parse::<f64>().ok()).sum();
        Some(Duration::from_secs_f64(ticks / TICKS_A_SECOND))
    }

    fn about(&self) -> Option<PathBuf> {
        Some(Path::new("/proc").join(self.process.id()?.to_string()))
    }

    /// Ends it, and removes its data.
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        self.process.kill().await?;
        drop(self.folder.take());
        Ok(())
    }
}

/// What that process does: the program `local`, for as long as this one holds its standard input, however it ends.
pub(crate) async fn serve(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ended.send(());
    });
    tokio::select! {
        code = local::run(words) => code,
        _ = end => ExitCode::SUCCESS,
    }
}
