//! What a server on one's own machine says of a call beyond what AWS may know: which contact it was about, and why it
//! was refused.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::{Operation, Problem};
use tokio::task_local;

/// The most of a path, or of a header, that a log line shows.
const MOST_SHOWN: usize = 200;

task_local! {
    // Calls do not carry it: a handler neither knows nor decides who reads its log.
    static EXPLANATION: Explanation;
}

/// Gathers, while a call is answered, what may be said of it where its caller and the reader of the log are one.
///
/// A function on AWS makes none. Its log then names sessions by a keyed hash alone and gives no reason of a refusal: there
/// the ContactId of a chat without an owner is its credential, and the reason would help to forge tokens.
#[derive(Debug, Clone, Default)]
pub struct Explanation(Arc<Mutex<Gathered>>);

#[derive(Debug, Default)]
struct Gathered {
    contact: Option<String>,
    reason: Option<String>,
}

impl Explanation {
    /// Has a call answered, and gathers what is said of it meanwhile.
    pub async fn hold<T>(&self, answering: impl Future<Output = T>) -> T {
        EXPLANATION.scope(self.clone(), answering).await
    }

    /// Why the call was refused or failed, once it was.
    pub fn reason(&self) -> Option<String> {
        self.gathered().reason.clone()
    }

    /// That of the call which is answered here, where there is one.
    pub fn of_this_call() -> Option<Self> {
        EXPLANATION.try_with(Self::clone).ok()
    }

    pub(crate) fn contact(&self) -> Option<String> {
        self.gathered().contact.clone()
    }

    pub(crate) fn note_contact(&self, contact: String) {
        self.gathered().contact = Some(contact);
    }

    /// Notes why the call is refused, or failed, and says it.
    pub(crate) fn note(&self, problem: &Problem, operation: Operation) -> String {
        let reason = problem.reason(operation);
        self.gathered().reason = Some(reason.clone());
        reason
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As much of what a client sent as a log line has room for.
pub fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(MOST_SHOWN);
    end.map_or(text, |(end, _)| &text[..end])
}
