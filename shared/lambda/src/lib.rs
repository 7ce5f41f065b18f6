//! What every function shares around its handler: settings from the environment, logging, and Lambda's events in and out.

mod answer;
mod environment;
mod event;
mod logging;

pub use answer::{answer, note_session};
pub use environment::{Environment, EnvironmentError};
pub use event::{call_of, now_and_entropy, response_of};
pub use lambda_http::Error;
pub use logging::{LogFormat, init_logging, log_filter};

use std::future::Future;

use api::{Call, Reply, Service};
use lambda_http::{Request, service_fn};

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
    lambda_http::run(service_fn(move |request: Request| async move {
        let (now, entropy) = now_and_entropy()?;
        let reply = handle(service, call_of(request, now, entropy)).await;
        response_of(reply)
    }))
    .await
}
