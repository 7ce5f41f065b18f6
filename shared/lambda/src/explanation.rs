//! What a server on one's own machine says of a call beyond what AWS may know: which contact it was about, and why it
//! was refused.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::{Operation, Problem};
use tokio::task_local;

/// The most of a path, or of a header, that a log line shows, in characters.
const MOST_SHOWN: usize = 200;
/// The longest segment of a path that is shown, in characters: ids and names of operations are shorter, tokens longer.
const LONGEST_SEGMENT: usize = 64;
/// What stands for what is not shown.
const HIDDEN: &str = "…";

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

/// A path as it may be logged, whatever stands in it: without a query, also an encoded one, without segments that are as
/// long as tokens, and without a CustomerId, which may be a name, also where no operation is at that path.
pub fn shown_path(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let query = [lower.find('?'), lower.find("%3f")];
    let end = query.into_iter().flatten().min().unwrap_or(path.len());
    let mut shown_segments = String::new();
    let mut of_customers = false;
    let mut rest = &path[..end];
    loop {
        let encoded = rest.to_ascii_lowercase().find("%2f");
        let next = match (rest.find('/'), encoded) {
            (Some(slash), encoded) if encoded.is_none_or(|at| slash < at) => Some((slash, 1)),
            (_, encoded) => encoded.map(|at| (at, 3)),
        };
        let (segment, slash, left) = match next {
            Some((at, length)) => (
                &rest[..at],
                &rest[at..at + length],
                Some(&rest[at + length..]),
            ),
            None => (rest, "", None),
        };
        let long = segment.chars().count() > LONGEST_SEGMENT;
        let named = of_customers && !matches!(segment, "" | "chats");
        shown_segments.push_str(if long || named { HIDDEN } else { segment });
        shown_segments.push_str(slash);
        // Near misses as well: what follows is meant to be a customer.
        of_customers |= segment.to_ascii_lowercase().starts_with("customer");
        match left {
            Some(left) => rest = left,
            None => break,
        }
    }
    shown(&shown_segments).to_owned()
}

/// As much of what a client sent as a log line has room for.
pub fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(MOST_SHOWN);
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_queries_tokens_and_customers() {
        let token = "x".repeat(65);
        let id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
        let arn = format!("arn:aws:connect:eu-central-1:123456789012:instance%2F{id}");
        for (path, wanted) in [
            ("/participant/message", "/participant/message".to_owned()),
            (
                &format!("/contacts/local/{id}"),
                format!("/contacts/local/{id}"),
            ),
            (
                &format!("/contacts/{arn}/{id}"),
                format!("/contacts/{arn}/{id}"),
            ),
            ("/a/?token=x", "/a/".to_owned()),
            ("/websocket%3Ftoken=x", "/websocket".to_owned()),
            ("/websocket%3ftoken=x?a", "/websocket".to_owned()),
            (&format!("/websocket/{token}"), "/websocket/…".to_owned()),
            (
                &format!("/contacts/local/{token}/transcript"),
                "/contacts/local/…/transcript".to_owned(),
            ),
            (
                &format!("/websocket%2F{token}"),
                "/websocket%2F…".to_owned(),
            ),
            (
                &format!("/{}", "é".repeat(64)),
                format!("/{}", "é".repeat(64)),
            ),
            (
                "/customers/local/jane/chats",
                "/customers/…/…/chats".to_owned(),
            ),
            (
                "/customers/local/jane/chats/",
                "/customers/…/…/chats/".to_owned(),
            ),
            (
                "/customers/local/jane/doe/chats",
                "/customers/…/…/…/chats".to_owned(),
            ),
            ("/customers/jane", "/customers/…".to_owned()),
            ("//Customers/local/jane", "//Customers/…/…".to_owned()),
            ("/customer%2flocal%2Fjane", "/customer%2f…%2F…".to_owned()),
            ("", String::new()),
        ] {
            assert_eq!(shown_path(path), wanted, "{path}");
        }
        assert_eq!(shown_path(&"/é".repeat(150)), "/é".repeat(100));
    }
}
