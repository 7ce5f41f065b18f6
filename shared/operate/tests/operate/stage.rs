//! A table with chats in it, and commands that may be killed between any two calls.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_types::config_bag::ConfigBag;
use domain::{
    AppendError, Attributes, ContactFlowId, ContactId, Content, ContentType, ContentTypes,
    CustomerId, DisplayName, Event, Fingerprint, IdempotencyKey, InstanceId, Invitation, Live,
    Message, NoPause, ParticipantId, ReceiptKind, Rehydration, Role, Rules, SessionId, SessionKey,
    Start, Starter, Timestamp, days, seconds,
};
use dynamodb::{DynamoDbLog, keys};
use engine::{Engine, create_table};
use operate::erase::{Eraser, News, Pace};

pub(crate) const TABLE: &str = "chat";
/// When everything happens; the clock does not move by itself.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(2_000_000_000_000);

/// No pauses: nobody else is there.
pub(crate) const AT_ONCE: Pace = Pace {
    calls_are_over: Duration::ZERO,
    index_settles: Duration::ZERO,
    throttled: Duration::ZERO,
};

pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) log: Live<DynamoDbLog, (), (), NoPause>,
    client: Client,
    drawn: AtomicU64,
}

/// A chat as its starter knows it.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) key: SessionKey,
    pub(crate) contact: ContactId,
    pub(crate) customer: ParticipantId,
}

pub(crate) fn instance(id: &str) -> InstanceId {
    InstanceId::new(id).expect("an instance")
}

pub(crate) fn customer(id: &str) -> CustomerId {
    CustomerId(id.to_owned())
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::over(Engine::memory().expect("an engine")).await
    }

    /// The same over another engine.
    pub(crate) async fn over(engine: Engine) -> Self {
        let client = dynamodb::client(&engine.sdk_config());
        create_table(&client, TABLE).await.expect("a table");
        Self {
            log: Live {
                log: DynamoDbLog::new(client.clone(), TABLE),
                connections: (),
                gateway: (),
                pause: NoPause,
            },
            engine,
            client,
            drawn: AtomicU64::new(1),
        }
    }

    pub(crate) fn draw(&self) -> u128 {
        let drawn = u128::from(self.drawn.fetch_add(1, SeqCst));
        drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }

    pub(crate) fn key(&self) -> IdempotencyKey {
        IdempotencyKey(self.draw().to_be_bytes())
    }

    pub(crate) fn wish(&self, at: &str, of: Option<&str>) -> Start {
        Start {
            session: SessionKey::new(&instance(at), SessionId::from_bits(self.draw())),
            customer: ParticipantId::from_random(self.draw()),
            display_name: DisplayName("Jane".to_owned()),
            flow: ContactFlowId("flow".to_owned()),
            starter: Starter::Backend(of.map(customer)),
            attributes: Attributes::default(),
            initial: Some((ContentType::Plain, Content("Hello".to_owned()))),
            duration: days(7),
            content_types: ContentTypes::PLAIN,
            disconnect_agent_on_exit: false,
            connects: true,
            source: None,
            fingerprint: Fingerprint(self.draw().to_be_bytes()),
        }
    }

    pub(crate) async fn started(&self, wish: Start) -> Chat {
        let opened = domain::start(&self.log, &wish, Rules::default(), NOON).await;
        let opened = opened.expect("it starts");
        Chat {
            key: wish.session,
            contact: opened.contact,
            customer: opened.participant,
        }
    }

    /// A running chat with a few messages.
    pub(crate) async fn chat(&self, at: &str, of: Option<&str>) -> Chat {
        let chat = self.started(self.wish(at, of)).await;
        for text in ["one", "two", "three"] {
            self.say(&chat, text).await.expect("it is said");
        }
        chat
    }

    /// The same, ended.
    pub(crate) async fn past_chat(&self, at: &str, of: Option<&str>) -> Chat {
        let chat = self.chat(at, of).await;
        self.end(&chat).await;
        chat
    }

    /// A chat that goes on from an ended one.
    pub(crate) async fn continuing(&self, source: &Chat, of: Option<&str>) -> Chat {
        let mut wish = self.wish(source.key.instance.as_str(), of);
        wish.source = Some((source.contact, Rehydration::EntirePastSession));
        self.started(wish).await
    }

    /// A chat with everything that a table can hold of one: receipts, attributes of before and after its end.
    pub(crate) async fn full_chat(&self, at: &str, of: Option<&str>) -> Chat {
        let chat = self.chat(at, of).await;
        let agent = ParticipantId::from_random(self.draw());
        let invitation = Invitation {
            contact: chat.contact,
            participant: agent,
            role: Role::Agent,
            display_name: DisplayName("Ann".to_owned()),
        };
        let (log, here) = (&self.log, &chat.key.instance);
        let added = domain::add_participant(log, here, invitation, self.key(), NOON);
        added.await.expect("she is invited");
        let joined = domain::join(&self.log, &chat.key, agent, self.key(), NOON).await;
        joined.expect("she comes");
        for text in ["four", "five"] {
            let sent = self.say(&chat, text).await.expect("it is said");
            for kind in ReceiptKind::ALL {
                let event = Event::Receipt {
                    message: Some(sent.id),
                    kind,
                };
                let (key, now) = (self.key(), NOON + seconds(1));
                let taken = domain::send_event(log, &chat.key, agent, event, key, now);
                taken.await.expect("it is read");
            }
        }
        self.set_attribute(&chat, "running").await;
        self.end(&chat).await;
        for number in 0..3 {
            self.set_attribute(&chat, &format!("late {number}")).await;
        }
        chat
    }

    pub(crate) async fn set_attribute(&self, chat: &Chat, value: &str) {
        let changes = [("mood".to_owned(), value.to_owned())];
        let changes = Attributes(changes.into_iter().collect());
        let updated = domain::update_contact_attributes(
            &self.log,
            &chat.key.instance,
            chat.contact,
            &changes,
            self.key(),
            NOON,
        );
        updated.await.expect("they change");
    }

    pub(crate) async fn say(&self, chat: &Chat, text: &str) -> Result<domain::Sent, AppendError> {
        let message = Message {
            sender: chat.customer,
            content_type: ContentType::Plain,
            content: Content(text.to_owned()),
        };
        domain::send(&self.log, &chat.key, message, self.key(), NOON).await
    }

    pub(crate) async fn end(&self, chat: &Chat) {
        let stopped = domain::stop(
            &self.log,
            &chat.key.instance,
            chat.contact,
            self.key(),
            NOON,
        );
        stopped.await.expect("it ends");
    }

    /// Makes a record of the chat one that nobody can read.
    pub(crate) async fn damage(&self, chat: &Chat, slot: u64) {
        let damaged = self
            .client
            .update_item()
            .table_name(TABLE)
            .key(keys::SESSION, AttributeValue::S(keys::partition(&chat.key)))
            .key(keys::SLOT, AttributeValue::N(slot.to_string()))
            .update_expression("SET #record = :record")
            .expression_attribute_names("#record", keys::RECORD)
            .expression_attribute_values(":record", AttributeValue::S("{}".to_owned()))
            .send()
            .await;
        damaged.expect("it is damaged");
    }

    /// The keys of everything in the table.
    pub(crate) async fn everything(&self) -> BTreeSet<(String, String)> {
        let (mut all, mut after) = (BTreeSet::new(), None);
        loop {
            let scan = self.client.scan().table_name(TABLE);
            let scan = scan.consistent_read(true).set_exclusive_start_key(after);
            let found = scan.send().await.expect("a scan");
            for item in found.items() {
                let session = item[keys::SESSION].as_s().expect("a text").clone();
                let slot = item[keys::SLOT].as_n().expect("a number").clone();
                all.insert((session, slot));
            }
            after = found.last_evaluated_key.filter(|key| !key.is_empty());
            if after.is_none() {
                return all;
            }
        }
    }

    /// A command without pauses.
    pub(crate) fn eraser(&self) -> Eraser {
        self.eraser_at(AT_ONCE)
    }

    pub(crate) fn eraser_at(&self, pace: Pace) -> Eraser {
        Eraser::new(self.client.clone(), TABLE, pace, now, silent)
    }

    /// A command without pauses, and what it has told.
    pub(crate) fn heard(&self) -> (Eraser, Arc<Mutex<Vec<News>>>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        let tell = move |news| {
            told.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(news)
        };
        let eraser = Eraser::new(self.client.clone(), TABLE, AT_ONCE, now, tell);
        (eraser, heard)
    }

    /// A command that is killed after so many calls to the table.
    pub(crate) fn doomed(&self, calls: u32) -> Eraser {
        let killer = Killer(AtomicU32::new(calls));
        let config = dynamodb::client(&self.engine.sdk_config());
        let config = config.config().to_builder().interceptor(killer).build();
        let client = Client::from_conf(config);
        Eraser::new(client, TABLE, AT_ONCE, now, silent)
    }
}

pub(crate) fn now() -> Timestamp {
    NOON + seconds(60)
}

pub(crate) fn silent(_: News) {}

/// How many calls it lets pass.
#[derive(Debug)]
struct Killer(AtomicU32);

#[dyn_dispatch_hint]
impl Intercept for Killer {
    fn name(&self) -> &'static str {
        "Killer"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let left = |left: u32| left.checked_sub(1);
        match self.0.fetch_update(SeqCst, SeqCst, left) {
            Ok(_) => Ok(()),
            Err(_) => Err("killed".into()),
        }
    }
}
