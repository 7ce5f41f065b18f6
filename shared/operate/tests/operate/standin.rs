//! A server that answers a call of the AWS JSON protocols by a function of the test's.

use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A status and a body.
pub(crate) type Answer = (u16, Value);

/// An answer that refuses.
pub(crate) fn refusal(code: &str) -> Answer {
    let body = serde_json::json!({"__type": code, "message": "SECRET"});
    (400, body)
}

/// The server; it ends when it is dropped.
pub(crate) struct Standin {
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Standin {
    /// Answers every call by its operation's name and its body, one after the other.
    pub(crate) async fn start(
        answer: impl Fn(&str, &Value) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                serve(connection, &*answer).await;
            }
        });
        Self { url, task }
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut connection: TcpStream, answer: impl Fn(&str, &Value) -> Answer) {
    let Some((operation, body)) = request(&mut connection).await else {
        return;
    };
    let (status, body) = answer(&operation, &body);
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} Standin\r\nContent-Type: application/x-amz-json-1.1\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // A client that does not wait for the answer is no fault of ours.
    let _ = connection.write_all((head + &body).as_bytes()).await;
}

/// Reads one request to its end; none if the connection closes before.
async fn request(connection: &mut TcpStream) -> Option<(String, Value)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = connection.read(&mut buffer).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(each, _)| each.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        let length: usize = header("content-length")?.parse().ok()?;
        if body.len() >= length {
            let target = header("x-amz-target")?;
            let operation = target.split_once('.')?.1.to_owned();
            return Some((operation, serde_json::from_str(body).ok()?));
        }
    }
}
