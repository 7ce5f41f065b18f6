//! Who acts in the stories: a company's backend, those who take part in its chats, and visitors that nobody knows.

use std::time::Duration;

use aws_sdk_connect::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_connect::config::timeout::TimeoutConfig;
use aws_sdk_connect::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_connect::operation::start_chat_contact::builders::StartChatContactFluentBuilder;
use aws_sdk_connect::operation::stop_contact::builders::StopContactFluentBuilder;
use aws_sdk_connect::types::{ParticipantDetails, PersistentChat, RehydrationType};
use aws_sdk_connectparticipant::operation::create_participant_connection::builders::CreateParticipantConnectionFluentBuilder;
use aws_sdk_connectparticipant::operation::disconnect_participant::builders::DisconnectParticipantFluentBuilder;
use aws_sdk_connectparticipant::operation::get_transcript::builders::GetTranscriptFluentBuilder;
use aws_sdk_connectparticipant::operation::send_event::builders::SendEventFluentBuilder;
use aws_sdk_connectparticipant::operation::send_message::builders::SendMessageFluentBuilder;
use aws_sdk_connectparticipant::types::ConnectionType;

/// The two ways to continue a chat.
pub(crate) const BOTH: [RehydrationType; 2] = [
    RehydrationType::EntirePastSession,
    RehydrationType::FromSegment,
];

/// A caller of the control API.
#[derive(Debug, Clone)]
pub(crate) struct Backend {
    pub(crate) client: aws_sdk_connect::Client,
    /// What those use whom it lets take part.
    pub(crate) participants: aws_sdk_connectparticipant::Client,
    pub(crate) instance: String,
    pub(crate) url: String,
    /// What it signs with, if it has an access key.
    pub(crate) key: Option<Credentials>,
}

impl Backend {
    /// A backend with the access key of local services.
    pub(crate) fn at(url: &str, instance: &str) -> Self {
        Self::with_secret(url, instance, "local")
    }

    /// A backend with this secret, be it right or wrong.
    pub(crate) fn with_secret(url: &str, instance: &str, secret: &str) -> Self {
        Self::with_key(url, instance, access_key("local", secret))
    }

    /// A backend with this access key.
    pub(crate) fn with_key(url: &str, instance: &str, key: Credentials) -> Self {
        let config = control_config(url).credentials_provider(key.clone());
        Self::of(config.build(), url, instance, Some(key))
    }

    /// Somebody without any key.
    pub(crate) fn unsigned(url: &str, instance: &str) -> Self {
        let config = control_config(url).allow_no_auth();
        Self::of(config.build(), url, instance, None)
    }

    fn of(
        config: aws_sdk_connect::Config,
        url: &str,
        instance: &str,
        key: Option<Credentials>,
    ) -> Self {
        Self {
            client: aws_sdk_connect::Client::from_conf(config),
            participants: participant_client(url),
            instance: instance.to_owned(),
            url: url.to_owned(),
            key,
        }
    }

    /// The same backend at another address of the service.
    pub(crate) fn through(&self, url: &str) -> Self {
        let key = self.key.clone().expect("a known backend");
        Self::with_key(url, &self.instance, key)
    }

    /// The same backend, which asks once and takes what comes.
    pub(crate) fn without_retries(&self) -> Self {
        let config = self.client.config().to_builder();
        let config = config.retry_config(RetryConfig::disabled()).build();
        Self {
            client: aws_sdk_connect::Client::from_conf(config),
            ..self.clone()
        }
    }

    /// The same backend, but of another instance.
    pub(crate) fn of_instance(&self, instance: &str) -> Self {
        Self {
            instance: instance.to_owned(),
            ..self.clone()
        }
    }

    /// A chat to start.
    pub(crate) fn chat(&self, name: &str) -> StartChatContactFluentBuilder {
        let details = ParticipantDetails::builder().display_name(name).build();
        self.client
            .start_chat_contact()
            .instance_id(&self.instance)
            .contact_flow_id("flow")
            .participant_details(details.unwrap())
    }

    /// A chat to start that continues another.
    pub(crate) fn chat_after(
        &self,
        source: &str,
        how_much: RehydrationType,
    ) -> StartChatContactFluentBuilder {
        let source = PersistentChat::builder()
            .source_contact_id(source)
            .rehydration_type(how_much);
        self.chat("Jane").persistent_chat(source.build())
    }

    /// Starts a chat; its customer has not connected yet.
    pub(crate) async fn start(&self, chat: StartChatContactFluentBuilder) -> Participant {
        let started = chat.send().await.unwrap();
        Participant {
            client: self.participants.clone(),
            contact: started.contact_id.unwrap(),
            participant: started.participant_id.unwrap(),
            token: started.participant_token.unwrap(),
            continued_from: started.continued_from_contact_id,
            connection: String::new(),
        }
    }

    /// Starts a chat and connects its customer, Jane.
    pub(crate) async fn jane(&self) -> Participant {
        self.start(self.chat("Jane")).await.connected().await
    }

    /// Continues a chat and connects its customer, Jane.
    pub(crate) async fn jane_after(&self, source: &str, how_much: RehydrationType) -> Participant {
        let chat = self.chat_after(source, how_much);
        self.start(chat).await.connected().await
    }

    /// A contact to stop.
    pub(crate) fn stopping(&self, contact: &str) -> StopContactFluentBuilder {
        let stop = self.client.stop_contact().contact_id(contact);
        stop.instance_id(&self.instance)
    }

    /// Stops a contact.
    pub(crate) async fn stop(&self, contact: &str) {
        self.stopping(contact).send().await.unwrap();
    }
}

/// What signs with this access key.
pub(crate) fn access_key(id: &str, secret: &str) -> Credentials {
    Credentials::new(id, secret, None, None, "story")
}

/// Who takes part in one chat: its customer, an agent, a bot.
#[derive(Debug, Clone)]
pub(crate) struct Participant {
    pub(crate) client: aws_sdk_connectparticipant::Client,
    pub(crate) contact: String,
    pub(crate) participant: String,
    pub(crate) continued_from: Option<String>,
    /// The participant token.
    pub(crate) token: String,
    /// The connection token.
    pub(crate) connection: String,
}

/// What the sender of a message is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) time: String,
}

impl Participant {
    /// The same participant at another address of the service.
    pub(crate) fn through(&self, url: &str) -> Self {
        Self {
            client: participant_client(url),
            ..self.clone()
        }
    }

    /// The same participant, who asks once and takes what comes.
    pub(crate) fn without_retries(&self) -> Self {
        let config = self.client.config().to_builder();
        let config = config.retry_config(RetryConfig::disabled()).build();
        Self {
            client: aws_sdk_connectparticipant::Client::from_conf(config),
            ..self.clone()
        }
    }

    /// A connection to make.
    pub(crate) fn connecting(&self) -> CreateParticipantConnectionFluentBuilder {
        self.client
            .create_participant_connection()
            .participant_token(&self.token)
            .r#type(ConnectionType::Websocket)
            .r#type(ConnectionType::ConnectionCredentials)
    }

    /// The same participant, connected.
    pub(crate) async fn connected(mut self) -> Self {
        let connected = self.connecting().send().await.unwrap();
        let credentials = connected.connection_credentials.unwrap();
        self.connection = credentials.connection_token.unwrap();
        self
    }

    /// A message to send.
    pub(crate) fn saying(&self, text: &str) -> SendMessageFluentBuilder {
        self.client
            .send_message()
            .connection_token(&self.connection)
            .content_type("text/plain")
            .content(text)
    }

    /// Sends a message.
    pub(crate) async fn say(&self, text: &str) -> Sent {
        sent(self.saying(text)).await
    }

    /// An event to send: typing, or that a message was delivered or read.
    pub(crate) fn signalling(&self, event: &str) -> SendEventFluentBuilder {
        self.client
            .send_event()
            .connection_token(&self.connection)
            .content_type(format!("application/vnd.amazonaws.connect.event.{event}"))
    }

    /// An event about this message to send.
    pub(crate) fn noting(&self, event: &str, message: &str) -> SendEventFluentBuilder {
        let content = format!(r#"{{"messageId":"{message}"}}"#);
        self.signalling(event).content(content)
    }

    /// Says that this message was delivered to, or read by, this participant.
    pub(crate) async fn note(&self, event: &str, message: &Sent) -> Sent {
        let noted = self.noting(event, &message.id).send().await.unwrap();
        Sent {
            id: noted.id.unwrap(),
            time: noted.absolute_time.unwrap(),
        }
    }

    /// A departure.
    pub(crate) fn leaving(&self) -> DisconnectParticipantFluentBuilder {
        let leave = self.client.disconnect_participant();
        leave.connection_token(&self.connection)
    }

    /// Leaves, which ends the chat if it is the customer's.
    pub(crate) async fn leave(&self) {
        self.leaving().send().await.unwrap();
    }

    /// A page to read.
    pub(crate) fn reading(&self) -> GetTranscriptFluentBuilder {
        let read = self.client.get_transcript();
        read.connection_token(&self.connection)
    }
}

/// Sends this message.
pub(crate) async fn sent(message: SendMessageFluentBuilder) -> Sent {
    let sent = message.send().await.unwrap();
    Sent {
        id: sent.id.unwrap(),
        time: sent.absolute_time.unwrap(),
    }
}

/// The SDK's standard retries, without its long pauses.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(20))
}

/// What a client may spend on retries, which all clients of a process share otherwise: no story spends another's.
fn own_purse() -> RetryPartition {
    RetryPartition::new(crate::service::unique())
}

/// So that a story that has come to a stop fails and does not wait for ever.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .build()
}

fn control_config(url: &str) -> aws_sdk_connect::config::Builder {
    aws_sdk_connect::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(url)
        .retry_config(retries())
        .retry_partition(own_purse())
        .timeout_config(timeouts())
}

/// A client as a browser has it: the token in the request is all the credentials there are.
fn participant_client(url: &str) -> aws_sdk_connectparticipant::Client {
    let config = aws_sdk_connectparticipant::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(url)
        .retry_config(retries())
        .retry_partition(own_purse())
        .timeout_config(timeouts())
        .allow_no_auth();
    aws_sdk_connectparticipant::Client::from_conf(config.build())
}
