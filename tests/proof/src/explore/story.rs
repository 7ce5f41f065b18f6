//! A history in sentences.

use super::node::{How, Node, Progress, Step};
use super::search::Search;
use super::table::Stand;
use crate::story::call_in_words;
use crate::wire::Call;

/// Tells the steps, each in the state in which it was made.
pub(super) fn tell(search: &Search, steps: &[(Node, Step)]) -> Vec<String> {
    let tell = |(node, step): &(Node, Step)| sentence(search, node, *step);
    steps.iter().map(tell).collect()
}

fn who(attempt: u8) -> String {
    let (client, attempt) = (attempt / 2 + 1, attempt % 2 + 1);
    format!("client {client}, attempt {attempt}")
}

fn sentence(search: &Search, node: &Node, step: Step) -> String {
    match step {
        Step::Clock => "the chat's time passes".to_owned(),
        Step::Kill(attempt) => format!("{} is killed", who(attempt)),
        Step::Call {
            attempt,
            call,
            how,
            lags,
        } => {
            let name = who(attempt);
            let lags = if lags {
                " (its clock stands still)"
            } else {
                ""
            };
            let called = called(search, node, attempt, call, lags);
            format!("{name}{lags} {called}: {}", outcome(how))
        }
    }
}

fn called(search: &Search, node: &Node, attempt: u8, call: u8, lags: &str) -> String {
    let at = usize::from(attempt);
    let trail = match &node.attempts[at] {
        Progress::Running { trail, .. } => *trail,
        _ => search.root(at, node.late && lags.is_empty()),
    };
    match search.table.stand(trail) {
        Stand::Waits(calls) => calls.get(usize::from(call)).map_or_else(String::new, words),
        Stand::Answered(_) => String::new(),
    }
}

fn words(call: &Call) -> String {
    call_in_words(call)
}

fn outcome(how: How) -> String {
    match how {
        How::Done(0) => "done".to_owned(),
        How::Done(hidden) => {
            let ages = (0..64).filter(|age| hidden & (1 << age) != 0);
            let ages: Vec<String> = ages.map(|age| (age + 1).to_string()).collect();
            format!("does not see newest record number {}", ages.join(", "))
        }
        How::Silent => "the slot is taken, nobody says by whom".to_owned(),
        How::Lost => "done, and the reply is lost".to_owned(),
        How::Twice => "done, and it comes a second time".to_owned(),
        How::NotDone => "not done, and no answer".to_owned(),
        How::Throttled => "refused for load".to_owned(),
        How::OutOfTime => "there is no time for another try".to_owned(),
    }
}
