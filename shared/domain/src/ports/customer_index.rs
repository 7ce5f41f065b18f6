//! The index of a customer's chats: which sessions are whose, newest first.

use std::future::Future;

use crate::model::ids::{CustomerId, InstanceId, SessionId};
use crate::model::time::Timestamp;
use crate::ports::log::LogError;

/// What finds the sessions of a customer. Nothing that must be correct reads it: it may lag behind the logs.
pub trait CustomerIndex: Send + Sync {
    /// The sessions of `customer` in `instance` that began before the place `before`, newest first, at most
    /// `limit` of them.
    fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> impl Future<Output = Result<Listing, LogError>> + Send;
}

/// A place in a customer's list of sessions, and the session there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// When the session began.
    pub started: Timestamp,
    /// The session.
    pub session: SessionId,
}

/// A part of a customer's list of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The sessions, newest first.
    pub sessions: Vec<Listed>,
    /// Whether there may be earlier ones.
    pub more: bool,
}
