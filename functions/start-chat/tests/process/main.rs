//! The function as Lambda runs it: the real process, with its variables, the runtime's interface, and standard output.

mod runtime;
mod secrets;

use std::process::{Child, Command, Stdio};

use engine::{AccessKey, Door, Engine};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use runtime::Runtime;
use secrets::SecretsManager;

const SECRET: &str = "s3cret-of-thirty-two-letters-or-more";
const START: &str = include_str!("../../../../tests/events/start-chat-widget.json");

/// Starts the function over the engine's table, with keys that a Secrets Manager holds.
fn started(runtime: &Runtime, secrets: &SecretsManager, engine: &Door) -> Child {
    started_with(
        runtime,
        engine,
        [("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url())],
    )
}

/// The same with variables that say where the keys are.
fn started_with<const N: usize>(
    runtime: &Runtime,
    engine: &Door,
    variables: [(&str, String); N],
) -> Child {
    Command::new(env!("CARGO_BIN_EXE_start-chat"))
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", runtime.address()),
            ("AWS_LAMBDA_FUNCTION_NAME", "start-chat".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", engine.url()),
            ("TABLE_NAME", "chat".to_owned()),
            ("SIGNING_KEYS_SECRET", "signing".to_owned()),
            ("SESSION_ID_KEY_SECRET", "ids".to_owned()),
            ("ACCESS_KEYS_SECRET", "access".to_owned()),
            ("ANONYMOUS_START", "true".to_owned()),
            // Whatever is asked for, libraries say little.
            ("RUST_LOG", "trace".to_owned()),
            ("METRICS_NAMESPACE", "PersistentChat/shop".to_owned()),
        ])
        .envs(variables)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the function starts")
}

/// Ends the function, and gives what it has written to standard output and to standard error.
fn ended(mut function: Child) -> (String, String) {
    // It may have ended by itself.
    let _ = function.kill();
    let output = function.wait_with_output().expect("its output");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

/// A port of an engine with the table.
async fn table() -> Door {
    let engine = Engine::memory().expect("an engine");
    let client = dynamodb::client(&engine.sdk_config());
    let made = engine::create_table(&client, "chat").await;
    made.expect("a table");
    let key = AccessKey::parse("local:local").expect("a key");
    engine.listen(None, &key).expect("a port")
}

#[tokio::test]
async fn a_call_has_one_line_of_metrics_and_its_start_is_not_counted() {
    let engine = table().await;
    let secrets = SecretsManager::with([
        (
            "signing",
            json!({"signs_with": "1", "1": SECRET}).to_string(),
        ),
        ("ids", SECRET.to_owned()),
        ("access", json!({"backend-1": SECRET}).to_string()),
    ]);
    let nobody = START.replace("ParticipantDetails", "Nobody");
    let runtime = Runtime::with([START.to_owned(), nobody]);
    let function = started(&runtime, &secrets, &engine);
    let answers = runtime.answers();
    let (out, err) = ended(function);
    assert_eq!(answers[0]["statusCode"], 200, "{out}{err}");
    assert_eq!(answers[1]["statusCode"], 400, "{out}{err}");
    // Every line is JSON, as a stream of logs in that format wants it.
    let lines = out.lines();
    let lines: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let metrics: Vec<&Value> = lines
        .iter()
        .filter(|line| line.get("_aws").is_some())
        .collect();
    let [good, bad] = metrics[..] else {
        panic!("{metrics:#?}");
    };
    assert_eq!(good["Operation"], "StartChatContact");
    let directive = &good["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "PersistentChat/shop");
    // Lambda takes a line for what its level says only where a time stands beside it.
    for line in lines.iter().filter(|line| line.get("_aws").is_none()) {
        let time = line["timestamp"].as_str().expect("a time");
        assert!(OffsetDateTime::parse(time, &Rfc3339).is_ok(), "{line}");
        assert!(line["level"].is_string(), "{line}");
    }
    let counted = ["Calls", "Errors", "DynamoDbRequests", "DynamoDbRetries"];
    let counts = |line: &Value| counted.map(|name| line[name].as_u64());
    assert_eq!(counts(good), [Some(1), Some(0), Some(1), Some(0)]);
    assert_eq!(counts(bad), [Some(1), Some(1), Some(0), Some(0)]);
    assert_eq!(bad["ErrorType"], "InvalidRequestException");
    assert!(good["Latency"].as_f64().is_some_and(|it| it > 0.0));
    let now = good["_aws"]["Timestamp"].as_u64();
    assert!(now.is_some_and(|now| now > 1_790_000_000_000), "{good}");
    let body = answers[0]["body"].as_str().expect("a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    let body = &body["data"]["startChatResult"];
    let token = body["ParticipantToken"].as_str().expect("a token");
    let contact = body["ContactId"].as_str().expect("a contact");
    for secret in [SECRET, token, contact, "Jané", "Hello"] {
        assert!(!out.contains(secret) && !err.contains(secret), "{out}{err}");
    }
    let mut read = secrets.read();
    read.sort();
    assert_eq!(read, ["access", "ids", "signing"], "once each");
}

#[tokio::test]
async fn a_call_whose_query_no_address_has_is_answered_as_any_other() {
    let engine = table().await;
    let secrets = SecretsManager::with([
        (
            "signing",
            json!({"signs_with": "1", "1": SECRET}).to_string(),
        ),
        ("ids", SECRET.to_owned()),
        ("access", "{}".to_owned()),
    ]);
    let mut event: Value = serde_json::from_str(START).expect("JSON");
    event["rawQueryString"] = json!("<a b=\"c\">");
    let runtime = Runtime::with([event.to_string()]);
    let function = started(&runtime, &secrets, &engine);
    let answers = runtime.answers();
    let (out, err) = ended(function);
    assert_eq!(answers[0]["statusCode"], 200, "{out}{err}");
}

#[tokio::test]
async fn a_function_without_a_secret_ends_and_says_which() {
    let engine = table().await;
    let secrets = SecretsManager::with([
        ("signing", json!({"1": SECRET}).to_string()),
        ("ids", SECRET.to_owned()),
        ("access", "{}".to_owned()),
    ]);
    let runtime = Runtime::with([]);
    let mut function = started(&runtime, &secrets, &engine);
    let status = function.wait().expect("an end");
    assert!(!status.success());
    let (out, err) = ended(function);
    assert!(err.contains("SIGNING_KEYS_SECRET"), "{err}");
    assert!(!out.contains(SECRET) && !err.contains(SECRET), "{out}{err}");
}

#[tokio::test]
async fn a_function_behind_a_proxy_starts_through_it() {
    let engine = table().await;
    let proxy = SecretsManager::with([
        (
            "signing",
            json!({"signs_with": "1", "1": SECRET}).to_string(),
        ),
        ("ids", SECRET.to_owned()),
        ("access", json!({"backend-1": SECRET}).to_string()),
    ]);
    let runtime = Runtime::with([START.to_owned()]);
    let nowhere = "http://secrets.invalid".to_owned();
    let variables = [
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", nowhere),
        ("HTTP_PROXY", proxy.url()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ];
    let function = started_with(&runtime, &engine, variables);
    let answers = runtime.answers();
    let (out, err) = ended(function);
    assert_eq!(answers[0]["statusCode"], 200, "{out}{err}");
    assert_eq!(proxy.read().len(), 3);
}
