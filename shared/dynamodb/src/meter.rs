//! How much a client asks of DynamoDB, counted while the SDK asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Counts the requests of the clients that it is given to. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    retries: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Metered {
    /// Requests, however often each was tried.
    pub requests: u64,
    /// Attempts beyond the first of each.
    pub retries: u64,
}

impl Meter {
    /// What was counted since this was called last. Whoever works one call at a time so knows what each asked.
    pub fn take(&self) -> Metered {
        Metered {
            requests: self.0.requests.swap(0, Ordering::SeqCst),
            retries: self.0.retries.swap(0, Ordering::SeqCst),
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        about: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let number = about.load::<RequestAttempts>();
        if number.is_some_and(|number| number.attempts() > 1) {
            self.0.retries.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}
