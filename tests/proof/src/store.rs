//! The store: what has been put, and what a read of it may show.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    Chunk, Consistency, CustomerId, InstanceId, Listed, Listing, Order, Put, Read, Record,
    SessionKey, SideEntry, SidePlace, SidePut, SideRead, Slot, TimeLeft,
};

use crate::wire::{Call, Reply};

/// Everything that stands in the store. A copy is cheap: it shares what it holds.
#[derive(Debug, Clone, Default)]
pub struct Store {
    logs: BTreeMap<SessionKey, Arc<Vec<Arc<Record>>>>,
    beside: BTreeMap<SessionKey, Arc<BTreeMap<SidePlace, SideEntry>>>,
}

/// What a call gets to see of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Which of the newest 64 records, entries or sessions an eventually consistent read does not show, the newest at
    /// the lowest bit.
    pub hidden: u64,
    /// At most this many records in one answer.
    pub most: usize,
    /// Whether the store does not tell who has taken a slot.
    pub silent: bool,
}

impl Sight {
    /// Everything.
    pub const CLEAR: Sight = Sight {
        hidden: 0,
        most: usize::MAX,
        silent: false,
    };
}

impl Store {
    /// A session's log.
    pub fn log(&self, session: &SessionKey) -> &[Arc<Record>] {
        self.logs.get(session).map_or(&[], |log| log)
    }

    /// All sessions.
    pub fn sessions(&self) -> impl Iterator<Item = &SessionKey> {
        self.logs.keys()
    }

    /// What stands beside a session's log.
    pub fn beside(&self, session: &SessionKey) -> impl Iterator<Item = &SideEntry> {
        self.beside
            .get(session)
            .into_iter()
            .flat_map(|it| it.values())
    }

    /// Carries a call out.
    pub fn carry_out(&mut self, call: &Call, sight: Sight) -> Reply {
        match call {
            Call::Read(session, read) => Reply::Read(Ok(self.read(session, *read, sight))),
            Call::Put(session, record) => Reply::Put(Ok(self.put(session, record, sight))),
            Call::ReadSide(session, read) => {
                Reply::ReadSide(Ok(self.read_side(session, *read, sight)))
            }
            Call::PutSide(session, entry) => {
                Reply::PutSide(Ok(self.put_side(session, entry, sight)))
            }
            Call::List(instance, customer, before, limit) => {
                Reply::List(Ok(self.list(instance, customer, *before, *limit, sight)))
            }
            Call::Pause(..) => Reply::Pause(TimeLeft::Enough),
        }
    }

    fn read(&self, session: &SessionKey, read: Read, sight: Sight) -> Chunk {
        let log = self.log(session);
        let hidden = match read.consistency {
            Consistency::Eventual => sight.hidden,
            Consistency::Strong => 0,
        };
        let from = log.partition_point(|record| record.slot < read.range.from);
        let to = log.partition_point(|record| record.slot <= read.range.to);
        let all = (from..to.max(from)).filter(|at| !is_hidden(hidden, log.len() - 1 - at));
        let record = |at: usize| Record::clone(&log[at]);
        let most = read.limit.min(sight.most);
        let mut records: Vec<Record> = match read.order {
            Order::OldestFirst => all.map(record).take(most + 1).collect(),
            Order::NewestFirst => all.rev().map(record).take(most + 1).collect(),
        };
        let cut = most < read.limit && records.len() > most;
        records.truncate(most);
        Chunk { records, cut }
    }

    fn put(&mut self, session: &SessionKey, record: &Arc<Record>, sight: Sight) -> Put {
        let log = Arc::make_mut(self.logs.entry(session.clone()).or_default());
        match log.binary_search_by_key(&record.slot, |each| each.slot) {
            Ok(at) => {
                let occupant = (!sight.silent).then(|| Box::new(Record::clone(&log[at])));
                Put::Taken(occupant)
            }
            Err(at) => {
                log.insert(at, record.clone());
                Put::Stored
            }
        }
    }

    fn read_side(&self, session: &SessionKey, read: SideRead, sight: Sight) -> Vec<SideEntry> {
        let hidden = match read.consistency {
            Consistency::Eventual => sight.hidden,
            Consistency::Strong => 0,
        };
        let entries = self
            .beside
            .get(session)
            .into_iter()
            .flat_map(|it| it.iter());
        let entries = entries.rev().enumerate();
        let seen = entries.filter(|(age, _)| !is_hidden(hidden, *age));
        let wanted = seen.filter(|(_, (place, _))| read.range.contains(**place));
        let entry = |(_, (_, entry)): (usize, (&SidePlace, &SideEntry))| entry.clone();
        wanted.take(read.limit).map(entry).collect()
    }

    fn put_side(&mut self, session: &SessionKey, entry: &SideEntry, sight: Sight) -> SidePut {
        let entries = Arc::make_mut(self.beside.entry(session.clone()).or_default());
        if let Some(occupant) = entries.get(&entry.place()) {
            return SidePut::Taken((!sight.silent).then(|| Box::new(occupant.clone())));
        }
        entries.insert(entry.place(), entry.clone());
        SidePut::Stored
    }

    fn list(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
        sight: Sight,
    ) -> Listing {
        let listed = |(key, log): (&SessionKey, &Arc<Vec<Arc<Record>>>)| {
            let first = log.first().filter(|first| first.slot == Slot::FIRST)?;
            let owner = first.started()?.owner.as_ref()?;
            (key.instance == *instance && owner == customer).then_some(Listed {
                started: first.at,
                session: key.session,
            })
        };
        let mut all: Vec<Listed> = self.logs.iter().filter_map(listed).collect();
        all.sort_unstable_by(|one, other| other.cmp(one));
        let mut age = 0;
        all.retain(|_| {
            age += 1;
            !is_hidden(sight.hidden, age - 1)
        });
        all.retain(|listed| before.is_none_or(|before| *listed < before));
        let more = all.len() > limit;
        all.truncate(limit);
        Listing {
            sessions: all,
            more,
        }
    }
}

fn is_hidden(hidden: u64, age: usize) -> bool {
    age < 64 && hidden & (1 << age) != 0
}
