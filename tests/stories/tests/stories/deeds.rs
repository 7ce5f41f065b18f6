//! What somebody asks of the service, once, without the SDK's retries; and asks again under the same token.

use std::collections::BTreeSet;
use std::fmt::Debug;

use aws_sdk_connect::config::http::HttpResponse;
use aws_sdk_connect::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_connect::types::ParticipantRole;
use aws_sdk_connect::types::RehydrationType::{self, EntirePastSession, FromSegment};
use serde_json::{Value, json};

use crate::control::SALES;
use crate::pages::{ids, lines};
use crate::people::{Backend, Participant};
use crate::service::Service;

/// Where this is set every call meets every fault. Otherwise each meets some, and another call others.
pub(crate) const ALL_FAULTS: &str = "STORIES_ALL_FAULTS";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Start,
    ContinueWhole,
    ContinueFrom,
    Connect,
    Send,
    Stop,
    Leave,
    Read,
    Associate,
    Transfer,
    Invite,
    ChangeAttributes,
    ReadAttributes,
    Describe,
}

impl Deed {
    pub(crate) const ALL: [Self; 14] = [
        Self::Start,
        Self::ContinueWhole,
        Self::ContinueFrom,
        Self::Connect,
        Self::Send,
        Self::Stop,
        Self::Leave,
        Self::Read,
        Self::Associate,
        Self::Transfer,
        Self::Invite,
        Self::ChangeAttributes,
        Self::ReadAttributes,
        Self::Describe,
    ];

    /// Whether it begins another chat.
    pub(crate) fn begins(self) -> bool {
        matches!(self, Self::Start | Self::ContinueWhole | Self::ContinueFrom)
    }

    /// Its method and path in the OpenAPI document.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Start | Self::ContinueWhole | Self::ContinueFrom => ("put", "/contact/chat"),
            Self::Connect => ("post", "/participant/connection"),
            Self::Send => ("post", "/participant/message"),
            Self::Stop => ("post", "/contact/stop"),
            Self::Leave => ("post", "/participant/disconnect"),
            Self::Read => ("post", "/participant/transcript"),
            Self::Associate => (
                "post",
                "/contact/persistent-contact-association/{InstanceId}/{InitialContactId}",
            ),
            Self::Transfer => ("post", "/contact/transfer"),
            Self::Invite => ("post", "/contact/create-participant"),
            Self::ChangeAttributes => ("post", "/contact/attributes"),
            Self::ReadAttributes => ("get", "/contact/attributes/{InstanceId}/{InitialContactId}"),
            Self::Describe => ("get", "/contacts/{InstanceId}/{ContactId}"),
        }
    }

    /// Every status and type of error that the OpenAPI document has for it.
    pub(crate) fn documented(self) -> BTreeSet<(u16, String)> {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../shared/docs/openapi.json"
        );
        let document: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (method, path) = self.place();
        let mut documented = BTreeSet::new();
        for (status, response) in document["paths"][path][method]["responses"]
            .as_object()
            .unwrap()
        {
            let response = match response["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).unwrap(),
                None => response,
            };
            let schema = &response["content"]["application/json"]["schema"];
            let parts = schema["allOf"].as_array().into_iter().flatten();
            let types = parts.filter_map(|part| part["properties"]["__type"]["enum"].as_array());
            for kind in types.flatten() {
                let kind = kind.as_str().unwrap().to_owned();
                documented.insert((status.parse().unwrap(), kind));
            }
        }
        documented
    }
}

/// What the caller was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is done; this the caller was told, as far as it is the same whenever he asks.
    Done(Value),
    /// It failed.
    Failed {
        status: u16,
        kind: String,
        retry_after: Option<String>,
    },
}

/// A deed that can be asked for, as often as one likes.
pub(crate) struct Asked {
    pub(crate) deed: Deed,
    backend: Backend,
    pub(crate) jane: Participant,
    pub(crate) source: String,
    /// The id of what Jane has said before, where that is to be read.
    pub(crate) said: String,
    /// How many sessions there were before, where the deed begins one.
    pub(crate) sessions: usize,
}

impl Asked {
    /// Whatever must be there before, over a wire on which nothing goes wrong.
    pub(crate) async fn of(deed: Deed, service: &Service) -> Self {
        let sound = service.backend();
        let with_source = matches!(
            deed,
            Deed::ContinueWhole | Deed::ContinueFrom | Deed::Associate
        );
        let source = if with_source {
            let past = sound.jane().await;
            past.say("before").await;
            past.leave().await;
            past.contact
        } else {
            String::new()
        };
        let chat = sound.chat("Jane").attributes("lang", "de");
        let jane = sound.start(chat).await;
        let jane = match deed {
            Deed::Connect => jane,
            _ => jane.connected().await,
        };
        let said = match deed {
            Deed::Read => jane.say("Before").await.id,
            _ => String::new(),
        };
        Self {
            deed,
            backend: sound.without_retries(),
            jane: jane.without_retries(),
            source,
            said,
            sessions: match deed.begins() {
                true => service.sessions().await,
                false => 0,
            },
        }
    }

    /// Asks once.
    pub(crate) async fn ask(&self) -> Told {
        let Self {
            backend,
            jane,
            source,
            ..
        } = self;
        let contact = &jane.contact;
        match self.deed {
            Deed::Start => {
                let chat = backend.chat("Jane").client_token(contact);
                told(chat.send().await, |it| text(it.contact_id))
            }
            Deed::ContinueWhole => self.continued(EntirePastSession).await,
            Deed::ContinueFrom => self.continued(FromSegment).await,
            Deed::Connect => told(jane.connecting().send().await, |it| {
                it.connection_credentials.map(|_| Value::Null)
            }),
            Deed::Send => {
                let message = jane.saying("Hello").client_token("once");
                told(message.send().await, |it| text(it.id))
            }
            Deed::Stop => told(backend.stopping(contact).send().await, |_| {
                Some(Value::Null)
            }),
            Deed::Leave => {
                let leaving = jane.leaving().client_token("once");
                told(leaving.send().await, |_| Some(Value::Null))
            }
            Deed::Read => told(jane.older(100).send().await, |it| {
                let items = it.transcript?;
                Some(json!([ids(&items), lines(&items)]))
            }),
            Deed::Associate => {
                let associating = backend.associating(contact, source, FromSegment);
                told(associating.send().await, |it| {
                    text(it.continued_from_contact_id)
                })
            }
            Deed::Transfer => {
                let transferring = backend.transferring(contact, SALES).client_token("once");
                told(transferring.send().await, |it| text(it.contact_id))
            }
            Deed::Invite => {
                let inviting = backend.inviting(contact, ParticipantRole::Agent, "Bob");
                let inviting = inviting.client_token("once");
                told(inviting.send().await, |it| text(it.participant_id))
            }
            Deed::ChangeAttributes => {
                let updating = backend.updating(contact, &[("order", "4711")]);
                told(updating.send().await, |_| Some(Value::Null))
            }
            Deed::ReadAttributes => {
                let reading = backend.reading_attributes(contact);
                told(reading.send().await, |it| Some(json!(it.attributes?)))
            }
            Deed::Describe => told(backend.describing(contact).send().await, |it| {
                let contact = it.contact?;
                Some(json!([
                    contact.id?,
                    contact.attributes?,
                    contact.disconnect_reason
                ]))
            }),
        }
    }

    async fn continued(&self, how_much: RehydrationType) -> Told {
        let chat = self.backend.chat_after(&self.source, how_much);
        let chat = chat.client_token(&self.jane.contact);
        told(chat.send().await, |it| text(it.contact_id))
    }
}

fn text(id: Option<String>) -> Option<Value> {
    id.map(Value::String)
}

fn told<T, E>(
    answer: Result<T, SdkError<E, HttpResponse>>,
    known_by: impl FnOnce(T) -> Option<Value>,
) -> Told
where
    E: Debug + ProvideErrorMetadata,
{
    match answer {
        Ok(done) => Told::Done(known_by(done).expect("what every answer has")),
        Err(SdkError::ServiceError(failed)) => Told::Failed {
            status: failed.raw().status().as_u16(),
            kind: failed.err().code().unwrap_or_default().to_owned(),
            retry_after: failed.raw().headers().get("retry-after").map(str::to_owned),
        },
        Err(other) => panic!("no answer of the service: {other:?}"),
    }
}
