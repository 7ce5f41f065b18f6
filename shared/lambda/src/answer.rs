//! One line in the log and one of metrics for each call, and every problem turned into its answer in one place.

use std::future::Future;
use std::time::Instant;

use api::live::{SocketCall, SocketEvent, SocketReply};
use api::{Call, Fault, Operation, Problem, Reply, Service};
use domain::SessionKey;
use tracing::{Instrument, Span, debug, error, field, info, info_span};

use crate::deadline::Deadline;
use crate::metrics::{Measure, record};
use crate::panics::caught;

/// Answers a call with what the operation came to, and logs that: never content, names, attributes, tokens
/// or ContactIds, of which the last would let a stranger continue a chat without an owner.
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
        match result {
            Ok(reply) => {
                info!(status = reply.status, milliseconds, "answered");
                reply
            }
            Err(problem) => {
                let reply = problem.reply(operation, &call.request_id);
                let (kind, _) = problem.told(operation);
                if let Problem::Internal(Fault(reason)) = &problem {
                    error!(status = reply.status, milliseconds, error = %kind, reason, "failed");
                } else {
                    info!(status = reply.status, milliseconds, error = %kind, "refused");
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
        match result {
            Ok(reply) => {
                if matches!(call.event, SocketEvent::Frame(_)) {
                    debug!(status = reply.status, milliseconds, "answered");
                } else {
                    info!(status = reply.status, milliseconds, "answered");
                }
                reply
            }
            Err(problem) => {
                let reply = SocketReply::of(&problem);
                if let Problem::Internal(Fault(reason)) = &problem {
                    error!(status = reply.status, milliseconds, reason, "failed");
                } else {
                    info!(status = reply.status, milliseconds, "refused");
                }
                reply
            }
        }
    }
    .instrument(span)
    .await
}

/// Notes in the call's log line which session it is about: by a keyed hash, the same for the same session.
pub fn note_session<L>(service: &Service<L>, session: &SessionKey) {
    let contact = session.session.initial_contact().to_string();
    let name = service.settings.session_ids.log_name(&contact);
    Span::current().record("session", name);
}

#[cfg(test)]
mod tests;
