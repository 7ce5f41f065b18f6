//! What a refusal leaves behind (rules 91 and 92): a connection that takes the next call, and a log without credentials
//! and names.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::door::{reason, sent};
use crate::stage::{Server, captured, http};

/// The answer that comes, up to its end.
async fn answered(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&answer).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.split("\r\n").next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let reading = timeout(Duration::from_secs(10), stream.read(&mut piece));
        match reading.await.expect("in time").expect("a connection") {
            0 => return text,
            length => answer.extend_from_slice(&piece[..length]),
        }
    }
}

#[tokio::test]
async fn rule_92_after_a_refusal_the_connection_takes_the_next_call() {
    let server = Server::with(&["--memory"]).await;
    for (call, status, header) in [
        ("POST /contact/start-streaming", 400, ""),
        ("DELETE /contact/chat", 404, ""),
        ("PUT /contact/chat", 403, "origin: https://evil.example\r\n"),
        ("POST /participant/message", 403, ""),
        ("GET /websocket", 426, ""),
        ("GET /style.css", 200, ""),
    ] {
        let mut stream = TcpStream::connect(server.address())
            .await
            .expect("it listens");
        let head =
            format!("{call} HTTP/1.1\r\nhost: localhost\r\n{header}content-length: 100000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        // As clients do it: the body in a segment of its own.
        tokio::time::sleep(Duration::from_millis(30)).await;
        stream.write_all(&[b' '; 100_000]).await.expect("sent");
        let answer = answered(&mut stream).await;
        let status = format!("http/1.1 {status} ");
        assert!(answer.starts_with(&status), "{call}: {answer}");
        assert!(!answer.contains("connection: close"), "{call}: {answer}");
        let next = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(next).await.expect("sent");
        let answer = answered(&mut stream).await;
        assert!(answer.starts_with("http/1.1 200 "), "{call}: {answer}");
    }
    // One that is too large is not read to its end, and the answer says that the connection has one.
    let head = "POST /nowhere HTTP/1.1\r\nhost: localhost\r\ncontent-length: 600000\r\n\r\n";
    let answer = sent(&server, head.as_bytes(), Duration::from_secs(1)).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn rule_92_a_body_that_cannot_be_read_is_not_said_to_be_late() {
    let server = Server::with(&["--memory"]).await;
    let broken = "POST /participant/message HTTP/1.1\r\nhost: localhost\r\n\
        transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n";
    let answer = sent(&server, broken.as_bytes(), Duration::from_secs(1)).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("x-local-reason: the body cannot be read"));
    assert!(answer.contains("connection: close"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn rule_91_no_line_shows_a_token_or_a_customer_wherever_it_stands() {
    captured();
    let server = Server::with(&["--memory"]).await;
    let token = server.chat(&json!({})).await.connection_token;
    let evil = [("origin", "https://evil.example")];
    let customer = "/customers/local/unlogged.jane%40example.com/chats";
    for (method, path, headers, shown) in [
        (
            "GET",
            format!("/websocket%3Ftoken={token}"),
            &[][..],
            "/websocket",
        ),
        ("GET", format!("/websocket/{token}"), &[], "/websocket/…"),
        (
            "POST",
            format!("/participant/transcript/{token}"),
            &[],
            "/participant/transcript/…",
        ),
        (
            "GET",
            format!("/contacts/local/{token}"),
            &[],
            "/contacts/local/…",
        ),
        ("GET", customer.to_owned(), &[], "/customers/…/…/chats"),
        ("GET", customer.to_owned(), &evil, "/customers/…/…/chats"),
        ("POST", customer.to_owned(), &[], "/customers/…/…/chats"),
        ("GET", format!("{customer}/"), &[], "/customers/…/…/chats/"),
    ] {
        let answer = http(server.address(), method, &path, headers, b"{}").await;
        assert!(answer.status >= 400, "{path}: {answer:?}");
        let reason = reason(&answer);
        let (field, reason) = (format!("\"path\":\"{shown}\""), json!(reason).to_string());
        let lines = captured();
        let mut lines = lines.iter();
        let logged = lines.any(|line| line.contains(&field) && line.contains(&reason));
        assert!(logged, "{path}: {field}");
    }
    for line in captured() {
        assert!(!line.contains(&token), "{line}");
        assert!(!line.contains("unlogged.jane"), "{line}");
    }
    server.stop().await;
}
