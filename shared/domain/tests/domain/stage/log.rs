//! A log in memory, with its side log and index, that counts its calls, and fails as it is told to.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use domain::{
    Chunk, Consistency, CustomerId, CustomerIndex, InstanceId, Listed, Listing, Log, LogError,
    MemoryLog, Order, Pause, Put, Read, Record, SessionId, SessionKey, SideEntry, SideLog,
    SidePlace, SidePut, SideRead, SlotRange, TimeLeft, Timestamp, Urgency,
};

/// One call to a log, to the side log, or to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Read(SessionId, Read),
    Put(SessionId),
    ReadSide(SessionId, SideRead),
    PutSide(SessionId, SidePlace),
    List,
}

impl Call {
    /// The session that the call is about; a list is about none.
    pub(crate) fn session(self) -> SessionId {
        match self {
            Call::Read(session, _)
            | Call::Put(session)
            | Call::ReadSide(session, _)
            | Call::PutSide(session, _) => session,
            Call::List => panic!("a list is of no session"),
        }
    }

    /// Whether it writes.
    pub(crate) fn is_put(self) -> bool {
        matches!(self, Call::Put(_) | Call::PutSide(..))
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
type DeletedBeside = dyn Fn(&SessionKey, &SideEntry) -> bool + Send;

/// What goes wrong, and when.
pub(crate) struct Faults {
    /// The trouble with the n-th call, from 1.
    pub(crate) trouble: Box<dyn FnMut(usize, Call) -> Option<Trouble> + Send>,
    /// For each eventually consistent read: which of the newest 64 records, or of the 64 highest entries
    /// beside them, are not to be seen yet, the newest at the lowest bit.
    pub(crate) unseen: Box<dyn FnMut() -> u64 + Send>,
    /// At most this many records in one answer.
    pub(crate) cut_after: usize,
    /// Whether the store does not tell who has taken a slot.
    pub(crate) silent: bool,
    /// Records that the store has deleted for their age.
    pub(crate) deleted: Box<Deleted>,
    /// Entries beside records that the store has deleted for their age.
    pub(crate) deleted_beside: Box<DeletedBeside>,
    /// For how many pauses a call has time.
    pub(crate) pauses: usize,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            trouble: Box::new(|_, _| None),
            unseen: Box::new(|| 0),
            cut_after: usize::MAX,
            silent: false,
            deleted: Box::new(|_, _| false),
            deleted_beside: Box::new(|_, _| false),
            pauses: usize::MAX,
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
    pauses: Vec<(Duration, Urgency)>,
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

    /// The bound of every pause so far, also of the one for which there was no time, and what it was for.
    pub(crate) fn pauses(&self) -> Vec<(Duration, Urgency)> {
        self.seen.lock().unwrap().pauses.clone()
    }

    /// Reads, puts and round trips since the last time this was asked: calls that are under way at the
    /// same time make one round trip.
    pub(crate) fn take_counts(&self) -> (usize, usize, usize) {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        let puts = seen.calls.iter().filter(|call| call.is_put()).count();
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
        let_others().await;
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
            hide(&mut records, (faults.unseen)());
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

    async fn look_beside(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        let all = SideRead {
            limit: usize::MAX,
            ..read
        };
        let mut entries = self.memory.read_side(session, all).await?;
        let mut faults = self.faults.lock().unwrap();
        if read.consistency == Consistency::Eventual {
            hide(&mut entries, (faults.unseen)());
        }
        entries.retain(|entry| !(faults.deleted_beside)(session, entry));
        entries.truncate(read.limit);
        Ok(entries)
    }
}

/// Comes back when all others had their turn.
pub(crate) async fn let_others() {
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
}

/// Takes away what is not to be seen of the newest 64, which come first.
fn hide<T>(newest_first: &mut Vec<T>, unseen: u64) {
    let mut age = 0;
    newest_first.retain(|_| {
        age += 1;
        age > 64 || unseen & (1 << (age - 1)) == 0
    });
}

fn lost() -> LogError {
    LogError::Unavailable("no answer".to_owned())
}

/// What becomes of the answer to a read.
fn told<T>(answer: Result<T, LogError>, trouble: Option<Trouble>) -> Result<T, LogError> {
    match trouble {
        None | Some(Trouble::Meanwhile(_) | Trouble::Repeated) => answer,
        Some(Trouble::NotDone | Trouble::LostReply) => Err(lost()),
        Some(Trouble::Throttled) => Err(LogError::Throttled),
        Some(Trouble::Crash) => resume_unwind(Box::new("crash")),
    }
}

impl Log for TestLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let asks = read.limit > 0 && !read.range.is_empty();
        assert!(asks, "stores refuse to read nothing");
        let trouble = self.begin(Call::Read(session.session, read)).await;
        told(self.look(session, read).await, trouble)
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

impl Pause for TestLog {
    async fn pause(&self, bound: Duration, urgency: Urgency) -> TimeLeft {
        let pauses = {
            let mut seen = self.seen.lock().unwrap();
            seen.pauses.push((bound, urgency));
            seen.pauses.len()
        };
        let_others().await;
        match pauses <= self.faults.lock().unwrap().pauses {
            true => TimeLeft::Enough,
            false => TimeLeft::None,
        }
    }
}

impl SideLog for TestLog {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        assert!(read.limit > 0, "stores refuse to read nothing");
        let trouble = self.begin(Call::ReadSide(session.session, read)).await;
        told(self.look_beside(session, read).await, trouble)
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let call = Call::PutSide(session.session, entry.place());
        let trouble = self.begin(call).await;
        match trouble {
            Some(Trouble::NotDone) => return Err(lost()),
            Some(Trouble::Throttled) => return Err(LogError::Throttled),
            _ => {}
        }
        let put = || self.memory.put_side(session, entry, retained_until);
        let mut done = put().await?;
        match trouble {
            Some(Trouble::LostReply) => return Err(lost()),
            Some(Trouble::Repeated) => done = put().await?,
            Some(Trouble::Crash) => resume_unwind(Box::new("crash")),
            _ => {}
        }
        match done {
            SidePut::Taken(_) if self.faults.lock().unwrap().silent => Ok(SidePut::Taken(None)),
            other => Ok(other),
        }
    }
}

impl CustomerIndex for TestLog {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        assert!(limit > 0, "stores refuse to read nothing");
        let trouble = self.begin(Call::List).await;
        let memory = &self.memory;
        told(
            memory.sessions_of(instance, customer, before, limit).await,
            trouble,
        )
    }
}
