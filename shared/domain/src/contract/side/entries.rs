//! Entries for the contract of side logs.

use std::collections::BTreeMap;

use super::super::samples::AWKWARD_TEXTS;
use crate::model::content::Attributes;
use crate::model::ids::ParticipantId;
use crate::model::slot::Ordinal;
use crate::model::slot::Slot;
use crate::model::time::Timestamp;
use crate::ports::side::{LateAttributes, Receipt, ReceiptKind, SideEntry};

/// The moment of every receipt.
const THEN: Timestamp = Timestamp::from_millis(2_000_000_000_000);

/// Receipts of every kind in the lowest and the highest slots, and attributes with awkward texts.
pub fn entries_of_every_kind() -> Vec<SideEntry> {
    let mut entries = Vec::new();
    for message in [Slot::FIRST.following(), Slot::new(Ordinal::LAST, 9)] {
        entries.extend(ReceiptKind::ALL.map(|kind| receipt(message, 7, kind)));
    }
    let awkward = |text: &&str| (format!("key {text}"), (*text).to_owned());
    for map in [
        BTreeMap::new(),
        BTreeMap::from([(String::new(), String::new())]),
        AWKWARD_TEXTS.iter().map(awkward).collect(),
    ] {
        let number = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        entries.push(late(number, Attributes(map)));
    }
    entries.push(late(u32::MAX, Attributes::default()));
    entries
}

/// One receipt each of messages in ascending slots.
pub(super) fn receipts_in_order() -> Vec<SideEntry> {
    let mut entries = Vec::new();
    for ordinal in [0, 9, 10, 0x7FF, 0x800, 0xFFF] {
        let ordinal = Ordinal::new(ordinal).expect("12 bits");
        for n in [1, 9, 10, 99, 100, 1 << 31, u32::MAX] {
            // Recipients go against the order of the messages.
            let recipient = u128::MAX - u128::from(n);
            let message = Slot::new(ordinal, n);
            entries.push(receipt(message, recipient, ReceiptKind::Read));
        }
    }
    entries
}

pub(super) fn slot(n: u32) -> Slot {
    Slot::new(Ordinal::FIRST, n)
}

pub(super) fn receipt(message: Slot, recipient: u128, kind: ReceiptKind) -> SideEntry {
    SideEntry::Receipt(Receipt {
        message,
        recipient: ParticipantId::from_random(recipient),
        kind,
        at: THEN,
    })
}

pub(super) fn delivered(n: u32) -> SideEntry {
    receipt(slot(n), 42, ReceiptKind::Delivered)
}

fn late(number: u32, attributes: Attributes) -> SideEntry {
    SideEntry::Attributes(LateAttributes { number, attributes })
}

pub(super) fn named(number: u32, value: &str) -> SideEntry {
    let map = BTreeMap::from([("k".to_owned(), value.to_owned())]);
    late(number, Attributes(map))
}

pub(super) fn message_of(entry: &SideEntry) -> Option<Slot> {
    match entry {
        SideEntry::Receipt(receipt) => Some(receipt.message),
        SideEntry::Attributes(_) => None,
    }
}
