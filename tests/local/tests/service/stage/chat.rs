//! Chats that run, and the requests of their participants.

use api::Operation;
use domain::{ContactId, InstanceId, SessionKey};
use serde_json::{Value, json};

use super::{FLOW, INSTANCE, Request, World, at, set};

/// A chat as its customer knows it.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) contact: String,
    pub(crate) participant: String,
    pub(crate) participant_token: String,
    pub(crate) connection_token: String,
}

impl Chat {
    /// What a start has answered: a chat that nobody is connected to yet.
    pub(crate) fn started(answer: &Value) -> Self {
        Self {
            contact: at(answer, "ContactId"),
            participant: at(answer, "ParticipantId"),
            participant_token: at(answer, "ParticipantToken"),
            connection_token: String::new(),
        }
    }

    /// What an invitation to the chat has answered: the chat as the one knows it who was invited.
    pub(crate) fn invited(&self, answer: &Value) -> Self {
        Self {
            contact: self.contact.clone(),
            participant: at(answer, "ParticipantId"),
            participant_token: at(answer, "ParticipantCredentials.ParticipantToken"),
            connection_token: String::new(),
        }
    }

    /// The session that it is.
    pub(crate) fn session(&self) -> SessionKey {
        let instance = InstanceId::new(INSTANCE).expect("an instance");
        let contact = ContactId::parse(&self.contact).expect("a contact");
        SessionKey::new(&instance, contact.session())
    }
}

/// The members that every start has.
pub(crate) fn start_members() -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactFlowId": FLOW,
        "ParticipantDetails": {"DisplayName": "Jane"},
    })
}

/// The members of a start, with these beside the usual ones.
pub(crate) fn start_with(members: &Value) -> Value {
    let mut body = start_members();
    for (name, value) in members.as_object().expect("an object") {
        body = set(&body, name, value.clone());
    }
    body
}

/// A start with these members beside the usual ones.
pub(crate) fn start(members: &Value) -> Request {
    Request::new(Operation::StartChatContact, &start_with(members))
}

pub(crate) fn stop(contact: &str) -> Request {
    let body = json!({"InstanceId": INSTANCE, "ContactId": contact});
    Request::new(Operation::StopContact, &body).signed()
}

/// A transfer of a contact with these members beside the usual ones.
pub(crate) fn transfer(contact: &str, members: &Value) -> Request {
    let mut body = json!({"InstanceId": INSTANCE, "ContactId": contact, "ContactFlowId": FLOW});
    for (name, value) in members.as_object().expect("an object") {
        body = set(&body, name, value.clone());
    }
    Request::new(Operation::TransferContact, &body).signed()
}

/// Asks somebody to take part in a contact.
pub(crate) fn invitation(contact: &str, role: &str, name: &str) -> Request {
    let details = json!({"ParticipantRole": role, "DisplayName": name});
    let body = json!({"InstanceId": INSTANCE, "ContactId": contact, "ParticipantDetails": details});
    Request::new(Operation::CreateParticipant, &body).signed()
}

pub(crate) fn connection(token: &str) -> Request {
    let body = json!({"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]});
    Request::new(Operation::CreateParticipantConnection, &body).bearer(token)
}

pub(crate) fn transcript(chat: &Chat, members: &Value) -> Request {
    Request::new(Operation::GetTranscript, members).bearer(&chat.connection_token)
}

pub(crate) fn message(chat: &Chat, content: &str) -> Request {
    let body = json!({"ContentType": "text/plain", "Content": content});
    Request::new(Operation::SendMessage, &body).bearer(&chat.connection_token)
}

/// An event of this kind (the last words of its content type) about a message, or about none.
pub(crate) fn event(chat: &Chat, kind: &str, message: Option<&str>) -> Request {
    let mut body =
        json!({"ContentType": format!("application/vnd.amazonaws.connect.event.{kind}")});
    if let Some(message) = message {
        // JSON within JSON, as clients send it.
        body["Content"] = json!(json!({"messageId": message}).to_string());
    }
    Request::new(Operation::SendEvent, &body).bearer(&chat.connection_token)
}

pub(crate) fn typing(chat: &Chat) -> Request {
    event(chat, "typing", None)
}

pub(crate) fn disconnect(chat: &Chat) -> Request {
    Request::new(Operation::DisconnectParticipant, &json!({})).bearer(&chat.connection_token)
}

/// What of a transcript's items is easy to compare: their content, or the last word of their event.
pub(crate) fn transcript_words(page: &Value) -> Vec<String> {
    let items = page["Transcript"].as_array().expect("a list");
    let word = |item: &Value| match item["Type"].as_str() {
        Some("MESSAGE") => at(item, "Content"),
        _ => at(item, "ContentType")
            .rsplit("event.")
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    items.iter().map(word).collect()
}

impl World {
    /// A chat that somebody unknown has started and is connected to.
    pub(crate) fn chat(&self) -> Chat {
        self.connected(start(&json!({})))
    }

    /// A chat that continues another.
    pub(crate) fn chat_after(&self, source: &Chat) -> Chat {
        self.connected(start(&continuing(&source.contact, "ENTIRE_PAST_SESSION")))
    }

    /// The chat that this request starts, connected.
    #[track_caller]
    pub(crate) fn connected(&self, start: Request) -> Chat {
        let started = self.takes(start);
        let mut chat = Chat::started(&started);
        chat.connection_token = self.connection_token(&chat);
        chat
    }

    /// A new connection of the chat's customer.
    #[track_caller]
    pub(crate) fn connection_token(&self, chat: &Chat) -> String {
        let connected = self.takes(connection(&chat.participant_token));
        at(&connected, "ConnectionCredentials.ConnectionToken")
    }

    /// Hands the chat over to its next contact, as a flow or an agent would, and gives that one's id.
    #[track_caller]
    pub(crate) fn transferred(&self, chat: &Chat) -> String {
        let next = self.takes(transfer(&chat.contact, &json!({"QueueId": "queue"})));
        at(&next, "ContactId")
    }

    /// The chat as somebody knows it who was asked to take part and has not connected.
    #[track_caller]
    pub(crate) fn invited(&self, chat: &Chat, role: &str, name: &str) -> Chat {
        chat.invited(&self.takes(invitation(&chat.contact, role, name)))
    }

    /// The chat as somebody knows it who was asked to take part and has come.
    #[track_caller]
    pub(crate) fn accompanied(&self, chat: &Chat, role: &str, name: &str) -> Chat {
        let mut theirs = self.invited(chat, role, name);
        theirs.connection_token = self.connection_token(&theirs);
        theirs
    }

    /// A chat in which something was said and which has ended.
    pub(crate) fn ended_chat(&self) -> Chat {
        let chat = self.chat();
        self.takes(message(&chat, "in the past"));
        self.takes(disconnect(&chat));
        chat
    }
}

/// The member that makes a start continue a contact.
pub(crate) fn continuing(contact: &str, rehydration: &str) -> Value {
    json!({"PersistentChat": {"SourceContactId": contact, "RehydrationType": rehydration}})
}
