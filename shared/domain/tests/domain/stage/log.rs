//! A log in memory that counts its calls, and fails as it is told to.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use domain::{
    Chunk, Consistency, Log, LogError, MemoryLog, Order, Put, Read, Record, SessionId, SessionKey,
    SlotRange,
};

/// One call to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Read(SessionId, Read),
    Put(SessionId),
}

impl Call {
    pub(crate) fn session(self) -> SessionId {
        match self {
            Call::Read(session, _) | Call::Put(session) => session,
        }
    }
}

/// What goes wrong with one call.
#[derive(Clone)]
pub(crate) enum Trouble {
    /// It is not carried out.
    NotDone,
    /// It is refused for load, and not carried out.
    Throttled,
    /// It is carried out, and the reply is lost.
    LostReply,
    /// A put is carried out, its reply is lost, and the store's client repeats it: it meets itself.
    Repeated,
    /// It is carried out, and then the caller is no more.
    Crash,
    /// Somebody else does something first.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
}

type Deleted = dyn Fn(&SessionKey, &Record) -> bool + Send;

/// What goes wrong, and when.
pub(crate) struct Faults {
    /// The trouble with the n-th call, from 1.
    pub(crate) trouble: Box<dyn FnMut(usize, Call) -> Option<Trouble> + Send>,
    /// For each eventually consistent read: which of the newest 64 records are not to be seen yet, the
    /// newest at the lowest bit.
    pub(crate) unseen: Box<dyn FnMut() -> u64 + Send>,
    /// At most this many records in one answer.
    pub(crate) cut_after: usize,
    /// Whether the store does not tell who has taken a slot.
    pub(crate) silent: bool,
    /// Records that the store has deleted for their age.
    pub(crate) deleted: Box<Deleted>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            trouble: Box::new(|_, _| None),
            unseen: Box::new(|| 0),
            cut_after: usize::MAX,
            silent: false,
            deleted: Box::new(|_, _| false),
        }
    }
}

impl Faults {
    /// One trouble, with the n-th call.
    pub(crate) fn at(n: usize, trouble: Trouble) -> Self {
        Self {
            trouble: Box::new(move |call, _| (call == n).then(|| trouble.clone())),
            ..Self::default()
        }
    }

    /// Somebody else does something before the n-th call.
    pub(crate) fn before(n: usize, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self::at(n, Trouble::Meanwhile(Arc::new(act)))
    }

    /// Every eventually consistent read misses these of the newest records.
    pub(crate) fn unseen(mask: u64) -> Self {
        Self {
            unseen: Box::new(move || mask),
            ..Self::default()
        }
    }
}

pub(crate) struct TestLog {
    memory: Arc<MemoryLog>,
    faults: Mutex<Faults>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    round_trips: usize,
    under_way: usize,
}

impl TestLog {
    pub(crate) fn new(memory: Arc<MemoryLog>, faults: Faults) -> Self {
        Self {
            memory,
            faults: Mutex::new(faults),
            seen: Mutex::default(),
        }
    }

    /// Every call so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.seen.lock().unwrap().calls.clone()
    }

    /// Reads, puts and round trips since the last time this was asked: calls that are under way at the
    /// same time make one round trip.
    pub(crate) fn take_counts(&self) -> (usize, usize, usize) {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        let puts = |call: &&Call| matches!(call, Call::Put(_));
        let puts = seen.calls.iter().filter(puts).count();
        (seen.calls.len() - puts, puts, seen.round_trips)
    }

    /// Notes the call, lets others begin at the same time, and says what is to go wrong with it.
    async fn begin(&self, call: Call) -> Option<Trouble> {
        let n = {
            let mut seen = self.seen.lock().unwrap();
            seen.calls.push(call);
            seen.round_trips += usize::from(seen.under_way == 0);
            seen.under_way += 1;
            seen.calls.len()
        };
        let mut waited = false;
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                Poll::Ready(())
            } else {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
        let mut seen = self.seen.lock().unwrap();
        seen.under_way -= 1;
        drop(seen);
        let trouble = (self.faults.lock().unwrap().trouble)(n, call);
        if let Some(Trouble::Meanwhile(act)) = &trouble {
            act();
        }
        trouble
    }

    async fn look(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let all = Read::newest(SlotRange::ALL, usize::MAX, Consistency::Strong);
        let mut records = self.memory.read(session, all).await?.records;
        let mut faults = self.faults.lock().unwrap();
        if read.consistency == Consistency::Eventual {
            let unseen = (faults.unseen)();
            let mut age = 0;
            records.retain(|_| {
                age += 1;
                age > 64 || unseen & (1 << (age - 1)) == 0
            });
        }
        records.retain(|record| {
            read.range.contains(record.slot) && !(faults.deleted)(session, record)
        });
        if read.order == Order::OldestFirst {
            records.reverse();
        }
        records.truncate(read.limit);
        let cut = records.len() > faults.cut_after;
        records.truncate(faults.cut_after);
        Ok(Chunk { records, cut })
    }
}

fn lost() -> LogError {
    LogError::Unavailable("no answer".to_owned())
}

impl Log for TestLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let asks = read.limit > 0 && !read.range.is_empty();
        assert!(asks, "stores refuse to read nothing");
        let trouble = self.begin(Call::Read(session.session, read)).await;
        let chunk = self.look(session, read).await;
        match trouble {
            None | Some(Trouble::Meanwhile(_) | Trouble::Repeated) => chunk,
            Some(Trouble::NotDone | Trouble::LostReply) => Err(lost()),
            Some(Trouble::Throttled) => Err(LogError::Throttled),
            Some(Trouble::Crash) => resume_unwind(Box::new("crash")),
        }
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let trouble = self.begin(Call::Put(session.session)).await;
        match trouble {
            Some(Trouble::NotDone) => return Err(lost()),
            Some(Trouble::Throttled) => return Err(LogError::Throttled),
            _ => {}
        }
        let mut put = self.memory.put(session, record).await?;
        match trouble {
            Some(Trouble::LostReply) => return Err(lost()),
            Some(Trouble::Repeated) => put = self.memory.put(session, record).await?,
            Some(Trouble::Crash) => resume_unwind(Box::new("crash")),
            _ => {}
        }
        match put {
            Put::Taken(_) if self.faults.lock().unwrap().silent => Ok(Put::Taken(None)),
            other => Ok(other),
        }
    }
}
