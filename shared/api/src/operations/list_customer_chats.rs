//! `GET /customers/{InstanceId}/{CustomerId}/chats`: ListCustomerChats, which Connect does not have.
//!
//! A customer's chats, newest first, each with the id to continue it from: Connect leaves it to its users to keep
//! them ([persistent chat](https://docs.aws.amazon.com/connect/latest/adminguide/chat-persistence.html)). A backend
//! may ask for any customer; a customer, known by his own token, for himself, as `me` or by his id. The query may
//! hold `maxResults` (1 to 25, default 10) and `nextToken`.
//! The deployed API takes a customer's token on the route of `me` alone, so there no backend can ask for a customer who
//! is called that.
//!
//! The list may lag: a chat that began a moment ago may be missing. What it says of a chat is the chat's present.
//! Chats past their retention are left out, so a page may be short or empty and still lead on.

use domain::{
    CustomerChat, CustomerChats, CustomerId, DisconnectReason, InstanceId, Listed, SessionId,
    Timestamp,
};
use serde_json::{Map, Value};

use crate::call::{Call, Reply};
use crate::caller::{Caller, CallerFault};
use crate::limits::{DEFAULT_PAGE, TOKEN_LENGTH};
use crate::path::{CUSTOMER_CHATS, PathIds};
use crate::problem::Problem;
use crate::query::QueryParameters;
use crate::service::Settings;
use crate::times::epoch_seconds;
use crate::token::{Purpose, Tokens};

/// A customer's name for himself.
const OWN: &str = "me";
/// The most chats of one page. Each is a request to the database, all at once, on a connection of its own: this many
/// a small function opens at a time without keeping its caller waiting.
const MOST_CHATS: u64 = 25;

/// A page of a customer's chats to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The instance.
    pub instance: InstanceId,
    /// Whose chats.
    pub customer: CustomerId,
    /// Before which place the page begins.
    pub before: Option<Listed>,
    /// At most this many chats.
    pub limit: usize,
}

impl Request {
    /// Reads the request of `caller`.
    ///
    /// # Errors
    /// [`Problem::NotYours`] for a customer who asks for another; else names what is wrong.
    pub fn parse(call: &Call, caller: &Caller, settings: &Settings) -> Result<Self, Problem> {
        let PathIds { instance, id } = CUSTOMER_CHATS.ids(call)?;
        // The path alone opens nothing: `me` of a backend is a customer of that name.
        let customer = match caller {
            Caller::Backend(_) => CustomerId(id),
            Caller::Customer(own) if id == OWN || id == own.0 => own.clone(),
            Caller::Customer(_) => return Err(Problem::NotYours),
            Caller::Anonymous => return Err(Problem::Unknown(CallerFault::Unsigned)),
        };
        let instance = settings.instance_in_path(&instance)?;
        let query = QueryParameters::of(call);
        let limit = query.number("maxResults", 1..=MOST_CHATS)?;
        let before = match query.text("nextToken", TOKEN_LENGTH)? {
            None => None,
            Some(token) => {
                let place = open(&settings.tokens, &instance, &customer, &token);
                let foreign = || query.invalid("nextToken", "is not one of this list");
                Some(place.ok_or_else(foreign)?)
            }
        };
        Ok(Self {
            instance,
            customer,
            before,
            limit: limit.map_or(DEFAULT_PAGE, |limit| limit as usize),
        })
    }

    /// The answer.
    pub fn reply(&self, call: &Call, settings: &Settings, found: &CustomerChats) -> Reply {
        let chats: Vec<Value> = found.chats.iter().map(wire_chat).collect();
        let mut body = Map::new();
        body.insert("Chats".to_owned(), Value::Array(chats));
        if let Some(place) = found.next {
            let token = seal(&settings.tokens, &self.instance, &self.customer, place);
            body.insert("NextToken".to_owned(), Value::String(token));
        }
        Reply::json(200, &call.request_id, &Value::Object(body))
    }
}

/// A chat on the wire, in the words of DescribeContact and StartChatContact.
fn wire_chat(chat: &CustomerChat) -> Value {
    let initial = chat.session.initial_contact().to_string();
    let mut wire = Map::new();
    let mut put = |name: &str, value: Value| wire.insert(name.to_owned(), value);
    put("ContactId", chat.contact.to_string().into());
    put("InitiationTimestamp", epoch_seconds(chat.started));
    if let Some((at, reason)) = chat.ended {
        put("DisconnectTimestamp", epoch_seconds(at));
        put("DisconnectReason", DisconnectReason::as_str(reason).into());
    }
    if chat.continuable {
        // With ENTIRE_PAST_SESSION, which takes a session's initial contact.
        put("SourceContactId", initial.clone().into());
    }
    put("InitialContactId", initial.into());
    Value::Object(wire)
}

/// A NextToken: the place of the last chat on the page, good only for this customer's list.
fn seal(tokens: &Tokens, instance: &InstanceId, customer: &CustomerId, place: Listed) -> String {
    let started = place.started.as_millis().to_be_bytes();
    let session = place.session.bits().to_be_bytes();
    let body = [&started[..], &session].concat();
    tokens.seal(Purpose::Chats, &body, &context(instance, customer))
}

fn open(
    tokens: &Tokens,
    instance: &InstanceId,
    customer: &CustomerId,
    token: &str,
) -> Option<Listed> {
    let body = tokens.open(Purpose::Chats, token, &context(instance, customer))?;
    let (started, session) = body.split_first_chunk()?;
    Some(Listed {
        started: Timestamp::from_millis(u64::from_be_bytes(*started)),
        session: SessionId::from_bits(u128::from_be_bytes(session.try_into().ok()?)),
    })
}

fn context<'a>(instance: &'a InstanceId, customer: &'a CustomerId) -> [&'a [u8]; 2] {
    [instance.as_str().as_bytes(), customer.0.as_bytes()]
}

#[cfg(test)]
mod tests;
