//! The operations of a chat, each repeated under its token as clients do, and what is known of it then.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::arrivals::Dice;
use crate::http::{Answer, Http, Lost};
use crate::signer::signature;

/// How often a call is made at most.
const ATTEMPTS: u32 = 5;
/// The pause before the second attempt; each that follows is twice as long.
const PAUSE: Duration = Duration::from_millis(50);
/// The instance that all chats belong to.
const INSTANCE: &str = "load";

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Fate<T> {
    /// It was carried out.
    Done(T),
    /// It surely was not.
    Refused(String),
    /// Nobody can tell: an attempt failed or was not answered, and no later one was carried out.
    Unknown(String),
}

impl<T> Fate<T> {
    fn map<U>(self, read: impl FnOnce(T) -> Option<U>) -> Fate<U> {
        match self {
            Self::Done(answer) => match read(answer) {
                Some(answer) => Fate::Done(answer),
                None => Fate::Unknown("an answer without what it must have".to_owned()),
            },
            Self::Refused(why) => Fate::Refused(why),
            Self::Unknown(why) => Fate::Unknown(why),
        }
    }

    /// Why it was not carried out, or not surely.
    pub(crate) fn failure(&self) -> Option<String> {
        match self {
            Self::Done(_) => None,
            Self::Refused(why) | Self::Unknown(why) => Some(why.clone()),
        }
    }
}

/// A chat that was started.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) contact: String,
    pub(crate) participant_token: String,
}

/// The service, as its clients use it.
#[derive(Debug)]
pub(crate) struct Service {
    http: Http,
    tokens: Mutex<Dice>,
    repeated: AtomicUsize,
    denied: AtomicUsize,
}

struct Call<'a> {
    method: Method,
    path: &'a str,
    bearer: Option<&'a str>,
    body: Value,
}

impl Service {
    /// The service at this host and port; the tokens of requests follow from the seed.
    pub(crate) fn new(host: String, seed: u64) -> Self {
        Self {
            http: Http::new(host),
            tokens: Mutex::new(Dice::new(seed)),
            repeated: AtomicUsize::new(0),
            denied: AtomicUsize::new(0),
        }
    }

    /// How many calls were refused for what they asked for, and not for load: all that are made here are right.
    pub(crate) fn denied(&self) -> usize {
        self.denied.load(Ordering::Relaxed)
    }

    /// How many attempts were repetitions, since this was asked last.
    pub(crate) fn take_repeated(&self) -> usize {
        self.repeated.swap(0, Ordering::Relaxed)
    }

    /// StartChatContact, of a new chat or of one that continues a contact that has ended.
    pub(crate) async fn start(&self, source: Option<&str>) -> Fate<Started> {
        let mut body = json!({
            "InstanceId": INSTANCE,
            "ContactFlowId": "load",
            "ParticipantDetails": {"DisplayName": "Jane"},
            "ClientToken": self.token(),
        });
        if let Some(source) = source {
            body["PersistentChat"] =
                json!({"SourceContactId": source, "RehydrationType": "FROM_SEGMENT"});
        }
        let answer = self.asked(Method::PUT, "/contact/chat", None, body).await;
        answer.map(|answer| {
            Some(Started {
                contact: text(&answer, "ContactId")?,
                participant_token: text(&answer, "ParticipantToken")?,
            })
        })
    }

    /// CreateParticipantConnection: the connection token.
    pub(crate) async fn connect(&self, participant_token: &str) -> Fate<String> {
        let body = json!({"Type": ["CONNECTION_CREDENTIALS"]});
        let answer = self.participates("/participant/connection", participant_token, body);
        answer
            .await
            .map(|answer| text(&answer["ConnectionCredentials"], "ConnectionToken"))
    }

    /// SendMessage: the message's id.
    pub(crate) async fn send(&self, connection: &str, content: &str) -> Fate<String> {
        let body =
            json!({"ContentType": "text/plain", "Content": content, "ClientToken": self.token()});
        let answer = self.participates("/participant/message", connection, body);
        answer.await.map(|answer| text(&answer, "Id"))
    }

    /// One attempt of SendMessage: its status, and the message's id.
    pub(crate) async fn send_once(
        &self,
        connection: &str,
        content: &str,
    ) -> Result<(StatusCode, Option<String>), Lost> {
        let body =
            json!({"ContentType": "text/plain", "Content": content, "ClientToken": self.token()});
        let call = Call {
            method: Method::POST,
            path: "/participant/message",
            bearer: Some(connection),
            body,
        };
        let answer = self.attempt(&call).await?;
        Ok((answer.status, text(&answer.body, "Id")))
    }

    /// One attempt of StopContact: its status.
    pub(crate) async fn stop_once(&self, contact: &str) -> Result<StatusCode, Lost> {
        let call = Call {
            method: Method::POST,
            path: "/contact/stop",
            bearer: None,
            body: json!({"InstanceId": INSTANCE, "ContactId": contact}),
        };
        Ok(self.attempt(&call).await?.status)
    }

    /// GetTranscript: the newest page.
    pub(crate) async fn read(&self, connection: &str) -> Fate<usize> {
        let body = json!({"MaxResults": 15});
        let answer = self.participates("/participant/transcript", connection, body);
        answer
            .await
            .map(|answer| Some(answer["Transcript"].as_array()?.len()))
    }

    /// DisconnectParticipant, which ends the customer's chat.
    pub(crate) async fn end(&self, connection: &str) -> Fate<()> {
        let body = json!({"ClientToken": self.token()});
        let answer = self.participates("/participant/disconnect", connection, body);
        answer.await.map(|_| Some(()))
    }

    /// ExportTranscript: a contact's messages, oldest first, each with its id.
    pub(crate) async fn messages(&self, contact: &str) -> Fate<Vec<(String, String)>> {
        let (mut messages, mut next) = (Vec::new(), String::new());
        loop {
            let path = format!("/contacts/{INSTANCE}/{contact}/transcript{next}");
            let part = match self.asked(Method::GET, &path, None, Value::Null).await {
                Fate::Done(part) => part,
                Fate::Refused(why) => return Fate::Refused(why),
                Fate::Unknown(why) => return Fate::Unknown(why),
            };
            let items = part["Transcript"].as_array().into_iter().flatten();
            messages
                .extend(items.filter_map(|item| Some((text(item, "Content")?, text(item, "Id")?))));
            match text(&part, "NextToken") {
                Some(token) => next = format!("?nextToken={token}"),
                None => return Fate::Done(messages),
            }
        }
    }

    async fn participates(&self, path: &str, token: &str, body: Value) -> Fate<Value> {
        self.asked(Method::POST, path, Some(token), body).await
    }

    async fn asked(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Value,
    ) -> Fate<Value> {
        let call = Call {
            method,
            path,
            bearer,
            body,
        };
        let (mut uncertain, mut why, mut pause) = (false, String::new(), PAUSE);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.repeated.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            match self.attempt(&call).await {
                Ok(answer) if answer.status == StatusCode::OK => return Fate::Done(answer.body),
                Ok(answer) => {
                    why = format!("{}: {}", answer.status.as_u16(), answer.body["__type"]);
                    let throttled = answer.status == StatusCode::TOO_MANY_REQUESTS;
                    uncertain |= answer.status.is_server_error();
                    if !throttled && !answer.status.is_server_error() {
                        self.denied.fetch_add(1, Ordering::Relaxed);
                        break;
                    }
                }
                Err(lost) => {
                    why = lost.to_string();
                    uncertain = true;
                }
            }
        }
        if uncertain {
            Fate::Unknown(why)
        } else {
            Fate::Refused(why)
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Answer, Lost> {
        let request = self
            .request(call)
            .map_err(|error| Lost(error.to_string()))?;
        self.http.call(request).await
    }

    fn request(
        &self,
        call: &Call<'_>,
    ) -> Result<Request<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let body = match &call.body {
            Value::Null => Vec::new(),
            body => serde_json::to_vec(body)?,
        };
        let host = &self.http.host;
        let request = Request::builder()
            .method(call.method.clone())
            .uri(call.path)
            .header("host", host)
            .header("content-type", "application/json");
        let request = match call.bearer {
            Some(token) => request.header("x-amz-bearer", token),
            None => signature(call.method.as_str(), host, call.path, &body)?
                .into_iter()
                .fold(request, |request, (name, value)| {
                    request.header(name, value)
                }),
        };
        Ok(request.body(Full::from(body))?)
    }

    /// A ClientToken, of the form that SDKs fill in.
    fn token(&self) -> String {
        let mut dice = self
            .tokens
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let (high, low) = (dice.bits(), dice.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            0x8000 | (low >> 48 & 0x3FFF),
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}
