//! `POST /participant/event`: SendEvent.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendEvent.html>

use domain::{Event, IdempotencyKey, ItemId, ReceiptKind, Sent};
use serde_json::Value;

use super::idempotency::key_of;
use super::send_message;
use crate::call::{Call, Reply};
use crate::limits::{CONTENT_TYPE_LENGTH, EVENT_CONTENT_LENGTH, ID_LENGTH};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::token::Bearer;

/// An event to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who sends it.
    pub bearer: Bearer,
    /// The event.
    pub event: Event,
    /// Makes the id of the answer to what is not kept.
    ///
    /// The ClientToken goes no further: a receipt is the same one however often it is sent, and chatjs sends one
    /// constant token with all of them.
    pub key: IdempotencyKey,
}

/// The events that a participant may send. `connection.acknowledged` is what CreateParticipantConnection does
/// today; clients of before then still send it.
const EVENTS: [(&str, Kind); 4] = [
    (TYPING, Kind::Typing),
    (
        "application/vnd.amazonaws.connect.event.connection.acknowledged",
        Kind::Acknowledgement,
    ),
    (
        "application/vnd.amazonaws.connect.event.message.delivered",
        Kind::Receipt(ReceiptKind::Delivered),
    ),
    (
        "application/vnd.amazonaws.connect.event.message.read",
        Kind::Receipt(ReceiptKind::Read),
    ),
];
/// The content type of typing, as it is sent and as others get it.
pub(crate) const TYPING: &str = "application/vnd.amazonaws.connect.event.typing";

/// Of which kind an event is.
#[derive(Clone, Copy)]
enum Kind {
    Typing,
    Acknowledgement,
    Receipt(ReceiptKind),
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token; else names the member that is missing or wrong.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let bearer = settings.tokens.connected(call)?.bearer;
        let members = Members::parse(&call.body)?;
        let name = members.required_text("ContentType", CONTENT_TYPE_LENGTH)?;
        let kind = members.one_of("ContentType", &EVENTS)?;
        let content = members.text("Content", EVENT_CONTENT_LENGTH)?;
        let event = match kind {
            Some(Kind::Typing) => Event::Typing,
            Some(Kind::Acknowledgement) | None => Event::Passing,
            Some(Kind::Receipt(kind)) => Event::Receipt {
                message: message(&members, content)?,
                kind,
            },
        };
        let says = ["event", name, content.unwrap_or_default()];
        let key = key_of(call, &members, bearer.participant, &says)?;
        Ok(Self { bearer, event, key })
    }
}

/// The message that a receipt is for: `{"messageId": "…"}`, as text. An id that none of ours can be is the id of
/// a message that does not exist.
fn message(members: &Members, content: Option<&str>) -> Result<Option<ItemId>, Problem> {
    let content = content.ok_or_else(|| members.missing("Content"))?;
    let named: Option<Value> = serde_json::from_str(content).ok();
    let id = named.as_ref().and_then(|named| named.get("messageId"));
    id.and_then(Value::as_str)
        .filter(|id| ID_LENGTH.contains(&id.chars().count()))
        .map(ItemId::parse)
        .ok_or_else(|| {
            let reason = "must be a JSON object with the messageId of a message";
            members.invalid("Content", reason)
        })
}

/// The answer: the event's id and time; those of a receipt are the same for every repetition.
pub fn reply(call: &Call, sent: &Sent) -> Reply {
    send_message::reply(call, sent)
}
