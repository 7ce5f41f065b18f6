//! The wire between an operation and the store: every call waits on it until somebody has chosen what becomes of it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use domain::{
    Chunk, CustomerId, CustomerIndex, InstanceId, Listed, Listing, Log, LogError, Pause, Put, Read,
    Record, SessionKey, SideEntry, SideLog, SidePut, SideRead, TimeLeft, Timestamp, Urgency,
};

/// What an operation asks of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A range read of a log.
    Read(SessionKey, Read),
    /// A put into a log.
    Put(SessionKey, Arc<Record>),
    /// A read beside a log.
    ReadSide(SessionKey, SideRead),
    /// A put beside a log.
    PutSide(SessionKey, SideEntry),
    /// A read of the index of customers.
    List(InstanceId, CustomerId, Option<Listed>, usize),
    /// A pause of so much at most: nothing is asked of the store, and others go on.
    Pause(Duration, Urgency),
}

/// What the operation is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To a read.
    Read(Result<Chunk, LogError>),
    /// To a put.
    Put(Result<Put, LogError>),
    /// To a read beside a log.
    ReadSide(Result<Vec<SideEntry>, LogError>),
    /// To a put beside a log.
    PutSide(Result<SidePut, LogError>),
    /// To a read of the index.
    List(Result<Listing, LogError>),
    /// To a pause.
    Pause(TimeLeft),
}

impl Call {
    /// The session that the call is about; a read of the index and a pause are about none.
    pub const fn session(&self) -> Option<&SessionKey> {
        match self {
            Self::Read(session, _)
            | Self::Put(session, _)
            | Self::ReadSide(session, _)
            | Self::PutSide(session, _) => Some(session),
            Self::List(..) | Self::Pause(..) => None,
        }
    }

    /// Whether it writes.
    pub const fn writes(&self) -> bool {
        matches!(self, Self::Put(..) | Self::PutSide(..))
    }

    /// The reply that tells of a failure; a pause never fails.
    pub fn failed(&self, error: LogError) -> Reply {
        match self {
            Self::Read(..) => Reply::Read(Err(error)),
            Self::Put(..) => Reply::Put(Err(error)),
            Self::ReadSide(..) => Reply::ReadSide(Err(error)),
            Self::PutSide(..) => Reply::PutSide(Err(error)),
            Self::List(..) => Reply::List(Err(error)),
            Self::Pause(..) => Reply::Pause(TimeLeft::Enough),
        }
    }
}

impl Reply {
    /// The failure that it tells of, if it does.
    pub const fn error(&self) -> Option<&LogError> {
        match self {
            Self::Read(Err(error))
            | Self::Put(Err(error))
            | Self::ReadSide(Err(error))
            | Self::PutSide(Err(error))
            | Self::List(Err(error)) => Some(error),
            _ => None,
        }
    }

    /// Whether it says that the call has no time for another try.
    pub const fn is_out_of_time(&self) -> bool {
        matches!(self, Self::Pause(TimeLeft::None))
    }
}

/// No answer that could be relied on.
pub fn unavailable() -> LogError {
    LogError::Unavailable("no answer".to_owned())
}

/// The store's ports for one operation.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<Mutex<Vec<Asked>>>);

#[derive(Debug)]
struct Asked {
    call: Call,
    reply: State,
}

#[derive(Debug)]
enum State {
    Waiting,
    Replied(Reply),
    Taken,
}

impl Wire {
    fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls that wait, each with its number.
    pub fn waiting(&self) -> Vec<(usize, Call)> {
        let asked = self.asked();
        let waiting = asked.iter().enumerate();
        let waiting = waiting.filter(|(_, asked)| matches!(asked.reply, State::Waiting));
        waiting
            .map(|(number, asked)| (number, asked.call.clone()))
            .collect()
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        self.asked().iter().map(|each| each.call.clone()).collect()
    }

    /// Answers the call of this number.
    pub fn reply(&self, number: usize, reply: Reply) {
        if let Some(asked) = self.asked().get_mut(number) {
            asked.reply = State::Replied(reply);
        }
    }

    async fn ask(&self, call: Call) -> Reply {
        let number = {
            let mut asked = self.asked();
            asked.push(Asked {
                call,
                reply: State::Waiting,
            });
            asked.len() - 1
        };
        poll_fn(|_| {
            let mut asked = self.asked();
            let reply = &mut asked[number].reply;
            if matches!(reply, State::Replied(_))
                && let State::Replied(reply) = std::mem::replace(reply, State::Taken)
            {
                return Poll::Ready(reply);
            }
            Poll::Pending
        })
        .await
    }
}

/// A reply to another call than the one that was made is a fault of this package.
fn mistaken<T>() -> Result<T, LogError> {
    Err(LogError::Corrupt("a reply to another call".to_owned()))
}

impl Log for Wire {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        match self.ask(Call::Read(session.clone(), read)).await {
            Reply::Read(reply) => reply,
            _ => mistaken(),
        }
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        let record = Arc::new(record.clone());
        match self.ask(Call::Put(session.clone(), record)).await {
            Reply::Put(reply) => reply,
            _ => mistaken(),
        }
    }
}

impl SideLog for Wire {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        match self.ask(Call::ReadSide(session.clone(), read)).await {
            Reply::ReadSide(reply) => reply,
            _ => mistaken(),
        }
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        _retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let call = Call::PutSide(session.clone(), entry.clone());
        match self.ask(call).await {
            Reply::PutSide(reply) => reply,
            _ => mistaken(),
        }
    }
}

impl Pause for Wire {
    async fn pause(&self, bound: Duration, urgency: Urgency) -> TimeLeft {
        match self.ask(Call::Pause(bound, urgency)).await {
            Reply::Pause(left) => left,
            // A reply to another call: the attempt ends without an answer that could be true.
            _ => TimeLeft::None,
        }
    }
}

impl CustomerIndex for Wire {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        let call = Call::List(instance.clone(), customer.clone(), before, limit);
        match self.ask(call).await {
            Reply::List(reply) => reply,
            _ => mistaken(),
        }
    }
}
