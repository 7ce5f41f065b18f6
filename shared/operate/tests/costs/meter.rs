//! A meter at the SDK's own client: requests, and the units that DynamoDB charges for them.
//!
//! Units go by the sizes of items: reads by 4 KB of everything that a `Query` finds, half of it where it may be stale,
//! writes by 1 KB; a write that adds to the sparse index is one more
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use dynamodb::keys;

type Item = HashMap<String, AttributeValue>;

/// What something cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cost {
    pub(crate) requests: u64,
    pub(crate) reads: f64,
    pub(crate) writes: f64,
    /// Bytes that came to stay.
    pub(crate) stored: u64,
}

impl Cost {
    fn write(&mut self, bytes: u64) {
        self.writes += bytes.div_ceil(1024) as f64;
    }

    /// DynamoDB adds 100 bytes to every item that it stores.
    fn store(&mut self, bytes: u64) {
        self.stored += bytes + 100;
    }
}

/// Whether a query is strongly consistent.
#[derive(Debug)]
struct Strong(bool);

impl Storable for Strong {
    type Storer = StoreReplace<Self>;
}

/// Counts what it sees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<Cost>>);

impl Meter {
    fn cost(&self) -> MutexGuard<'_, Cost> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has been counted since this was asked for the last time.
    pub(crate) fn take(&self) -> Cost {
        std::mem::take(&mut *self.cost())
    }

    /// Goes on from what had been counted before.
    pub(crate) fn reset(&self, counted: Cost) {
        *self.cost() = counted;
    }
}

/// The size of an item, as DynamoDB counts it
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
fn size(item: &Item) -> u64 {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.trim_matches('0').len().div_ceil(2) + 1,
        other => panic!("only texts and numbers are stored, not {other:?}"),
    };
    let sizes = item.iter().map(|(name, stored)| name.len() + value(stored));
    sizes.sum::<usize>() as u64
}

/// An empty answer costs what a small one costs.
fn read_units(bytes: u64, strong: bool) -> f64 {
    let units = bytes.div_ceil(4096).max(1) as f64;
    if strong { units } else { units / 2.0 }
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input();
        let mut cost = self.cost();
        cost.requests += 1;
        if let Some(query) = input.downcast_ref::<QueryInput>() {
            let strong = query.consistent_read() == Some(true);
            bag.interceptor_state().store_put(Strong(strong));
        } else if let Some(put) = input.downcast_ref::<PutItemInput>() {
            let item = put.item().ok_or("nothing is put")?;
            cost.write(size(item));
            // Sockets do not stay.
            if item.contains_key(keys::SLOT) {
                cost.store(size(item));
            }
            if item.contains_key(keys::OWNER) {
                let index = [keys::OWNER, keys::STARTED_AT, keys::SESSION, keys::SLOT];
                let index = index.map(|name| (name.to_owned(), item[name].clone()));
                let index = size(&Item::from(index));
                cost.write(index);
                cost.store(index);
            }
        } else if let Some(get) = input.downcast_ref::<GetItemInput>() {
            // Sockets are far below 4 KB.
            cost.reads += read_units(0, get.consistent_read() == Some(true));
        } else if input.downcast_ref::<DeleteItemInput>().is_some() {
            cost.writes += 1.0;
        } else {
            return Err("a request that nobody priced".into());
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let output = context.output_or_error().and_then(Result::ok);
        let found = output.and_then(|output| output.downcast_ref::<QueryOutput>());
        if let Some((found, Strong(strong))) = found.zip(bag.load::<Strong>()) {
            let bytes = found.items().iter().map(size).sum();
            self.cost().reads += read_units(bytes, *strong);
        }
        Ok(())
    }
}
