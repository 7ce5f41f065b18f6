//! DynamoDB's calls, answered in this process: the name of an operation and a body in, a status and a body out.

use std::collections::BTreeMap;

use dynamodb::keys::connections;
use dynoxide::Database;
use dynoxide::errors::DynoxideError;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::trouble::Trouble;

/// What stands before an operation's name in `x-amz-target`.
const TARGET: &str = "DynamoDB_20120810.";
/// The status of what the engine's own file is the reason for. It is none of those that AWS's clients try again: a disk
/// that is full stays full.
const INSUFFICIENT_STORAGE: u16 = 507;

/// An answer as DynamoDB gives it.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: String,
}

/// Why a call is not carried out.
enum Refusal {
    /// No operation of that name is answered here.
    UnknownOperation,
    /// The body is no request of that operation.
    Unreadable(serde_json::Error),
    /// The engine's own refusal.
    Engine(DynoxideError),
    /// The answer cannot be written.
    Unspeakable(serde_json::Error),
}

/// Answers one call, named as in the header `x-amz-target`. It may block for as long as the disk does.
pub(crate) fn answer(database: &Database, target: &str, body: &[u8]) -> Answer {
    let operation = target.strip_prefix(TARGET).unwrap_or_default();
    match carry_out(database, operation, body) {
        Ok(body) => Answer { status: 200, body },
        Err(refusal) => refusal.answer(),
    }
}

/// Whether a call may take something with content away. The rows of WebSockets, which come and go, have none; and a record
/// is put where none stands.
pub(crate) fn deletes_content(target: &str, body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Keyed {
        #[serde(rename = "Key")]
        key: BTreeMap<String, IgnoredAny>,
    }
    match target.strip_prefix(TARGET).unwrap_or_default() {
        "DeleteItem" | "UpdateItem" => serde_json::from_slice::<Keyed>(body)
            .is_ok_and(|keyed| !keyed.key.contains_key(connections::CONNECTION)),
        "BatchWriteItem" | "DeleteTable" | "TransactWriteItems" => true,
        _ => false,
    }
}

fn carry_out(db: &Database, operation: &str, body: &[u8]) -> Result<String, Refusal> {
    match operation {
        "BatchGetItem" => call(body, |it| db.batch_get_item(it)),
        "BatchWriteItem" => call(body, |it| db.batch_write_item(it)),
        "CreateTable" => call(body, |it| db.create_table(it)),
        "DeleteItem" => call(body, |it| db.delete_item(it)),
        "DeleteTable" => call(body, |it| db.delete_table(it)),
        "DescribeTable" => call(body, |it| db.describe_table(it)),
        "DescribeTimeToLive" => call(body, |it| db.describe_time_to_live(it)),
        "GetItem" => call(body, |it| db.get_item(it)),
        "ListTables" => call(body, |it| db.list_tables(it)),
        "PutItem" => call(body, |it| db.put_item(it)),
        "Query" => call(body, |it| db.query(it)),
        "Scan" => call(body, |it| db.scan(it)),
        "TransactGetItems" => call(body, |it| db.transact_get_items(it)),
        "TransactWriteItems" => call(body, |it| db.transact_write_items(it)),
        "UpdateItem" => call(body, |it| db.update_item(it)),
        "UpdateTable" => call(body, |it| db.update_table(it)),
        "UpdateTimeToLive" => call(body, |it| db.update_time_to_live(it)),
        _ => Err(Refusal::UnknownOperation),
    }
}

fn call<Request: DeserializeOwned, Reply: Serialize>(
    body: &[u8],
    carry_out: impl FnOnce(Request) -> dynoxide::Result<Reply>,
) -> Result<String, Refusal> {
    let request = serde_json::from_slice(body).map_err(Refusal::Unreadable)?;
    let reply = carry_out(request).map_err(Refusal::Engine)?;
    serde_json::to_string(&reply).map_err(Refusal::Unspeakable)
}

impl Refusal {
    fn answer(self) -> Answer {
        let refused = |kind: &str, message: String| {
            refused(400, &format!("com.amazon.coral.service#{kind}"), &message)
        };
        match self {
            Self::UnknownOperation => refused("UnknownOperationException", String::new()),
            Self::Unreadable(error) => {
                let error = error.to_string();
                // As the engine marks what it reads and does not take.
                match error.strip_prefix("VALIDATION:") {
                    Some(invalid) => self::refused(
                        400,
                        "com.amazon.coral.validate#ValidationException",
                        invalid,
                    ),
                    None => refused("SerializationException", error),
                }
            }
            Self::Unspeakable(error) => failed(500, "InternalServerError", &error.to_string()),
            Self::Engine(error) => match Trouble::of(&error) {
                Some(trouble) => failed(INSUFFICIENT_STORAGE, trouble.code(), &trouble.to_string()),
                None => Answer {
                    status: error.status_code(),
                    body: error.to_json(),
                },
            },
        }
    }
}

fn failed(status: u16, code: &str, message: &str) -> Answer {
    refused(
        status,
        &format!("com.amazonaws.dynamodb.v20120810#{code}"),
        message,
    )
}

/// A refusal in DynamoDB's form.
pub(crate) fn refused(status: u16, kind: &str, message: &str) -> Answer {
    Answer {
        status,
        body: json!({"__type": kind, "message": message}).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(target: &str, body: &str) -> (u16, serde_json::Value) {
        let database = Database::memory().expect("an engine");
        let Answer { status, body } = answer(&database, target, body.as_bytes());
        (status, serde_json::from_str(&body).expect("JSON"))
    }

    #[test]
    fn what_is_not_answered_here_is_refused_as_dynamodb_does() {
        for target in [
            "",
            "PutItem",
            "DynamoDB_20120810.",
            "DynamoDB_20120810.RestoreTableToPointInTime",
            "DynamoDBStreams_20120810.GetRecords",
        ] {
            let (status, body) = answered(target, "{}");
            assert_eq!(status, 400, "{target}");
            assert_eq!(
                body["__type"], "com.amazon.coral.service#UnknownOperationException",
                "{target}"
            );
        }
    }

    #[test]
    fn a_body_that_is_no_request_and_a_table_that_is_not_there_are_400() {
        let (status, body) = answered("DynamoDB_20120810.PutItem", "{\"TableName\": 1");
        assert_eq!(
            (status, body["__type"].as_str()),
            (400, Some("com.amazon.coral.service#SerializationException"))
        );
        let (status, body) = answered(
            "DynamoDB_20120810.CreateTable",
            r#"{"TableName": "t", "KeySchema": [], "AttributeDefinitions": []}"#,
        );
        assert_eq!(
            (status, body["__type"].as_str()),
            (400, Some("com.amazon.coral.validate#ValidationException"))
        );
        let (status, body) = answered(
            "DynamoDB_20120810.DescribeTable",
            r#"{"TableName": "none"}"#,
        );
        assert_eq!(
            (status, body["__type"].as_str()),
            (
                400,
                Some("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException")
            )
        );
    }
}
