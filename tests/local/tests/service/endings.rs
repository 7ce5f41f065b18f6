//! How WebSockets and the server end (rule 92): every Close frame is answered, and no client can hold up a stop.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stage::{Server, at};

/// A WebSocket's connection, spoken to in bytes: clients answer Close frames by themselves, this one does not.
struct Raw(TcpStream);

impl Raw {
    async fn open(server: &Server, url: &str) -> Self {
        let path = url.replace(&format!("ws://{}", server.address()), "");
        let mut stream = connected(server.address()).await;
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            server.address()
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        Self(stream)
    }

    /// Sends a frame: its first byte, and what it holds, masked with zeros.
    async fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match u8::try_from(payload.len()) {
            Ok(short) if short < 126 => frame.push(0x80 | short),
            _ => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        // A server that has seen enough may close before it has read everything.
        let _ = self.0.write_all(&frame).await;
    }

    /// The code of the Close frame that comes next, before the connection ends.
    async fn closed(mut self) -> Option<u16> {
        let mut rest = Vec::new();
        let all = timeout(Duration::from_secs(5), self.0.read_to_end(&mut rest)).await;
        let _ = all.expect("the connection ends");
        assert_eq!(rest.first(), Some(&0x88), "no Close frame: {rest:?}");
        let code = rest.get(2..4)?;
        Some(u16::from_be_bytes([code[0], code[1]]))
    }
}

async fn connected(server: SocketAddr) -> TcpStream {
    TcpStream::connect(server).await.expect("it listens")
}

#[tokio::test]
async fn rule_92_every_close_frame_is_answered_with_its_own_code() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let close = |code: u16| code.to_be_bytes().to_vec();
    let long = vec![b'x'; 128 * 1024 + 1];
    let mut cases = vec![
        ("none", 0x88, Vec::new(), None),
        ("a half", 0x88, vec![3], Some(1002)),
        ("text that is none", 0x81, vec![0xff], Some(1007)),
        ("a message over 128 KiB", 0x81, long, Some(1009)),
        ("an unknown kind of frame", 0x8b, Vec::new(), Some(1002)),
    ];
    for code in [1000, 1001, 1002, 1008, 1011, 3000, 4000, 4999] {
        cases.push(("legal", 0x88, close(code), Some(code)));
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 5000] {
        cases.push(("reserved", 0x88, close(code), Some(1002)));
    }
    for (what, first, payload, answer) in cases {
        let url = at(&server.connection(&jane).await, "Websocket.Url");
        let mut raw = Raw::open(&server, &url).await;
        raw.send(first, &payload).await;
        let start = &payload[..payload.len().min(2)];
        assert_eq!(raw.closed().await, answer, "{what}: {start:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stop_waits_ten_seconds_at_most_whatever_clients_do() {
    let server = Server::with(&["--memory"]).await;
    let jane = server.chat(&json!({})).await;
    let url = at(&server.connection(&jane).await, "Websocket.Url");
    let silent = connected(server.address()).await;
    let deaf = Raw::open(&server, &url).await;
    let mut standing = Vec::new();
    for request in [
        "POST /contact/chat HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{",
        "POST /contact/chat HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1\r\n",
        "GET / HTTP/1.1\r\nhost: local",
    ] {
        let mut stream = connected(server.address()).await;
        stream.write_all(request.as_bytes()).await.expect("sent");
        standing.push(stream);
    }
    // They are being read.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = Instant::now();
    let stopped = timeout(Duration::from_secs(20), server.stop()).await;
    assert!(stopped.is_ok(), "it still runs");
    assert!(begun.elapsed() < Duration::from_secs(12), "{begun:?}");
    // The deaf client had its Close frame.
    assert_eq!(deaf.closed().await, Some(1001));
    drop((silent, standing));
}

#[tokio::test]
async fn clients_that_ask_nothing_do_not_hold_up_a_stop() {
    let server = Server::with(&["--memory"]).await;
    let silent = connected(server.address()).await;
    let mut kept = connected(server.address()).await;
    let request = b"GET /style.css HTTP/1.1\r\nhost: localhost\r\n\r\n";
    kept.write_all(request).await.expect("sent");
    kept.read_u8().await.expect("an answer");
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop((silent, kept));
}
