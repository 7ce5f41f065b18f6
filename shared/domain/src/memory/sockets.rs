//! Connections and a gateway in memory: for tests, and as the plainest reading of what the ports promise.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::ids::{ConnectionId, SessionKey};
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::connections::{Connections, Socket};
use crate::ports::log::LogError;
use crate::ports::post::{Effort, Frame, Heard, Post, PostError, Posted};

/// A table of connections that forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryConnections(Mutex<BTreeMap<ConnectionId, Noted>>);

/// A socket by its session, and the same by its connection.
#[derive(Debug)]
struct Noted {
    by_session: Socket,
    by_connection: Socket,
}

impl MemoryConnections {
    fn sockets(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections for MemoryConnections {
    async fn sockets_of(&self, session: &SessionKey) -> Result<Vec<Socket>, LogError> {
        let sockets = self.sockets();
        let all = sockets.values().map(|noted| &noted.by_session);
        let theirs = all.filter(|each| each.session == *session);
        Ok(theirs.cloned().collect())
    }

    async fn socket(&self, connection: &ConnectionId) -> Result<Option<Socket>, LogError> {
        let sockets = self.sockets();
        let noted = sockets.get(connection);
        Ok(noted.map(|noted| noted.by_connection.clone()))
    }

    async fn put_socket(&self, socket: &Socket) -> Result<(), LogError> {
        let connection = socket.connection.clone();
        let noted = Noted {
            by_session: socket.clone(),
            by_connection: socket.clone(),
        };
        self.sockets().insert(connection, noted);
        Ok(())
    }

    async fn mark_subscribed(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let mut sockets = self.sockets();
        let noted = sockets.get_mut(&socket.connection);
        let mark = noted.map(|noted| noted.by_session.subscribed.get_or_insert(after));
        Ok(mark.is_some())
    }

    async fn mark_caught_up(&self, socket: &Socket, after: Slot) -> Result<bool, LogError> {
        let mut sockets = self.sockets();
        let noted = sockets.get_mut(&socket.connection);
        let mark = noted.map(|noted| noted.by_connection.subscribed = Some(after));
        Ok(mark.is_some())
    }

    async fn forget(&self, socket: &Socket) -> Result<(), LogError> {
        self.sockets().remove(&socket.connection);
        Ok(())
    }
}

/// A gateway that keeps what is posted. A connection is there once it was opened, until it is closed.
#[derive(Debug, Default)]
pub struct MemoryGateway(Mutex<BTreeMap<ConnectionId, Line>>);

#[derive(Debug)]
struct Line {
    broken: bool,
    heard: Timestamp,
    posted: Vec<Frame>,
}

impl MemoryGateway {
    fn lines(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a connection, whose client was last heard then.
    pub fn open(&self, connection: &ConnectionId, heard: Timestamp) {
        let line = Line {
            broken: false,
            heard,
            posted: Vec::new(),
        };
        self.lines().insert(connection.clone(), line);
    }

    /// Hears a connection's client.
    pub fn hears(&self, connection: &ConnectionId, at: Timestamp) {
        if let Some(line) = self.lines().get_mut(connection) {
            line.heard = at;
        }
    }

    /// Cuts a connection, and tells nobody.
    pub fn cut(&self, connection: &ConnectionId) {
        self.lines().remove(connection);
    }

    /// Lets everything fail that is asked of a connection from now on.
    pub fn jam(&self, connection: &ConnectionId) {
        if let Some(line) = self.lines().get_mut(connection) {
            line.broken = true;
        }
    }

    /// Lets a connection work again.
    pub fn mend(&self, connection: &ConnectionId) {
        if let Some(line) = self.lines().get_mut(connection) {
            line.broken = false;
        }
    }

    /// Whether a connection is open.
    pub fn is_open(&self, connection: &ConnectionId) -> bool {
        self.lines().contains_key(connection)
    }

    /// Takes what was posted to a connection since this was asked for the last time.
    pub fn take(&self, connection: &ConnectionId) -> Vec<Frame> {
        let mut lines = self.lines();
        let line = lines.get_mut(connection);
        line.map(|line| std::mem::take(&mut line.posted))
            .unwrap_or_default()
    }
}

impl Post for MemoryGateway {
    async fn post(
        &self,
        connection: &ConnectionId,
        frames: &[&Frame],
        _: Effort,
    ) -> Result<Posted, PostError> {
        match self.lines().get_mut(connection) {
            None => Ok(Posted::Gone),
            Some(line) if line.broken => Err(PostError("jammed".to_owned())),
            Some(line) => {
                line.posted
                    .extend(frames.iter().map(|frame| (*frame).clone()));
                Ok(Posted::Delivered)
            }
        }
    }

    async fn heard(&self, connection: &ConnectionId) -> Result<Heard, PostError> {
        match self.lines().get(connection) {
            None => Ok(Heard::Gone),
            Some(line) if line.broken => Err(PostError("jammed".to_owned())),
            Some(line) => Ok(Heard::At(line.heard)),
        }
    }

    async fn close(&self, connection: &ConnectionId) -> Result<(), PostError> {
        let mut lines = self.lines();
        if lines.get(connection).is_some_and(|line| line.broken) {
            return Err(PostError("jammed".to_owned()));
        }
        lines.remove(connection);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::contract;

    #[test]
    fn keeps_every_promise_of_a_table_of_connections() {
        block_on(contract::check_connections(
            &MemoryConnections::default(),
            1,
        ));
    }
}
