//! The wire to the database breaks at any byte, of a write or a read: the message that was on its way stands once.

use crate::pages::{receipt, said};
use crate::people::Participant;
use crate::refusal::refused;
use crate::service::Service;
use crate::wire::{Fault, Length, Wire};

const PUT: &str = "x-amz-target: DynamoDB_20120810.PutItem";
const QUERY: &str = "x-amz-target: DynamoDB_20120810.Query";
const SEEDS: u64 = 4;

/// Places of every kind: before and after the first byte, in the head, at its border, in the body, at the last byte.
fn places(length: Length) -> Vec<usize> {
    let Length { head, whole } = length;
    assert!(2 < head && head < whole, "{length:?}");
    let mut places = vec![0, 1, head - 1, head, head + 1, whole - 1, whole];
    for seed in 1..=SEEDS {
        // Knuth's multiplicative hash, which scatters even small seeds.
        let scattered = usize::try_from(seed.wrapping_mul(2_654_435_761) >> 7).unwrap();
        places.push(1 + scattered % (head - 1));
        places.push(head + scattered % (whole - head));
    }
    places
}

#[tokio::test]
async fn a_message_stands_once_wherever_its_write_breaks_off() {
    breaks(PUT).await;
}

#[tokio::test]
async fn a_message_stands_once_wherever_the_read_before_it_breaks_off() {
    breaks(QUERY).await;
}

async fn breaks(request: &str) {
    let (service, wire) = Service::over_wire_without_pauses().await;
    let jane = service.backend().jane().await;
    jane.say("undisturbed").await;
    let (there, back) = wire.lengths(request);
    let cuts = places(there).into_iter().map(Fault::CutRequest);
    let cuts = cuts.chain(places(back).into_iter().map(Fault::CutReply));
    let mut expected = vec!["undisturbed".to_owned()];
    for (number, cut) in cuts.enumerate() {
        let text = format!("{number}");
        let breaks = !matches!(cut, Fault::CutReply(at) if at >= back.whole);
        once(&wire, request, &jane, &text, cut, breaks).await;
        expected.push(text);
    }
    assert_eq!(expected.len(), 2 * (7 + 2 * SEEDS as usize) + 1);
    assert_eq!(said(&jane.history().await), expected);
}

/// The message stands once after all attempts broke, and one more.
async fn once(
    wire: &Wire,
    request: &str,
    jane: &Participant,
    text: &str,
    cut: Fault,
    breaks: bool,
) {
    let jane = jane.without_retries();
    let saying = || jane.saying(text).client_token(text);
    wire.always(request, cut.clone());
    let all_broken = saying().send().await;
    assert!(wire.heal() > 0);
    if let Ok(sent) = &all_broken {
        // Cut off after its last byte, a reply is whole; later ones may be longer.
        assert!(!breaks, "{cut:?} did not break: {sent:?}");
    } else {
        assert_eq!(
            refused(all_broken).is(),
            ("InternalServerException", 500),
            "{cut:?}"
        );
    }
    wire.next(request, [cut.clone()]);
    let sent = saying().send().await;
    assert!(sent.is_ok(), "{cut:?}: {sent:?}");
    wire.heal();
    let newest = jane.older(1).send().await.unwrap().transcript.unwrap();
    assert_eq!(receipt(&newest[0]).id, sent.unwrap().id.unwrap(), "{cut:?}");
}
