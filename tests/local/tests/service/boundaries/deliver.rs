//! A batch of the stream that is delivered by halves: it comes again, and nobody who stays connected misses anything.

use domain::{Connections, Frame};
use dynamodb::StreamEvent;
use futures_util::FutureExt;
use lambda::BatchAnswer;
use serde_json::json;

use crate::stage::{
    Ear, Fault, Floor, WatchedLog, association, disconnect, message, transfer, unheard,
};

/// A floor on which much was written in two chats and nothing was delivered yet, and the WebSockets of both.
async fn floor() -> (Floor, Vec<Ear>) {
    let floor = Floor::new().await;
    let past = floor.chat().await;
    floor.takes(disconnect(&past)).await;
    let (jane, john) = (floor.chat().await, floor.chat().await);
    let ann = floor.agent(&jane).await;
    let ears = vec![
        floor.listens(&jane).await,
        floor.listens(&jane).await,
        floor.listens(&ann).await,
        floor.listens(&john).await,
    ];
    for ear in &ears {
        floor.heard(ear);
    }
    floor.takes(message(&jane, "hello")).await;
    floor.takes(message(&john, "to nobody")).await;
    floor
        .takes(association(&john.contact, &past.contact, "FROM_SEGMENT"))
        .await;
    floor
        .takes(transfer(&jane.contact, &json!({"QueueId": "queue"})))
        .await;
    floor.takes(message(&ann, "how can I help?")).await;
    floor.takes(disconnect(&jane)).await;
    (floor, ears)
}

/// What the function has around it: the WebSockets as they were, of which the second is gone.
async fn ports(floor: &Floor, ears: &[Ear]) -> WatchedLog {
    let ports = WatchedLog::new();
    for ear in ears {
        let socket = floor.service.log.connections.socket(&ear.connection).await;
        let socket = socket.expect("readable").expect("it is known");
        let noted = ports.connections.put_socket(&socket).await;
        noted.expect("it can be noted");
        ports.gateway.open(&ear.connection, socket.opened);
    }
    ports.gateway.cut(&ears[1].connection);
    ports
}

fn delivered(ports: &WatchedLog, batch: StreamEvent) -> Option<BatchAnswer> {
    Box::pin(deliver::handle(ports, batch)).now_or_never()
}

/// What a WebSocket was told, each thing once, in the order of its first telling.
fn heard(ports: &WatchedLog, ear: &Ear) -> Vec<String> {
    let mut heard: Vec<String> = Vec::new();
    for Frame(text) in ports.gateway.take(&ear.connection) {
        if !heard.contains(&text) {
            heard.push(text);
        }
    }
    heard
}

#[tokio::test]
async fn a_delivery_that_is_cut_off_anywhere_comes_again_and_nobody_misses_anything() {
    let _unheard = unheard();
    let (floor, ears) = floor().await;
    let calm = ports(&floor, &ears).await;
    let answer = delivered(&calm, floor.waiting()).expect("an answer");
    assert_eq!(answer, BatchAnswer::default());
    let asked = calm.watch.asked();
    let told: Vec<Vec<String>> = ears.iter().map(|ear| heard(&calm, ear)).collect();
    assert!(told[0].len() >= 5 && told[2].len() >= 4 && told[3].len() >= 2);
    let mut runs = 0;
    for (n, each) in asked.iter().enumerate() {
        for fault in Fault::ALL {
            if !fault.happens_to(*each) {
                continue;
            }
            println!("call {n}, {}: {fault:?}", each.method);
            runs += 1;
            let ports = ports(&floor, &ears).await;
            ports.watch.disturb(n, fault);
            let answer = delivered(&ports, floor.waiting());
            assert!(ports.watch.calm(), "the call to be disturbed did not come");
            let dead = matches!(fault, Fault::KilledBefore | Fault::KilledAfter);
            assert_eq!(answer.is_none(), dead);
            // Who is connected could not be found out: the stream comes again, as it does to whoever was killed.
            let unknown = each.method == "sockets_of" && fault != Fault::Doubled;
            let again = answer.is_none_or(|answer| answer.failures().count() > 0);
            assert_eq!(again, unknown || dead);
            if again {
                let answer = delivered(&ports, floor.waiting());
                assert_eq!(answer, Some(BatchAnswer::default()));
            }
            for (ear, told) in ears.iter().zip(&told) {
                let known = ports.connections.socket(&ear.connection).await;
                let known = known.expect("readable").is_some();
                let open = ports.gateway.is_open(&ear.connection);
                let posts = each.method == "post";
                assert!(known == open || posts || each.method == "forget");
                // Whoever was closed comes back and reads; whoever is forgotten hears so at the next heartbeat.
                if known && open {
                    assert_eq!(heard(&ports, ear), *told);
                } else {
                    assert!(ear.connection == ears[1].connection || posts);
                }
            }
        }
    }
    println!("{} calls, {runs} runs", asked.len());
    let methods: Vec<&str> = asked.iter().map(|asked| asked.method).collect();
    for method in ["sockets_of", "post", "forget"] {
        assert!(methods.contains(&method), "{method}");
    }
}
