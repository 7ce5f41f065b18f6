//! What goes wrong while something is told: to connections, in the stream, and in the table of connections.

use domain::{ConnectionId, Connections, Live, LogError, MemoryGateway, SessionKey, Slot, Socket};
use serde_json::{Value, json};

use crate::stage::{Floor, captured, message, typing};

#[tokio::test]
async fn connections_that_are_gone_or_fail_are_told_nothing_more_and_hold_up_nobody() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let (gone, jammed) = (floor.listens(&jane).await, floor.listens(&jane).await);
    let well = floor.listens(&jane).await;
    floor.delivers().await;
    floor.heard(&well);
    floor.service.log.gateway.cut(&gone.connection);
    floor.service.log.gateway.jam(&jammed.connection);
    for text in ["one", "two"] {
        floor.takes(message(&jane, text)).await;
    }
    floor.delivers().await;
    assert_eq!(floor.words(&well), ["one", "two"]);
    let session = jane.session();
    let left = floor.service.log.connections.sockets_of(&session).await;
    let left: Vec<_> = left
        .expect("a list")
        .into_iter()
        .map(|it| it.connection)
        .collect();
    assert_eq!(left, [well.connection]);
}

/// A change of the table that no version of this service has written.
fn poison(sequence: &str, image: Value) -> dynamodb::Change {
    let change =
        json!({"eventName": "INSERT", "dynamodb": {"SequenceNumber": sequence, "NewImage": image}});
    serde_json::from_value(change).expect("a change")
}

#[tokio::test]
async fn a_poison_record_is_passed_over_and_logged_with_nothing_but_its_slot() {
    captured();
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let hers = floor.listens(&jane).await;
    floor.delivers().await;
    floor.heard(&hers);
    for text in ["one", "two"] {
        floor.takes(message(&jane, text)).await;
    }
    let mut batch = floor.batch();
    let slot = 4_711_004_711_u64;
    let key = json!({"session": {"S": "here/secret-of-nobody"}, "slot": {"N": slot.to_string()}});
    let mut other_version = key.clone();
    other_version["version"] = json!({"N": "2"});
    let mut unreadable = key;
    unreadable["version"] = json!({"N": "1"});
    unreadable["record"] = json!({"S": "secret-of-nobody"});
    for image in [Value::Null, json!({}), other_version, unreadable] {
        batch.changes.insert(1, poison("1", image));
    }
    let answer = floor.deliver(batch).await;
    assert_eq!(
        answer.failures().count(),
        0,
        "nothing of it is to come again"
    );
    assert_eq!(floor.words(&hers), ["one", "two"]);
    let lines = captured();
    let told = |line: &&String| line.contains("passed over") && line.contains(&slot.to_string());
    assert_eq!(lines.iter().filter(told).count(), 2);
    assert!(!lines.iter().any(|line| line.contains("secret-of-nobody")));
}

#[tokio::test]
async fn an_event_is_taken_even_if_nobody_can_be_told() {
    let floor = Floor::new().await;
    let jane = floor.chat().await;
    let ann = floor.agent(&jane).await;
    let anns = floor.listens(&ann).await;
    floor.service.log.gateway.jam(&anns.connection);
    floor.takes(typing(&jane)).await;
    // Nobody is disconnected by what another one types.
    floor.service.log.gateway.mend(&anns.connection);
    floor.takes(message(&jane, "hello")).await;
    floor.delivers().await;
    assert!(floor.words(&anns).contains(&"hello".to_owned()));
}

/// A table of connections that fails.
struct Broken(LogError);

impl Connections for Broken {
    async fn sockets_of(&self, _: &SessionKey) -> Result<Vec<Socket>, LogError> {
        Err(self.0.clone())
    }

    async fn socket(&self, _: &ConnectionId) -> Result<Option<Socket>, LogError> {
        Err(self.0.clone())
    }

    async fn put_socket(&self, _: &Socket) -> Result<(), LogError> {
        Err(self.0.clone())
    }

    async fn mark_subscribed(&self, _: &Socket, _: Slot) -> Result<bool, LogError> {
        Err(self.0.clone())
    }

    async fn mark_caught_up(&self, _: &Socket, _: Slot) -> Result<bool, LogError> {
        Err(self.0.clone())
    }

    async fn forget(&self, _: &Socket) -> Result<(), LogError> {
        Err(self.0.clone())
    }
}

#[tokio::test]
async fn what_could_be_told_to_nobody_comes_again_from_its_first_record_on() {
    let burns = LogError::Unavailable("the table burns".to_owned());
    for error in [LogError::Throttled, burns] {
        let floor = Floor::new().await;
        for _ in 0..2 {
            let jane = floor.chat().await;
            floor.takes(message(&jane, "hello")).await;
        }
        let batch = floor.batch();
        let firsts = [&batch.changes[0], &batch.changes[3]];
        let expected = firsts.map(|it| it.sequence().to_owned());
        let live = Live {
            log: (),
            connections: Broken(error),
            gateway: MemoryGateway::default(),
            pause: (),
        };
        let answer = deliver::handle(&live, batch).await;
        let mut failures: Vec<&str> = answer.failures().collect();
        failures.sort_unstable();
        assert_eq!(failures, expected);
    }
}

#[tokio::test]
async fn the_event_file_of_deliver_has_a_record_and_one_that_is_passed_over() {
    let event = include_str!("../../../../events/deliver.json");
    let event: dynamodb::StreamEvent = serde_json::from_str(event).expect("an event");
    let read = event.changes.iter().map(|change| change.written().is_ok());
    assert_eq!(read.collect::<Vec<_>>(), [true, false]);
    let answer = Floor::new().await.deliver(event).await;
    assert_eq!(answer.failures().count(), 0);
}
