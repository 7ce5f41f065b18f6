//! Single values: ids and enums as their text forms, times and slots as numbers.

use domain::{
    ContactFlowId, ContactId, ContentType, DisconnectReason, Fingerprint, IdempotencyKey, Ordinal,
    ParticipantId, Presence, QueueId, ReceiptKind, Rehydration, Role, Slot, Timestamp,
    TransferMethod, UserId,
};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A domain value in the form in which it is stored.
pub(super) struct Value<T>(pub(super) T);

/// How a domain value is stored: as text or as a number, of which every one that is no such value is refused.
pub(super) trait Form: Sized {
    /// A text or a number.
    type As: Serialize + DeserializeOwned;

    fn write(&self) -> Self::As;
    fn read(stored: Self::As) -> Option<Self>;
}

impl<T: Form> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write().serialize(serializer)
    }
}

impl<'de, T: Form> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(T::As::deserialize(deserializer)?)
            .map(Value)
            .ok_or_else(|| D::Error::custom("no such value"))
    }
}

macro_rules! stored {
    ($($type:ty as $form:ty: $write:expr, $read:expr;)*) => {$(
        impl Form for $type {
            type As = $form;

            fn write(&self) -> $form {
                let write: fn(&Self) -> $form = $write;
                write(self)
            }

            fn read(stored: $form) -> Option<Self> {
                let read: fn($form) -> Option<Self> = $read;
                read(stored)
            }
        }
    )*};
}
stored! {
    ContactFlowId as String: |flow| flow.0.clone(), |text| Some(Self(text));
    QueueId as String: |queue| queue.0.clone(), |text| Some(Self(text));
    UserId as String: |user| user.0.clone(), |text| Some(Self(text));
    ContactId as String: |id| id.to_string(), |text| Self::parse(&text);
    ParticipantId as String: |id| id.to_string(), |text| Self::parse(&text);
    ContentType as String: |kind| kind.as_str().to_owned(), |text| Self::parse(&text);
    Role as String: |role| role.as_str().to_owned(), |text| Self::parse(&text);
    DisconnectReason as String: |reason| reason.as_str().to_owned(), |text| Self::parse(&text);
    TransferMethod as String: |method| method.as_str().to_owned(), |text| Self::parse(&text);
    Presence as String: |presence| presence_text(*presence).to_owned(), |text| presence(&text);
    Rehydration as String: |much| rehydration_text(*much).to_owned(), |text| rehydration(&text);
    ReceiptKind as String: |kind| receipt_text(*kind).to_owned(), |text| receipt(&text);
    IdempotencyKey as String: |key| hex(key.0), |text| bytes(&text).map(Self);
    Fingerprint as String: |hash| hex(hash.0), |text| bytes(&text).map(Self);
    Slot as u64: |slot| slot.as_number(), Slot::from_number;
    Ordinal as u16: |ordinal| ordinal.get(), Ordinal::new;
    Timestamp as u64: |time| time.as_millis(), timestamp;
}

/// A time that is kept as it is: the domain would move one out of range to the end of time.
fn timestamp(millis: u64) -> Option<Timestamp> {
    let time = Timestamp::from_millis(millis);
    (time.as_millis() == millis).then_some(time)
}

const fn presence_text(presence: Presence) -> &'static str {
    match presence {
        Presence::Expected => "EXPECTED",
        Presence::Present => "PRESENT",
        Presence::Left => "LEFT",
    }
}

fn presence(text: &str) -> Option<Presence> {
    [Presence::Expected, Presence::Present, Presence::Left]
        .into_iter()
        .find(|presence| presence_text(*presence) == text)
}

const fn rehydration_text(rehydration: Rehydration) -> &'static str {
    match rehydration {
        Rehydration::FromSegment => "FROM_SEGMENT",
        Rehydration::EntirePastSession => "ENTIRE_PAST_SESSION",
    }
}

fn rehydration(text: &str) -> Option<Rehydration> {
    [Rehydration::FromSegment, Rehydration::EntirePastSession]
        .into_iter()
        .find(|rehydration| rehydration_text(*rehydration) == text)
}

const fn receipt_text(kind: ReceiptKind) -> &'static str {
    match kind {
        ReceiptKind::Delivered => "DELIVERED",
        ReceiptKind::Read => "READ",
    }
}

fn receipt(text: &str) -> Option<ReceiptKind> {
    ReceiptKind::ALL
        .into_iter()
        .find(|kind| receipt_text(*kind) == text)
}

fn hex(bytes: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn bytes(text: &str) -> Option<[u8; 16]> {
    let digits = text.len() == 32 && text.bytes().all(|each| each.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok()?;
    digits.then(|| number.to_be_bytes())
}
