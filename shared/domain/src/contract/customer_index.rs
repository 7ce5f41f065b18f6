//! What every index of customers' chats promises: [`check_customer_index`] runs everything.

use super::log::store;
use super::samples::{FreshSessions, message_at, records_of_every_kind};
use crate::model::ids::{CustomerId, InstanceId, SessionKey};
use crate::model::record::{Body, Record, RecordParts};
use crate::model::slot::Slot;
use crate::model::time::{Timestamp, seconds};
use crate::ports::customer_index::{CustomerIndex, Listed, Listing};
use crate::ports::log::Log;

/// How often to read an index until it shows what the logs hold: it may lag behind them.
const PATIENCE: usize = 1_000;
/// When the first chat of a customer begins: 2033-05-18T03:33:20Z.
const THEN: Timestamp = Timestamp::from_millis(2_000_000_000_000);

/// Every promise of an index, one after the other, on sessions and customers drawn from `seed`.
///
/// Chats that began in the same millisecond come in an order of the store's own, which is the same for every
/// part of a list: DynamoDB promises no particular one, but goes on from a place and not from a time.
///
/// # Panics
/// When a promise is broken, the log or the index fails, or the index does not catch up.
pub async fn check_customer_index<L: Log + CustomerIndex>(log: &L, seed: u64) {
    let sessions = &mut FreshSessions::seeded(seed);
    a_customer_without_chats_has_an_empty_list(log, sessions).await;
    the_newest_chat_comes_first(log, sessions).await;
    a_limit_of_chats_is_kept(log, sessions).await;
    a_list_goes_on_where_it_stopped(log, sessions).await;
    chats_of_one_millisecond_are_neither_lost_nor_doubled(log, sessions).await;
    a_chat_is_listed_once_however_long_it_is(log, sessions).await;
    chats_without_an_owner_are_in_no_list(log, sessions).await;
    customers_and_instances_do_not_mix(log, sessions).await;
    the_longest_ids_fit(log, sessions).await;
}

/// No chat is no error.
async fn a_customer_without_chats_has_an_empty_list<L: CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let who = Customer::draw(sessions);
    assert_eq!(pages(log, &who, 3).await, []);
    let before = Listed {
        started: THEN,
        session: sessions.draw().session,
    };
    assert_eq!(part(log, &who, Some(before), 3).await.sessions, []);
}

/// Start times sort as numbers, in whichever order the chats were written.
async fn the_newest_chat_comes_first<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let who = Customer::draw(sessions);
    let times = [9, 10, 99, 1_000, 2_000_000_000_000, (1 << 48) - 9];
    let times = times.map(Timestamp::from_millis);
    let mut listed = Vec::new();
    for at in [3, 0, 5, 1, 4, 2] {
        listed.push(begin(log, &who, sessions, times[at]).await);
    }
    listed.sort_by(|one, other| other.cmp(one));
    assert_eq!(settled(log, &who, listed.len()).await, listed);
}

/// A list has at most as many chats as asked for, and says that there are more if there are.
async fn a_limit_of_chats_is_kept<L: Log + CustomerIndex>(log: &L, sessions: &mut FreshSessions) {
    let (who, listed) = five_chats(log, sessions).await;
    for limit in 1..=listed.len() + 1 {
        let there = part(log, &who, None, limit).await;
        assert_eq!(there.sessions, listed[..limit.min(listed.len())]);
        assert!(there.more || limit >= listed.len(), "there are more");
    }
    assert!(!part(log, &who, None, listed.len() + 1).await.more);
}

/// What comes before a place is what follows it in the list, without the place itself.
async fn a_list_goes_on_where_it_stopped<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let (who, listed) = five_chats(log, sessions).await;
    for (at, place) in listed.iter().enumerate() {
        let rest = part(log, &who, Some(*place), 32).await;
        assert_eq!(rest.sessions, listed[at + 1..]);
        assert!(!rest.more);
    }
    for limit in 1..=listed.len() + 1 {
        assert_eq!(pages(log, &who, limit).await, listed);
    }
}

/// A part of a list that ends among chats of one time goes on among them.
async fn chats_of_one_millisecond_are_neither_lost_nor_doubled<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let who = Customer::draw(sessions);
    let oldest = begin(log, &who, sessions, THEN).await;
    let mut twins = Vec::new();
    for _ in 0..7 {
        twins.push(begin(log, &who, sessions, THEN + seconds(1)).await);
    }
    let newest = begin(log, &who, sessions, THEN + seconds(2)).await;
    let whole = settled(log, &who, 9).await;
    assert_eq!((whole[0], whole[8]), (newest, oldest));
    let mut there = whole[1..8].to_vec();
    there.sort_unstable();
    twins.sort_unstable();
    assert_eq!(there, twins);
    for limit in 1..=9 {
        assert_eq!(pages(log, &who, limit).await, whole);
    }
}

/// Only the first record of a chat lists it.
async fn a_chat_is_listed_once_however_long_it_is<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let who = Customer::draw(sessions);
    let session = sessions.draw();
    let listed = begin_in(log, &session, Some(&who.id), THEN).await;
    for record in records_of_every_kind().into_iter().skip(1) {
        store(log, &session, &record).await;
    }
    assert_eq!(settled(log, &who, 1).await, [listed]);
}

/// A chat of nobody is nobody's, not even that of a customer without a name.
async fn chats_without_an_owner_are_in_no_list<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let who = Customer::draw(sessions);
    let nobodys = begin_in(log, &sessions.draw(), None, THEN).await;
    // A record that is no start, in a log without one.
    let stray = message_at(Slot::FIRST.following(), "whose?");
    store(log, &sessions.draw(), &stray).await;
    let listed = begin(log, &who, sessions, THEN).await;
    assert_eq!(settled(log, &who, 1).await, [listed]);
    let nameless = Customer {
        id: CustomerId(String::new()),
        ..who
    };
    let there = pages(log, &nameless, 32).await;
    assert!(!there.contains(&nobodys));
}

/// A list is that of one customer of one instance, however alike others are called.
async fn customers_and_instances_do_not_mix<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) {
    let one = Customer::draw(sessions);
    let (here, name) = (one.instance.as_str(), one.id.0.as_str());
    let customer = |instance: &str, id: &str| Customer {
        instance: InstanceId::new(instance).expect("an instance id"),
        id: CustomerId(id.to_owned()),
    };
    let all = [
        customer(here, name),
        customer(here, &format!("b{name}")),
        customer(here, &format!("b/{name}")),
        customer(here, &format!("{name}/b")),
        customer(here, &format!("/{name}")),
        customer(here, &format!("{name}/")),
        customer(here, &format!("{name} ")),
        customer(here, &name.to_uppercase()),
        customer(here, &format!("{here}/{name}")),
        customer(&here.to_uppercase(), name),
        customer(&format!("{here} "), name),
        customer("b", name),
        customer(&format!("{here}b"), name),
    ];
    let mut listed = Vec::new();
    for who in &all {
        listed.push(begin(log, who, sessions, THEN).await);
    }
    for (who, listed) in all.iter().zip(listed) {
        assert_eq!(settled(log, who, 1).await, [listed]);
    }
}

/// The longest ids of the longest characters fit: 100 of an instance and 128 of a customer.
async fn the_longest_ids_fit<L: Log + CustomerIndex>(log: &L, sessions: &mut FreshSessions) {
    let drawn = Customer::draw(sessions).id.0;
    let rest = 128 - drawn.chars().count();
    let who = Customer {
        instance: InstanceId::new("𝄞".repeat(100)).expect("100 characters"),
        id: CustomerId(drawn + &"🦤".repeat(rest)),
    };
    let listed = begin(log, &who, sessions, THEN).await;
    assert_eq!(settled(log, &who, 1).await, [listed]);
}

/// A customer of an instance.
struct Customer {
    instance: InstanceId,
    id: CustomerId,
}

impl Customer {
    /// One whom nobody else uses.
    fn draw(sessions: &mut FreshSessions) -> Self {
        let key = sessions.draw();
        Self {
            id: CustomerId(format!("customer-{:x}", key.session.bits())),
            instance: key.instance,
        }
    }
}

async fn five_chats<L: Log + CustomerIndex>(
    log: &L,
    sessions: &mut FreshSessions,
) -> (Customer, Vec<Listed>) {
    let who = Customer::draw(sessions);
    let mut listed = Vec::new();
    for n in (0..5).rev() {
        listed.push(begin(log, &who, sessions, THEN + seconds(n)).await);
    }
    assert_eq!(settled(log, &who, listed.len()).await, listed);
    (who, listed)
}

/// Begins a chat of the customer, and gives the place that it takes in his list.
async fn begin<L: Log>(
    log: &L,
    who: &Customer,
    sessions: &mut FreshSessions,
    at: Timestamp,
) -> Listed {
    let session = SessionKey::new(&who.instance, sessions.draw().session);
    begin_in(log, &session, Some(&who.id), at).await
}

async fn begin_in<L: Log>(
    log: &L,
    session: &SessionKey,
    owner: Option<&CustomerId>,
    at: Timestamp,
) -> Listed {
    store(log, session, &start_of(owner, at)).await;
    Listed {
        started: at,
        session: session.session,
    }
}

fn start_of(owner: Option<&CustomerId>, at: Timestamp) -> Record {
    let mut parts: RecordParts = records_of_every_kind().swap_remove(0).into_parts();
    let span = parts.state.time.as_millis() - parts.at.as_millis();
    if let Body::Started(started) = &mut parts.body {
        started.owner = owner.cloned();
    }
    parts.at = at;
    parts.state.time = Timestamp::from_millis(at.as_millis() + span);
    Record::new(parts).expect("a record whose parts agree")
}

async fn part<L: CustomerIndex>(
    log: &L,
    who: &Customer,
    before: Option<Listed>,
    limit: usize,
) -> Listing {
    let part = log
        .sessions_of(&who.instance, &who.id, before, limit)
        .await
        .expect("the index answers");
    assert!(part.sessions.len() <= limit, "the limit is kept");
    part
}

/// The whole list in parts of at most `limit`.
async fn pages<L: CustomerIndex>(log: &L, who: &Customer, limit: usize) -> Vec<Listed> {
    let mut whole: Vec<Listed> = Vec::new();
    loop {
        let part = part(log, who, whole.last().copied(), limit).await;
        whole.extend(&part.sessions);
        assert!(whole.len() < PATIENCE, "a list comes to an end");
        if !part.more || part.sessions.is_empty() {
            return whole;
        }
    }
}

/// The whole list, once the index shows as many chats as were begun.
async fn settled<L: CustomerIndex>(log: &L, who: &Customer, chats: usize) -> Vec<Listed> {
    for _ in 0..PATIENCE {
        let whole = pages(log, who, 32).await;
        assert!(whole.len() <= chats, "a chat that is not the customer's");
        if whole.len() == chats {
            return whole;
        }
    }
    panic!("the index does not catch up");
}
