//! Chats as they are in practice: ids of the usual length, a few attributes, messages of a hundred characters.

use std::cell::Cell;

use aws_sdk_dynamodb::Client;
use domain::transcript::{Direction, From, Page, Query, page};
use domain::{
    Attributes, ConnectionId, ContactFlowId, ContactId, Content, ContentType, ContentTypes,
    CustomerId, DisplayName, Effort, Event, Fingerprint, Frame, IdempotencyKey, InstanceId,
    Invitation, ItemId, Live, MemoryGateway, Message, NoPause, Opening, Parcel, ParticipantId,
    ReceiptKind, Rehydration, Role, Rules, Sent, SessionId, SessionKey, Socket, Start, Starter,
    Timestamp, Told, days, seconds,
};
use dynamodb::{DynamoDbConnections, DynamoDbLog};
use engine::{Engine, create_connections_table, create_table};

use crate::meter::Meter;

const TABLE: &str = "chat";
const CONNECTIONS: &str = "connections";
const INSTANCE: &str = "12345678-1234-1234-1234-123456789012";
const CUSTOMER: &str = "b0c1d2e3-1234-1234-1234-123456789012";
/// A page as clients ask for it.
pub(crate) const PAGE: usize = 15;

/// Two tables, and a meter of every request to them.
pub(crate) struct Stage {
    pub(crate) meter: Meter,
    pub(crate) ports: Live<DynamoDbLog, DynamoDbConnections, MemoryGateway, NoPause>,
    now: Cell<Timestamp>,
    drawn: Cell<u128>,
    _engine: Engine,
}

#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) key: SessionKey,
    pub(crate) contact: ContactId,
    pub(crate) customer: ParticipantId,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let engine = Engine::memory().expect("an engine");
        let plain = dynamodb::client(&engine.sdk_config());
        create_table(&plain, TABLE).await.expect("a table");
        let connections = create_connections_table(&plain, CONNECTIONS).await;
        connections.expect("a table");
        let meter = Meter::default();
        let metered = plain.config().to_builder().interceptor(meter.clone());
        let client = Client::from_conf(metered.build());
        Self {
            meter,
            ports: Live {
                log: DynamoDbLog::new(client.clone(), TABLE),
                connections: DynamoDbConnections::new(client, CONNECTIONS),
                gateway: MemoryGateway::default(),
                pause: NoPause,
            },
            now: Cell::new(Timestamp::from_millis(2_000_000_000_000)),
            drawn: Cell::new(1),
            _engine: engine,
        }
    }

    /// Every request comes a second after the one before.
    fn now(&self) -> Timestamp {
        self.now.replace(self.now.get() + seconds(1))
    }

    fn draw(&self) -> u128 {
        let drawn = self.drawn.replace(self.drawn.get() + 1);
        drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }

    fn key(&self) -> IdempotencyKey {
        IdempotencyKey(self.draw().to_be_bytes())
    }

    pub(crate) async fn started(&self, owned: bool, source: Option<ContactId>) -> Chat {
        let instance = InstanceId::new(INSTANCE).expect("an instance");
        let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let attributes = [
            attribute("language", "en-US"),
            attribute("page", "https://shop.example.com/orders/1234567"),
            attribute("tier", "standard"),
        ];
        let wish = Start {
            session: SessionKey::new(&instance, SessionId::from_bits(self.draw())),
            customer: ParticipantId::from_random(self.draw()),
            display_name: DisplayName("Jane".to_owned()),
            flow: ContactFlowId("846ec553-a005-41c0-8341-0123456789ab".to_owned()),
            starter: Starter::Backend(owned.then(|| CustomerId(CUSTOMER.to_owned()))),
            attributes: Attributes(attributes.into_iter().collect()),
            initial: None,
            duration: days(1),
            content_types: ContentTypes::PLAIN,
            disconnect_agent_on_exit: false,
            connects: false,
            source: source.map(|contact| (contact, Rehydration::EntirePastSession)),
            fingerprint: Fingerprint(self.draw().to_be_bytes()),
        };
        let opened = domain::start(&self.ports, &wish, Rules::default(), self.now()).await;
        let opened = opened.expect("it starts");
        Chat {
            key: wish.session,
            contact: opened.contact,
            customer: opened.participant,
        }
    }

    pub(crate) async fn invited(&self, chat: &Chat) -> ParticipantId {
        let participant = ParticipantId::from_random(self.draw());
        let invitation = Invitation {
            contact: chat.contact,
            participant,
            role: Role::Agent,
            display_name: DisplayName("Ann".to_owned()),
        };
        let (instance, key) = (&chat.key.instance, self.key());
        let added = domain::add_participant(&self.ports, instance, invitation, key, self.now());
        added.await.expect("she is invited");
        participant
    }

    pub(crate) async fn connected(&self, chat: &Chat, who: ParticipantId) {
        let joined = domain::join(&self.ports, &chat.key, who, self.key(), self.now()).await;
        joined.expect("they connect");
    }

    pub(crate) async fn opened(&self, chat: &Chat, participant: ParticipantId) -> Socket {
        let name = format!("L0SM9c{:09x}=", self.draw() & 0xF_FFFF_FFFF);
        let connection = ConnectionId::new(name).expect("a connection");
        self.ports.gateway.open(&connection, self.now());
        let opening = Opening {
            connection: connection.clone(),
            session: chat.key.clone(),
            participant,
        };
        let opened = domain::open_socket(&self.ports, opening, self.now()).await;
        opened.expect("it opens");
        let counted = self.meter.take();
        let socket = domain::Connections::socket(&self.ports, &connection).await;
        self.meter.reset(counted);
        socket.expect("an answer").expect("it is noted")
    }

    pub(crate) async fn subscribed(&self, socket: &Socket) {
        let subscribed = domain::subscribe_socket(&self.ports, &socket.connection).await;
        let subscription = subscribed.expect("it subscribes").expect("it is there");
        let noted = domain::caught_up(&self.ports, &subscription).await;
        noted.expect("it is noted");
    }

    /// Its client sends a heartbeat.
    pub(crate) async fn heard(&self, socket: &Socket) {
        let heard = domain::hear_socket(&self.ports, &socket.connection, self.now()).await;
        assert!(heard.expect("it is heard"), "it is told what happens");
    }

    pub(crate) async fn closed(&self, socket: &Socket) {
        let closed = domain::close_socket(&self.ports, &socket.connection).await;
        closed.expect("it closes");
    }

    /// Says a hundred characters.
    pub(crate) async fn said(&self, chat: &Chat, sender: ParticipantId) -> Sent {
        let text = "It was to come on Tuesday, and the tracking page still says that it has not left your warehouse yet.";
        assert_eq!(text.len(), 100);
        let message = Message {
            sender,
            content_type: ContentType::Plain,
            content: Content(text.to_owned()),
        };
        let sent = domain::send(&self.ports, &chat.key, message, self.key(), self.now()).await;
        sent.expect("it is said")
    }

    /// Sends an event, and tells it to the others at once, as the function does.
    pub(crate) async fn event(&self, chat: &Chat, sender: ParticipantId, event: Event) {
        let (key, now) = (self.key(), self.now());
        let taken = domain::send_event(&self.ports, &chat.key, sender, event, key, now).await;
        if let Some(told) = taken.expect("it is taken").told {
            self.told(chat, vec![told]).await;
        }
    }

    pub(crate) async fn received(
        &self,
        chat: &Chat,
        by: ParticipantId,
        message: ItemId,
        kind: ReceiptKind,
    ) {
        let message = Some(message);
        self.event(chat, by, Event::Receipt { message, kind }).await;
    }

    /// Tells the newest record to those who are connected, as the function does that reads the stream. The record comes
    /// with the stream, so reading it here is not counted.
    pub(crate) async fn delivered(&self, chat: &Chat) {
        use domain::{Consistency, Log, Read, SlotRange};
        let counted = self.meter.take();
        let newest = Read::newest(SlotRange::ALL, 1, Consistency::Strong);
        let chunk = self.ports.log.read(&chat.key, newest).await;
        let tail = chunk.expect("a log").records.pop().expect("a record");
        self.meter.reset(counted);
        self.told(chat, tail.told(chat.key.session)).await;
    }

    async fn told(&self, chat: &Chat, told: Vec<Told>) {
        let parcel = |told: Told| Parcel {
            frame: Frame(String::new()),
            to: told.to,
            of: told.of,
        };
        let parcels: Vec<Parcel> = told.into_iter().map(parcel).collect();
        let pushed = domain::push(&self.ports, &chat.key, &parcels, Effort::Full).await;
        pushed.expect("the sockets are read");
    }

    pub(crate) async fn page(&self, chat: &Chat, reader: ParticipantId, from: From) -> Page {
        let query = Query {
            session: chat.key.clone(),
            reader: Some(reader),
            contact: None,
            direction: Direction::Backward,
            from,
            limit: PAGE,
            accompanied: true,
        };
        let page = page(&self.ports, &query, self.now());
        page.await.expect("a page")
    }

    pub(crate) async fn stopped(&self, chat: &Chat) {
        let (instance, key) = (&chat.key.instance, self.key());
        let stopped = domain::stop(&self.ports, instance, chat.contact, key, self.now());
        stopped.await.expect("it ends");
    }

    pub(crate) async fn described(&self, chat: &Chat) {
        let described =
            domain::describe(&self.ports, &chat.key.instance, chat.contact, self.now()).await;
        described.expect("it is described");
    }

    /// The first ten chats of the customer.
    pub(crate) async fn listed(&self) -> usize {
        let (instance, customer) = (InstanceId::new(INSTANCE), CustomerId(CUSTOMER.to_owned()));
        let instance = instance.expect("an instance");
        let listed =
            domain::customer_chats(&self.ports.log, &instance, &customer, None, 10, self.now());
        listed.await.expect("a list").chats.len()
    }

    pub(crate) async fn exported(&self, chat: &Chat) {
        let (instance, now) = (&chat.key.instance, self.now());
        let exported = domain::export(&self.ports, instance, chat.contact, None, None, now);
        exported.await.expect("it is exported");
    }
}
