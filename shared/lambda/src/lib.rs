//! What every function shares around its handler: settings from the environment, logging, and Lambda's events in and out.

mod answer;
mod batch;
mod deadline;
mod environment;
mod event;
mod explanation;
mod logging;
mod metrics;
mod panics;
mod pause;
mod socket;

pub use answer::{answer, answer_socket, note_session};
pub use batch::BatchAnswer;
pub use deadline::{CALL_TIMEOUT, Deadline, FAREWELL, MARGIN};
pub use environment::{Environment, EnvironmentError, Secret, Secrets, SocketVariables};
pub use event::{call_of, now_and_entropy, readable, response_of};
pub use explanation::{Explanation, shown, shown_path};
pub use lambda_http::Error;
pub use logging::{init_logging, is_ours, log_filter, warn_of_unclear};
pub use metrics::{Measure, Metric, Requests, init_metrics, record};
pub use panics::log_panics;
pub use pause::CallPause;
pub use socket::{SocketRequest, SocketResponse};

use std::future::Future;
use std::pin::Pin;

use api::live::{SocketCall, SocketReply};
use api::{Call, Reply, Service};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceBuilder;
use lambda_http::{
    Adapter, Body, LambdaEvent, Request, RequestExt, Response, lambda_runtime, service_fn,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A handler's future, off the stack: it is as deep as everything that it awaits, and the compiler measures types only
/// so deep.
fn boxed<F: Future>(future: F) -> Pin<Box<F>> {
    Box::pin(future)
}

/// Serves one handler as a Lambda function until the sandbox ends.
///
/// # Errors
/// When Lambda's runtime interface cannot be reached.
pub async fn serve<L, H, F>(service: Service<L>, handle: H) -> Result<(), Error>
where
    L: Send + Sync + 'static,
    H: Fn(&'static Service<L>, Call) -> F + Send + Sync,
    F: Future<Output = Reply> + Send + 'static,
{
    // There is one service for as long as the process lives, and every call borrows it.
    let service: &'static Service<L> = Box::leak(Box::new(service));
    let handle = &handle;
    let answer = service_fn(move |request| answered(service, handle, request));
    let read = |event: LambdaEvent<LambdaRequest>| {
        LambdaEvent::new(readable(event.payload), event.context)
    };
    let served = ServiceBuilder::new()
        .map_request(read)
        .service(Adapter::from(answer));
    lambda_runtime::run(served).await
}

async fn answered<L, H, F>(
    service: &'static Service<L>,
    handle: &H,
    request: Request,
) -> Result<Response<Body>, Error>
where
    H: Fn(&'static Service<L>, Call) -> F,
    F: Future<Output = Reply>,
{
    let (now, entropy) = now_and_entropy()?;
    let ends = request.lambda_context_ref().map(|context| context.deadline);
    let answering = handle(service, call_of(request, now, entropy));
    response_of(boxed(Deadline::of_invocation(ends, now).hold(answering)).await)
}

/// Serves the handler of a WebSocket API's events until the sandbox ends.
///
/// # Errors
/// When Lambda's runtime interface cannot be reached.
pub async fn serve_sockets<L, H, F>(service: Service<L>, handle: H) -> Result<(), Error>
where
    L: Send + Sync + 'static,
    H: Fn(&'static Service<L>, SocketCall) -> F + Send + Sync,
    F: Future<Output = SocketReply> + Send + 'static,
{
    let service: &'static Service<L> = Box::leak(Box::new(service));
    let handle = &handle;
    let answer = service_fn(move |event| answered_socket(service, handle, event));
    lambda_runtime::run(answer).await
}

async fn answered_socket<L, H, F>(
    service: &'static Service<L>,
    handle: &H,
    event: LambdaEvent<SocketRequest>,
) -> Result<SocketResponse, Error>
where
    H: Fn(&'static Service<L>, SocketCall) -> F,
    F: Future<Output = SocketReply>,
{
    let (now, _) = now_and_entropy()?;
    let deadline = Deadline::of_invocation(Some(event.context.deadline), now);
    let answering = handle(service, event.payload.call(now)?);
    Ok(boxed(deadline.hold(answering)).await.into())
}

/// Serves the handler of events of any other kind, over its ports, until the sandbox ends.
///
/// # Errors
/// When Lambda's runtime interface cannot be reached.
pub async fn serve_events<P, E, A, H, F>(ports: P, handle: H) -> Result<(), Error>
where
    P: Send + Sync + 'static,
    E: DeserializeOwned + Send,
    A: Serialize,
    H: Fn(&'static P, E) -> F + Send + Sync,
    F: Future<Output = A> + Send + 'static,
{
    let ports: &'static P = Box::leak(Box::new(ports));
    let handle = &handle;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| async move {
        Ok::<_, Error>(boxed(handle(ports, event.payload)).await)
    }))
    .await
}

#[cfg(test)]
mod tests;
