//! The server itself: it listens at its door until it is stopped.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use api::{Service, Websockets};
use domain::{CustomerIndex, Live, Log, SideLog};
use lambda::CallPause;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::warn;

use crate::accept;
use crate::door::Door;
use crate::pump::pump;
use crate::routes::routes;
use crate::sockets::Sockets;
use crate::store::{Line, plainly};

/// How long a stop waits for calls that are being answered and for WebSockets to close: as long as a call may take.
pub(crate) const GRACE: Duration = lambda::CALL_TIMEOUT;
/// How long it then waits for what was written last to be delivered. So a stop takes ten seconds at most.
const LAST_BATCH: Duration = Duration::from_secs(1);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address or the port cannot be had.
    #[error(
        "cannot listen on {address}: {}; --port N takes another port, 0 any free one, --host ADDRESS another address",
        plainly(source)
    )]
    Port {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// The service with the WebSockets of this process.
pub(crate) type Local<L, C> = Service<Live<L, C, Sockets, CallPause>>;

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    sockets: &'static Sockets,
    /// Dropped to tell connections to end.
    running: watch::Sender<()>,
    ended: JoinHandle<()>,
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
    serve_live(service, None, Door::here(port)).await
}

/// The same at any door, with WebSockets at `/websocket` where there is a line to the store's stream.
///
/// # Errors
/// When the address is not this machine's, or the port is taken.
pub async fn serve_live<L>(
    service: Service<L>,
    line: Option<Line>,
    door: Door,
) -> Result<Running, StartError>
where
    L: Log + SideLog + CustomerIndex + 'static,
{
    let address = door.address;
    let unheard = |source| StartError::Port { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let mut settings = service.settings;
    let (connections, changes) = match line {
        Some(line) => {
            // The environment may name another way here, through a proxy.
            if settings.websockets == Websockets::Nowhere {
                let loopback = door.loopback();
                settings.websockets = Websockets::WhereCalled { loopback };
            }
            (Some(line.connections), Some(line.changes))
        }
        None => (None, None),
    };
    let live = Live {
        log: service.log,
        connections,
        gateway: Sockets::default(),
        pause: CallPause,
    };
    // There is one service for as long as the process lives, and every call borrows it.
    let service: &'static Local<L, _> = Box::leak(Box::new(Service {
        log: live,
        settings,
    }));
    let (running, stopping) = watch::channel(());
    let routes = routes(service, door);
    let ended = tokio::spawn(accept::serve(listener, routes, stopping, GRACE));
    let pump = changes.map(|changes| {
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(pump(service, changes, stopped));
        Pump { stop, ended }
    });
    Ok(Running {
        address,
        sockets: &service.log.gateway,
        running,
        ended,
        pump,
    })
}

impl Running {
    /// Where it answers this machine.
    pub fn url(&self) -> String {
        let ip = match self.address {
            SocketAddr::V4(address) if address.ip().is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(address) if address.ip().is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            address => address.ip(),
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Stops it: calls that are being answered are answered first, and WebSockets are closed. It takes ten seconds at most,
    /// whatever clients do.
    ///
    /// # Errors
    /// When it had failed.
    pub async fn stop(self) -> io::Result<()> {
        drop(self.running);
        let ((), ended) = tokio::join!(self.sockets.close_all(GRACE), self.ended);
        ended?;
        let Some(pump) = self.pump else {
            return Ok(());
        };
        let _ = pump.stop.send(());
        let stopping = pump.ended.abort_handle();
        match timeout(LAST_BATCH, pump.ended).await {
            Ok(ended) => ended?,
            Err(_) => {
                warn!("what was written last was not delivered to everybody");
                stopping.abort();
            }
        }
        Ok(())
    }
}
