//! The server itself: on loopback only, until it is told to stop.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use api::Service;
use domain::{CustomerIndex, Log, SideLog};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::routes::routes;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port cannot be had.
    #[error("cannot listen on 127.0.0.1:{port}: {source} (another one is taken with --port N)")]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<io::Result<()>>,
}

/// Serves the service on a port of 127.0.0.1; 0 takes a free one.
///
/// # Errors
/// When the port is taken.
pub async fn serve<L>(service: Service<L>, port: u16) -> Result<Running, StartError>
where
    L: Log + SideLog + CustomerIndex + 'static,
{
    let port_error = |source| StartError::Port { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(port_error)?;
    let address = listener.local_addr().map_err(port_error)?;
    // There is one service for as long as the process lives, and every call borrows it.
    let service: &'static Service<L> = Box::leak(Box::new(service));
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(async move {
        axum::serve(listener, routes(service))
            .with_graceful_shutdown(async move {
                let _ = stopped.await;
            })
            .await
    });
    Ok(Running {
        address,
        stop,
        ended,
    })
}

impl Running {
    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it: calls that are being answered are answered first.
    ///
    /// # Errors
    /// When it had failed.
    pub async fn stop(self) -> io::Result<()> {
        let _ = self.stop.send(());
        self.ended.await?
    }
}
