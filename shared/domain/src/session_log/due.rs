//! A session as it is now: whoever finds that its time has passed ends it first.

use crate::model::command::Command;
use crate::model::decide::Refusal;
use crate::model::ids::SessionKey;
use crate::model::record::Record;
use crate::model::slot::SlotRange;
use crate::model::state::State;
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log, read_one};
use crate::ports::pause::Pause;
use crate::session_log::append::{NO_REQUEST, append};
use crate::session_log::error::AppendError;

/// The session's state after its newest record. Where its time has passed, its end is written down first.
pub(crate) async fn as_of_now<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    tail: Option<Record>,
    now: Timestamp,
) -> Result<State, AppendError> {
    let exists = |tail: &Record| !tail.state.is_past_retention(now);
    let state = |tail: Option<Record>| match tail.filter(exists) {
        Some(tail) => Ok(tail.into_parts().state),
        None => Err(AppendError::NotFound),
    };
    let before = state(tail)?;
    if before.deadline().is_none_or(|(deadline, _)| now < deadline) {
        return Ok(before);
    }
    let expire = Command::Expire;
    match append(log, session, &expire, NO_REQUEST, Consistency::Strong, now).await {
        Ok(ended) => Ok(ended.record.into_parts().state),
        // Somebody connected in the very last moment, which put the deadline off.
        Err(AppendError::Refused(Refusal::NotExpired)) => {
            state(read_one(log, session, SlotRange::ALL, Consistency::Strong).await?)
        }
        Err(error) => Err(error),
    }
}
