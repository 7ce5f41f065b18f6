//! The checker: whether what clients were told is true of what stands in the store, and of all that they were told else.
//!
//! It is written from the rules, not from the domain's code: it knows when each attempt began and was answered, and
//! reads the logs naively, from their first record to their last. What it takes from the domain is the shape of a
//! record alone.

mod agreed;
mod asked;
mod case;
mod overview;
mod readings;
mod settled;
mod shown;
mod side;
mod starts;
mod whole;
mod writers;

use std::fmt::Debug;

pub use agreed::{agree, answers_agree};
pub use asked::Asked;
pub use case::{Case, Length, WINDOW, answered};
use domain::{AppendError, LogError, Refusal};
pub use readings::{Reading, read_as_it_was};
pub use settled::can_go_on;
pub use shown::{Line, Shown, What};
pub use side::late_attributes;
pub use whole::{log_is_whole, rises_over_its_past};

use crate::invariant::{Broken, Checked, Invariant};
use crate::wish::{Answer, Wish};

/// Checks one answer.
///
/// # Errors
/// When it is not true.
pub fn answer_is_true(case: &Case<'_>) -> Checked {
    match (case.wish, case.answer) {
        (Wish::Start(start), Answer::Started(answer)) => starts::started(case, start, answer),
        (Wish::Associate(here, association, _), Answer::Associated(answer)) => {
            starts::associated(case, here, association, answer)
        }
        (Wish::Send(session, message, key), Answer::Sent(answer)) => {
            writers::sent(case, session, message, *key, answer)
        }
        (Wish::Transfer(here, transfer, key), Answer::Transferred(answer)) => {
            writers::transferred(case, here, transfer, *key, answer)
        }
        (Wish::Stop(here, contact, key), Answer::Stopped(answer)) => {
            writers::stopped(case, here, *contact, *key, answer)
        }
        (Wish::Leave(session, who, _, key), Answer::Left(answer)) => {
            writers::left(case, session, *who, *key, answer)
        }
        (Wish::Join(session, who, _), Answer::Joined(answer)) => {
            writers::joined(case, session, *who, answer)
        }
        (Wish::Invite(here, invitation, key), Answer::Invited(answer)) => {
            writers::invited(case, here, invitation, *key, answer)
        }
        (Wish::Update(here, contact, changes, _), Answer::Updated(answer)) => {
            side::updated(case, here, *contact, changes, answer)
        }
        (Wish::Attributes(here, contact), Answer::Attributes(answer)) => {
            side::attributes(case, here, *contact, answer)
        }
        (Wish::Event(session, who, event, _), Answer::Event(answer)) => {
            side::event(case, session, *who, *event, answer)
        }
        (Wish::Describe(here, contact), Answer::Described(answer)) => {
            overview::described(case, here, *contact, answer)
        }
        (Wish::Page(query) | Wish::Pages(query), Answer::Pages(pages, error)) => {
            readings::pages(case, query, pages, error.as_ref())
        }
        (Wish::Export(here, contact, start, _), Answer::Exported(answer)) => {
            readings::exported(case, here, *contact, *start, answer)
        }
        (Wish::List(here, customer, before, _), Answer::Listed(answer)) => {
            overview::listed(case, here, customer, *before, answer)
        }
        (wish, answer) => Err(untrue(&format!("{wish:?} was answered by {answer:?}"))),
    }
}

/// An answer that is not true.
fn untrue(how: &(impl Debug + ?Sized)) -> Broken {
    Invariant::Answers.broken(format!("{how:?}"))
}

/// The failures that no rule explains: they are true only if something went wrong, and none may be made up.
fn failed(case: &Case<'_>, error: &AppendError) -> Checked {
    match error {
        AppendError::Log(error) => store_failed(case, error),
        AppendError::Contended => Invariant::Answers.holds(case.out_of_time, || {
            "too many writers, it was said, and there was time for another try".to_owned()
        }),
        AppendError::NotFound => Err(untrue("a chat that was there was not found")),
        AppendError::Refused(refusal) => Err(refused(*refusal)),
    }
}

fn store_failed(case: &Case<'_>, error: &LogError) -> Checked {
    match error {
        LogError::Corrupt(what) => Err(untrue(&format!("the store was called corrupt: {what}"))),
        LogError::Throttled | LogError::Unavailable(_) => Invariant::Answers
            .holds(case.troubled, || {
                format!("{error}, it was said, and nothing had gone wrong")
            }),
    }
}

fn refused(refusal: Refusal) -> Broken {
    untrue(&format!("the refusal {refusal:?} had no reason"))
}
