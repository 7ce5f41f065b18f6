//! A wire between the service and its database on which, by plan, things go wrong.

use std::collections::VecDeque;
use std::io::Result;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::proxy::read_request;

/// A port at which nobody listens.
const NOBODY: &str = "http://127.0.0.1:1/";

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Nobody takes its connection.
    Refused,
    /// It is carried out, and its reply comes so much later.
    Slow(Duration),
    /// Nothing comes back while the connection stays open; it is carried out first, or not at all.
    Silence { carried_out: bool },
    /// After so many of its bytes the connection breaks.
    CutRequest(usize),
    /// It is carried out, and after so many bytes of the reply the connection breaks.
    CutReply(usize),
    /// Something else comes back; it is carried out first, or not at all.
    Answer { carried_out: bool, bytes: String },
}

/// A wire; it is cut when it is dropped.
pub(crate) struct Wire {
    /// The address of the near end.
    pub(crate) url: String,
    plan: Arc<Mutex<Plan>>,
    server: String,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Plan {
    rules: Vec<Rule>,
    met: usize,
    /// The heads of what came through whole, with the lengths of request and reply.
    whole: Vec<(String, Length, Length)>,
}

/// What becomes of the requests whose heads contain these words.
#[derive(Debug)]
struct Rule {
    words: String,
    next: VecDeque<Fault>,
    always: Option<Fault>,
}

/// How many bytes something has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Length {
    pub(crate) head: usize,
    pub(crate) whole: usize,
}

impl Length {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        Self {
            head: end.map_or(bytes.len(), |at| at + 4),
            whole: bytes.len(),
        }
    }
}

impl Wire {
    /// A wire to the server at `url`.
    pub(crate) async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            plan: Arc::default(),
            server: url.strip_prefix("http://").unwrap().to_owned(),
            task: Mutex::default(),
        };
        wire.listen(listener);
        wire
    }

    fn listen(&self, listener: TcpListener) {
        let (server, plan) = (self.server.clone(), Arc::clone(&self.plan));
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (server, plan) = (server.clone(), Arc::clone(&plan));
                // A connection that breaks is what this is for.
                tokio::spawn(async move { carry(client, &server, &plan).await.ok() });
            }
        });
        *self.task.lock().unwrap() = Some(task);
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    /// The next requests whose heads contain these words meet these faults, one each.
    pub(crate) fn next(&self, words: &str, faults: impl IntoIterator<Item = Fault>) {
        self.rule(words, faults.into_iter().collect(), None);
    }

    /// All such requests meet this fault, until it is healed.
    pub(crate) fn always(&self, words: &str, fault: Fault) {
        self.rule(words, VecDeque::new(), Some(fault));
    }

    fn rule(&self, words: &str, next: VecDeque<Fault>, always: Option<Fault>) {
        let words = words.to_lowercase();
        let rule = Rule {
            words,
            next,
            always,
        };
        self.plan().rules.push(rule);
    }

    /// Nothing goes wrong any more. Gives how many requests had met a fault.
    pub(crate) fn heal(&self) -> usize {
        std::mem::take(&mut *self.plan()).met
    }

    /// The lengths of the latest request with these words that came through whole, and of its reply.
    pub(crate) fn lengths(&self, words: &str) -> (Length, Length) {
        let (words, plan) = (words.to_lowercase(), self.plan());
        let mut latest = plan.whole.iter().rev();
        let (_, there, back) = latest.find(|(head, ..)| head.contains(&words)).unwrap();
        (*there, *back)
    }

    /// What leads a client's attempts to this wire, or to where nobody takes a connection.
    pub(crate) fn gate(&self) -> Gate {
        Gate(Arc::clone(&self.plan))
    }

    /// Whoever connects from now on is refused.
    pub(crate) async fn down(&self) {
        let task = self.task.lock().unwrap().take().expect("it is up");
        task.abort();
        // The port is closed when the task is gone.
        assert!(task.await.is_err());
    }

    /// Whoever connects is served again.
    pub(crate) async fn up(&self) {
        let address = self.url.strip_prefix("http://").unwrap();
        self.listen(TcpListener::bind(address).await.unwrap());
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap().take() {
            task.abort();
        }
    }
}

/// The way of a client to the wire.
#[derive(Debug)]
pub(crate) struct Gate(Arc<Mutex<Plan>>);

impl Intercept for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let request = context.request_mut();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let head = format!("x-amz-target: {target}").to_lowercase();
        if self.0.lock().unwrap().refuses(&head) {
            request.set_uri(NOBODY)?;
        }
        Ok(())
    }
}

impl Plan {
    /// Whether this attempt's connection is refused.
    fn refuses(&mut self, head: &str) -> bool {
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| head.contains(&rule.words));
        let fault = rule.and_then(|rule| rule.next.front().or(rule.always.as_ref()));
        matches!(fault, Some(Fault::Refused)) && self.fault_for(head).is_some()
    }

    fn fault_for(&mut self, head: &str) -> Option<Fault> {
        let mut rules = self.rules.iter_mut();
        let rule = rules.find(|rule| head.contains(&rule.words))?;
        let fault = rule.next.pop_front().or_else(|| rule.always.clone())?;
        self.met += 1;
        Some(fault)
    }
}

/// Carries one request there and its reply back, as far as the plan lets it; then the connection closes.
async fn carry(mut client: TcpStream, server: &str, plan: &Mutex<Plan>) -> Result<()> {
    let (head, request) = read_request(&mut client).await?;
    let fault = plan.lock().unwrap().fault_for(&head);
    let carried_out = async |bytes: &[u8]| {
        let mut upstream = TcpStream::connect(server).await?;
        upstream.write_all(bytes).await?;
        if bytes.len() < request.len() {
            return Ok(Vec::new());
        }
        let mut reply = Vec::new();
        upstream.read_to_end(&mut reply).await?;
        Ok::<_, std::io::Error>(reply)
    };
    match fault {
        None => {
            let reply = carried_out(&request).await?;
            let lengths = (Length::of(&request), Length::of(&reply));
            plan.lock()
                .unwrap()
                .whole
                .push((head, lengths.0, lengths.1));
            client.write_all(&reply).await
        }
        Some(Fault::Refused) => unreachable!("it came through the gate"),
        Some(Fault::Slow(pause)) => {
            let reply = carried_out(&request).await?;
            tokio::time::sleep(pause).await;
            client.write_all(&reply).await
        }
        Some(Fault::Silence { carried_out: first }) => {
            if first {
                carried_out(&request).await?;
            }
            // Until the client has gone.
            client.read_to_end(&mut Vec::new()).await.map(|_| ())
        }
        Some(Fault::CutRequest(length)) => {
            carried_out(&request[..length.min(request.len())]).await?;
            Ok(())
        }
        Some(Fault::CutReply(length)) => {
            let reply = carried_out(&request).await?;
            client.write_all(&reply[..length.min(reply.len())]).await
        }
        Some(Fault::Answer {
            carried_out: first,
            bytes,
        }) => {
            if first {
                carried_out(&request).await?;
            }
            client.write_all(bytes.as_bytes()).await
        }
    }
}

/// An answer of HTTP with this status and body.
pub(crate) fn http(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} Wire\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// One of DynamoDB's own errors.
pub(crate) fn error(status: u16, code: &str) -> String {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    http(
        status,
        &format!(r#"{{"__type":"{kind}","message":"SECRET"}}"#),
    )
}
