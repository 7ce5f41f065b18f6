//! The WebSockets that this process holds open: the gateway of the local service.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{ConnectionId, Effort, Frame, Heard, Post, PostError, Posted, Timestamp};
use tokio::sync::{Notify, mpsc};

/// How many frames wait for a client that does not read. One more, and it is closed.
const WAITING: usize = 1_024;

/// How many WebSockets may be open at a time.
const MOST: usize = 4_096;

/// The open WebSockets by their connection's ids.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    open: Mutex<BTreeMap<ConnectionId, Line>>,
    /// Rings whenever something may have been written that is to be told.
    written: Notify,
    /// Rings whenever a WebSocket has ended.
    ended: Notify,
    running: Mutex<usize>,
}

#[derive(Debug)]
struct Line {
    sender: mpsc::Sender<Frame>,
    heard: Timestamp,
}

impl Sockets {
    fn open(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Line>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a WebSocket in: what is posted to it comes out of the receiver, which ends when it is to be closed.
    pub(crate) fn add(&self, connection: &ConnectionId, now: Timestamp) -> mpsc::Receiver<Frame> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let line = Line { sender, heard: now };
        self.open().insert(connection.clone(), line);
        receiver
    }

    /// Whether no further WebSocket may open.
    pub(crate) fn is_full(&self) -> bool {
        self.open().len() >= MOST
    }

    /// Says that a WebSocket's client was heard.
    pub(crate) fn hears(&self, connection: &ConnectionId, now: Timestamp) {
        if let Some(line) = self.open().get_mut(connection) {
            line.heard = now;
        }
    }

    /// Closes a WebSocket.
    pub(crate) fn remove(&self, connection: &ConnectionId) {
        self.open().remove(connection);
    }

    /// Says that something may have been written.
    pub(crate) fn written(&self) {
        self.written.notify_one();
    }

    /// Waits until something may have been written.
    pub(crate) async fn wait_for_writes(&self) {
        self.written.notified().await;
    }

    /// Counts a WebSocket that is served, until what it gives is dropped.
    pub(crate) fn serving(&self) -> Serving<'_> {
        *self.running() += 1;
        Serving(self)
    }

    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes all, and waits so long for their clients to close too.
    pub(crate) async fn close_all(&self, grace: Duration) {
        self.open().clear();
        let all = async {
            loop {
                let ended = self.ended.notified();
                if *self.running() == 0 {
                    return;
                }
                ended.await;
            }
        };
        let _ = tokio::time::timeout(grace, all).await;
    }
}

/// A WebSocket that is served.
pub(crate) struct Serving<'a>(&'a Sockets);

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        *self.0.running() -= 1;
        self.0.ended.notify_one();
    }
}

impl Post for Sockets {
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        _: Effort,
    ) -> Result<Posted, PostError> {
        use mpsc::error::TrySendError;
        let open = self.open();
        let Some(line) = open.get(connection) else {
            return Ok(Posted::Gone);
        };
        for frame in frames {
            match line.sender.try_send((*frame).clone()) {
                Ok(()) => {}
                Err(TrySendError::Closed(_)) => return Ok(Posted::Gone),
                Err(TrySendError::Full(_)) => {
                    return Err(PostError("its client does not read".to_owned()));
                }
            }
        }
        Ok(Posted::Delivered)
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        let open = self.open();
        Ok(open
            .get(connection)
            .map_or(Heard::Gone, |line| Heard::At(line.heard)))
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        self.remove(connection);
        Ok(())
    }
}
