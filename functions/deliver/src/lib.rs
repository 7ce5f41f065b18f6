//! The handler of the table's stream: whatever is written is told at once to those who are connected.

mod sort;

use std::time::Instant;

use api::live;
use domain::{Connections, Effort, LogError, Parcel, Post, Pushed};
use dynamodb::StreamEvent;
use futures_util::stream::{StreamExt, iter};
use lambda::{BatchAnswer, Explanation, Measure, Metric};
use tracing::{debug, error, info};

use crate::sort::{Sorted, Written, sort};

/// How many sessions are told at the same time: each opens connections to the gateway.
pub const AT_ONCE: usize = 50;

/// Tells of every record in a batch, each session's in the order of their slots. Sessions do not wait for each other.
///
/// What cannot be read is passed over: repeated, it would only be unreadable again, and hold up all that follows.
/// What is worth repeating is only what was told to nobody, since who is connected could not be found out. Lambda then
/// comes again with the first such record and all that follow it in the batch. So every record is told at least once,
/// and now and then once more; clients know items by their ids.
///
/// It gets the connections and their gateway, and no settings: it needs no secret.
pub async fn handle<P: Connections + Post>(ports: &P, event: StreamEvent) -> BatchAnswer {
    let started = Instant::now();
    let Sorted {
        sessions,
        unreadable,
    } = sort(&event);
    for reason in &unreadable {
        error!(reason, "a change was passed over");
    }
    let telling = sessions.iter().map(|written| tell(ports, written));
    let telling: Vec<_> = telling.collect();
    let told: Vec<_> = iter(telling).buffered(AT_ONCE).collect().await;
    let (mut sum, mut poison) = (Pushed::default(), unreadable.len());
    let mut failures = Vec::new();
    for (written, told) in sessions.iter().zip(told) {
        match told {
            Ok(pushed) => {
                sum.delivered += pushed.delivered;
                sum.gone += pushed.gone;
                sum.failed += pushed.failed;
            }
            Err(LogError::Corrupt(reason)) => {
                error!(reason, "a session was passed over");
                poison += written.records.len();
            }
            Err(failed) => {
                error!(reason = %failed, "a session is to come again");
                failures.push(written.first.clone());
            }
        }
    }
    let milliseconds = started.elapsed().as_micros() as f64 / 1000.0;
    macro_rules! log {
        ($at_level:ident) => {
            $at_level!(
                changes = event.changes.len(),
                sessions = sessions.len(),
                unreadable = unreadable.len(),
                delivered = sum.delivered,
                gone = sum.gone,
                failed = sum.failed,
                again = failures.len(),
                milliseconds,
                "delivered"
            )
        };
    }
    // Where calls are explained, theirs are the lines that are read.
    match Explanation::of_this_call() {
        Some(_) => log!(debug),
        None => log!(info),
    }
    let measure = Measure::of("Deliver", milliseconds)
        .with(Metric::Faults, usize::from(!failures.is_empty()))
        .with(Metric::Delivered, sum.delivered)
        .with(Metric::Gone, sum.gone)
        .with(Metric::Failed, sum.failed)
        .with(Metric::PoisonRecords, poison);
    lambda::record(&measure);
    failures.into_iter().collect()
}

async fn tell<P: Connections + Post>(ports: &P, written: &Written) -> Result<Pushed, LogError> {
    let session = &written.session;
    let told = |record: &domain::Record| record.told(session.session);
    let told = written.records.iter().flat_map(told);
    let parcels: Vec<Parcel> = told.map(live::parcel).collect();
    domain::push(ports, session, &parcels, Effort::Full).await
}
