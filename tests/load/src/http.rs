//! HTTP/1.1 with one server: as many connections as there are calls under way, each used again when its call is over.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// After so long nobody waits any more: longer than a function may take.
const PATIENCE: Duration = Duration::from_secs(15);

type Sender = SendRequest<Full<Bytes>>;

/// A server and the open connections to it.
#[derive(Debug)]
pub(crate) struct Http {
    /// `127.0.0.1:` and its port.
    pub(crate) host: String,
    idle: Mutex<Vec<Sender>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

/// No answer came, or none that can be read: the call may have been carried out or not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Lost(pub(crate) String);

impl Http {
    pub(crate) fn new(host: String) -> Self {
        Self {
            host,
            idle: Mutex::default(),
        }
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn call(&self, request: Request<Full<Bytes>>) -> Result<Answer, Lost> {
        let answered = tokio::time::timeout(PATIENCE, self.answered(request)).await;
        answered.map_err(|_| Lost("no answer in time".to_owned()))?
    }

    async fn answered(&self, request: Request<Full<Bytes>>) -> Result<Answer, Lost> {
        let mut sender = self.sender().await.map_err(lost)?;
        let response = sender.send_request(request).await.map_err(lost)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(lost)?;
        self.idle().push(sender);
        let body = serde_json::from_slice(&body.to_bytes()).map_err(lost)?;
        Ok(Answer { status, body })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Sender>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is open and that nobody uses, or a new one.
    async fn sender(&self) -> Result<Sender, Box<dyn std::error::Error + Send + Sync>> {
        loop {
            let Some(mut sender) = self.idle().pop() else {
                break;
            };
            if sender.ready().await.is_ok() {
                return Ok(sender);
            }
        }
        let stream = TcpStream::connect(&self.host).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with its connection, and whoever uses that is told.
        tokio::spawn(async move { connection.await.ok() });
        Ok(sender)
    }
}

fn lost(error: impl std::fmt::Display) -> Lost {
    Lost(error.to_string())
}
