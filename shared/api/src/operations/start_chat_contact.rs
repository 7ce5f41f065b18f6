//! `PUT /contact/chat`: StartChatContact, and the chat widget's `POST /contact/chat`.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_StartChatContact.html>

use domain::{
    ContactFlowId, ContactId, Content, ContentType, ContentTypes, CustomerId, DisplayName,
    Fingerprint, Opened, Rehydration, Role, SessionId, SessionKey, SourceRefusal, Start,
    StartRefusal, Starter,
};
use http::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::attributes::attributes;
use super::connection::ConnectionTypes;
use super::message::message;
use super::source::source;
use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::keys::first_half;
use crate::limits::{
    CHAT_MINUTES, CLIENT_TOKEN_LENGTH, CUSTOMER_LENGTH, DEFAULT_CHAT_MINUTES, DISPLAY_NAME_LENGTH,
    FLOW_LENGTH,
};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::token::{Bearer, Connection};

/// What Connect has and this service does not do.
const UNSUPPORTED: [&str; 3] = [
    "RelatedContactId",
    "SegmentAttributes",
    "ChatStreamingConfiguration",
];
/// How answers of a bot come: whole, as they always do here, or piece by piece.
const RESPONSE_MODES: [(&str, bool); 2] = [("COMPLETE", true), ("INCREMENTAL", false)];

/// A chat to start, as the domain takes it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The chat.
    pub start: Start,
    /// Whether the widget asks, which wants its answer in an envelope.
    pub widget: bool,
    /// What of a connection is asked for.
    types: Option<ConnectionTypes>,
}

impl Request {
    /// Reads the request of `caller`.
    ///
    /// # Errors
    /// Names the member that is missing, wrong, at odds with another, or not the caller's to give.
    pub fn parse(call: &Call, caller: &Caller, settings: &Settings) -> Result<Self, Problem> {
        let mut members = Members::parse(&call.body)?;
        let widget = call.method == Method::POST;
        if widget {
            members = members.without_empty_texts();
        }
        let both = members.has("RelatedContactId") && members.has("PersistentChat");
        if both {
            let reason = "RelatedContactId and PersistentChat must not both be given";
            return Err(Problem::Malformed(reason.to_owned()));
        }
        members.refuse(&UNSUPPORTED)?;
        answers_come_whole(&members)?;
        let details = members.object("ParticipantDetails")?;
        let details = details.ok_or_else(|| members.missing("ParticipantDetails.DisplayName"))?;
        let display_name = details.required_text("DisplayName", DISPLAY_NAME_LENGTH)?;
        let content_types = content_types(&members)?;
        let minutes = members.number("ChatDurationInMinutes", CHAT_MINUTES)?;
        let instance = match widget {
            true => settings.instance_or_default(&members)?,
            false => settings.instance(&members)?,
        };
        let flow = flow(&members, widget, settings)?;
        let customer_id = members.text("CustomerId", CUSTOMER_LENGTH)?;
        let types = connection_types(&members)?;
        let mut start = Start {
            session: SessionKey {
                session: session(call, &members, caller, instance.as_str(), settings)?,
                instance,
            },
            customer: call.entropy.participant(),
            display_name: DisplayName(display_name.to_owned()),
            flow,
            starter: starter(caller, customer_id)?,
            attributes: attributes(&members, "Attributes")?,
            initial: initial(&members, content_types, settings)?,
            duration: domain::minutes(minutes.unwrap_or(DEFAULT_CHAT_MINUTES)),
            content_types,
            disconnect_agent_on_exit: disconnects_agent(&members)?,
            connects: types.is_some(),
            source: persistent(&members, widget)?,
            fingerprint: Fingerprint([0; 16]),
        };
        start.fingerprint = fingerprint(&start, types);
        Ok(Self {
            start,
            widget,
            types,
        })
    }

    /// The answer. A repetition of the request gets the same ids and an equally good token.
    pub fn reply(&self, call: &Call, settings: &Settings, opened: &Opened) -> Reply {
        let bearer = Bearer {
            session: self.start.session.clone(),
            participant: opened.participant,
            role: Role::Customer,
        };
        let mut result = Map::new();
        let mut put = |name: &str, value: String| result.insert(name.to_owned(), value.into());
        put("ContactId", opened.contact.to_string());
        put("ParticipantId", opened.participant.to_string());
        put("ParticipantToken", settings.tokens.participant(&bearer));
        if let Some(source) = opened.continued_from {
            put("ContinuedFromContactId", source.to_string());
        }
        if let Some(types) = self.types {
            let connection = Connection {
                bearer,
                accompanied: false,
            };
            types.answer(call, settings, &connection, &mut result);
        }
        let body = if self.widget {
            let markdown = self.start.content_types.contains(ContentType::Markdown);
            json!({"data": {
                "startChatResult": result,
                "featurePermissions": {"MESSAGING_MARKDOWN": markdown},
            }})
        } else {
            Value::Object(result)
        };
        Reply::json(200, &call.request_id, &body)
    }
}

fn flow(members: &Members, widget: bool, settings: &Settings) -> Result<ContactFlowId, Problem> {
    match (
        members.text("ContactFlowId", FLOW_LENGTH)?,
        &settings.default_flow,
    ) {
        (Some(flow), _) => Ok(ContactFlowId(flow.to_owned())),
        (None, Some(flow)) if widget => Ok(flow.clone()),
        (None, _) => Err(members.missing("ContactFlowId")),
    }
}

/// Whether the customer's exit disconnects the agent, so that a disconnect flow can run.
fn disconnects_agent(members: &Members) -> Result<bool, Problem> {
    let member = "DisconnectOnCustomerExit";
    match members.texts(member)?.as_deref() {
        None => Ok(false),
        Some(["AGENT"]) => Ok(true),
        Some(_) => Err(members.invalid(member, "must have the one entry AGENT")),
    }
}

/// The connection that the start is to make, where it is to make one.
fn connection_types(members: &Members) -> Result<Option<ConnectionTypes>, Problem> {
    let member = "ConnectionTypes";
    if members.texts(member)?.is_some_and(|types| types.len() > 2) {
        return Err(members.invalid(member, "must have 1 to 2 entries"));
    }
    ConnectionTypes::of(members, member)
}

/// The types that the chat supports; naming any, `text/plain` must be among them.
fn content_types(members: &Members) -> Result<ContentTypes, Problem> {
    let member = "SupportedMessagingContentTypes";
    let Some(names) = members.texts(member)? else {
        return Ok(ContentTypes::PLAIN);
    };
    if !names.contains(&ContentType::Plain.as_str()) {
        return Err(members.invalid(member, "must contain text/plain"));
    }
    let types: Option<Vec<ContentType>> = names.into_iter().map(ContentType::parse).collect();
    types.map(ContentTypes::with).ok_or_else(|| {
        let known: Vec<&str> = ContentType::ALL.iter().map(|kind| kind.as_str()).collect();
        members.invalid(member, format!("must be among {}", known.join(", ")))
    })
}

fn initial(
    members: &Members,
    supported: ContentTypes,
    settings: &Settings,
) -> Result<Option<(ContentType, Content)>, Problem> {
    let Some(initial) = members.object("InitialMessage")? else {
        return Ok(None);
    };
    let (kind, content) = message(&initial, &settings.limits)?;
    if !supported.contains(kind) {
        let reason = "must be among SupportedMessagingContentTypes";
        return Err(initial.invalid("ContentType", reason));
    }
    Ok(Some((kind, content)))
}

/// A ParticipantConfiguration asks for nothing, or for what happens anyway.
fn answers_come_whole(members: &Members) -> Result<(), Problem> {
    let Some(configuration) = members.object("ParticipantConfiguration")? else {
        return Ok(());
    };
    match configuration.one_of("ResponseMode", &RESPONSE_MODES)? {
        None | Some(true) => Ok(()),
        Some(false) => Err(configuration.unsupported("ResponseMode INCREMENTAL")),
    }
}

/// The source of a persistent chat. A widget's page sends the members whether it knows a source or not; where one of
/// them is empty the chat is a plain one, as it is behind
/// [AWS's own function](https://github.com/amazon-connect/amazon-connect-chat-ui-examples) for widgets.
fn persistent(
    members: &Members,
    widget: bool,
) -> Result<Option<(ContactId, Rehydration)>, Problem> {
    let Some(mut persistent) = members.object("PersistentChat")? else {
        return Ok(None);
    };
    if widget {
        persistent = persistent.without_empty_texts();
        let both = ["RehydrationType", "SourceContactId"];
        if !both.iter().all(|member| persistent.has(member)) {
            return Ok(None);
        }
    }
    let (contact, rehydration) = source(&persistent)?;
    // An id that is none of ours names a contact that does not exist.
    let unknown = Problem::Start(StartRefusal::Source(SourceRefusal::NotFound));
    Ok(Some((contact.ok_or(unknown)?, rehydration)))
}

/// Whose chat it will be: only a backend may say so of others.
fn starter(caller: &Caller, customer_id: Option<&str>) -> Result<Starter, Problem> {
    let refuse = |reason: &str| Err(Problem::Malformed(format!("CustomerId {reason}")));
    match (caller, customer_id) {
        (Caller::Backend(_), id) => Ok(Starter::Backend(id.map(|id| CustomerId(id.to_owned())))),
        (Caller::Customer(own), Some(id)) if own.0 != id => {
            refuse("must be that of the caller's own token")
        }
        (Caller::Customer(own), _) => Ok(Starter::Customer(own.clone())),
        (Caller::Anonymous, Some(_)) => refuse("may be given by a known caller only"),
        (Caller::Anonymous, None) => Ok(Starter::Anonymous),
    }
}

/// The session's id: of the ClientToken the same each time, without one a new one.
fn session(
    call: &Call,
    members: &Members,
    caller: &Caller,
    instance: &str,
    settings: &Settings,
) -> Result<SessionId, Problem> {
    let token = members.text("ClientToken", CLIENT_TOKEN_LENGTH)?;
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(call.entropy.session());
    };
    // A token that can be guessed could hand one visitor another visitor's chat.
    if *caller == Caller::Anonymous && !is_uuid_4(token) {
        let reason = "must be a UUID of version 4 where the caller is not known";
        return Err(members.invalid("ClientToken", reason));
    }
    let [kind, name] = caller.scope();
    let parts = [b"start", instance.as_bytes(), kind, name, token.as_bytes()];
    Ok(SessionId::from_bits(settings.session_ids.hash(&parts)))
}

/// Its version digit says so. The variant is not looked at: the Rust SDK leaves one of its bits to chance, so
/// that half of the tokens that it fills in are of none of the known variants.
fn is_uuid_4(text: &str) -> bool {
    let legal = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(legal)
}

/// A hash of everything in the request but its ClientToken.
fn fingerprint(start: &Start, types: Option<ConnectionTypes>) -> Fingerprint {
    let owner = match &start.starter {
        Starter::Backend(id) => id.as_ref(),
        Starter::Customer(id) => Some(id),
        Starter::Anonymous => None,
    };
    let canonical = json!([
        start.flow.0,
        start.display_name.0,
        owner.map(|id| &id.0),
        start.attributes.0,
        start
            .initial
            .as_ref()
            .map(|(kind, content)| [kind.as_str(), &content.0]),
        start.duration.as_secs(),
        start
            .content_types
            .iter()
            .map(ContentType::as_str)
            .collect::<Vec<_>>(),
        start.disconnect_agent_on_exit,
        types.map(|types| [types.websocket, types.credentials]),
        start.source.map(|(contact, rehydration)| {
            let entire = rehydration == Rehydration::EntirePastSession;
            (contact.to_string(), entire)
        }),
    ]);
    let hash = Sha256::digest(canonical.to_string().as_bytes());
    Fingerprint(first_half(&hash.into()).to_be_bytes())
}
