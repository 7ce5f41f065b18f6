//! The receipts of a page's messages: whom each has reached, and when.

use std::collections::BTreeMap;

use crate::model::ids::{ItemId, ParticipantId, SessionKey};
use crate::model::item::{Item, ItemKind};
use crate::model::slot::{Slot, SlotRange};
use crate::model::time::Timestamp;
use crate::ports::log::{Consistency, LogError};
use crate::ports::side::{Receipt, ReceiptKind, SideEntry, SideLog, SideRange, SideRead};

/// How many receipts are read beside a page for each of its items: of two who take part one has delivered and
/// read what the other says, and whoever takes an agent's place does so again.
const BESIDE: usize = 4;

/// Whom a message has reached, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Whom.
    pub recipient: ParticipantId,
    /// When it was delivered, if that was said.
    pub delivered: Option<Timestamp>,
    /// When it was read, if that was said.
    pub read: Option<Timestamp>,
}

impl Received {
    /// When it first reached them.
    fn first(&self) -> Option<Timestamp> {
        self.delivered.into_iter().chain(self.read).min()
    }
}

/// What has been read of one session's receipts.
pub(super) struct Receipts<'a, L> {
    log: &'a L,
    session: SessionKey,
    consistency: Consistency,
    found: Vec<Receipt>,
    /// The messages all of whose receipts have been found.
    known: Option<SlotRange>,
}

impl<'a, L: SideLog> Receipts<'a, L> {
    /// Nothing, as yet.
    pub(super) fn of(log: &'a L, session: SessionKey, consistency: Consistency) -> Self {
        Self {
            log,
            session,
            consistency,
            found: Vec::new(),
            known: None,
        }
    }

    /// Reads those of the range's last messages: to be done while a page of so many items is read there.
    pub(super) async fn beside(mut self, range: SlotRange, items: usize) -> Result<Self, LogError> {
        // The page begins behind a message that may have some as well.
        let messages = items.saturating_add(1);
        let limit = messages.saturating_mul(BESIDE);
        let limit = limit.min(SideRead::MOST_RECEIPTS);
        self.known = Some(self.read(range, limit).await?);
        Ok(self)
    }

    /// Those of the messages among `items` that are of the session. What is not known yet is read, which is
    /// one read, or two where the items lie on both sides of what is known; of more than
    /// [`SideRead::MOST_RECEIPTS`] there, those of the earliest messages are left out.
    pub(super) async fn complete(
        mut self,
        items: &[Item],
    ) -> Result<BTreeMap<ItemId, Vec<Received>>, LogError> {
        let messages: BTreeMap<Slot, ItemId> = items
            .iter()
            .filter(|item| item.contact.session() == self.session.session)
            .filter(|item| matches!(item.kind, ItemKind::Message { .. }))
            .filter_map(|item| Some((item.id.slot()?, item.id)))
            .collect();
        let mut received: BTreeMap<ItemId, Vec<Received>> = BTreeMap::new();
        let ends = messages.keys().next().zip(messages.keys().next_back());
        let Some((from, to)) = ends.map(|(from, to)| (*from, *to)) else {
            return Ok(received);
        };
        for range in unknown(SlotRange { from, to }, self.known) {
            self.read(range, SideRead::MOST_RECEIPTS).await?;
        }
        for receipt in self.found {
            if let Some(message) = messages.get(&receipt.message) {
                note(received.entry(*message).or_default(), receipt);
            }
        }
        for list in received.values_mut() {
            list.sort_unstable_by_key(|each| (each.first(), each.recipient));
        }
        Ok(received)
    }

    /// Reads those of a range, and says of which of its messages these are all.
    async fn read(&mut self, range: SlotRange, limit: usize) -> Result<SlotRange, LogError> {
        let (from, to) = (range.from, range.to);
        let read = SideRead {
            range: SideRange::Receipts { from, to },
            limit,
            consistency: self.consistency,
        };
        let entries = self.log.read_side(&self.session, read).await?;
        let full = entries.len() == limit;
        let receipts = entries.into_iter().filter_map(|entry| match entry {
            SideEntry::Receipt(receipt) => Some(receipt),
            SideEntry::Attributes(_) => None,
        });
        self.found.extend(receipts);
        // The lowest message may have more of them.
        let lowest = self.found.last().filter(|_| full);
        Ok(match lowest.map(|lowest| next_to(lowest.message, 1)) {
            None => range,
            Some(Some(above)) => range.starting_at(above),
            Some(None) => range.starting_at(Slot::LAST),
        })
    }
}

/// What of a range is not known, at both ends of what is.
fn unknown(range: SlotRange, known: Option<SlotRange>) -> Vec<SlotRange> {
    let Some(known) = known.filter(|known| !known.is_empty()) else {
        return vec![range];
    };
    let below = next_to(known.from, -1).map(|slot| range.up_to(slot));
    let above = next_to(known.to, 1).map(|slot| range.starting_at(slot));
    let both = above.into_iter().chain(below);
    both.filter(|part| !part.is_empty()).collect()
}

/// The slot of the number before or after this one's, whether or not a record can stand there.
fn next_to(slot: Slot, step: i64) -> Option<Slot> {
    Slot::from_number(slot.as_number().checked_add_signed(step)?)
}

fn note(list: &mut Vec<Received>, receipt: Receipt) {
    let recipient = receipt.recipient;
    let at = match list.iter().position(|each| each.recipient == recipient) {
        Some(at) => at,
        None => {
            list.push(Received {
                recipient,
                delivered: None,
                read: None,
            });
            list.len() - 1
        }
    };
    match receipt.kind {
        ReceiptKind::Delivered => list[at].delivered = Some(receipt.at),
        ReceiptKind::Read => list[at].read = Some(receipt.at),
    }
}
