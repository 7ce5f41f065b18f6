//! What a failed call comes to: throttled where surely nothing was done, unavailable otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use domain::LogError;

/// The errors by which DynamoDB turns a request away before it looks at any item
/// ([error handling](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html)).
const TURNED_AWAY: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
];

/// What a failed `Query` comes to.
pub(crate) fn read_failure<E: ProvideErrorMetadata>(error: &SdkError<E>) -> LogError {
    call_failure("Query", error)
}

/// What a failed call comes to of which it does not matter whether it was carried out.
pub(crate) fn call_failure<E: ProvideErrorMetadata>(call: &str, error: &SdkError<E>) -> LogError {
    if error.as_service_error().is_some_and(is_turned_away) {
        LogError::Throttled
    } else {
        LogError::Unavailable(format!("{call}: {}", kind(error)))
    }
}

/// What a failed `PutItem` comes to, other than a slot that was taken.
///
/// [`LogError::Throttled`] promises that nothing was written. The last attempt's error alone cannot say
/// so: an attempt that timed out before it may have been carried out, or may yet be.
pub(crate) fn put_failure(error: &SdkError<PutItemError>, attempts: &Attempts) -> LogError {
    if error.as_service_error().is_some_and(is_turned_away) && attempts.were_all_turned_away() {
        LogError::Throttled
    } else {
        LogError::Unavailable(format!("PutItem: {}", kind(error)))
    }
}

fn is_turned_away<E: ProvideErrorMetadata>(error: &E) -> bool {
    error.code().is_some_and(|code| TURNED_AWAY.contains(&code))
}

/// The error's code, or its kind where no answer came; never its message, which may quote the request.
fn kind<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    let status = |response: &HttpResponse| response.status().as_u16();
    match error {
        SdkError::ConstructionFailure(_) => "the request could not be made".to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            "no connection in time".to_owned()
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => "connection failed".to_owned(),
        SdkError::DispatchFailure(_) => "the request could not be sent".to_owned(),
        SdkError::ResponseError(answer) => {
            format!("unreadable answer (HTTP {})", status(answer.raw()))
        }
        SdkError::ServiceError(refused) => format!(
            "{} (HTTP {})",
            refused.err().code().unwrap_or("error without a code"),
            status(refused.raw())
        ),
        _ => "unknown failure".to_owned(),
    }
}

/// What became of the attempts of one call, counted while the SDK makes them.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU32,
    turned_away: AtomicU32,
}

impl Attempts {
    /// The watcher to give to the call.
    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.0))
    }

    /// Whether every attempt that began was answered by a refusal that came before any write.
    fn were_all_turned_away(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst) == self.0.turned_away.load(Ordering::SeqCst)
    }
}

/// Counts what it sees.
#[derive(Debug)]
pub(crate) struct Watch(Arc<Counts>);

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let refused = context
            .output_or_error()
            .and_then(Result::err)
            .and_then(|error| error.as_operation_error())
            .and_then(|error| error.downcast_ref::<PutItemError>());
        if refused.is_some_and(is_turned_away) {
            self.0.turned_away.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}
