//! What the service asks of DynamoDB, counted by an interceptor in its SDK.

use std::future::Future;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::query::QueryInput;

/// Counts the requests of every client that it is given to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<Count>>);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    cost: Cost,
    under_way: usize,
}

/// What something cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Strongly consistent `Query` calls.
    pub(crate) strong: usize,
    /// Eventually consistent `Query` calls.
    pub(crate) eventual: usize,
    /// All other calls: `PutItem`.
    pub(crate) puts: usize,
    /// Requests sent, every repetition included.
    pub(crate) sent: usize,
    /// Times that something was asked while nothing was under way.
    pub(crate) round_trips: usize,
}

impl Requests {
    /// What `work` costs, if nobody else works meanwhile.
    pub(crate) async fn of<T>(&self, work: impl Future<Output = T>) -> (T, Cost) {
        *self.0.lock().unwrap() = Count::default();
        let done = work.await;
        (done, self.0.lock().unwrap().cost)
    }
}

impl Cost {
    /// Requests and round trips, as the budgets have them.
    pub(crate) fn is(&self) -> (usize, usize) {
        assert_eq!(self.sent, self.strong + self.eventual + self.puts);
        (self.sent, self.round_trips)
    }
}

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "Requests"
    }

    fn read_before_execution(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut count = self.0.lock().unwrap();
        match context.input().downcast_ref::<QueryInput>() {
            Some(query) if query.consistent_read() == Some(true) => count.cost.strong += 1,
            Some(_) => count.cost.eventual += 1,
            None => count.cost.puts += 1,
        }
        if count.under_way == 0 {
            count.cost.round_trips += 1;
        }
        count.under_way += 1;
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.lock().unwrap().cost.sent += 1;
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.lock().unwrap().under_way -= 1;
        Ok(())
    }
}
