//! Connections: each is accepted, served in HTTP/1.1 alone, and ended where its client stands still.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tracing::{debug, warn};

/// How long a client may take for the head of a request, from the opening of its connection or from the answer before:
/// so long is a connection kept that asks nothing.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// How long a client may read nothing of an answer that waits for it.
const READ_TIME: Duration = Duration::from_secs(15);
/// The largest head of a request, in bytes: three times what API Gateway takes
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const MOST_HEAD_BYTES: usize = 32 * 1024;
/// How many connections are served at a time, besides WebSockets; others wait.
const MOST_CONNECTIONS: usize = 1_024;
/// How long nothing is accepted after the system refused to, as it does where there is no file descriptor left.
const REST: Duration = Duration::from_millis(100);

/// Accepts connections until the other end of `running` is dropped, then answers what was asked before, for so long.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    running: watch::Receiver<()>,
    grace: Duration,
) {
    let mut connections = JoinSet::new();
    let mut stopped = running.clone();
    tokio::select! {
        () = accept(&listener, &routes, &running, &mut connections) => {}
        _ = stopped.changed() => {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(grace, all).await.is_err() {
        let left = connections.len();
        warn!(left, "connections are cut off: their clients stand still");
        connections.shutdown().await;
    }
}

async fn accept(
    listener: &TcpListener,
    routes: &Router,
    running: &watch::Receiver<()>,
    connections: &mut JoinSet<()>,
) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut well = true;
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                well = true;
                connections.spawn(connection(stream, routes.clone(), running.clone(), place));
            }
            Err(error) if is_of_the_client(error.kind()) => {}
            Err(error) => {
                if well {
                    warn!(%error, "no connection can be accepted: it is tried again and again");
                }
                well = false;
                sleep(REST).await;
            }
        }
    }
}

/// Whether it is that one connection that failed, and not the system.
fn is_of_the_client(error: ErrorKind) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error,
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Serves a connection until either side ends it, or a WebSocket takes it over.
async fn connection(
    stream: TcpStream,
    routes: Router,
    mut running: watch::Receiver<()>,
    _place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(READ_TIME));
    let mut http = Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MOST_HEAD_BYTES);
    let service = TowerToHyperService::new(routes);
    let serving = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut serving = Box::pin(serving.with_upgrades());
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        _ = running.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    match ended {
        Err(error) if error.is_parse() => {
            warn!(%error, "a connection was refused: what it sent is not HTTP/1.1 (is it called by https? it speaks http)");
        }
        Err(error) => debug!(%error, "a connection ended early"),
        Ok(()) => {}
    }
}
