//! Deleting the items of a chat that has been closed.

use domain::SessionKey;
use dynamodb::keys;

use super::items::{Key, partitions};
use super::{EraseError, Eraser};

/// How often it looks whether something was left.
const MOST_ROUNDS: u32 = 4;

impl Eraser {
    /// Deletes everything of a closed chat, and says how many items that were.
    ///
    /// What stands beside the log goes first, then the log from its second record on. Its first record, by which the
    /// index finds the chat, and its last, which says that it has ceased to exist, go at one moment: without the last
    /// the chat would seem to run, without the first nobody would find what is left. A `Query` may yet see one go before
    /// the other, so it looks again for what a call may have written then.
    pub(super) async fn remove(&self, key: &SessionKey) -> Result<u64, EraseError> {
        let (mut items, mut rounds) = (0, 0);
        loop {
            let before = items;
            for partition in partitions(key) {
                items += if partition == keys::partition(key) {
                    self.remove_log(&partition).await?
                } else {
                    self.remove_partition(&partition).await?
                };
            }
            if items == before {
                return Ok(items);
            }
            rounds += 1;
            if rounds == MOST_ROUNDS {
                return Err(EraseError::StillWritten);
            }
        }
    }

    async fn remove_partition(&self, partition: &str) -> Result<u64, EraseError> {
        let mut items = 0;
        loop {
            let found = self.keys_of(partition, None).await?;
            if found.is_empty() {
                return Ok(items);
            }
            self.delete(&found).await?;
            items += found.len() as u64;
        }
    }

    async fn remove_log(&self, partition: &str) -> Result<u64, EraseError> {
        let mut items = 0;
        let mut found = self.keys_of(partition, None).await?;
        let Some(first) = found.first().cloned() else {
            return Ok(0);
        };
        // The highest key seen so far is held back, since it may be the last.
        let mut last: Option<Key> = None;
        loop {
            let mut middle: Vec<Key> = found.into_iter().filter(|key| *key != first).collect();
            let Some(highest) = middle.pop() else {
                break;
            };
            middle.extend(last.replace(highest.clone()));
            for part in middle.chunks(super::items::MOST_DELETED) {
                self.delete(part).await?;
                items += part.len() as u64;
            }
            found = self.keys_of(partition, Some(highest)).await?;
        }
        let ends: Vec<Key> = [Some(first), last].into_iter().flatten().collect();
        self.delete_at_once(&ends).await?;
        Ok(items + ends.len() as u64)
    }
}
