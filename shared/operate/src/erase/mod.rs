//! Erasing chats: everything of a customer, or the one chat of a contact.
//!
//! Functions go on answering meanwhile, and calls of theirs may be under way. So every chat is first closed (`close`):
//! it ends, and from then on it has ceased to exist for every reader and every writer, as if its retention had passed.
//! Once every call that may have begun before is over, its items are deleted (`remove`), those by which it is found
//! last. Wherever the command is stopped, what is left is found by the next run, and nobody can write to it.

mod close;
mod items;
mod past;
mod patience;
mod progress;
mod remove;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use domain::{
    ContactId, CustomerId, CustomerIndex, InstanceId, Listed, LogError, SessionKey, Timestamp,
};
use dynamodb::DynamoDbLog;

use past::Seen;
use patience::patiently;
use progress::{Listener, Progress};

pub use items::partitions;
pub use progress::News;

/// How many chats are closed before the first of them is deleted: so many are kept in memory.
const BATCH: usize = 100;
/// How often the index may show nothing but what is gone already.
const MOST_LOOKS: u32 = 20;

/// Erases chats from one table.
#[derive(Debug, Clone)]
pub struct Eraser {
    client: Client,
    log: DynamoDbLog,
    table: String,
    pace: Pace,
    now: fn() -> Timestamp,
    tell: Listener,
}

/// How long to wait, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For calls that may have begun before a chat was closed: longer than any function may take.
    pub calls_are_over: Duration,
    /// For a start that is under way to come to its end, and for the index to show it.
    pub index_settles: Duration,
    /// Before what was throttled is tried again, the first time.
    pub throttled: Duration,
}

impl Default for Pace {
    /// Functions have 10 seconds; three times as much also covers clocks that differ.
    fn default() -> Self {
        Self {
            calls_are_over: Duration::from_secs(30),
            index_settles: Duration::from_secs(15),
            throttled: Duration::from_millis(100),
        }
    }
}

/// What has been erased, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Chats.
    pub chats: u64,
    /// Those of them that still ran.
    pub running: u64,
    /// Items of the table: records, receipts, attributes.
    pub items: u64,
}

/// Why not everything was erased. To run the same command again is always right.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The table cannot be read or written.
    #[error("{0}")]
    Table(#[from] LogError),
    /// The index goes on listing chats of which nothing is left.
    #[error("the index still lists {0} chats that are gone; run the command again in some minutes")]
    IndexLags(usize),
    /// Somebody goes on writing to a chat that has ceased to exist.
    #[error("something was written to a chat while it was erased; run the command again")]
    StillWritten,
}

impl Eraser {
    /// Erases from `table`, and tells how it goes.
    pub fn new(
        client: Client,
        table: impl Into<String>,
        pace: Pace,
        now: fn() -> Timestamp,
        tell: impl Fn(News) + Send + Sync + 'static,
    ) -> Self {
        let table = table.into();
        Self {
            log: DynamoDbLog::new(client.clone(), &*table),
            client,
            table,
            pace,
            now,
            tell: Listener(Arc::new(tell)),
        }
    }

    /// Erases every chat of a customer, until the index has twice shown none. Chats of nobody that they continue are told
    /// before ([`News::Continued`]), and are not erased.
    ///
    /// # Errors
    /// When the table fails, or is written to all the time. What is left is found by the next run.
    pub async fn customer(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
    ) -> Result<Erased, EraseError> {
        let (mut progress, mut in_vain) = (Progress::new(&*self.tell.0), 0);
        let mut seen = Seen::default();
        loop {
            let sessions = self.listed(instance, customer, None).await?.sessions;
            let keys: Vec<_> = sessions
                .iter()
                .map(|listed| SessionKey::new(instance, listed.session))
                .collect();
            for key in &keys {
                self.tell_of_past(key, &mut seen).await?;
            }
            let before = progress.erased;
            self.batch(&keys, &mut progress).await?;
            if progress.erased != before {
                progress.tell();
                in_vain = 0;
                continue;
            }
            in_vain += 1;
            if keys.is_empty() && in_vain > 1 {
                return Ok(progress.erased);
            }
            if in_vain > MOST_LOOKS {
                return Err(EraseError::IndexLags(keys.len()));
            }
            tokio::time::sleep(self.pace.index_settles).await;
        }
    }

    /// Erases the chat that a contact belongs to, whoever's it is.
    ///
    /// # Errors
    /// As [`Eraser::customer`].
    pub async fn contact(
        &self,
        instance: &InstanceId,
        contact: ContactId,
    ) -> Result<Erased, EraseError> {
        let mut progress = Progress::new(&*self.tell.0);
        let key = SessionKey::new(instance, contact.session());
        self.batch(&[key], &mut progress).await?;
        Ok(progress.erased)
    }

    /// Counts what [`Eraser::customer`] would erase, and tells of the same chats of nobody.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn count_customer(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
    ) -> Result<Erased, EraseError> {
        let (mut counted, mut before) = (Erased::default(), None);
        let mut seen = Seen::default();
        loop {
            let listing = self.listed(instance, customer, before).await?;
            for listed in &listing.sessions {
                let key = SessionKey::new(instance, listed.session);
                self.tell_of_past(&key, &mut seen).await?;
                self.count(&key, &mut counted).await?;
            }
            before = listing.sessions.last().copied();
            if !listing.more || before.is_none() {
                return Ok(counted);
            }
        }
    }

    /// Counts what [`Eraser::contact`] would erase.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn count_contact(
        &self,
        instance: &InstanceId,
        contact: ContactId,
    ) -> Result<Erased, EraseError> {
        let mut counted = Erased::default();
        let key = SessionKey::new(instance, contact.session());
        self.count(&key, &mut counted).await?;
        Ok(counted)
    }

    async fn listed(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
    ) -> Result<domain::Listing, LogError> {
        patiently(self.pace, || {
            self.log.sessions_of(instance, customer, before, BATCH)
        })
        .await
    }

    /// Closes these chats, waits until nobody can be writing to any of them, and deletes them.
    async fn batch(
        &self,
        keys: &[SessionKey],
        progress: &mut Progress<'_>,
    ) -> Result<(), EraseError> {
        let (mut quiet, mut chats) = (Timestamp::from_millis(0), 0);
        for key in keys {
            if let Some(closed) = self.close(key).await? {
                chats += 1;
                progress.erased.running += u64::from(closed.was_running);
                quiet = quiet.max(closed.at + self.pace.calls_are_over);
            }
        }
        let wait = quiet.as_millis().saturating_sub((self.now)().as_millis());
        if wait > 0 {
            (self.tell.0)(News::Closed(chats));
        }
        let longest = self.pace.calls_are_over;
        // A clock that is wrong must not make it wait for years.
        tokio::time::sleep(Duration::from_millis(wait).min(longest)).await;
        progress.waited();
        for key in keys {
            let removed = self.remove(key, progress).await?;
            progress.erased.chats += u64::from(removed);
        }
        Ok(())
    }

    async fn count(&self, key: &SessionKey, counted: &mut Erased) -> Result<(), EraseError> {
        let items = self.count_items(key).await?;
        counted.items += items;
        counted.chats += u64::from(items > 0);
        counted.running += u64::from(self.runs(key).await?);
        Ok(())
    }
}
