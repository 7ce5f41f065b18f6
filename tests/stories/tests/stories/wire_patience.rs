//! A database that hardly answers, with the functions' own patience: the caller hears before Lambda would have cut the call off.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::deeds::{Asked, Deed, Told};
use crate::pages::said;
use crate::service::Service;
use crate::wire::Fault;

const PUT: &str = "x-amz-target: DynamoDB_20120810.PutItem";
const QUERY: &str = "x-amz-target: DynamoDB_20120810.Query";
/// Whatever is asked.
const ANYTHING: &str = "x-amz-target: DynamoDB_20120810.";
/// A call is given up after nine seconds. A busy machine adds to that, but not as much as two calls that hang take together.
const IN_TIME: Duration = Duration::from_secs(11);

#[tokio::test]
async fn a_database_that_carries_out_everything_and_says_nothing_is_a_documented_error_in_time() {
    let mut deeds = JoinSet::new();
    for deed in Deed::ALL {
        deeds.spawn(async move {
            let (service, wire) = Service::over_wire().await;
            let asked = Asked::of(deed, &service).await;
            wire.always(ANYTHING, Fault::Silence { carried_out: true });
            let begun = Instant::now();
            let first = asked.ask().await;
            let waited = begun.elapsed();
            assert!(wire.heal() > 0, "{deed:?}");
            assert!(waited < IN_TIME, "{deed:?}: {waited:?}");
            assert_documented(deed, &first);
            let second = asked.ask().await;
            assert!(matches!(second, Told::Done(_)), "{deed:?}: {second:?}");
            let records = asked.records(&service, &second).await;
            assert_eq!(asked.ask().await, second);
            assert_eq!(asked.records(&service, &second).await, records, "{deed:?}");
        });
    }
    deeds.join_all().await;
}

/// Each of the two would end by itself in time; together they would take twelve to sixteen seconds.
#[tokio::test]
async fn a_message_whose_read_and_write_both_hang_is_answered_before_lambda_cuts_it_off() {
    let (service, wire) = Service::over_wire().await;
    let jane = service.backend().jane().await;
    let silence = Fault::Silence { carried_out: true };
    let slow = Fault::Slow(dynamodb::ATTEMPT_TIMEOUT.mul_f64(0.8));
    let slow_read = [silence.clone(), silence.clone(), slow];
    wire.next(QUERY, slow_read);
    wire.always(PUT, silence);
    let once = jane.without_retries();
    let begun = Instant::now();
    let sent = once.saying("Hello").client_token("once").send().await;
    let waited = begun.elapsed();
    let refused = crate::refusal::refused(sent);
    assert_eq!(refused.is(), ("InternalServerException", 500));
    assert!(waited > dynamodb::ATTEMPT_TIMEOUT * 3, "{waited:?}");
    assert!(waited < IN_TIME, "{waited:?}");
    assert!(wire.heal() > 3, "the write was tried too");
    let sent = jane.saying("Hello").client_token("once").send().await;
    assert!(sent.is_ok());
    assert_eq!(said(&jane.history().await), ["Hello"]);
}

#[track_caller]
fn assert_documented(deed: Deed, told: &Told) {
    let Told::Failed {
        status: 500, kind, ..
    } = told
    else {
        panic!("{deed:?}: {told:?}");
    };
    assert!(
        deed.documented().contains(&(500, kind.clone())),
        "{deed:?}: {kind}"
    );
}
