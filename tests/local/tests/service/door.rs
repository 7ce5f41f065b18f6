//! The server's own door (rules 92 and 93): who is let in under which name, and what is not waited for or read.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stage::{HttpAnswer, Server, Wire, at, captured, http, start_members};

/// Sends these bytes and no more, and reads until the server closes or is silent for so long.
pub(crate) async fn sent(server: &Server, bytes: &[u8], silence: Duration) -> String {
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("it listens");
    stream.write_all(bytes).await.expect("sent");
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length @ 1..)) = timeout(silence, stream.read(&mut piece)).await {
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// A widget's start of a chat, with these headers.
async fn started(server: &Server, headers: &[(&str, &str)]) -> HttpAnswer {
    let body = start_members().to_string();
    http(
        server.address(),
        "PUT",
        "/contact/chat",
        headers,
        body.as_bytes(),
    )
    .await
}

pub(crate) fn reason(answer: &HttpAnswer) -> &str {
    answer.header("x-local-reason").expect("a reason")
}

#[tokio::test]
async fn rule_92_a_body_that_is_too_large_is_refused_before_it_comes() {
    let server = Server::with(&["--memory"]).await;
    let soon = Duration::from_secs(1);
    let large = "the request body is larger than 524288 bytes";
    for (path, length, status, says) in [
        ("/participant/message", "524289", 400, large),
        ("/contact/stop", "9000000", 400, large),
        ("/contact/stop", "10485761", 413, "Request Entity Too Large"),
        ("/contact/stop", "99999999999999999999", 400, ""),
    ] {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
        let answer = sent(&server, head.as_bytes(), soon).await;
        let status = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&status), "{length}: {answer}");
        let (answer, says) = (answer.to_lowercase(), says.to_lowercase());
        assert!(answer.contains(&says), "{length}: {answer}");
        assert!(answer.contains("connection: close"), "{length}: {answer}");
    }
    // One that does not say how large it is, is read that far.
    let mut chunked = b"POST /participant/message HTTP/1.1\r\nhost: localhost\r\n\
        transfer-encoding: chunked\r\n\r\n80001\r\n"
        .to_vec();
    chunked.resize(chunked.len() + 512 * 1024 + 1, b' ');
    let answer = sent(&server, &chunked, soon).await;
    assert!(
        answer.contains("\"__type\":\"ValidationException\""),
        "{answer}"
    );
    assert!(answer.contains("larger than 524288 bytes"), "{answer}");
    server.stop().await;
}

/// Asks and asks, and reads no answer, until the server ends that.
async fn reads_nothing(server: &Server) {
    let mut stream = TcpStream::connect(server.address())
        .await
        .expect("it listens");
    let asks = b"GET /style.css HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1_000);
    let asking = async { while stream.write_all(&asks).await.is_ok() {} };
    let ended = timeout(Duration::from_secs(30), asking).await;
    assert!(ended.is_ok(), "it waits for a client that reads nothing");
}

#[tokio::test]
async fn rule_92_a_client_that_stands_still_is_not_waited_for() {
    let server = Server::with(&["--memory"]).await;
    let (begun, patience) = (Instant::now(), Duration::from_secs(40));
    let [nothing, head, body] = [
        &b""[..],
        b"GET / HTTP/1.1\r\nhost: local",
        b"POST /participant/message HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{",
    ]
    .map(|bytes| sent(&server, bytes, patience));
    let (nothing, head, body, ()) = tokio::join!(nothing, head, body, reads_nothing(&server));
    assert!(begun.elapsed() < Duration::from_secs(30), "{begun:?}");
    assert_eq!((&*nothing, &*head), ("", ""));
    assert!(body.starts_with("HTTP/1.1 408 "), "{body}");
    assert!(body.contains("x-local-reason: the body did not come in time\r\n"));
    assert!(body.contains("connection: close\r\n"), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn rule_92_http_2_does_not_come_in() {
    let server = Server::with(&["--memory"]).await;
    // The preface, empty settings, and GET / of the authority evil.example, in HPACK without compression.
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let mut headers = b"\x82\x84\x86\x41\x0cevil.example".to_vec();
    bytes.extend([0, 0, headers.len() as u8, 1, 5, 0, 0, 0, 1]);
    bytes.append(&mut headers);
    let answer = sent(&server, &bytes, Duration::from_secs(1)).await;
    assert_eq!(answer, "");
    // Nor does a call that names no host, or two.
    for head in [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
    ] {
        let answer = sent(&server, head.as_bytes(), Duration::from_secs(1)).await;
        assert!(
            answer.starts_with("HTTP/1.1 403 ") || answer.starts_with("HTTP/1.0 403 "),
            "{head}: {answer}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refused_name_or_origin_says_which_option_lets_it_in() {
    let closed = Server::with(&["--memory"]).await;
    for (header, option) in [
        (("host", "chat:9000"), "--allow-host chat lets it"),
        (
            ("origin", "capacitor://localhost"),
            "--allow-origin capacitor://localhost lets them",
        ),
    ] {
        let answer = started(&closed, &[header]).await;
        assert_eq!(answer.status, 403);
        let message = at(&answer.json(), "message");
        assert!(message.contains(option), "{message}");
        assert_eq!(reason(&answer), message);
        // A WebSocket knocks at the same door.
        let asks = [header, ("upgrade", "websocket"), ("connection", "upgrade")];
        let refused = http(closed.address(), "GET", "/websocket?token=x", &asks, b"").await;
        assert_eq!(refused.status, 403);
        assert!(reason(&refused).contains(option));
    }
    let never_sent = [("origin", "http://localhost@evil.example")];
    let answer = started(&closed, &never_sent).await;
    assert_eq!(answer.status, 403);
    assert!(!reason(&answer).contains("--allow"), "{answer:?}");
    closed.stop().await;

    let options = [
        "--memory",
        "--allow-host",
        "chat",
        "--allow-origin",
        "capacitor://localhost",
    ];
    let open = Server::with(&options).await;
    let app = ("origin", "capacitor://localhost");
    let answer = started(&open, &[("host", "chat:9000"), app]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(app.1));
    let exposed = answer.header("access-control-expose-headers");
    assert!(exposed.is_some_and(|names| names.contains("x-local-reason")));
    open.stop().await;
}

#[tokio::test]
async fn a_websocket_opens_where_its_client_calls() {
    let options = ["--memory", "--host", "0.0.0.0", "--allow-host", "chat"];
    let server = Server::with(&options).await;
    let port = server.address().port();
    let body = json!({"Type": ["WEBSOCKET"]}).to_string();
    let started = at(
        &started(&server, &[("host", "localhost:1")]).await.json(),
        "ParticipantToken",
    );
    for (host, url) in [
        ("localhost:19000", "ws://127.0.0.1:19000/websocket?token="),
        ("LOCALHOST.:19000", "ws://127.0.0.1:19000/websocket?token="),
        ("chat:9000", "ws://chat:9000/websocket?token="),
        ("10.0.0.7:9000", "ws://10.0.0.7:9000/websocket?token="),
    ] {
        let headers = [("host", host), ("x-amz-bearer", &*started)];
        let path = "/participant/connection";
        let answer = http(server.address(), "POST", path, &headers, body.as_bytes()).await;
        let given = at(&answer.json(), "Websocket.Url");
        assert!(given.starts_with(url), "{host}: {given}");
        // Its token is good wherever that leads.
        let (_, token) = given.split_once('?').expect("a token");
        let here = format!("ws://127.0.0.1:{port}/websocket?{token}");
        assert!(Wire::open(&here).await.is_ok(), "{host}");
    }
    server.stop().await;
}

#[tokio::test]
async fn rule_91_what_no_function_answers_says_so_in_a_header_and_in_the_log() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let evil = [("origin", "https://evil.example")];
    let no_function = "no function answers this method and path";
    for (method, path, headers, status, says) in [
        ("PUT", "/nowhere-at-all", &[][..], 404, no_function),
        (
            "PUT",
            "/nowhere-else",
            &evil,
            403,
            "--allow-origin https://evil.example lets them",
        ),
        ("GET", "/websocket", &[], 426, "a WebSocket opens here"),
    ] {
        let asked = format!("{path}?token=a-credential");
        let answer = http(server.address(), method, &asked, headers, b"{}").await;
        assert_eq!(answer.status, status, "{answer:?}");
        let reason = reason(&answer);
        assert!(reason.contains(says), "{reason}");
        let lines = captured();
        let mut lines = lines
            .iter()
            .filter(|line| line.contains(&format!("\"{path}\"")));
        let line = lines.find(|line| line.contains(reason)).expect("a line");
        assert!(
            line.contains("\"WARN\"") && line.contains("\"refused\""),
            "{line}"
        );
    }
    assert!(captured().iter().all(|line| !line.contains("a-credential")));
    server.stop().await;
}

/// The lines of a program's output, as they come.
fn lines(of: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(of).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

#[test]
fn a_server_without_a_file_left_says_so_once_and_serves_when_there_is_one() {
    let limited = format!(
        "ulimit -n 48; exec {} --memory --port 0",
        env!("CARGO_BIN_EXE_local")
    );
    let mut server = Command::new("sh")
        .args(["-c", &limited])
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let out = lines(server.stdout.take().expect("piped"));
    let log = lines(server.stderr.take().expect("piped"));
    let patience = Duration::from_secs(30);
    let address = loop {
        let line = out.recv_timeout(patience).expect("it gets ready");
        if let Some((_, url)) = line.split_once("is ready at http://") {
            break url.to_owned();
        }
    };
    let connect = || std::net::TcpStream::connect(&address).expect("it listens");
    let many: Vec<_> = (0..60).map(|_| connect()).collect();
    let refused = log.recv_timeout(patience).expect("it says so");
    assert!(
        refused.contains("no connection can be accepted"),
        "{refused}"
    );
    // Tried again and again meanwhile.
    std::thread::sleep(Duration::from_millis(500));
    drop(many);
    let mut one = connect();
    one.set_read_timeout(Some(patience)).expect("a time");
    one.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    one.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    let more: Vec<String> = log.iter().collect();
    assert_eq!(more, [""; 0]);
}
