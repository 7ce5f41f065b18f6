//! DescribeContact: one contact of a session, as it is now or as it ended.

use futures_util::future::{OptionFuture, join3};

use crate::model::content::Attributes;
use crate::model::destination::TransferMethod;
use crate::model::ids::{ContactId, CustomerId, InstanceId, QueueId, SessionKey};
use crate::model::record::{Body, Record};
use crate::model::slot::{Slot, SlotRange};
use crate::model::state::DisconnectReason;
use crate::model::time::Timestamp;
use crate::operations::attributes::Present;
use crate::ports::log::{Consistency, Log, read_one};
use crate::ports::side::SideLog;
use crate::session_log::error::AppendError;
use crate::session_log::source::closing;

/// A contact, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The contact.
    pub contact: ContactId,
    /// The contact that was continued, where it was by this one: the initial contact of a chat that was started so,
    /// or the one that was open when a running chat was linked to its past.
    pub related: Option<ContactId>,
    /// By which transfer it came about; none: it was started.
    pub method: Option<TransferMethod>,
    /// When it came about.
    pub initiated: Timestamp,
    /// When anything last happened in it.
    pub updated: Timestamp,
    /// Its end, if it has ended. A contact whose time has passed has not, until somebody notices and writes it down.
    pub disconnected: Option<Disconnected>,
    /// The attributes of its session, as they are now.
    pub attributes: Attributes,
    /// Whose chat it is.
    pub owner: Option<CustomerId>,
    /// The queue that the transfer put it into.
    pub queue: Option<QueueId>,
}

/// The end of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disconnected {
    /// When: the time of its last item.
    pub at: Timestamp,
    /// Why; none where it was transferred by other means than the disconnect flow.
    pub reason: Option<DisconnectReason>,
}

/// Describes a contact of any session that exists.
///
/// One round trip of four reads, side by side: the session's last record and its first, the contact's last and the
/// newest change of attributes after the end. Of a contact that is not the initial one a fifth reads the transfer
/// that opened it. A second round trip reads the records of link and attributes that are none of those: two reads
/// at most. All are strongly consistent.
///
/// # Errors
/// [`AppendError::NotFound`] where the instance has no such contact, or has it no longer.
pub async fn describe<L: Log + SideLog>(
    log: &L,
    instance: &InstanceId,
    contact: ContactId,
    now: Timestamp,
) -> Result<Description, AppendError> {
    let key = SessionKey::new(instance, contact.session());
    let last_of = |contact: ContactId| {
        let segment = SlotRange::segment(contact.ordinal());
        read_one(log, &key, segment, Consistency::Strong)
    };
    let (present, last, before) = join3(
        Present::read(log, &key, contact, now),
        last_of(contact),
        OptionFuture::from(contact.previous().map(last_of)),
    )
    .await;
    let (present, last, before) = (present?, last?, before.transpose()?);
    let present = present.ok_or(AppendError::NotFound)?;
    let session = &present.session;
    let state = &session.tail.state;

    // All is told as it was when the session's last record was read: what has been read apart from that may be older, or
    // newer. Both transfers are read again should they have come between these reads.
    let last = if contact.ordinal() < state.segment {
        Some(closing(log, &key, contact.ordinal(), last).await?)
    } else {
        let tail = session.tail.slot.ordinal() == contact.ordinal();
        tail.then(|| session.tail.clone())
    };
    let opening = match contact.previous() {
        None => session.first.clone(),
        Some(previous) => closing(log, &key, previous.ordinal(), before.flatten()).await?,
    };

    let linked_here = |slot: &Slot| slot.ordinal() == contact.ordinal();
    let link = state.link.filter(linked_here);
    let records = session.records(log, &key);
    let (link, attributes) = match present.late_attributes() {
        Some(late) => (records.link(link).await?, late.clone()),
        None => records.link_and_attributes(link, state.attributes).await?,
    };
    let (method, queue, initiated) = match &opening.body {
        Body::Transferred { method, to, .. } => {
            (Some(*method), to.queue.clone(), opening.state.time)
        }
        _ => (None, None, opening.at),
    };
    Ok(Description {
        contact,
        related: link.map(|link| link.source()),
        method,
        initiated,
        updated: last.as_ref().map_or(initiated, |last| last.state.time),
        disconnected: last.as_ref().and_then(disconnected),
        attributes,
        owner: session.started()?.owner.clone(),
        queue,
    })
}

/// The end that a contact's last record is, if it is one.
fn disconnected(last: &Record) -> Option<Disconnected> {
    let reason = match last.body {
        Body::Transferred { reason, .. } => reason,
        Body::Ended { reason, .. } => Some(reason),
        _ => return None,
    };
    Some(Disconnected {
        at: last.state.time,
        reason,
    })
}
