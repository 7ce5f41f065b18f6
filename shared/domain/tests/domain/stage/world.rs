//! People who chat, under a clock that is set by hand.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use domain::transcript::{Direction, From, Page, PageError, Query, page};
use domain::{
    AppendError, Attributes, Consistency, ContactFlowId, ContactId, Content, ContentType,
    ContentTypes, Destination, DisplayName, Fingerprint, IdempotencyKey, InstanceId, Item, Joined,
    Log, MemoryLog, Message, Opened, Order, Outcome, ParticipantId, Read, Record, Rehydration,
    Rules, Sent, SessionId, SessionKey, SlotRange, Start, StartError, Starter, Stopped, Timestamp,
    Transfer, TransferMethod, Transferred, days,
};

use super::log::{Faults, TestLog};
use super::model::line;

/// Where the clock stands at first.
const MORNING: u64 = 1_750_000_000_000;

/// One way of looking at one set of logs; all ways share the clock and the source of ids.
pub(crate) struct World {
    pub(crate) log: TestLog,
    shared: Arc<Shared>,
}

struct Shared {
    memory: Arc<MemoryLog>,
    clock: AtomicU64,
    ids: AtomicU64,
}

/// A chat as its starter knows it.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) key: SessionKey,
    pub(crate) contact: ContactId,
    pub(crate) customer: ParticipantId,
    pub(crate) continued_from: Option<ContactId>,
}

impl Chat {
    /// Its newest items, as many as a page holds.
    pub(crate) fn newest(&self) -> Query {
        Query {
            session: self.key.clone(),
            reader: Some(self.customer),
            contact: None,
            direction: Direction::Backward,
            from: From::Newest,
            limit: 100,
            accompanied: false,
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let memory = Arc::new(MemoryLog::default());
        Self {
            log: TestLog::new(memory.clone(), Faults::default()),
            shared: Arc::new(Shared {
                memory,
                clock: AtomicU64::new(MORNING),
                ids: AtomicU64::new(1),
            }),
        }
    }

    /// The same world, seen through a log of these faults that has counted nothing yet.
    pub(crate) fn through(&self, faults: Faults) -> Self {
        Self {
            log: TestLog::new(self.shared.memory.clone(), faults),
            shared: self.shared.clone(),
        }
    }

    /// The same world, seen through a log without faults.
    pub(crate) fn plainly(&self) -> Self {
        self.through(Faults::default())
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.shared.clock.load(SeqCst))
    }

    pub(crate) fn wait(&self, span: Duration) {
        self.set_clock(self.now() + span);
    }

    pub(crate) fn set_clock(&self, to: Timestamp) {
        self.shared.clock.store(to.as_millis(), SeqCst);
    }

    fn id(&self) -> u64 {
        self.shared.ids.fetch_add(1, SeqCst)
    }

    /// The key of a request without a ClientToken.
    pub(crate) fn fresh_key(&self) -> IdempotencyKey {
        key(&format!("fresh {}", self.id()))
    }

    pub(crate) fn participant(&self) -> ParticipantId {
        ParticipantId::from_random(u128::from(self.id()) << 64)
    }

    /// A backend's wish for a chat of nobody in particular, that lasts a week.
    pub(crate) fn wish(&self) -> Start {
        let id = self.id();
        Start {
            session: SessionKey {
                instance: InstanceId::new("here").unwrap(),
                // Spread over all the bits, as random ids are.
                session: SessionId::from_bits(
                    u128::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
                ),
            },
            customer: self.participant(),
            display_name: DisplayName("Jane".to_owned()),
            flow: ContactFlowId("flow".to_owned()),
            starter: Starter::Backend(None),
            attributes: Attributes::default(),
            initial: None,
            duration: days(7),
            content_types: ContentTypes::PLAIN,
            disconnect_agent_on_exit: false,
            connects: false,
            source: None,
            fingerprint: Fingerprint(key(&format!("wish {id}")).0),
        }
    }

    pub(crate) fn wish_to_resume(&self, source: ContactId, how: Rehydration) -> Start {
        Start {
            source: Some((source, how)),
            ..self.wish()
        }
    }

    pub(crate) fn try_open(&self, wish: &Start) -> Result<Opened, StartError> {
        let rules = Rules::default();
        run(domain::start(&self.log, wish, rules, self.now()))
    }

    /// A chat that nobody has connected to yet.
    pub(crate) fn open(&self, wish: &Start) -> Chat {
        let opened = self.try_open(wish).unwrap();
        Chat {
            key: wish.session.clone(),
            contact: opened.contact,
            customer: opened.participant,
            continued_from: opened.continued_from,
        }
    }

    /// A chat that the customer has connected to.
    pub(crate) fn chat(&self) -> Chat {
        self.joined(&self.wish())
    }

    pub(crate) fn joined(&self, wish: &Start) -> Chat {
        let chat = self.open(wish);
        self.try_join(&chat).unwrap();
        chat
    }

    pub(crate) fn resume(&self, source: ContactId, how: Rehydration) -> Chat {
        self.open(&self.wish_to_resume(source, how))
    }

    pub(crate) fn try_join(&self, chat: &Chat) -> Result<Joined, AppendError> {
        let key = self.fresh_key();
        let join = domain::join(&self.log, &chat.key, chat.customer, key, self.now());
        run(join)
    }

    pub(crate) fn try_say(
        &self,
        chat: &Chat,
        text: &str,
        key: IdempotencyKey,
    ) -> Result<Sent, AppendError> {
        let message = Message {
            sender: chat.customer,
            content_type: ContentType::Plain,
            content: Content(text.to_owned()),
        };
        run(domain::send(&self.log, &chat.key, message, key, self.now()))
    }

    pub(crate) fn say(&self, chat: &Chat, text: &str) -> Sent {
        self.try_say(chat, text, self.fresh_key()).unwrap()
    }

    pub(crate) fn try_leave(
        &self,
        chat: &Chat,
        key: IdempotencyKey,
    ) -> Result<Outcome, AppendError> {
        let leave = domain::leave(&self.log, &chat.key, chat.customer, None, key, self.now());
        run(leave)
    }

    pub(crate) fn leave(&self, chat: &Chat) {
        self.try_leave(chat, self.fresh_key()).unwrap();
    }

    pub(crate) fn try_stop(&self, contact: ContactId) -> Result<Stopped, AppendError> {
        let (here, key) = (InstanceId::new("here").unwrap(), self.fresh_key());
        run(domain::stop(&self.log, &here, contact, key, self.now()))
    }

    pub(crate) fn stop(&self, contact: ContactId) {
        assert_eq!(self.try_stop(contact), Ok(Stopped::Ended));
    }

    /// Ends the session, if it has not ended, whichever contact is the open one.
    pub(crate) fn finish(&self, chat: &Chat) {
        let tail = self.records(&chat.key).pop().unwrap();
        let open = ContactId::new(chat.key.session, tail.state.segment);
        self.try_stop(open).unwrap();
    }

    pub(crate) fn try_transfer(
        &self,
        contact: ContactId,
        key: IdempotencyKey,
    ) -> Result<Transferred, AppendError> {
        let here = InstanceId::new("here").unwrap();
        let transfer = handed_on(contact);
        run(domain::transfer(
            &self.log,
            &here,
            transfer,
            key,
            self.now(),
        ))
    }

    /// Hands the contact on, to the one that is returned.
    pub(crate) fn transfer(&self, contact: ContactId) -> ContactId {
        let key = self.fresh_key();
        self.try_transfer(contact, key).unwrap().contact
    }

    /// A session of one contact that has ended after these messages.
    pub(crate) fn past(&self, texts: &[&str]) -> Chat {
        let chat = self.chat();
        for text in texts {
            self.say(&chat, text);
        }
        self.stop(chat.contact);
        chat
    }

    pub(crate) fn read(&self, query: &Query) -> Result<Page, PageError> {
        run(page(&self.log, query, self.now()))
    }

    /// The page asked for, and all that follow it.
    pub(crate) fn pages(&self, query: &Query) -> Vec<Page> {
        let mut query = query.clone();
        let mut pages = vec![self.read(&query).unwrap()];
        while let Some(next) = pages.last().unwrap().next {
            query.from = From::Cursor(next);
            pages.push(self.read(&query).unwrap());
            assert!(pages.len() < 10_000, "pages without end");
        }
        pages
    }

    /// Where the past of a running chat begins, as a token says it that was given there.
    pub(crate) fn border(&self, chat: &Chat) -> From {
        let present = Query {
            from: From::MostRecent(1),
            limit: 100,
            ..chat.newest()
        };
        From::Cursor(self.read(&present).unwrap().next.unwrap())
    }

    /// All that a running chat shows, oldest first.
    pub(crate) fn items(&self, chat: &Chat) -> Vec<Item> {
        let pages = self.pages(&chat.newest());
        let mut items: Vec<Item> = pages.into_iter().flat_map(|page| page.items).collect();
        items.reverse();
        items
    }

    /// The same in words.
    pub(crate) fn transcript(&self, chat: &Chat) -> Vec<String> {
        self.items(chat).iter().map(line).collect()
    }

    /// Everything that stands in a session's log, oldest first.
    pub(crate) fn records(&self, session: &SessionKey) -> Vec<Record> {
        let read = Read::oldest(SlotRange::ALL, usize::MAX, Consistency::Strong);
        run(self.shared.memory.read(session, read)).unwrap().records
    }

    /// How often a message stands in a session's log.
    pub(crate) fn times_said(&self, chat: &Chat, text: &str) -> usize {
        let said = |record: &Record| {
            let mut items = record.items(chat.key.session).into_iter();
            items.any(|item| line(&item) == format!("Jane: {text}"))
        };
        self.records(&chat.key)
            .iter()
            .filter(|each| said(each))
            .count()
    }
}

/// Whatever happened, what stands in a session's log is a whole session.
pub(crate) fn assert_whole(world: &World, session: &SessionKey) {
    let records = world.records(session);
    let Some(last) = records.last() else { return };
    let chunk = domain::Chunk {
        records: records.clone(),
        cut: false,
    };
    assert!(chunk.is_contiguous(Order::OldestFirst), "a gap");
    assert!(
        records[0].started().is_some(),
        "the first record is the start"
    );
    let ends = records.iter().filter(|each| each.state.has_ended()).count();
    assert_eq!(
        ends,
        usize::from(last.state.has_ended()),
        "nothing follows the end"
    );
    let mut items = Vec::new();
    for record in &records {
        items.extend(record.items(session.session));
        assert_eq!(
            record.state.items,
            items.len() as u64,
            "the items are counted"
        );
    }
    assert!(
        items
            .windows(2)
            .all(|pair| pair[0].at < pair[1].at && pair[0].id < pair[1].id),
        "times and ids rise"
    );
}

/// The idempotency key of a ClientToken.
pub(crate) fn key(token: &str) -> IdempotencyKey {
    let mut bytes = [7u8; 16];
    for (at, byte) in token.bytes().enumerate() {
        bytes[at % 16] = bytes[at % 16].wrapping_mul(31) ^ byte;
    }
    IdempotencyKey(bytes)
}

/// Waits for a future as a thread would.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}

/// A transfer of the contact to whomever.
pub(crate) fn handed_on(contact: ContactId) -> Transfer {
    Transfer {
        contact,
        method: TransferMethod::Transfer,
        to: Destination::flow(ContactFlowId("next".to_owned())),
    }
}
