//! TransferContact: close a session's segment and open the next one, in one record.

use crate::model::command::Command;
use crate::model::destination::{Destination, TransferMethod};
use crate::model::ids::{ContactId, IdempotencyKey, InstanceId, SessionKey};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, Log};
use crate::ports::pause::Pause;
use crate::session_log::append::append;
use crate::session_log::error::AppendError;

/// A contact to transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The session's open contact.
    pub contact: ContactId,
    /// How the next contact comes about.
    pub method: TransferMethod,
    /// Where it leads.
    pub to: Destination,
}

/// A session that has a new contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transferred {
    /// The new contact.
    pub contact: ContactId,
}

/// Closes the contact's segment and opens the next, once for each `key` among the session's newest 32 records.
///
/// # Errors
/// [`AppendError::Refused`] when the contact is not the session's open one.
pub async fn transfer<L: Log + Pause>(
    log: &L,
    instance: &InstanceId,
    transfer: Transfer,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Transferred, AppendError> {
    let session = SessionKey::new(instance, transfer.contact.session());
    let command = Command::Transfer {
        from: transfer.contact,
        method: transfer.method,
        to: transfer.to,
    };
    let appended = append(log, &session, &command, key, Consistency::Eventual, now).await?;
    Ok(Transferred {
        contact: ContactId::new(session.session, appended.record.state.segment),
    })
}
