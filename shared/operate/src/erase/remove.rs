//! Deleting the items of a chat that has been closed.

use domain::SessionKey;
use dynamodb::keys;

use super::items::{Key, partitions};
use super::progress::Progress;
use super::{EraseError, Eraser};

/// How often it looks whether something was left.
const MOST_ROUNDS: u32 = 4;

impl Eraser {
    /// Deletes everything of a closed chat, and says whether there was anything.
    ///
    /// What stands beside the log goes first, then the log from its second record on. Its first record, by which the
    /// index finds the chat, and its last, which says that it has ceased to exist, go at one moment: without the last
    /// the chat would seem to run, without the first nobody would find what is left. A `Query` may yet see one go before
    /// the other, so it looks again for what a call may have written then.
    pub(super) async fn remove(
        &self,
        key: &SessionKey,
        progress: &mut Progress<'_>,
    ) -> Result<bool, EraseError> {
        for round in 0..MOST_ROUNDS {
            let before = progress.erased.items;
            for partition in partitions(key) {
                if partition == keys::partition(key) {
                    self.remove_log(&partition, progress).await?;
                } else {
                    self.remove_partition(&partition, progress).await?;
                }
            }
            if progress.erased.items == before {
                return Ok(round > 0);
            }
        }
        Err(EraseError::StillWritten)
    }

    async fn remove_partition(
        &self,
        partition: &str,
        progress: &mut Progress<'_>,
    ) -> Result<(), EraseError> {
        loop {
            let found = self.keys_of(partition, None).await?;
            if found.is_empty() {
                return Ok(());
            }
            self.delete(&found).await?;
            progress.deleted(found.len());
        }
    }

    async fn remove_log(
        &self,
        partition: &str,
        progress: &mut Progress<'_>,
    ) -> Result<(), EraseError> {
        let mut found = self.keys_of(partition, None).await?;
        let Some(first) = found.first().cloned() else {
            return Ok(());
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
                progress.deleted(part.len());
            }
            found = self.keys_of(partition, Some(highest)).await?;
        }
        let ends: Vec<Key> = [Some(first), last].into_iter().flatten().collect();
        self.delete_at_once(&ends).await?;
        progress.deleted(ends.len());
        Ok(())
    }
}
