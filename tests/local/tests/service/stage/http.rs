//! A plain HTTP client: it sends what it is given, as it is given.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl HttpAnswer {
    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let values: Vec<&str> = self
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(each, _)| each.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect();
        assert!(values.len() <= 1, "{name} more than once: {values:?}");
        values.first().copied()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

/// A page of this machine, on another port than the service's.
pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// Sends one request on a connection of its own, for a page of [`ORIGIN`] where nothing else is said.
pub(crate) async fn http(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> HttpAnswer {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    let length = body.len().to_string();
    let always = [("connection", "close"), ("content-length", length.as_str())];
    let has_host = headers.iter().any(|(name, _)| *name == "host");
    let host = server.to_string();
    let host = (!has_host).then_some(("host", host.as_str()));
    let has_origin = headers.iter().any(|(name, _)| *name == "origin");
    let origin = (!has_origin).then_some(("origin", ORIGIN));
    let own = host.iter().chain(&origin);
    for (name, value) in own.chain(headers).chain(&always) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(server)
        .await
        .expect("the server listens");
    stream
        .write_all(head.as_bytes())
        .await
        .expect("the server reads");
    // A server that has seen enough may answer before it has read everything.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    HttpAnswer {
        status: status.expect("a status"),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
