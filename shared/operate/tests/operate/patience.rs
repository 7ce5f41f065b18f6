//! A table that is overloaded: what it did not do is asked for again, and not for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use operate::erase::Eraser;
use serde_json::{Value, json};

use crate::stage::{AT_ONCE, TABLE, instance, now, silent};
use crate::standin::{Answer, Standin, refusal};

const CONTACT: &str = "9f3c1a2b-77d4-8002-b1c2-0123456789ab";

fn nothing() -> Answer {
    (200, json!({"Items": [], "Count": 0, "ScannedCount": 0}))
}

fn item(slot: u64) -> Value {
    json!({"session": {"S": "s"}, "slot": {"N": slot.to_string()}})
}

fn items(slots: &[u64]) -> Answer {
    let items: Vec<Value> = slots.iter().copied().map(item).collect();
    (200, json!({"Items": items, "Count": slots.len()}))
}

fn unprocessed(slots: &[u64]) -> Answer {
    let delete = |slot: &u64| json!({"DeleteRequest": {"Key": item(*slot)}});
    let left: Vec<Value> = slots.iter().map(delete).collect();
    (200, json!({"UnprocessedItems": {TABLE: left}}))
}

/// Erases one contact from a table that answers so, and gives the slots that each call wanted deleted.
async fn erase(script: Vec<Answer>) -> (Result<u64, String>, Vec<String>) {
    let (script, asked) = (
        Mutex::new(VecDeque::from(script)),
        Arc::new(Mutex::new(vec![])),
    );
    let heard = Arc::clone(&asked);
    let server = Standin::start(move |operation, body| {
        let slots: Vec<&str> = [&body["RequestItems"][TABLE], &body["TransactItems"]]
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(|each| {
                let delete = each.get("DeleteRequest").or(each.get("Delete"))?;
                delete["Key"]["slot"]["N"].as_str()
            })
            .collect();
        let call = format!("{operation} {}", slots.join(" ")).trim().to_owned();
        heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
        let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
        script.pop_front().unwrap_or_else(nothing)
    })
    .await;
    let client = dynamodb::client(&engine::sdk_config(&server.url));
    let eraser = Eraser::new(client, TABLE, AT_ONCE, now, silent);
    let contact = domain::ContactId::parse(CONTACT).expect("a contact");
    let erased = eraser.contact(&instance("here"), contact).await;
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let erased = erased.map(|erased| erased.items);
    (erased.map_err(|error| error.to_string()), asked)
}

#[tokio::test]
async fn what_a_batch_left_undone_is_deleted_by_the_next_one() {
    let script = vec![
        nothing(),
        // Beside the log.
        items(&[1, 2, 3]),
        unprocessed(&[2, 3]),
        unprocessed(&[3]),
        (200, json!({})),
    ];
    let (erased, asked) = erase(script).await;
    assert_eq!(erased, Ok(3));
    let deleted: Vec<&String> = asked
        .iter()
        .filter(|call| call.starts_with("Batch"))
        .collect();
    let expected = [
        "BatchWriteItem 1 2 3",
        "BatchWriteItem 2 3",
        "BatchWriteItem 3",
    ];
    assert_eq!(deleted, expected);
}

#[tokio::test]
async fn the_first_and_the_last_record_go_last_and_together_even_if_the_first_try_is_refused() {
    let script = vec![
        nothing(),
        nothing(),
        nothing(),
        items(&[0, 1, 2, 3]),
        (200, json!({})),
        nothing(),
        refusal("TransactionCanceledException"),
        (200, json!({})),
    ];
    let (erased, asked) = erase(script).await;
    assert_eq!(erased, Ok(4));
    let deleted: Vec<&String> = asked.iter().filter(|call| call.contains("Write")).collect();
    let together = "TransactWriteItems 0 3";
    assert_eq!(deleted, ["BatchWriteItem 1 2", together, together]);
}

#[tokio::test]
async fn a_table_that_stays_overloaded_fails_the_command_without_a_word_of_what_it_holds() {
    let (erased, asked) = erase(vec![refusal("ThrottlingException"); 200]).await;
    assert_eq!(erased, Err("the log is throttled".to_owned()));
    assert!(asked.len() > 20, "{}", asked.len());
    let mut script = vec![nothing(), items(&[1])];
    script.extend(vec![unprocessed(&[1]); 100]);
    let (erased, asked) = erase(script).await;
    assert_eq!(erased, Err("the log is throttled".to_owned()));
    assert!(asked.len() > 10, "{}", asked.len());
    let (erased, _) = erase(vec![refusal("AccessDeniedException")]).await;
    let told = "the log is unavailable: Query: AccessDeniedException (HTTP 400)";
    assert_eq!(erased, Err(told.to_owned()));
    let (erased, _) = erase(vec![nothing(), refusal("AccessDeniedException")]).await;
    let told = "the log is unavailable: Query: AccessDeniedException";
    assert_eq!(erased, Err(told.to_owned()));
}
