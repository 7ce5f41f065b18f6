//! A server whose output nobody reads goes on serving, and ends when it is asked to.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::stage::http;

/// More than what a pipe holds, as long as each call is logged.
const CALLS: usize = 1000;
const A_PIPE: usize = 65_536;
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in memory with both outputs in pipes, its address and what is left of the first one.
fn started() -> (Child, SocketAddr, impl Read) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_local"))
        .args(["--memory", "--port", "0"])
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut said = BufReader::new(program.stdout.take().expect("a pipe"));
    let mut ready = String::new();
    said.read_line(&mut ready).expect("a line");
    let (_, address) = ready.trim().split_once("http://").expect("an address");
    let address = address.parse().expect("an address");
    (program, address, said)
}

async fn call(server: SocketAddr) {
    let answer = http(server, "POST", "/participant/message", &[], b"{}").await;
    assert_eq!(answer.status, 403, "{answer:?}");
}

fn stopped(mut program: Child) {
    let pid = program.id().to_string();
    let sent = Command::new("kill").arg(pid).status().expect("a signal");
    assert!(sent.success());
    let began = Instant::now();
    loop {
        if let Some(status) = program.try_wait().expect("a program") {
            assert_eq!(status.code(), Some(0));
            return;
        }
        if began.elapsed() > PATIENCE {
            program.kill().expect("killed");
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn it_serves_on_where_nobody_reads_what_it_writes() {
    let (mut program, server, _unread) = started();
    let mut log = program.stderr.take().expect("a pipe");
    for _ in 0..CALLS {
        let answered = tokio::time::timeout(PATIENCE, call(server)).await;
        answered.expect("an answer");
    }
    stopped(program);
    let mut in_the_pipe = Vec::new();
    log.read_to_end(&mut in_the_pipe).expect("what fits in");
    // Or nothing was shown here.
    assert!(in_the_pipe.len() >= A_PIPE - 4096, "{}", in_the_pipe.len());
}

#[tokio::test]
async fn it_serves_on_where_whoever_read_has_gone() {
    let (mut program, server, read) = started();
    drop((program.stderr.take(), read));
    for _ in 0..10 {
        call(server).await;
    }
    stopped(program);
}
