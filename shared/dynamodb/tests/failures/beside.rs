//! The same failures, met beside a log and in the index of customers' chats.

use domain::contract::entries_of_every_kind;
use domain::{
    Consistency, CustomerId, CustomerIndex, Listing, LogError, SideEntry, SideLog, SidePut,
    SideRange, SideRead, Slot, Timestamp,
};
use dynamodb::DynamoDbLog;

use super::scripted::{Scripted, Step, Step::*};
use super::{BROKEN, THROTTLED, assert_unavailable, impatient, session};

const ALL_RECEIPTS: SideRange = SideRange::Receipts {
    from: Slot::FIRST,
    to: Slot::LAST,
};
const NOTHING: Step = Answer(r#"{"Items":[],"Count":0,"ScannedCount":0}"#);

#[tokio::test]
async fn a_call_that_is_throttled_to_the_last_attempt_is_throttled() {
    assert_eq!(put(&[THROTTLED; 3]).await, Err(LogError::Throttled));
    assert_eq!(read(&[THROTTLED; 3]).await, Err(LogError::Throttled));
    assert_eq!(list(&[THROTTLED; 3]).await, Err(LogError::Throttled));
}

#[tokio::test]
async fn a_call_that_is_throttled_at_first_gets_through() {
    let stored = put(&[THROTTLED, Answer("{}")]).await;
    assert_eq!(stored, Ok(SidePut::Stored));
    assert_eq!(read(&[THROTTLED, NOTHING]).await, Ok(Vec::new()));
    let listing = list(&[THROTTLED, NOTHING]).await;
    assert_eq!(listing.map(|listing| listing.more), Ok(false));
}

#[tokio::test]
async fn a_put_of_an_unknown_fate_is_unavailable() {
    assert_unavailable(put(&[Hang, THROTTLED, THROTTLED]).await, "PutItem: ");
    assert_unavailable(put(&[BROKEN; 3]).await, "PutItem: InternalServerError");
    assert_unavailable(read(&[BROKEN; 3]).await, "Query: InternalServerError");
    assert_unavailable(list(&[BROKEN; 3]).await, "Query: InternalServerError");
}

/// Engines that cannot return the occupant exist, and DynamoDB itself need not.
#[tokio::test]
async fn a_taken_place_without_its_occupant_is_taken_all_the_same() {
    let taken = Refuse(400, "ConditionalCheckFailedException");
    assert_eq!(put(&[taken]).await, Ok(SidePut::Taken(None)));
}

#[tokio::test]
async fn a_corrupt_item_is_an_error_wherever_it_comes_up() {
    let item = r#"{"session":{"S":"SECRET"},"slot":{"N":"1"},"version":{"N":"1"},"entry":{"S":"SECRET"},"started_at":{"N":"1"}}"#;
    let found: &str = format!(r#"{{"Items":[{item}],"Count":1,"ScannedCount":1}}"#).leak();
    let taken =
        format!(r#"{{"__type":"x#ConditionalCheckFailedException","message":"","Item":{item}}}"#);
    let corrupt = LogError::Corrupt("a receipt: no JSON at column 1".to_owned());
    assert_eq!(read(&[Answer(found)]).await, Err(corrupt.clone()));
    assert_eq!(put(&[RefuseWith(400, taken.leak())]).await, Err(corrupt));
    let corrupt = LogError::Corrupt("a customer's chat: not a first record".to_owned());
    assert_eq!(list(&[Answer(found)]).await, Err(corrupt));
}

#[tokio::test]
async fn a_call_is_one_request_and_an_empty_one_none() {
    let script = [NOTHING, Answer("{}"), NOTHING];
    let server = Scripted::start(&script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    let upside_down = SideRange::Receipts {
        from: Slot::LAST,
        to: Slot::FIRST,
    };
    for (range, limit) in [(upside_down, 32), (ALL_RECEIPTS, 0)] {
        assert_eq!(
            log.read_side(&session(), side(range, limit)).await,
            Ok(vec![])
        );
    }
    let who = (&session().instance, &CustomerId("SECRET".to_owned()));
    let none = log.sessions_of(who.0, who.1, None, 0).await;
    assert_eq!(none.map(|none| none.sessions), Ok(vec![]));
    assert_eq!(server.requests(), [""; 0]);
    let read = log.read_side(&session(), side(ALL_RECEIPTS, 32)).await;
    assert!(read.is_ok(), "{read:?}");
    let put = log.put_side(&session(), &entry(), Timestamp::MAX).await;
    assert!(put.is_ok(), "{put:?}");
    let list = log.sessions_of(who.0, who.1, None, 32).await;
    assert!(list.is_ok(), "{list:?}");
    assert_eq!(server.requests(), ["Query", "PutItem", "Query"]);
}

async fn put(script: &[Step]) -> Result<SidePut, LogError> {
    let server = Scripted::start(script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    log.put_side(&session(), &entry(), Timestamp::MAX).await
}

async fn read(script: &[Step]) -> Result<Vec<SideEntry>, LogError> {
    let server = Scripted::start(script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    log.read_side(&session(), side(ALL_RECEIPTS, 32)).await
}

async fn list(script: &[Step]) -> Result<Listing, LogError> {
    let server = Scripted::start(script).await;
    let log = DynamoDbLog::new(impatient(&server.url), "table");
    let customer = CustomerId("SECRET".to_owned());
    log.sessions_of(&session().instance, &customer, None, 32)
        .await
}

/// A receipt.
fn entry() -> SideEntry {
    entries_of_every_kind().swap_remove(0)
}

fn side(range: SideRange, limit: usize) -> SideRead {
    SideRead {
        range,
        limit,
        consistency: Consistency::Strong,
    }
}
