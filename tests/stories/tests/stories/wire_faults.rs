//! Whatever becomes of a request to the database: the caller gets an answer that is documented, and asking again makes it
//! happen once.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::deeds::{ALL_FAULTS, Asked, Deed, Told};
use crate::service::Service;
use crate::wire::{Fault, error, http};

const PUT: &str = "x-amz-target: DynamoDB_20120810.PutItem";
const QUERY: &str = "x-amz-target: DynamoDB_20120810.Query";

/// Unless all are wanted, each call meets one fault of so many, another call the next.
const SHARE: usize = 3;
/// How many kinds of calls are disturbed at the same time: more would wait for the processor, and not for the wire.
const AT_ONCE: usize = 2;

/// What becomes of a call to the database of which one attempt meets the fault, and of one of which every attempt does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is merely later.
    Nothing,
    /// The SDK tries again; in the end the caller is told of a fault.
    Again,
    /// The same; in the end he is told to slow down, since surely nothing was done.
    Throttled,
    /// The SDK does not try again: a fault.
    Fault,
}

fn faults() -> Vec<(&'static str, Fault, Then)> {
    let answer = |carried_out, bytes| Fault::Answer { carried_out, bytes };
    let refused = |status, code| answer(false, error(status, code));
    let slow = Fault::Slow(Duration::from_millis(50));
    let cut_off = r#"{"Items":[{"session":"#;
    let sorry = "<html>Service Unavailable</html>";
    vec![
        ("it is late", slow, Then::Nothing),
        (
            "the connection breaks before anything is sent",
            Fault::CutRequest(0),
            Then::Again,
        ),
        (
            "the request is cut off",
            Fault::CutRequest(700),
            Then::Again,
        ),
        ("the reply is lost", Fault::CutReply(0), Then::Again),
        ("the reply is cut off", Fault::CutReply(60), Then::Again),
        (
            "throttled",
            refused(400, "ThrottlingException"),
            Then::Throttled,
        ),
        (
            "beyond what is provided",
            refused(400, "ProvisionedThroughputExceededException"),
            Then::Throttled,
        ),
        ("failed", refused(500, "InternalServerError"), Then::Again),
        (
            "failed, but done",
            answer(true, error(500, "InternalServerError")),
            Then::Again,
        ),
        ("unavailable", answer(false, http(503, sorry)), Then::Again),
        (
            "no table",
            refused(400, "ResourceNotFoundException"),
            Then::Fault,
        ),
        (
            "no rights",
            refused(400, "AccessDeniedException"),
            Then::Fault,
        ),
        (
            "a page of HTML",
            answer(true, http(200, "<html>")),
            Then::Fault,
        ),
        (
            "JSON that breaks off",
            answer(true, http(200, cut_off)),
            Then::Fault,
        ),
        (
            "no HTTP at all",
            answer(true, "SECRET\r\n\r\n".to_owned()),
            Then::Fault,
        ),
        ("the connection is refused", Fault::Refused, Then::Again),
    ]
}

#[tokio::test]
async fn whatever_becomes_of_one_attempt_at_a_write_it_happens_once() {
    play(PUT, false).await;
}

#[tokio::test]
async fn whatever_becomes_of_every_attempt_at_a_write_the_error_is_documented_and_asking_again_helps()
 {
    play(PUT, true).await;
}

#[tokio::test]
async fn whatever_becomes_of_one_attempt_at_a_read_the_answer_is_right() {
    play(QUERY, false).await;
}

#[tokio::test]
async fn whatever_becomes_of_every_attempt_at_a_read_the_error_is_documented_and_asking_again_helps()
 {
    play(QUERY, true).await;
}

#[tokio::test]
async fn a_database_that_takes_no_connection_is_a_documented_error_and_asking_again_helps() {
    for deed in Deed::ALL {
        let (service, wire) = Service::over_wire_without_pauses().await;
        let expected = deed.undisturbed(&service).await;
        let asked = Asked::of(deed, &service).await;
        wire.down().await;
        let first = asked.ask().await;
        wire.up().await;
        assert_fault(deed, &first, "no connection");
        asked
            .happens_once(&service, &first, &expected, "no connection")
            .await;
    }
}

async fn play(request: &'static str, every_attempt: bool) {
    let mut met = Vec::new();
    for some in Deed::ALL.chunks(AT_ONCE) {
        let mut deeds = JoinSet::new();
        for deed in some {
            deeds.spawn(play_one(*deed, request, every_attempt));
        }
        met.extend(deeds.join_all().await);
    }
    // Nearly every call reads, and most write.
    let disturbed = met.iter().filter(|met| **met > 0).count();
    assert!(disturbed >= 10, "{met:?}");
}

/// One call with one fault after the other; gives how many were met.
async fn play_one(deed: Deed, request: &str, every_attempt: bool) -> usize {
    let (service, wire) = Service::over_wire_without_pauses().await;
    let expected = deed.undisturbed(&service).await;
    let mut met = 0;
    let all = std::env::var_os(ALL_FAULTS).is_some();
    for (number, (name, fault, then)) in faults().into_iter().enumerate() {
        if !all && !(number + deed as usize).is_multiple_of(SHARE) {
            continue;
        }
        let asked = Asked::of(deed, &service).await;
        match every_attempt {
            true => wire.always(request, fault),
            false => wire.next(request, [fault]),
        }
        let first = asked.ask().await;
        let disturbed = wire.heal();
        met += disturbed;
        let recovers = then == Then::Nothing || (!every_attempt && then != Then::Fault);
        if disturbed == 0 || recovers {
            assert!(
                matches!(first, Told::Done(_)),
                "{deed:?}, {name}: {first:?}"
            );
        } else if then == Then::Throttled {
            let Told::Failed {
                status,
                kind,
                retry_after,
            } = &first
            else {
                panic!("{deed:?}, {name}: {first:?}");
            };
            assert_eq!(
                (*status, retry_after.as_deref()),
                (429, Some("1")),
                "{deed:?}, {name}"
            );
            assert!(
                deed.documented().contains(&(429, kind.clone())),
                "{deed:?}: {kind}"
            );
        } else {
            assert_fault(deed, &first, name);
        }
        asked.happens_once(&service, &first, &expected, name).await;
    }
    met
}

#[track_caller]
fn assert_fault(deed: Deed, told: &Told, name: &str) {
    let Told::Failed {
        status: 500, kind, ..
    } = told
    else {
        panic!("{deed:?}, {name}: {told:?}");
    };
    assert!(
        deed.documented().contains(&(500, kind.clone())),
        "{deed:?}: {kind}"
    );
}
