//! A port for programs in other processes: HTTP on loopback, for the holder of one key, and for no web page.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::warn;

use crate::access::AccessKey;
use crate::guard::Guard;
use crate::held::Held;
use crate::trouble::{EngineError, failed};

/// How long a stop waits for requests that are being answered.
const GRACE: Duration = Duration::from_secs(5);
/// How long a client may take for a request's head, and how long its connection may stand idle.
const HEAD_IN: Duration = Duration::from_secs(10);
/// How long to wait where the system gives no connection, for want of file descriptors mostly.
const RECOVERY: Duration = Duration::from_millis(100);

/// An open port of an engine. It closes when it is dropped; [`Door::stop`] also waits until it has.
///
/// It runs on a thread of its own, so it answers whatever the caller's runtime is busy with.
pub struct Door {
    address: SocketAddr,
    /// Dropped to tell the thread to end.
    running: watch::Sender<()>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Door {
    pub(crate) fn open(held: Arc<Held>, port: u16, key: &AccessKey) -> Result<Self, EngineError> {
        let (listener, address) =
            listen(port).map_err(|source| EngineError::Port { port, source })?;
        let guard = Arc::new(Guard::new(held, key));
        let (running, stopping) = watch::channel(());
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("door".to_owned())
            .spawn(move || {
                // Its end ends the connections that outlived the grace.
                let served = Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .and_then(|runtime| serve(&runtime, listener, &guard, &stopping));
                drop(guard);
                let _ = end.send(served);
            })
            .map_err(EngineError::Thread)?;
        Ok(Self {
            address,
            running,
            ended,
        })
    }

    /// Where the engine answers: `http://127.0.0.1:` and its port.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the port: no new connection, at most 5 seconds for requests that are being answered.
    ///
    /// # Errors
    /// When its thread had failed.
    pub async fn stop(self) -> Result<(), EngineError> {
        drop(self.running);
        let ended = self
            .ended
            .await
            .map_err(|_| failed("its thread panicked"))?;
        ended.map_err(failed)
    }
}

fn listen(port: u16) -> io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

fn serve(
    runtime: &Runtime,
    listener: std::net::TcpListener,
    guard: &Arc<Guard>,
    stopping: &watch::Receiver<()>,
) -> io::Result<()> {
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let mut connections = JoinSet::new();
        let mut warned = false;
        let mut stop = stopping.clone();
        loop {
            let accepted = tokio::select! {
                // Nothing is ever sent: the channel closes when the door is stopped or dropped.
                _ = stop.changed() => break,
                accepted = listener.accept() => accepted,
                // Those that have ended are let go.
                Some(_) = connections.join_next() => continue,
            };
            match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(guard), stopping.clone()));
                }
                Err(error) => {
                    if !warned {
                        warn!(reason = %error, "connections are not taken for want of means; it goes on as soon as there are some");
                        warned = true;
                    }
                    sleep(RECOVERY).await;
                }
            }
        }
        let over = async { while connections.join_next().await.is_some() {} };
        let _ = timeout(GRACE, over).await;
        Ok(())
    })
}

async fn converse(stream: TcpStream, guard: Arc<Guard>, mut stopping: watch::Receiver<()>) {
    let answered = service_fn(|request| {
        let guard = Arc::clone(&guard);
        async move { Ok::<_, Infallible>(guard.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_IN)
        .serve_connection(TokioIo::new(stream), answered);
    let mut connection = std::pin::pin!(connection);
    // A connection that breaks is its client's affair.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
