//! Every id of the product, each a type of its own; all parsing of ids happens here.

use std::fmt;

use crate::model::slot::{Ordinal, Slot};
use crate::model::time::Timestamp;

const VERSION_8: u128 = 8 << 76;
const VERSION_7: u128 = 7 << 76;
const VARIANT: u128 = 0b10 << 62;
const LOW_62: u128 = (1 << 62) - 1;

/// The 110 bits that name a session within its instance.
///
/// They are random, or a keyed hash of the caller's ClientToken, and can be guessed in neither case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u128);

impl SessionId {
    /// The number of bits that count.
    pub const BITS: u32 = 110;

    /// A session id of the lowest 110 bits of `bits`.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }

    /// The 110 bits.
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// The session's first contact, which Connect calls the InitialContactId.
    pub const fn initial_contact(self) -> ContactId {
        ContactId {
            session: self,
            ordinal: Ordinal::FIRST,
        }
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A ContactId lets an anonymous visitor continue a chat: it must not slip into a log line.
        f.write_str("SessionId(…)")
    }
}

/// A contact: one stretch of a chat. The id names its session and its place in it.
///
/// Written as a UUID of version 8 ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.8)) whose
/// 12 bits after the version digit are the ordinal, so a session's initial contact is the same id with `8000`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId {
    session: SessionId,
    ordinal: Ordinal,
}

impl ContactId {
    /// The contact at `ordinal` in `session`.
    pub const fn new(session: SessionId, ordinal: Ordinal) -> Self {
        Self { session, ordinal }
    }

    /// Reads a ContactId, or none if the text is no UUID of version 8 in the form with hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let bits = parse_uuid(text)?;
        if bits & (0xF << 76) != VERSION_8 || bits & (0b11 << 62) != VARIANT {
            return None;
        }
        let ordinal = Ordinal::new(((bits >> 64) & 0xFFF) as u16)?;
        let session = SessionId::from_bits(((bits >> 80) << 62) | (bits & LOW_62));
        Some(Self { session, ordinal })
    }

    /// The session that the contact belongs to.
    pub const fn session(self) -> SessionId {
        self.session
    }

    /// The contact's place in its session.
    pub const fn ordinal(self) -> Ordinal {
        self.ordinal
    }

    /// The contact before it in its session, or none of the initial one.
    pub fn previous(self) -> Option<Self> {
        let ordinal = Ordinal::new(self.ordinal.get().checked_sub(1)?)?;
        Some(Self::new(self.session, ordinal))
    }

    /// Whether it is the first contact of its session.
    pub fn is_initial(self) -> bool {
        self.ordinal == Ordinal::FIRST
    }
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let high = (self.session.0 >> 62) << 80;
        let ordinal = u128::from(self.ordinal.get()) << 64;
        write_uuid(
            f,
            high | VERSION_8 | ordinal | VARIANT | (self.session.0 & LOW_62),
        )
    }
}

impl fmt::Debug for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactId(…, {})", self.ordinal.get())
    }
}

/// One person, bot or the system in one session; a UUID of version 4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantId(u128);

impl ParticipantId {
    /// The participant id made of 122 of these (random) bits.
    pub const fn from_random(bits: u128) -> Self {
        Self((bits & !(0xF << 76) & !(0b11 << 62)) | (4 << 76) | VARIANT)
    }

    /// Reads a participant id as [`fmt::Display`] writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let bits = parse_uuid(text)?;
        (Self::from_random(bits).0 == bits).then_some(Self(bits))
    }

    /// All 128 bits of the UUID.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_uuid(f, self.0)
    }
}

impl fmt::Debug for ParticipantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParticipantId({self})")
    }
}

/// The id of a transcript item: a UUID of version 7 that says where the item stands.
///
/// The 48-bit time is the item's AbsoluteTime, as in Connect's own transcripts; the bits that the
/// version leaves free hold the slot, the place in the record, and 29 bits of the session. An item is
/// found without a look-up, and items sort by id as they sort by time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(u128);

impl ItemId {
    const SESSION_BITS: u32 = 29;

    /// The id of the item at `index` (0 or 1) in the record at `slot` of `session`, of the time `at`.
    pub fn new(session: SessionId, slot: Slot, index: u8, at: Timestamp) -> Self {
        let place = (u128::from(slot.as_number()) << 1) | u128::from(index & 1);
        let free = (place << Self::SESSION_BITS) | (session.0 & ((1 << Self::SESSION_BITS) - 1));
        let high = (free >> 62) & 0xFFF;
        Self(
            (u128::from(at.as_millis()) << 80)
                | VERSION_7
                | (high << 64)
                | VARIANT
                | (free & LOW_62),
        )
    }

    /// Reads an item id, or none if the text is no UUID of version 7.
    pub fn parse(text: &str) -> Option<Self> {
        let bits = parse_uuid(text)?;
        (bits & (0xF << 76) == VERSION_7 && bits & (0b11 << 62) == VARIANT).then_some(Self(bits))
    }

    /// The slot of the record that holds the item, or none if the id cannot be one of ours.
    pub fn slot(self) -> Option<Slot> {
        Slot::from_number((self.place() >> 1) as u64)
    }

    /// The item's place in its record, 0 or 1.
    pub fn index(self) -> u8 {
        (self.place() & 1) as u8
    }

    fn place(self) -> u128 {
        let free = (((self.0 >> 64) & 0xFFF) << 62) | (self.0 & LOW_62);
        free >> Self::SESSION_BITS
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_uuid(f, self.0)
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemId({self})")
    }
}

/// A bare instance id, 1 to 100 characters without a slash, and neither `.` nor `..`; an ARN is reduced to it before it
/// gets here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(String);

impl InstanceId {
    /// The instance of this bare id, or none if it is empty, longer than 100 characters, holds a slash, which
    /// separates it from what follows in paths and keys, or is `.` or `..`, which in a path mean another place.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let legal = !id.contains('/') && !matches!(&*id, "." | "..");
        (legal && (1..=100).contains(&id.chars().count())).then_some(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of the flow that a chat was started with, at most 500 characters; kept, never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFlowId(pub String);

/// The id of the queue that a contact is transferred to; kept, never routed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueId(pub String);

/// The id of the user, an agent, whom a contact is transferred to; kept, never routed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserId(pub String);

/// Whose chat it is: the CustomerId of a request or the verified claim of a customer's own token.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(pub String);

impl fmt::Debug for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerId(…)")
    }
}

/// What a log is addressed by: the session within its instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey {
    /// The instance that the session belongs to.
    pub instance: InstanceId,
    /// The session.
    pub session: SessionId,
}

impl SessionKey {
    /// The address of `session` in `instance`.
    pub fn new(instance: &InstanceId, session: SessionId) -> Self {
        Self {
            instance: instance.clone(),
            session,
        }
    }
}

/// One WebSocket connection, as the gateway that holds it calls it: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(String);

impl ConnectionId {
    /// The connection of this id, or none if it is empty, longer than 128 characters, or of other characters.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let legal = id.bytes().all(|byte| byte.is_ascii_graphic());
        (legal && (1..=128).contains(&id.len())).then_some(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Marks a record as the answer to one particular request, so that a retry finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub [u8; 16]);

/// A hash of everything in a start request but its ClientToken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

fn parse_uuid(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 {
        return None;
    }
    let mut bits = 0u128;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if *byte != b'-' {
                return None;
            }
        } else {
            bits = (bits << 4) | u128::from(char::from(*byte).to_digit(16)?);
        }
    }
    Some(bits)
}

fn write_uuid(f: &mut fmt::Formatter<'_>, bits: u128) -> fmt::Result {
    write!(
        f,
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xFFFF,
        (bits >> 64) & 0xFFFF,
        (bits >> 48) & 0xFFFF,
        bits & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests;
