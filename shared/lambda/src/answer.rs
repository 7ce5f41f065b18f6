//! One line in the log and one of metrics for each call, and every problem turned into its answer in one place.

use std::future::Future;
use std::time::Instant;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Call, Fault, Operation, Problem, Reply, Service};
use domain::SessionKey;
use tracing::{Instrument, Span, debug, error, field, info, info_span, warn};

use crate::deadline::Deadline;
use crate::explanation::{Explanation, shown_path};
use crate::metrics::{Measure, record};
use crate::panics::caught;

/// Answers a call with what the operation came to, and logs that: never content, names, attributes or tokens.
///
/// ContactIds and the reasons of refusals are logged only where there is an [`Explanation`] of the call: a ContactId lets
/// a stranger continue a chat without an owner.
pub async fn answer(
    operation: Operation,
    call: &Call,
    work: impl Future<Output = Result<Reply, Problem>>,
) -> Reply {
    let span = info_span!("call", operation = ?operation, request_id = %call.request_id, session = field::Empty);
    let started = Instant::now();
    let deadline = Deadline::of_this_call();
    let work = deadline.hold(deadline.in_time(caught(work)));
    async {
        let result = work.await;
        let milliseconds = started.elapsed().as_micros() as f64 / 1000.0;
        record(&Measure::of_call(
            operation,
            result.as_ref().err(),
            milliseconds,
        ));
        let explanation = Explanation::of_this_call();
        let explained = explanation.as_ref();
        let contact = explained.and_then(Explanation::contact);
        let contact = contact.as_deref();
        let method = explained.map(|_| call.method.as_str());
        let path = explained.map(|_| shown_path(&call.path));
        match result {
            Ok(reply) => {
                let status = reply.status;
                info!(method, path, contact, status, milliseconds, "answered");
                reply
            }
            Err(problem) => {
                let reply = problem.reply(operation, &call.request_id);
                let (status, (kind, message)) = (reply.status, problem.told(operation));
                let reason = explained.map(|it| it.note(&problem, operation));
                if let Problem::Internal(Fault(reason)) = &problem {
                    error!(method, path, contact, status, milliseconds, error = %kind, reason, "failed");
                } else if let Some(reason) = reason {
                    // A member's name may be that of an attribute; the reason has it only where it is not.
                    let named = matches!(problem, Problem::InvalidMember { .. });
                    let answer = (!named && message != reason).then_some(message);
                    warn!(method, path, contact, status, milliseconds, error = %kind, answer, reason, "refused");
                } else {
                    info!(status, milliseconds, error = %kind, "refused");
                }
                reply
            }
        }
    }
    .instrument(span)
    .await
}

/// Answers an event of a WebSocket in the same way. What its client sends is logged only where it fails: every few
/// seconds comes a sign of life.
///
/// The work is told its deadline: what it could not finish then, it may have to undo.
pub async fn answer_socket<F>(call: &SocketCall, work: impl FnOnce(Deadline) -> F) -> SocketReply
where
    F: Future<Output = Result<SocketReply, Problem>>,
{
    let event = call.event.name();
    let span = info_span!("socket", event, request_id = %call.request_id, session = field::Empty);
    let started = Instant::now();
    let deadline = Deadline::of_this_call();
    let work = deadline.hold(deadline.in_time(caught(work(deadline))));
    async {
        let result = work.await;
        let milliseconds = started.elapsed().as_micros() as f64 / 1000.0;
        record(&Measure::of_socket(
            &call.event,
            result.as_ref().err(),
            milliseconds,
        ));
        let explanation = Explanation::of_this_call();
        let contact = explanation.as_ref().and_then(Explanation::contact);
        let contact = contact.as_deref();
        match result {
            Ok(reply) => {
                let status = reply.status;
                if matches!(call.event, SocketEvent::Frame(_)) {
                    debug!(contact, status, milliseconds, "answered");
                } else {
                    info!(contact, status, milliseconds, "answered");
                }
                reply
            }
            Err(problem) => {
                let reply = SocketReply::of(&problem);
                let status = reply.status;
                let reason = explanation.map(|it| it.note(&problem, SocketReply::LIKE));
                if let Problem::Internal(Fault(reason)) = &problem {
                    error!(contact, status, milliseconds, reason, "failed");
                } else if let Some(reason) = reason {
                    warn!(contact, status, milliseconds, reason, "refused");
                } else {
                    info!(status, milliseconds, "refused");
                }
                reply
            }
        }
    }
    .instrument(span)
    .await
}

/// Notes in the call's log line which session it is about: by a keyed hash, the same for the same session, and in an
/// [`Explanation`] by its first contact.
pub fn note_session<L>(service: &Service<L>, session: &SessionKey) {
    let contact = session.session.initial_contact().to_string();
    let name = service.settings.session_ids.log_name(&contact);
    Span::current().record("session", name);
    if let Some(explanation) = Explanation::of_this_call() {
        explanation.note_contact(contact);
    }
}

#[cfg(test)]
mod tests;
