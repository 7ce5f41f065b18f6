//! An entry beside a log: a receipt, or attributes that changed after the end.

use std::collections::BTreeMap;

use domain::{
    Attributes, LateAttributes, ParticipantId, Receipt, ReceiptKind, SideEntry, Slot, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::value::Value;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum StoredEntry {
    Receipt {
        message: Value<Slot>,
        recipient: Value<ParticipantId>,
        kind: Value<ReceiptKind>,
        at: Value<Timestamp>,
    },
    Attributes {
        number: u32,
        attributes: BTreeMap<String, String>,
    },
}

impl From<SideEntry> for StoredEntry {
    fn from(entry: SideEntry) -> Self {
        match entry {
            SideEntry::Receipt(receipt) => Self::Receipt {
                message: Value(receipt.message),
                recipient: Value(receipt.recipient),
                kind: Value(receipt.kind),
                at: Value(receipt.at),
            },
            SideEntry::Attributes(late) => Self::Attributes {
                number: late.number,
                attributes: late.attributes.0,
            },
        }
    }
}

impl From<StoredEntry> for SideEntry {
    fn from(stored: StoredEntry) -> Self {
        match stored {
            StoredEntry::Receipt {
                message,
                recipient,
                kind,
                at,
            } => Self::Receipt(Receipt {
                message: message.0,
                recipient: recipient.0,
                kind: kind.0,
                at: at.0,
            }),
            StoredEntry::Attributes { number, attributes } => Self::Attributes(LateAttributes {
                number,
                attributes: Attributes(attributes),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
