//! Every key, attribute name and expression of the table.

use domain::{SessionKey, Slot};

/// Partition key (S): a session within its instance, see [`partition`].
pub const SESSION: &str = "session";
/// Sort key (N): a slot, see [`sort`].
pub const SLOT: &str = "slot";
/// Format version of the item (N): [`FORMAT_VERSION`].
pub const VERSION: &str = "version";
/// Time-to-live (N, seconds since the epoch): from then on DynamoDB may delete the item, in any order.
pub const EXPIRES_AT: &str = "expires_at";
/// Whose chat it is (S); on the first record of a session that has an owner, and nowhere else.
pub const OWNER: &str = "owner";
/// When the chat began (N, milliseconds since the epoch); beside [`OWNER`].
pub const STARTED_AT: &str = "started_at";
/// The record itself (S): JSON.
pub const RECORD: &str = "record";

/// The sparse index by [`OWNER`] and [`STARTED_AT`], for listing and erasing; no request reads it.
pub const OWNER_INDEX: &str = "owner-started_at";

/// The only format version that there is.
pub const FORMAT_VERSION: u64 = 1;

/// A range of slots of one session.
pub(crate) const SLOTS_OF_SESSION: &str = "#session = :session AND #slot BETWEEN :from AND :to";
/// Guards the rule that a slot is taken once, upon which every other one rests.
pub(crate) const SLOT_IS_FREE: &str = "attribute_not_exists(#session)";

/// Names and values in the two expressions.
pub(crate) const SESSION_NAME: &str = "#session";
pub(crate) const SLOT_NAME: &str = "#slot";
pub(crate) const SESSION_VALUE: &str = ":session";
pub(crate) const FROM_VALUE: &str = ":from";
pub(crate) const TO_VALUE: &str = ":to";

/// The text of a partition key: the instance, a slash, and the session's 110 bits as 32 hexadecimal digits.
///
/// The digits are always as many, so no two keys share a text, whatever an instance is called.
pub fn partition(key: &SessionKey) -> String {
    format!("{}/{:032x}", key.instance.as_str(), key.session.bits())
}

/// The number of a sort key: the segment's ordinal × 2³², plus the number within the segment.
pub fn sort(slot: Slot) -> u64 {
    slot.as_number()
}
