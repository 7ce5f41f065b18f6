//! A server that speaks just enough of DynamoDB's protocol to fail as it is told, one step a request.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of one request. All of them read it first.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// An error of this status and code, with a message that nobody may repeat.
    Refuse(u16, &'static str),
    /// An error of this status and body.
    RefuseWith(u16, &'static str),
    /// An answer with this body.
    Answer(&'static str),
    /// No answer, while the connection stays open.
    Hang,
    /// No answer, and the connection closes.
    Hangup,
}

/// The server; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Scripted {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Scripted {
    /// Starts a server for as many requests as there are steps; later ones hang.
    pub(crate) async fn start(script: &[Step]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, script.to_vec(), Arc::clone(&requests)));
        Self {
            url,
            requests,
            task,
        }
    }

    /// The operations that were asked for so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the server and gives the address where nobody listens any more.
    pub(crate) fn stop(self) -> String {
        self.url.clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, script: Vec<Step>, requests: Arc<Mutex<Vec<String>>>) {
    let mut left_open = Vec::new();
    let mut script = script.into_iter();
    while let Ok((mut connection, _)) = listener.accept().await {
        // A connection that was opened and not used is no request.
        let Some(operation) = read_request(&mut connection).await else {
            continue;
        };
        let log = requests.lock();
        log.unwrap_or_else(PoisonError::into_inner).push(operation);
        let (status, body) = match script.next().unwrap_or(Step::Hang) {
            Step::Hang => {
                left_open.push(connection);
                continue;
            }
            Step::Hangup => continue,
            Step::Answer(body) => (200, body.to_owned()),
            Step::RefuseWith(status, body) => (status, body.to_owned()),
            Step::Refuse(status, code) => {
                let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
                (
                    status,
                    format!(r#"{{"__type":"{kind}","message":"SECRET"}}"#),
                )
            }
        };
        let head = format!(
            "HTTP/1.1 {status} Scripted\r\nContent-Type: application/x-amz-json-1.0\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let _ = connection.write_all((head + &body).as_bytes()).await;
    }
}

/// Reads one request to its end and gives its operation; none if the connection closes before.
async fn read_request(connection: &mut TcpStream) -> Option<String> {
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
            return target.split_once('.').map(|(_, name)| name.to_owned());
        }
    }
}
