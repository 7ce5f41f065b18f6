//! Chats that run, and the requests of their participants.

use api::Operation;
use domain::{ContactId, InstanceId, TransferMethod};
use futures_executor::block_on;
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

/// The members that every start has.
pub(crate) fn start_members() -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactFlowId": FLOW,
        "ParticipantDetails": {"DisplayName": "Jane"},
    })
}

/// A start with these members beside the usual ones.
pub(crate) fn start(members: &Value) -> Request {
    let mut body = start_members();
    for (name, value) in members.as_object().expect("an object") {
        body = set(&body, name, value.clone());
    }
    Request::new(Operation::StartChatContact, &body)
}

pub(crate) fn stop(contact: &str) -> Request {
    let body = json!({"InstanceId": INSTANCE, "ContactId": contact});
    Request::new(Operation::StopContact, &body).signed()
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
        let mut chat = Chat {
            contact: at(&started, "ContactId"),
            participant: at(&started, "ParticipantId"),
            participant_token: at(&started, "ParticipantToken"),
            connection_token: String::new(),
        };
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
    pub(crate) fn transferred(&self, chat: &Chat) -> String {
        let contact = ContactId::parse(&chat.contact).expect("an id of ours");
        let instance = InstanceId::new(INSTANCE).expect("an instance");
        let (log, key) = (&self.service.log, self.entropy().key());
        let queue = TransferMethod::QueueTransfer;
        let transfer = domain::transfer(log, &instance, contact, queue, key, self.now());
        block_on(transfer)
            .expect("the chat runs")
            .contact
            .to_string()
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
