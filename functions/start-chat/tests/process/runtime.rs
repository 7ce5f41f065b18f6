//! Lambda's runtime interface: it hands out events one by one, and keeps the answers.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// One request: its first line and its body.
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) body: String,
}

/// Reads a request; none where the caller has gone.
pub(crate) fn request(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    loop {
        let mut header = String::new();
        reader
            .read_line(&mut header)
            .ok()
            .filter(|read| *read > 0)?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some(Request { line, body })
}

/// The runtime of one function.
pub(crate) struct Runtime {
    address: String,
    events: usize,
    answers: Receiver<Value>,
}

impl Runtime {
    /// A runtime with these events, and then none.
    pub(crate) fn with<const N: usize>(events: [String; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (sender, answers) = channel();
        thread::spawn(move || serve(&listener, &events, &sender));
        Self {
            address,
            events: N,
            answers,
        }
    }

    pub(crate) fn address(&self) -> String {
        self.address.clone()
    }

    /// The answers to all events.
    pub(crate) fn answers(&self) -> Vec<Value> {
        let answer = |_| self.answers.recv_timeout(Duration::from_secs(30));
        let answers = (0..self.events).map(answer).collect::<Result<_, _>>();
        answers.expect("an answer to every event")
    }
}

/// One connection at a time is enough for a function with one call at a time.
fn serve(listener: &TcpListener, events: &[String], answers: &Sender<Value>) {
    let mut next = events.iter();
    while let Ok((mut stream, _)) = listener.accept() {
        while let Some(Request { line, body }) = request(&mut stream) {
            let (headers, event) = if line.contains("/invocation/next") {
                let Some(event) = next.next() else {
                    // It waits for an event until it is ended.
                    break;
                };
                let about = "Lambda-Runtime-Aws-Request-Id: one\r\nLambda-Runtime-Deadline-Ms: 9999999999999\r\n\
                    Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:start-chat\r\n";
                (about, event.as_str())
            } else {
                assert!(line.contains("/response"), "{line}: {body}");
                let _ = answers.send(serde_json::from_str(&body).expect("JSON"));
                ("", "{}")
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n",
                event.len()
            );
            if stream.write_all((head + event).as_bytes()).is_err() {
                break;
            }
        }
        // What is held here stays open.
        std::mem::forget(stream);
    }
}
