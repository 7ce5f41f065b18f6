//! The real server over a disk that fills up: callers get a 500, the log says why, and nothing acknowledged is lost.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::pages::said;
use crate::people::Backend;
use crate::refusal::refused;
use crate::server::{Folder, program};

/// A file system of this size in a folder, as only root can make it; gone with the story.
struct Disk(PathBuf);

impl Disk {
    async fn mounted(folder: &Path) -> Option<Self> {
        fs::create_dir(folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]);
        let mounted = mount.arg(folder).status().await;
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(folder.to_owned()))
    }

    async fn is_made_larger(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,size=16m"]).arg(&self.0);
        assert!(mount.status().await.unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mut unmount = std::process::Command::new("umount");
        let _ = unmount.arg("--lazy").arg(&self.0).status();
    }
}

async fn start(data: &Path, log: &Path) -> (Child, String) {
    let mut server = Command::new(program("local"))
        .args(["--port", "0", "--data"])
        .arg(data)
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(log).unwrap())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().expect("its address");
    let url = first.split_whitespace().last().unwrap().to_owned();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (server, url)
}

#[tokio::test]
async fn a_full_disk_is_a_500_with_that_reason_in_the_log_and_nothing_acknowledged_is_lost() {
    let folder = Folder::new();
    let Some(disk) = Disk::mounted(&folder.file("disk")).await else {
        eprintln!("left out: only root can make a small file system");
        return;
    };
    let (data, log) = (disk.0.join("chat.db"), folder.file("log"));
    let (mut server, url) = start(&data, &log).await;
    let jane = Backend::at(&url, "local").jane().await;
    let mut acknowledged = Vec::new();
    let refusal = loop {
        let text = format!("{} {}", acknowledged.len(), "long ".repeat(180));
        match jane.saying(&text).send().await {
            Ok(_) => acknowledged.push(text),
            failed => break refused(failed),
        }
        assert!(acknowledged.len() < 2000, "the disk does not fill");
    };
    assert_eq!(
        (&*refusal.code, refusal.status),
        ("InternalServerException", 500)
    );
    let told = fs::read_to_string(&log).unwrap();
    assert!(told.contains("DiskFull"), "{told}");
    assert!(!told.contains("long long"), "{told}");
    assert_eq!(said(&jane.history().await), acknowledged);

    server.kill().await.unwrap();
    disk.is_made_larger().await;
    let (_server, url) = start(&data, &log).await;
    let jane = jane.through(&url);
    assert_eq!(said(&jane.history().await), acknowledged);
    jane.say("There is room again").await;
}
