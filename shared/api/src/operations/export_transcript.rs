//! `GET /contacts/{InstanceId}/{ContactId}/transcript`: ExportTranscript, which Connect does not have.
//!
//! The transcript of one contact, running or ended, as the file that Connect writes for each contact that has ended
//! ([where it is kept](https://docs.aws.amazon.com/connect/latest/adminguide/about-recording-storage.html)): oldest
//! first, without the past that the chat continues, and, as there, without receipts. A backend may ask.
//!
//! An answer of Lambda holds 6 MB. What is longer comes in parts of the same form, each of which but the last has a
//! `NextToken`; joined, their `Transcript`s are the whole. `Participants` are those who appear in the part. The query
//! may hold `maxResults` (1 to 1,000), for parts that are smaller still, and `nextToken`. A part may be short, or
//! even empty, and still lead on.

use domain::transcript::Point;
use domain::{ContactId, Exported, InstanceId, Item, ItemKind, ParticipantId, Slot};
use serde_json::{Value, json};

use super::get_transcript::wire_item;
use crate::call::{Call, Reply};
use crate::limits::TOKEN_LENGTH;
use crate::path::CONTACT_TRANSCRIPT;
use crate::problem::Problem;
use crate::query::QueryParameters;
use crate::service::Settings;
use crate::token::{Purpose, Tokens};

/// The version of Connect's own files.
const VERSION: &str = "2019-08-26";
/// The most items that a caller may ask for at a time; without a number, it is as many as an answer holds.
const MOST_ITEMS: u64 = 1_000;

/// A part of a contact's transcript to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The instance.
    pub instance: InstanceId,
    /// The contact.
    pub contact: ContactId,
    /// Where the part begins, if not at the beginning.
    pub from: Option<Point>,
    /// At most this many items.
    pub limit: Option<usize>,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names what is wrong. An id that is none of ours is an unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let (instance, contact) = CONTACT_TRANSCRIPT.contact(call, settings)?;
        let query = QueryParameters::of(call);
        let limit = query.number("maxResults", 1..=MOST_ITEMS)?;
        let from = match query.text("nextToken", TOKEN_LENGTH)? {
            None => None,
            Some(token) => {
                let place = open(&settings.tokens, &instance, contact, &token);
                let foreign = || query.invalid("nextToken", "is not one of this transcript");
                Some(place.ok_or_else(foreign)?)
            }
        };
        Ok(Self {
            instance,
            contact,
            from,
            limit: limit.map(|limit| limit as usize),
        })
    }

    /// The answer.
    pub fn reply(&self, call: &Call, settings: &Settings, part: &Exported) -> Reply {
        let mut body = json!({
            "Version": VERSION,
            "AWSAccountId": settings.account.id(),
            "InstanceId": self.instance.as_str(),
            "InitialContactId": self.contact.session().initial_contact().to_string(),
            "ContactId": self.contact.to_string(),
            "Participants": participants(&part.items),
            "Transcript": part.items.iter().map(bare_item).collect::<Vec<_>>(),
        });
        if let Some(place) = part.next {
            let token = seal(&settings.tokens, &self.instance, self.contact, place);
            body["NextToken"] = Value::String(token);
        }
        Reply::json(200, &call.request_id, &body)
    }
}

/// Everybody who appears in the items, once each, in the order of their appearance.
fn participants(items: &[Item]) -> Value {
    let mut seen: Vec<ParticipantId> = Vec::new();
    let appear = items.iter().filter_map(|item| match &item.kind {
        ItemKind::Message { sender, .. } => Some(sender.id),
        ItemKind::Event { participant, .. } => participant.as_ref().map(|each| each.id),
    });
    for participant in appear {
        if !seen.contains(&participant) {
            seen.push(participant);
        }
    }
    let entry = |id: ParticipantId| json!({"ParticipantId": id.to_string()});
    seen.into_iter().map(entry).collect()
}

/// An item without its contact, which stands above all of them.
fn bare_item(item: &Item) -> Value {
    let mut wire = wire_item(item, false);
    if let Some(members) = wire.as_object_mut() {
        members.remove("ContactId");
    }
    wire
}

/// A NextToken: where the next part begins, good only for this contact.
fn seal(tokens: &Tokens, instance: &InstanceId, contact: ContactId, place: Point) -> String {
    let slot = place.slot.as_number().to_be_bytes();
    let body = [&slot[..], &[place.index]].concat();
    let id = contact.to_string();
    tokens.seal(Purpose::Export, &body, &context(instance, &id))
}

fn open(tokens: &Tokens, instance: &InstanceId, contact: ContactId, token: &str) -> Option<Point> {
    let id = contact.to_string();
    let body = tokens.open(Purpose::Export, token, &context(instance, &id))?;
    let (slot, index) = body.split_first_chunk()?;
    let [index] = *index else { return None };
    let slot = Slot::from_number(u64::from_be_bytes(*slot))?;
    (slot.ordinal() == contact.ordinal()).then_some(Point { slot, index })
}

fn context<'a>(instance: &'a InstanceId, contact: &'a str) -> [&'a [u8]; 2] {
    [instance.as_str().as_bytes(), contact.as_bytes()]
}

#[cfg(test)]
mod tests;
