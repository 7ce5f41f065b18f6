//! What has been found out once and need not be again: records, states of the store, and how an attempt goes on after
//! the replies that it has had. Each is known by a number, so that states of a history are compared by a few numbers.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{Chunk, LogError, Put, Record, SessionKey, TimeLeft};

use crate::attempt::Attempt;
use crate::store::{Sight, Store};
use crate::wire::{Call, Reply, unavailable};
use crate::wish::{Answer, Wish};
use domain::Timestamp;

type RecordId = u32;
/// A store, a trail, which of the calls it waits for, what that one does not see, whether the store is silent.
type Carried = (u32, u32, usize, u64, bool);

/// A reply by numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Told {
    Records(Vec<RecordId>),
    Stored,
    Taken(Option<RecordId>),
    NoEntries,
    Paused,
    OutOfTime,
    Throttled,
    Unavailable,
}

/// How an attempt stands after all replies so far.
pub(super) enum Stand {
    /// It waits for the replies to these calls, which it made at the same time.
    Waits(Vec<Call>),
    /// It has answered.
    Answered(u32),
}

struct Trail {
    root: usize,
    /// Round by round, in the order of the calls.
    replies: Vec<u32>,
    stand: Stand,
}

/// All that is known by numbers.
#[derive(Default)]
pub(super) struct Table {
    records: Vec<Arc<Record>>,
    records_by_place: HashMap<(SessionKey, u64, u64), Vec<RecordId>>,
    stores: Vec<Store>,
    stores_by_contents: HashMap<Vec<(SessionKey, Vec<RecordId>)>, u32>,
    told: Vec<Told>,
    told_by_value: HashMap<Told, u32>,
    calls: HashMap<Carried, (u32, u32)>,
    roots: Vec<(Wish, Timestamp)>,
    trails: Vec<Trail>,
    trails_by_replies: HashMap<(u32, Vec<u32>), u32>,
    answers: Vec<Answer>,
}

impl Table {
    /// The number of a store's contents.
    pub(super) fn store(&mut self, store: &Store) -> u32 {
        let sessions: Vec<SessionKey> = store.sessions().cloned().collect();
        let contents = sessions.into_iter().map(|session| {
            let log = store.log(&session).to_vec();
            let ids = log.iter().map(|record| self.record(&session, record));
            let ids = ids.collect();
            (session, ids)
        });
        let contents: Vec<_> = contents.collect();
        if let Some(known) = self.stores_by_contents.get(&contents) {
            return *known;
        }
        let id = self.stores.len() as u32;
        self.stores.push(store.clone());
        self.stores_by_contents.insert(contents, id);
        id
    }

    pub(super) fn contents(&self, store: u32) -> &Store {
        &self.stores[store as usize]
    }

    pub(super) fn stores(&self) -> usize {
        self.stores.len()
    }

    pub(super) fn answer(&self, answer: u32) -> &Answer {
        &self.answers[answer as usize]
    }

    fn record(&mut self, session: &SessionKey, record: &Arc<Record>) -> RecordId {
        let place = (
            session.clone(),
            record.slot.as_number(),
            record.at.as_millis(),
        );
        let same_place = self.records_by_place.entry(place).or_default();
        let same = |id: &&RecordId| self.records[**id as usize] == *record;
        if let Some(known) = same_place.iter().find(same) {
            return *known;
        }
        let id = self.records.len() as RecordId;
        self.records.push(record.clone());
        same_place.push(id);
        id
    }

    fn told(&mut self, told: Told) -> u32 {
        if let Some(known) = self.told_by_value.get(&told) {
            return *known;
        }
        let id = self.told.len() as u32;
        self.told.push(told.clone());
        self.told_by_value.insert(told, id);
        id
    }

    /// The reply that says that a call was refused for load.
    pub(super) fn throttled(&mut self) -> u32 {
        self.told(Told::Throttled)
    }

    /// The reply that never came.
    pub(super) fn unavailable(&mut self) -> u32 {
        self.told(Told::Unavailable)
    }

    /// The reply that says that there is no time for another try.
    pub(super) fn out_of_time(&mut self) -> u32 {
        self.told(Told::OutOfTime)
    }

    /// Whether a reply says so.
    pub(super) fn is_out_of_time(&self, told: u32) -> bool {
        matches!(self.told[told as usize], Told::OutOfTime)
    }

    /// Whether a reply tells of a failure.
    pub(super) fn is_failure(&self, told: u32) -> bool {
        matches!(
            self.told[told as usize],
            Told::Throttled | Told::Unavailable
        )
    }

    /// Whether a reply says that a slot was taken.
    pub(super) fn is_taken(&self, told: u32) -> bool {
        matches!(self.told[told as usize], Told::Taken(_))
    }

    /// The store and the reply after one of the calls that a trail waits for was carried out.
    pub(super) fn carry_out(
        &mut self,
        store: u32,
        trail: u32,
        which: usize,
        hidden: u64,
        silent: bool,
    ) -> (u32, u32) {
        let known = (store, trail, which, hidden, silent);
        if let Some(known) = self.calls.get(&known) {
            return *known;
        }
        let Stand::Waits(calls) = &self.trails[trail as usize].stand else {
            return (store, 0);
        };
        let call = calls[which].clone();
        let mut after = self.contents(store).clone();
        let sight = Sight {
            hidden,
            silent,
            ..Sight::CLEAR
        };
        let reply = after.carry_out(&call, sight);
        let told = self.tell(&call, &reply);
        let after = if call.writes() {
            self.store(&after)
        } else {
            store
        };
        self.calls.insert(known, (after, told));
        (after, told)
    }

    fn tell(&mut self, call: &Call, reply: &Reply) -> u32 {
        let told = match (reply, call.session()) {
            (Reply::Read(Ok(chunk)), Some(session)) => {
                let records = chunk.records.iter();
                let ids = records.map(|record| self.record(session, &Arc::new(record.clone())));
                Told::Records(ids.collect())
            }
            (Reply::Put(Ok(Put::Stored)), _) => Told::Stored,
            (Reply::Put(Ok(Put::Taken(None))), _) => Told::Taken(None),
            (Reply::Put(Ok(Put::Taken(Some(occupant)))), Some(session)) => {
                let occupant = Arc::new(Record::clone(occupant));
                Told::Taken(Some(self.record(session, &occupant)))
            }
            (Reply::Pause(_), _) => Told::Paused,
            // Nothing that is explored writes beside the log.
            _ => Told::NoEntries,
        };
        self.told(told)
    }

    fn reply(&self, call: &Call, told: u32) -> Reply {
        match &self.told[told as usize] {
            Told::Throttled => call.failed(LogError::Throttled),
            Told::Unavailable => call.failed(unavailable()),
            Told::Stored => Reply::Put(Ok(Put::Stored)),
            Told::Taken(occupant) => {
                let record = |id: RecordId| Box::new(Record::clone(&self.records[id as usize]));
                Reply::Put(Ok(Put::Taken(occupant.map(record))))
            }
            Told::NoEntries => Reply::ReadSide(Ok(Vec::new())),
            Told::Paused => Reply::Pause(TimeLeft::Enough),
            Told::OutOfTime => Reply::Pause(TimeLeft::None),
            Told::Records(ids) => {
                let records = ids
                    .iter()
                    .map(|id| Record::clone(&self.records[*id as usize]));
                Reply::Read(Ok(Chunk {
                    records: records.collect(),
                    cut: false,
                }))
            }
        }
    }

    /// The trail of an attempt that has had no reply yet.
    pub(super) fn root(&mut self, wish: Wish, now: Timestamp) -> u32 {
        self.roots.push((wish, now));
        self.follow(self.roots.len() - 1, Vec::new())
    }

    pub(super) fn stand(&self, trail: u32) -> &Stand {
        &self.trails[trail as usize].stand
    }

    pub(super) fn replies(&self, trail: u32) -> &[u32] {
        &self.trails[trail as usize].replies
    }

    /// Every call that was made on a trail.
    pub(super) fn calls_on(&self, trail: u32) -> Vec<Call> {
        let trail = &self.trails[trail as usize];
        let (wish, now) = &self.roots[trail.root];
        self.replay(&mut Attempt::begin(wish, *now), &trail.replies)
    }

    /// The trail after the replies to all calls that another one waits for.
    pub(super) fn after(&mut self, trail: u32, round: Vec<u32>) -> u32 {
        let step = (trail, round);
        if let Some(known) = self.trails_by_replies.get(&step) {
            return *known;
        }
        let before = &self.trails[trail as usize];
        let replies = [&before.replies[..], &step.1].concat();
        let after = self.follow(before.root, replies);
        self.trails_by_replies.insert(step, after);
        after
    }

    fn follow(&mut self, root: usize, replies: Vec<u32>) -> u32 {
        let (wish, now) = &self.roots[root];
        let mut attempt = Attempt::begin(wish, *now);
        self.replay(&mut attempt, &replies);
        let stand = match attempt.answer() {
            Some(answer) => {
                let known = self.answers.iter().position(|known| known == answer);
                let id = known.unwrap_or_else(|| {
                    self.answers.push(answer.clone());
                    self.answers.len() - 1
                });
                Stand::Answered(id as u32)
            }
            None => {
                let calls = attempt.waiting().into_iter();
                Stand::Waits(calls.map(|(_, call)| call).collect())
            }
        };
        self.trails.push(Trail {
            root,
            replies,
            stand,
        });
        self.trails.len() as u32 - 1
    }

    /// Gives an attempt its replies, round by round, and tells which calls it has made.
    fn replay(&self, attempt: &mut Attempt, replies: &[u32]) -> Vec<Call> {
        let mut replies = replies.iter();
        loop {
            let waiting = attempt.waiting();
            let round: Vec<u32> = replies.by_ref().take(waiting.len()).copied().collect();
            if round.is_empty() {
                return attempt.calls();
            }
            for ((number, call), told) in waiting.into_iter().zip(round) {
                let reply = self.reply(&call, told);
                attempt.reply(number, reply);
            }
            attempt.go_on();
        }
    }
}
