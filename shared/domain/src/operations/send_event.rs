//! SendEvent: let others know that one is typing, or that a message has reached one.

use futures_util::future::join;

use crate::live::audience::Audience;
use crate::live::news::{News, Told};
use crate::model::decide::{Certainty, Refusal, running, taking_part};
use crate::model::ids::{ContactId, IdempotencyKey, ItemId, ParticipantId, SessionId, SessionKey};
use crate::model::item::ItemKind;
use crate::model::record::Record;
use crate::model::slot::{Slot, SlotRange};
use crate::model::state::{Participant, State};
use crate::model::time::Timestamp;
use crate::operations::send::Sent;
use crate::ports::log::{Consistency, Log, LogError, read_one};
use crate::ports::pause::Pause;
use crate::ports::side::{Receipt, ReceiptKind, SideEntry, SideLog, SidePut, SideRange, SideRead};
use crate::session_log::due::as_of_now;
use crate::session_log::error::AppendError;

/// With more participants than this at once nobody can say of a message that it has arrived
/// ([SendEvent](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendEvent.html)).
const MOST_RECIPIENTS: usize = 2;

/// What a participant lets others know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Something that nobody needs to know: checked, and not kept.
    Passing,
    /// That they are typing: checked, told to the others who are connected, and not kept.
    Typing,
    /// That a message has reached them.
    Receipt {
        /// The message, or none where what was named can be no item of ours.
        message: Option<ItemId>,
        /// How.
        kind: ReceiptKind,
    },
}

/// An event that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The answer.
    pub sent: Sent,
    /// What the others are to be told at once.
    pub told: Option<Told>,
}

/// Why an event was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A receipt in a chat of more than two connected participants.
    #[error("too many participants for receipts")]
    TooManyRecipients,
    /// The session is not there, or refuses, or the store failed.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<LogError> for EventError {
    fn from(error: LogError) -> Self {
        Self::Append(error.into())
    }
}

impl From<Refusal> for EventError {
    fn from(refusal: Refusal) -> Self {
        Self::Append(AppendError::Refused(refusal))
    }
}

/// Takes an event of a participant.
///
/// A receipt is kept beside the log; the first one of its kind stands, and every repetition is answered with
/// its id and time, whatever has happened since. Nothing is kept, and nothing is wrong, where it is for one's
/// own message, for an item that is no message, for none at all, or for a message of a past session: clients
/// send receipts for all that they show, and nothing may be added to a session that has ended. `key` makes the id
/// of an answer behind which nothing stands.
///
/// A receipt that is kept, now or before, and that one is typing are to be told to the others: once more where the
/// request is repeated, since it is not known whether they were told the first time.
///
/// An event of the moment costs one eventually consistent read, a receipt two strongly consistent ones at the
/// same time and a put.
///
/// # Errors
/// [`AppendError::Refused`] when the session has ended or does not know the participant;
/// [`EventError::TooManyRecipients`] for receipts.
pub async fn send_event<L: Log + Pause + SideLog>(
    log: &L,
    session: &SessionKey,
    sender: ParticipantId,
    event: Event,
    key: IdempotencyKey,
    now: Timestamp,
) -> Result<Taken, EventError> {
    match event {
        Event::Passing => {
            pass(log, session, sender, now).await?;
            Ok(untold(passing(key, now)))
        }
        Event::Typing => {
            let state = pass(log, session, sender, now).await?;
            let sent = passing(key, now);
            let typing = |participant: &Participant| News::Typing {
                id: sent.id,
                at: sent.at,
                contact: ContactId::new(session.session, state.segment),
                participant: participant.clone(),
            };
            let news = state.participant(sender).map(typing);
            let told = news.map(|news| to_others(&state, sender, news));
            Ok(Taken { sent, told })
        }
        Event::Receipt { message, kind } => {
            let taken = receive(log, session, sender, message, kind, now).await?;
            Ok(taken.unwrap_or(untold(passing(key, now))))
        }
    }
}

const fn untold(sent: Sent) -> Taken {
    Taken { sent, told: None }
}

fn to_others(state: &State, sender: ParticipantId, news: News) -> Told {
    Told {
        to: Audience::present_but(state, sender),
        of: None,
        news,
    }
}

/// Checks that somebody takes part in a running session, and gives its state.
async fn pass<L: Log + Pause>(
    log: &L,
    session: &SessionKey,
    sender: ParticipantId,
    now: Timestamp,
) -> Result<State, EventError> {
    let mut consistency = Consistency::Eventual;
    loop {
        let tail = read_one(log, session, SlotRange::ALL, consistency).await?;
        let stale = consistency == Consistency::Eventual;
        consistency = Consistency::Strong;
        if tail.is_none() && stale {
            continue;
        }
        let state = as_of_now(log, session, tail, now).await?;
        match running(&state).and_then(|()| taking_part(&state, sender)) {
            Err(refusal) if stale && refusal.certainty() == Certainty::Now => {}
            Err(refusal) => return Err(refusal.into()),
            Ok(_) => return Ok(state),
        }
    }
}

/// Keeps a receipt; none where there is nothing to keep.
async fn receive<L: Log + Pause + SideLog>(
    log: &L,
    session: &SessionKey,
    recipient: ParticipantId,
    message: Option<ItemId>,
    kind: ReceiptKind,
    now: Timestamp,
) -> Result<Option<Taken>, EventError> {
    let tail = read_one(log, session, SlotRange::ALL, Consistency::Strong);
    let record = async {
        match message.and_then(ItemId::slot) {
            None => Ok(None),
            Some(slot) => read_one(log, session, SlotRange::only(slot), Consistency::Strong).await,
        }
    };
    let (tail, record) = join(tail, record).await;
    let said = record?.zip(message).and_then(|(record, message)| {
        let said = said_by(&record, session.session, message)?;
        (said != recipient).then_some(Receipt {
            message: record.slot,
            recipient,
            kind,
            // It has not arrived before it was sent, whatever this clock says.
            at: now.max(record.state.time),
        })
    });
    let state = as_of_now(log, session, tail?, now).await?;
    let part = running(&state).and_then(|()| taking_part(&state, recipient));
    let refused = match part {
        Err(refusal) => Some(refusal.into()),
        Ok(_) if state.active_participants() > MOST_RECIPIENTS => {
            Some(EventError::TooManyRecipients)
        }
        Ok(_) => None,
    };
    let receipt = match (said, refused) {
        // Before every refusal: what was done once is answered as it was, whatever has happened since.
        (Some(receipt), Some(refused)) => match stored(log, session, receipt).await? {
            Some(stored) => return Ok(Some(untold(answer(session, stored)))),
            None => return Err(refused),
        },
        (None, Some(refused)) => return Err(refused),
        (None, None) => return Ok(None),
        (Some(receipt), None) => keep(log, session, receipt, state.retained_until).await?,
    };
    let sent = answer(session, receipt);
    let news = message.map(|message| News::Received {
        id: sent.id,
        contact: ContactId::new(session.session, state.segment),
        message,
        receipt,
    });
    Ok(Some(Taken {
        sent,
        told: news.map(|news| to_others(&state, recipient, news)),
    }))
}

/// Keeps a receipt, and gives the one that is kept: the first of its kind.
async fn keep<L: SideLog>(
    log: &L,
    session: &SessionKey,
    receipt: Receipt,
    retained_until: Timestamp,
) -> Result<Receipt, LogError> {
    let entry = SideEntry::Receipt(receipt);
    match log.put_side(session, &entry, retained_until).await? {
        SidePut::Stored => Ok(receipt),
        SidePut::Taken(occupant) => match occupant.map(|occupant| *occupant) {
            Some(SideEntry::Receipt(first)) => Ok(first),
            _ => {
                let first = stored(log, session, receipt).await?;
                first.ok_or_else(LogError::gap)
            }
        },
    }
}

/// Who has said the message of this id, if the record is one.
fn said_by(record: &Record, session: SessionId, id: ItemId) -> Option<ParticipantId> {
    let mut items = record.items(session).into_iter();
    match items.find(|item| item.id == id)?.kind {
        ItemKind::Message { sender, .. } => Some(sender.id),
        ItemKind::Event { .. } => None,
    }
}

/// The receipt that stands in this one's place.
async fn stored<L: SideLog>(
    log: &L,
    session: &SessionKey,
    receipt: Receipt,
) -> Result<Option<Receipt>, LogError> {
    let place = SideEntry::Receipt(receipt).place();
    let read = SideRead {
        range: SideRange::Receipts {
            from: receipt.message,
            to: receipt.message,
        },
        limit: SideRead::MOST_RECEIPTS,
        consistency: Consistency::Strong,
    };
    let entries = log.read_side(session, read).await?;
    let found = entries.into_iter().find(|entry| entry.place() == place);
    Ok(found.and_then(|entry| match entry {
        SideEntry::Receipt(receipt) => Some(receipt),
        SideEntry::Attributes(_) => None,
    }))
}

/// The answer to a receipt: its id follows from the message, the recipient and the kind, and is no item's.
fn answer(session: &SessionKey, receipt: Receipt) -> Sent {
    let bits = session.session.bits() ^ receipt.recipient.bits();
    let index = match receipt.kind {
        ReceiptKind::Delivered => 0,
        ReceiptKind::Read => 1,
    };
    Sent {
        id: ItemId::new(
            SessionId::from_bits(bits),
            receipt.message,
            index,
            receipt.at,
        ),
        at: receipt.at,
    }
}

/// The answer to what is not kept.
fn passing(IdempotencyKey(key): IdempotencyKey, now: Timestamp) -> Sent {
    let bits = u128::from_be_bytes(key);
    let anywhere = Slot::from_number((bits >> 64) as u64 & Slot::LAST.as_number());
    let slot = anywhere.unwrap_or(Slot::LAST);
    Sent {
        id: ItemId::new(SessionId::from_bits(bits), slot, 0, now),
        at: now,
    }
}
