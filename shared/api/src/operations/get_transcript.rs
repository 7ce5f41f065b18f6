//! `POST /participant/transcript`: GetTranscript.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_GetTranscript.html>

use domain::transcript::{Cursor, Direction, From, Page, Query, Received};
use domain::{
    ContactId, Item, ItemId, ItemKind, Ordinal, Participant, Role, SessionId, SessionKey, Slot,
};
use serde_json::{Map, Value, json};

use crate::call::{Call, Reply};
use crate::limits::{DEFAULT_PAGE, ID_LENGTH, MAX_PAGE, TIME_LENGTH, TOKEN_LENGTH};
use crate::members::Members;
use crate::next_token::NextToken;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::{iso, parse_iso};

/// A page to read.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which page.
    pub query: Query,
    /// Whether the page begins with its oldest item.
    pub ascending: bool,
}

const DIRECTIONS: [(&str, Direction); 2] = [
    ("FORWARD", Direction::Forward),
    ("BACKWARD", Direction::Backward),
];
const ORDERS: [(&str, bool); 2] = [("ASCENDING", true), ("DESCENDING", false)];

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// For a bad token; else names the member that is missing, wrong, or at odds with another.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let connection = settings.tokens.connected(call)?;
        let session = connection.bearer.session;
        let reader = Some(connection.bearer.participant);
        // Whoever reads and is not the customer is company.
        let accompanied = connection.accompanied || connection.bearer.role != Role::Customer;
        let members = Members::parse(&call.body)?;
        let direction = members.one_of("ScanDirection", &DIRECTIONS)?;
        let ascending = members.one_of("SortOrder", &ORDERS)?.unwrap_or(false);
        let limit = match members.number("MaxResults", 0..=MAX_PAGE)? {
            None | Some(0) => DEFAULT_PAGE,
            Some(limit) => limit as usize,
        };
        let contact = members
            .text("ContactId", ID_LENGTH)?
            .map(|id| ContactId::parse(id).unwrap_or(elsewhere(&session).initial_contact()));
        let start = start_position(&members, &session)?;
        let query = match members.text("NextToken", TOKEN_LENGTH)? {
            Some(token) => {
                let token = NextToken::open(&settings.tokens, &session, reader, token)
                    .ok_or_else(|| members.invalid("NextToken", "is not one of this chat"))?;
                if start.is_some() {
                    return Err(members.invalid("StartPosition", "must not stand beside NextToken"));
                }
                if direction.is_some_and(|direction| direction != token.direction) {
                    return Err(members.invalid("ScanDirection", "must be that of the NextToken"));
                }
                let bound = token
                    .contact
                    .map(|ordinal| ContactId::new(session.session, ordinal));
                if contact.is_some() && contact != bound {
                    return Err(members.invalid("ContactId", "must be that of the NextToken"));
                }
                Query {
                    session,
                    reader,
                    contact: bound,
                    direction: token.direction,
                    from: From::Cursor(token.cursor),
                    limit,
                    accompanied,
                }
            }
            None => {
                let natural = match start {
                    Some(_) => Direction::Forward,
                    None => Direction::Backward,
                };
                let direction = direction.unwrap_or(natural);
                if direction == Direction::Forward && start.is_none() {
                    return Err(members.invalid(
                        "StartPosition",
                        "is required with the ScanDirection FORWARD",
                    ));
                }
                Query {
                    session,
                    reader,
                    contact,
                    direction,
                    from: start.unwrap_or(From::Newest),
                    limit,
                    accompanied,
                }
            }
        };
        Ok(Self { query, ascending })
    }

    /// The answer: the page in the order asked for.
    pub fn reply(&self, call: &Call, settings: &Settings, page: Page) -> Reply {
        let query = &self.query;
        let own = query.session.session;
        let mut items: Vec<Value> = page
            .items
            .iter()
            .map(|item| {
                let mut wire = wire_item(item, item.contact.session() != own);
                if let Some(received) = page.receipts.get(&item.id) {
                    wire["MessageMetadata"] = metadata(item.id, received);
                }
                wire
            })
            .collect();
        if (query.direction == Direction::Forward) != self.ascending {
            items.reverse();
        }
        let mut body = Map::new();
        let initial = query.session.session.initial_contact().to_string();
        body.insert("InitialContactId".to_owned(), Value::String(initial));
        body.insert("Transcript".to_owned(), Value::Array(items));
        if let Some(cursor) = page.next {
            let token =
                self.next_token(cursor)
                    .seal(&settings.tokens, &query.session, query.reader);
            body.insert("NextToken".to_owned(), Value::String(token));
        }
        Reply::json(200, &call.request_id, &Value::Object(body))
    }

    fn next_token(&self, cursor: Cursor) -> NextToken {
        NextToken {
            direction: self.query.direction,
            contact: self.query.contact.map(ContactId::ordinal),
            cursor,
        }
    }
}

/// A session that is not this one: ids that are none of ours are read as ids of it, so that they are not
/// found in just the way in which foreign ids are not.
fn elsewhere(session: &SessionKey) -> SessionId {
    SessionId::from_bits(!session.session.bits())
}

fn start_position(members: &Members, session: &SessionKey) -> Result<Option<From>, Problem> {
    let Some(start) = members.object("StartPosition")? else {
        return Ok(None);
    };
    let id = start.text("Id", ID_LENGTH)?;
    let time = start.text("AbsoluteTime", TIME_LENGTH)?;
    let recent = start.number("MostRecent", 0..=MAX_PAGE)?;
    match (id, time, recent) {
        (None, None, None) => Ok(None),
        (Some(id), None, None) => {
            let id = ItemId::parse(id).unwrap_or_else(|| {
                let last = Slot::new(Ordinal::LAST, u32::MAX);
                ItemId::new(elsewhere(session), last, 0, domain::Timestamp::MAX)
            });
            Ok(Some(From::Item(id)))
        }
        (None, Some(time), None) => match parse_iso(time) {
            Some(time) => Ok(Some(From::Time(time))),
            None => {
                Err(start.invalid("AbsoluteTime", "must be a time as yyyy-MM-ddThh:mm:ss.SSSZ"))
            }
        },
        (None, None, Some(n)) => Ok(Some(From::MostRecent(n as usize))),
        _ => Err(members.invalid("StartPosition", "must have one member only")),
    }
}

/// Whom a message has reached, on the wire.
pub(crate) fn metadata(message: ItemId, received: &[Received]) -> Value {
    let receipt = |received: &Received| {
        let mut receipt = Map::new();
        let mut put = |name: &str, value: String| {
            receipt.insert(name.to_owned(), Value::String(value));
        };
        if let Some(delivered) = received.delivered {
            put("DeliveredTimestamp", iso(delivered));
        }
        if let Some(read) = received.read {
            put("ReadTimestamp", iso(read));
        }
        put("RecipientParticipantId", received.recipient.to_string());
        Value::Object(receipt)
    };
    let receipts: Vec<Value> = received.iter().map(receipt).collect();
    json!({"MessageId": message.to_string(), "Receipts": receipts})
}

/// An item on the wire: with ContactId if it is of the present session, with RelatedContactId if of a past one.
pub(crate) fn wire_item(item: &Item, past: bool) -> Value {
    let mut wire = Map::new();
    let mut put = |name: &str, value: &str| {
        wire.insert(name.to_owned(), Value::String(value.to_owned()));
    };
    put("Id", &item.id.to_string());
    put("AbsoluteTime", &iso(item.at));
    let contact = if past {
        "RelatedContactId"
    } else {
        "ContactId"
    };
    put(contact, &item.contact.to_string());
    let participant: Option<&Participant> = match &item.kind {
        ItemKind::Message {
            sender,
            content_type,
            content,
        } => {
            put("Type", "MESSAGE");
            put("ContentType", content_type.as_str());
            put("Content", &content.0);
            Some(sender)
        }
        ItemKind::Event { event, participant } => {
            put("Type", "EVENT");
            put("ContentType", event.content_type());
            participant.as_ref()
        }
    };
    if let Some(participant) = participant {
        put("ParticipantId", &participant.id.to_string());
        put("DisplayName", &participant.display_name.0);
        put("ParticipantRole", participant.role.as_str());
    }
    json!(wire)
}
