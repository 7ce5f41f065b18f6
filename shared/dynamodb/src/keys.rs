//! Every key, attribute name and expression of the table.
//!
//! | partition key | sort key | item |
//! |---|---|---|
//! | `instance/session` | slot | a record of the session's log |
//! | `instance/session/receipts` | message, recipient, kind | a receipt, beside the log |
//! | `instance/session/attributes` | number of the change | attributes that changed after the end, beside the log |
//!
//! No instance holds a slash and a session always has as many digits, so no two partitions share a text.

pub mod connections;

use domain::{
    CustomerId, InstanceId, ReceiptKind, SessionId, SessionKey, SidePlace, SideRange, Slot,
};

/// Partition key (S): a session within its instance, see [`partition`], or a part of what is kept beside
/// its log, see [`side_partition`].
pub const SESSION: &str = "session";
/// Sort key (N): a slot, see [`sort`]; beside a log a place there, see [`side_sort`].
pub const SLOT: &str = "slot";
/// Format version of the item (N): [`FORMAT_VERSION`].
pub const VERSION: &str = "version";
/// Time-to-live (N, seconds since the epoch): from then on DynamoDB may delete the item, in any order.
pub const EXPIRES_AT: &str = "expires_at";
/// Whose chat it is (S), see [`owner`]; on the first record of a session that has an owner, and nowhere else.
pub const OWNER: &str = "owner";
/// When the chat began (N, milliseconds since the epoch); beside [`OWNER`].
pub const STARTED_AT: &str = "started_at";
/// The record itself (S): JSON; in the items of logs.
pub const RECORD: &str = "record";
/// The entry itself (S): JSON; in the items beside logs.
pub const ENTRY: &str = "entry";

/// The sparse index by [`OWNER`] and [`STARTED_AT`], for listing a customer's chats and for erasing them.
pub const OWNER_INDEX: &str = "owner-started_at";

/// The only format version that there is.
pub const FORMAT_VERSION: u64 = 1;

/// A range of one partition.
pub(crate) const PLACES_OF_PARTITION: &str = "#session = :session AND #slot BETWEEN :from AND :to";
/// Guards the rule that a place is taken once, upon which every other one rests.
pub(crate) const PLACE_IS_FREE: &str = "attribute_not_exists(#session)";
/// The sessions of one customer, in [`OWNER_INDEX`].
pub(crate) const SESSIONS_OF_OWNER: &str = "#owner = :owner";

/// A partition of either table.
pub(crate) const WHOLE_PARTITION: &str = "#partition = :partition";
/// A partition that neither table has: those of sessions have an instance before the slash, those of connections a name
/// behind it.
pub(crate) const NOWHERE: &str = "/";

/// Names and values in the four expressions.
pub(crate) const SESSION_NAME: &str = "#session";
pub(crate) const PARTITION_NAME: &str = "#partition";
pub(crate) const PARTITION_VALUE: &str = ":partition";
pub(crate) const SLOT_NAME: &str = "#slot";
pub(crate) const OWNER_NAME: &str = "#owner";
pub(crate) const SESSION_VALUE: &str = ":session";
pub(crate) const FROM_VALUE: &str = ":from";
pub(crate) const TO_VALUE: &str = ":to";
pub(crate) const OWNER_VALUE: &str = ":owner";

/// The text of a log's partition key: the instance, a slash, and the session's 110 bits as 32 hexadecimal digits.
pub fn partition(key: &SessionKey) -> String {
    format!("{}/{:032x}", key.instance.as_str(), key.session.bits())
}

/// The session whose log in `instance` has this partition key, or none if it is no such key.
pub(crate) fn session_of(instance: &InstanceId, text: &str) -> Option<SessionId> {
    let (_, digits) = text.rsplit_once('/')?;
    let session = SessionId::from_bits(u128::from_str_radix(digits, 16).ok()?);
    (partition(&SessionKey::new(instance, session)) == text).then_some(session)
}

/// The session whose log has this partition key, or none if it is no such key.
pub(crate) fn log_of(text: &str) -> Option<SessionKey> {
    let (instance, _) = text.rsplit_once('/')?;
    let instance = InstanceId::new(instance)?;
    let session = session_of(&instance, text)?;
    Some(SessionKey { instance, session })
}

/// Whether a partition key is one beside a log.
pub(crate) fn is_beside(text: &str) -> bool {
    [RECEIPTS, ATTRIBUTES].iter().any(|kind| {
        let log = text.strip_suffix(kind);
        log.and_then(|log| log.strip_suffix('/'))
            .and_then(log_of)
            .is_some()
    })
}

/// The number of a record's sort key: the segment's ordinal × 2³², plus the number within the segment.
pub fn sort(slot: Slot) -> u64 {
    slot.as_number()
}

const RECEIPTS: &str = "receipts";
const ATTRIBUTES: &str = "attributes";

/// The two kinds of entries beside a log, each in a partition of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Receipts.
    Receipts,
    /// Attributes that changed after the end.
    Attributes,
}

impl Beside {
    /// The kind of the entry in `place`.
    pub const fn of(place: SidePlace) -> Self {
        match place {
            SidePlace::Receipt { .. } => Self::Receipts,
            SidePlace::Attributes { .. } => Self::Attributes,
        }
    }
}

/// The text of a partition key beside a log: that of the log, a slash, and the kind of entries.
pub fn side_partition(key: &SessionKey, beside: Beside) -> String {
    let kind = match beside {
        Beside::Receipts => RECEIPTS,
        Beside::Attributes => ATTRIBUTES,
    };
    format!("{}/{kind}", partition(key))
}

/// How many bits of a receipt's sort key come after the message: 62 of the recipient, one of the kind.
const BITS_BELOW_MESSAGE: u32 = 63;
const RECIPIENT: u128 = (1 << 62) - 1;

/// The number of a sort key beside a log: below 2¹⁰⁷, of 33 digits at most, where DynamoDB keeps 38
/// ([numbers](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number)).
///
/// A receipt's is its message's slot, the last 62 bits of its recipient, and its kind; that of attributes is
/// the number of the change. Participants are random, so those of one session differ in these bits.
pub const fn side_sort(place: SidePlace) -> u128 {
    match place {
        SidePlace::Receipt {
            message,
            recipient,
            kind,
        } => {
            let kind = match kind {
                ReceiptKind::Delivered => 0,
                ReceiptKind::Read => 1,
            };
            first_of(message) | (recipient.bits() & RECIPIENT) << 1 | kind
        }
        SidePlace::Attributes { number } => number as u128,
    }
}

/// The partition of a range beside a log, its lowest and its highest sort key.
pub(crate) const fn side_range(range: SideRange) -> (Beside, u128, u128) {
    match range {
        SideRange::Receipts { from, to } => {
            let last = first_of(to) | ((1 << BITS_BELOW_MESSAGE) - 1);
            (Beside::Receipts, first_of(from), last)
        }
        SideRange::Attributes => (Beside::Attributes, 0, u32::MAX as u128),
    }
}

/// The lowest sort key that a receipt of the message can have.
const fn first_of(message: Slot) -> u128 {
    (message.as_number() as u128) << BITS_BELOW_MESSAGE
}

/// The text of an owner: the instance, a slash, and the customer.
///
/// It stays below the 2,048 bytes that an index takes, with an instance of 100 characters and a customer of
/// 128 ([constraints](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html)).
pub fn owner(instance: &InstanceId, customer: &CustomerId) -> String {
    format!("{}/{}", instance.as_str(), customer.0)
}

#[cfg(test)]
mod tests;
