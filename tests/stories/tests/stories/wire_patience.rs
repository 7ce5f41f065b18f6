//! A database that hardly answers, with the functions' own patience: the caller hears before Lambda would have cut the call off.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::deeds::{ALL_FAULTS, Asked, Deed, Told};
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
            let expected = deed.undisturbed(&service).await;
            let asked = Asked::of(deed, &service).await;
            wire.always(ANYTHING, Fault::Silence { carried_out: true });
            let begun = Instant::now();
            let first = asked.ask().await;
            let waited = begun.elapsed();
            assert!(wire.heal() > 0, "{deed:?}");
            assert!(waited < IN_TIME, "{deed:?}: {waited:?}");
            assert_documented(deed, &first);
            asked
                .happens_once(&service, &first, &expected, "silence")
                .await;
        });
    }
    deeds.join_all().await;
}

#[tokio::test]
async fn a_database_that_says_nothing_to_one_attempt_is_not_noticed() {
    let mut deeds = JoinSet::new();
    for deed in Deed::ALL {
        deeds.spawn(silent_once(deed));
    }
    let met: usize = deeds.join_all().await.into_iter().sum();
    // Two of those that get a write's silence only read.
    assert!(met >= Deed::ALL.len() - 2, "{met}");
}

/// One call with one silence after the other; gives how many were met.
async fn silent_once(deed: Deed) -> usize {
    let (service, wire) = Service::over_wire().await;
    let expected = deed.undisturbed(&service).await;
    let all = std::env::var_os(ALL_FAULTS).is_some();
    let silences = [(PUT, true), (PUT, false), (QUERY, true), (QUERY, false)];
    let mut met = 0;
    for (number, (request, carried_out)) in silences.into_iter().enumerate() {
        if !all && number != deed as usize % silences.len() {
            continue;
        }
        let asked = Asked::of(deed, &service).await;
        wire.next(request, [Fault::Silence { carried_out }]);
        let first = asked.ask().await;
        met += wire.heal();
        let name = format!("{request}, carried out: {carried_out}");
        assert!(
            matches!(first, Told::Done(_)),
            "{deed:?}, {name}: {first:?}"
        );
        asked.happens_once(&service, &first, &expected, &name).await;
    }
    met
}

/// Each of the two would end by itself in time; together they would take more than eleven seconds.
#[tokio::test]
async fn a_message_whose_read_and_write_both_hang_is_answered_before_lambda_cuts_it_off() {
    // The pauses are random: with long ones the read alone could take all the time.
    let (service, wire) = Service::over_wire_without_pauses().await;
    let jane = service.backend().jane().await;
    let silence = Fault::Silence { carried_out: true };
    let slow = Fault::Slow(dynamodb::ATTEMPT_TIMEOUT.mul_f64(0.6));
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
