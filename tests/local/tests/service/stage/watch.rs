//! Whoever watches the calls to the ports: notes each as it looks from outside, and disturbs the one that a test names.

use std::future::{Future, pending};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{Consistency, LogError, PostError};

/// What a store says of itself when it fails: for the operator's log, and never for a caller.
pub(crate) const REASON: &str = "reason-for-the-operator-alone";

/// A call to one of the ports, as far as it can be told from outside without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    /// How many entries at most, where that is said.
    pub(crate) limit: Option<usize>,
    pub(crate) consistency: Option<Consistency>,
}

impl Asked {
    /// A call that says neither how much it wants nor how consistent.
    pub(crate) const fn of(method: &'static str) -> Self {
        Self {
            method,
            limit: None,
            consistency: None,
        }
    }

    /// Whether it changes what a store holds, once however often it comes.
    pub(crate) fn writes_once(self) -> bool {
        self.method.starts_with("put")
            || ["mark_subscribed", "mark_caught_up", "forget"].contains(&self.method)
    }

    /// Whether it leads to the gateway of the WebSockets.
    pub(crate) fn posts(self) -> bool {
        ["post", "heard", "close"].contains(&self.method)
    }
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails and was not carried out.
    Fails,
    /// It is refused for load and was not carried out.
    Throttled,
    /// It was carried out, and its reply is lost.
    ReplyLost,
    /// It is carried out twice, and the second reply is what comes.
    Doubled,
    /// The process that makes it is killed before it is carried out.
    KilledBefore,
    /// The process is killed when it has been carried out.
    KilledAfter,
}

impl Fault {
    pub(crate) const ALL: [Fault; 6] = [
        Self::Fails,
        Self::Throttled,
        Self::ReplyLost,
        Self::Doubled,
        Self::KilledBefore,
        Self::KilledAfter,
    ];

    /// Whether it can happen to a call of this kind, and is another fault there than all the others.
    pub(crate) fn happens_to(self, asked: Asked) -> bool {
        match self {
            Self::Throttled => !asked.posts(),
            Self::Doubled => asked.writes_once(),
            _ => true,
        }
    }
}

/// A port's error, as far as faults are made of it.
pub(crate) trait Failing {
    fn unavailable() -> Self;
    fn throttled() -> Self;
}

impl Failing for LogError {
    fn unavailable() -> Self {
        Self::Unavailable(REASON.to_owned())
    }

    fn throttled() -> Self {
        Self::Throttled
    }
}

impl Failing for PostError {
    fn unavailable() -> Self {
        Self(REASON.to_owned())
    }

    fn throttled() -> Self {
        Self::unavailable()
    }
}

/// The calls so far, and what is to happen to which of those that come.
#[derive(Default)]
pub(crate) struct Watch {
    asked: Mutex<Vec<Asked>>,
    planned: Mutex<Option<(usize, Fault)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Every call so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        locked(&self.asked).clone()
    }

    /// How many calls there were.
    pub(crate) fn made(&self) -> usize {
        locked(&self.asked).len()
    }

    /// How many calls there were whose method is one of these.
    pub(crate) fn count(&self, methods: &[&str]) -> usize {
        let asked = locked(&self.asked);
        asked
            .iter()
            .filter(|asked| methods.contains(&asked.method))
            .count()
    }

    /// Lets something happen to the call that comes after `n` others.
    pub(crate) fn disturb(&self, n: usize, fault: Fault) {
        let then = self.made() + n;
        *locked(&self.planned) = Some((then, fault));
    }

    /// Lets nothing happen any more; whether something did.
    pub(crate) fn calm(&self) -> bool {
        locked(&self.planned).take().is_none()
    }

    fn fault(&self, asked: Asked) -> Option<Fault> {
        let mut all = locked(&self.asked);
        all.push(asked);
        let now = all.len() - 1;
        let fault = locked(&self.planned).take_if(|(then, _)| *then == now);
        fault.map(|(_, fault)| fault)
    }

    /// Makes a call, unless it is the one to be disturbed.
    pub(crate) async fn call<T, E, F>(
        &self,
        asked: Asked,
        work: impl Fn() -> F + Send + Sync,
    ) -> Result<T, E>
    where
        T: Send,
        E: Failing + Send,
        F: Future<Output = Result<T, E>> + Send,
    {
        match self.fault(asked) {
            None => work().await,
            Some(Fault::Fails) => Err(E::unavailable()),
            Some(Fault::Throttled) => Err(E::throttled()),
            Some(Fault::ReplyLost) => {
                work().await?;
                Err(E::unavailable())
            }
            Some(Fault::Doubled) => {
                work().await?;
                work().await
            }
            Some(Fault::KilledBefore) => pending().await,
            Some(Fault::KilledAfter) => {
                work().await?;
                pending().await
            }
        }
    }
}
