//! The real server: the program `local`, as its users start it, over a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::people::Backend;

/// A running server.
pub(crate) struct Server {
    pub(crate) url: String,
    child: Child,
}

impl Server {
    /// Starts a server over this file, and waits until it is ready.
    pub(crate) async fn start(data: &Path) -> Self {
        let mut child = command()
            .args(["--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = said
            .next_line()
            .await
            .unwrap()
            .expect("it says where it answers");
        let url = first.split_whitespace().last().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{first}");
        // What else it says has room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        Self { url, child }
    }

    /// A backend that uses it.
    pub(crate) fn backend(&self) -> Backend {
        Backend::at(&self.url, "local")
    }

    /// The port that it has.
    pub(crate) fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    /// `kill -9`: it has no time for anything.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal and gives the exit code.
    pub(crate) async fn signal(mut self, name: &str) -> Option<i32> {
        let pid = self.child.id().unwrap().to_string();
        let kill = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(kill.await.unwrap().success());
        self.child.wait().await.unwrap().code()
    }
}

/// Runs the program to its end, in a folder where it may leave things.
pub(crate) async fn run(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = command();
    command
        .args(arguments)
        .current_dir(&folder.0)
        .kill_on_drop(true);
    command.output().await.unwrap()
}

fn command() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(|| program("local")));
    command.env("RUST_LOG", "error").stdin(Stdio::null());
    command
}

/// A folder of its own, which goes when the story is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = parent.join(crate::service::unique());
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names and rights of all files in it, sorted.
    pub(crate) fn files(&self) -> Vec<(String, u32)> {
        let file = |entry: fs::DirEntry| {
            let mode = entry.metadata().unwrap().permissions().mode();
            (entry.file_name().into_string().unwrap(), mode & 0o777)
        };
        let entries = fs::read_dir(&self.0).unwrap();
        let mut files: Vec<_> = entries.map(|entry| file(entry.unwrap())).collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A program of the workspace, built from the sources as they are now.
pub(crate) fn program(package: &str) -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let profile = me.parent().and_then(Path::parent).unwrap();
    let program = profile.join(package);
    if !is_up_to_date(&program) {
        let name = match profile.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            other => other,
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = std::process::Command::new(cargo)
            .args(["build", "--package", package, "--profile", name])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.unwrap().success(), "the program can be built");
    }
    program
}

/// Whether none of the sources that the compiler has noted beside the program is newer.
fn is_up_to_date(program: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path)?.modified();
    let built: std::io::Result<SystemTime> = changed(program);
    let (Ok(built), Ok(noted)) = (built, fs::read_to_string(program.with_extension("d"))) else {
        return false;
    };
    let (_, sources) = noted.split_once(": ").unwrap();
    let older = |source: &str| changed(Path::new(source)).is_ok_and(|time| time <= built);
    sources.split_whitespace().all(older)
}
