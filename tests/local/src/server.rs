//! The server itself: on loopback only, until it is told to stop.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use api::{Service, WebsocketUrl};
use domain::{CustomerIndex, Live, Log, SideLog};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cors::Origins;
use crate::pump::pump;
use crate::routes::routes;
use crate::sockets::Sockets;
use crate::store::{Line, plainly};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port cannot be had.
    #[error(
        "cannot listen on 127.0.0.1:{port}: {}; --port N takes another one, 0 any free one",
        plainly(source)
    )]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

/// The service with the WebSockets of this process.
pub(crate) type Local<L, C> = Service<Live<L, C, Sockets>>;

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    sockets: &'static Sockets,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<io::Result<()>>,
    pump: Option<Pump>,
}

#[derive(Debug)]
struct Pump {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

/// Serves the service on a port of 127.0.0.1; 0 takes a free one. There are no WebSockets.
///
/// # Errors
/// When the port is taken.
pub async fn serve<L>(service: Service<L>, port: u16) -> Result<Running, StartError>
where
    L: Log + SideLog + CustomerIndex + 'static,
{
    serve_live(service, None, Origins::default(), port).await
}

/// The same with WebSockets at `/websocket`, where there is a line to the store's stream, and for pages of other origins.
///
/// # Errors
/// When the port is taken.
pub async fn serve_live<L>(
    service: Service<L>,
    line: Option<Line>,
    origins: Origins,
    port: u16,
) -> Result<Running, StartError>
where
    L: Log + SideLog + CustomerIndex + 'static,
{
    let port_error = |source| StartError::Port { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let listener = listener.map_err(port_error)?;
    let address = listener.local_addr().map_err(port_error)?;
    let mut settings = service.settings;
    let (connections, changes) = match line {
        Some(line) => {
            // The environment may name another way here, through a proxy.
            let here = WebsocketUrl::parse(&format!("ws://{address}/websocket")).ok();
            settings.websocket = settings.websocket.or(here);
            (Some(line.connections), Some(line.changes))
        }
        None => (None, None),
    };
    let live = Live {
        log: service.log,
        connections,
        gateway: Sockets::default(),
    };
    // There is one service for as long as the process lives, and every call borrows it.
    let service: &'static Local<L, _> = Box::leak(Box::new(Service {
        log: live,
        settings,
    }));
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(async move {
        axum::serve(listener, routes(service, origins))
            .with_graceful_shutdown(async move {
                let _ = stopped.await;
            })
            .await
    });
    let pump = changes.map(|changes| {
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(pump(service, changes, stopped));
        Pump { stop, ended }
    });
    Ok(Running {
        address,
        sockets: &service.log.gateway,
        stop,
        ended,
        pump,
    })
}

impl Running {
    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it: calls that are being answered are answered first, and WebSockets are closed.
    ///
    /// # Errors
    /// When it had failed.
    pub async fn stop(self) -> io::Result<()> {
        let _ = self.stop.send(());
        self.sockets.close_all().await;
        let ended = self.ended.await?;
        if let Some(pump) = self.pump {
            let _ = pump.stop.send(());
            pump.ended.await?;
        }
        ended
    }
}
