//! Closing a chat, so that nobody reads or writes it any more.

use domain::{
    AppendError, Body, Consistency, ContactId, DisconnectReason, IdempotencyKey, Live, Log,
    LogError, Phase, Put, Read, Record, SessionKey, SlotRange, Timestamp,
};

use super::patience::{ShortPauses, patiently};
use super::{EraseError, Eraser};

/// Marks the end that erasing gives a running chat, so that a second try finds the first one's.
const ERASING: IdempotencyKey = IdempotencyKey(*b"operate: erasing");
/// When a closed chat ceased to exist: at the beginning of time, so that no clock is too far behind to see it, and
/// DynamoDB, whose time-to-live passes over what is more than five years old, does not delete what says so.
const BEFORE_ALL: Timestamp = Timestamp::from_millis(0);

/// A chat to which no call writes any more that begins after `at`.
pub(super) struct Closed {
    pub(super) at: Timestamp,
    pub(super) was_running: bool,
}

impl Eraser {
    /// Ends the chat if it runs, and lets it cease to exist. None where nothing stands in its log.
    ///
    /// A second end is put after the first, with a state by which the session's retention has passed. The newest
    /// record's state is what every call goes by, so for all of them the session is gone, as a whole and at once.
    pub(super) async fn close(&self, key: &SessionKey) -> Result<Option<Closed>, EraseError> {
        let mut was_running = false;
        loop {
            let now = (self.now)();
            let tail = match self.tail(key).await {
                // What cannot be read cannot be written after either: every writer reads it first.
                Err(LogError::Corrupt(_)) => {
                    return Ok(Some(Closed {
                        at: now,
                        was_running,
                    }));
                }
                tail => tail?,
            };
            let Some(tail) = tail else {
                return Ok(None);
            };
            if tail.state.is_past_retention(now) {
                let at = tail.state.retained_until.max(tail.at);
                return Ok(Some(Closed { at, was_running }));
            }
            if !tail.state.has_ended() {
                was_running = true;
                match self.end(key, &tail, now).await {
                    Ok(()) | Err(AppendError::NotFound) => continue,
                    // Of the records before this one, which nobody needs who only reads or receives: it ends at once.
                    Err(AppendError::Log(LogError::Corrupt(_))) => {}
                    Err(AppendError::Log(error)) => return Err(error.into()),
                    Err(AppendError::Refused(_) | AppendError::Contended) => {
                        return Err(EraseError::StillWritten);
                    }
                }
            }
            let last = gone(tail, now)?;
            // Taken by another run of this command, if by anybody: what stands there now is read again.
            let put: Put = patiently(self.pace, || self.log.put(key, &last)).await?;
            if put == Put::Stored {
                return Ok(Some(Closed {
                    at: (self.now)(),
                    was_running,
                }));
            }
        }
    }

    /// Whether the chat still runs.
    pub(super) async fn runs(&self, key: &SessionKey) -> Result<bool, EraseError> {
        match self.tail(key).await {
            Ok(tail) => Ok(tail.is_some_and(|tail| {
                !tail.state.has_ended() && !tail.state.is_past_retention((self.now)())
            })),
            Err(LogError::Corrupt(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn end(
        &self,
        key: &SessionKey,
        tail: &Record,
        now: Timestamp,
    ) -> Result<(), AppendError> {
        let contact = ContactId::new(key.session, tail.state.segment);
        let stop = async || {
            let ports = Live {
                log: self.log.clone(),
                connections: (),
                gateway: (),
                pause: ShortPauses::new(),
            };
            domain::stop(&ports, &key.instance, contact, ERASING, now).await
        };
        patiently(self.pace, stop).await.map(|_| ())
    }

    async fn tail(&self, key: &SessionKey) -> Result<Option<Record>, LogError> {
        let newest = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
        let chunk = patiently(self.pace, || self.log.read(key, newest)).await?;
        Ok(chunk.records.into_iter().next())
    }
}

/// The record after the last one that lets the session cease to exist.
fn gone(last: Record, now: Timestamp) -> Result<Record, LogError> {
    let corrupt = || LogError::Corrupt("the log has no next slot".to_owned());
    let slot = last.next_slot().ok_or_else(corrupt)?;
    let reason = match last.body {
        Body::Ended { reason, .. } => reason,
        _ => DisconnectReason::Api,
    };
    let mut parts = last.into_parts();
    parts.slot = slot;
    parts.at = now.max(parts.state.time.next());
    parts.key = ERASING;
    parts.body = Body::Ended { reason, left: None };
    parts.state.phase = Phase::Ended(reason);
    parts.state.time = parts.at;
    parts.state.items += 1;
    parts.state.retained_until = BEFORE_ALL;
    Record::new(parts).map_err(|error| LogError::Corrupt(error.to_string()))
}
