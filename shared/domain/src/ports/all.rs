//! A log, a table of connections, a gateway and a pause as one thing that offers what each of them offers.

use std::time::Duration;

use crate::model::ids::{ConnectionId, CustomerId, InstanceId, SessionKey};
use crate::model::record::Record;
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::connections::{Connections, Socket};
use crate::ports::customer_index::{CustomerIndex, Listed, Listing};
use crate::ports::log::{Chunk, Log, LogError, Put, Read};
use crate::ports::pause::{Pause, TimeLeft, Urgency};
use crate::ports::post::{Effort, Frame, Heard, Post, PostError, Posted};
use crate::ports::side::{SideEntry, SideLog, SidePut, SideRead};

/// Everything that a service stands on. Where one of the four is not needed, `()` stands in its place.
#[derive(Debug, Clone)]
pub struct Live<L, C, P, W> {
    /// Where sessions are kept.
    pub log: L,
    /// Who is connected.
    pub connections: C,
    /// What reaches them.
    pub gateway: P,
    /// How a call waits before it tries again.
    pub pause: W,
}

impl<L: Log, C, P, W> Log for Live<L, C, P, W>
where
    C: Send + Sync,
    P: Send + Sync,
    W: Send + Sync,
{
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        self.log.read(session, read).await
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        self.log.put(session, record).await
    }
}

impl<L: SideLog, C, P, W> SideLog for Live<L, C, P, W>
where
    C: Send + Sync,
    P: Send + Sync,
    W: Send + Sync,
{
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        self.log.read_side(session, read).await
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        self.log.put_side(session, entry, retained_until).await
    }
}

impl<L: CustomerIndex, C, P, W> CustomerIndex for Live<L, C, P, W>
where
    C: Send + Sync,
    P: Send + Sync,
    W: Send + Sync,
{
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        let (log, place) = (&self.log, before);
        log.sessions_of(instance, customer, place, limit).await
    }
}

impl<L, C: Connections, P, W> Connections for Live<L, C, P, W>
where
    L: Send + Sync,
    P: Send + Sync,
    W: Send + Sync,
{
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        self.connections.sockets_of(session).await
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        self.connections.socket(connection).await
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        self.connections.put_socket(socket).await
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        self.connections.mark_subscribed(socket, after).await
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        self.connections.mark_caught_up(socket, after).await
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        self.connections.forget(socket).await
    }
}

impl<L, C, P: Post, W> Post for Live<L, C, P, W>
where
    L: Send + Sync,
    C: Send + Sync,
    W: Send + Sync,
{
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        effort: Effort,
    ) -> Result<Posted, PostError> {
        self.gateway.post(connection, frames, effort).await
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        self.gateway.heard(connection).await
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        self.gateway.close(connection).await
    }
}

impl<L, C, P, W: Pause> Pause for Live<L, C, P, W>
where
    L: Send + Sync,
    C: Send + Sync,
    P: Send + Sync,
{
    async fn pause(&self, bound: Duration, urgency: Urgency) -> TimeLeft {
        self.pause.pause(bound, urgency).await
    }
}
