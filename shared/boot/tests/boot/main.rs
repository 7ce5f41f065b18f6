//! What a function asks before its first call, and when it does not start.

mod stand_in;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use boot::Boot;
use domain::Log;
use dynamodb::{Meter, Metered};
use serde_json::json;

use stand_in::{Asked, StandIn};

const SECRET: &str = "s3cret-of-thirty-two-letters-or-more";

/// The variables of a function that is told its secrets' names.
fn variables() -> BTreeMap<&'static str, String> {
    [
        ("TABLE_NAME", "chat"),
        ("CONNECTIONS_TABLE", "connections"),
        ("WEBSOCKET_URL", "wss://live.example.org/live"),
        ("SIGNING_KEYS_SECRET", "arn:signing"),
        ("SESSION_ID_KEY_SECRET", "arn:ids"),
        ("ACCESS_KEYS_SECRET", "arn:access"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// Secrets Manager and DynamoDB as they should be.
fn aws() -> StandIn {
    StandIn::new()
        .with_secret(
            "arn:signing",
            &json!({"signs_with": "1", "1": SECRET}).to_string(),
        )
        .with_secret("arn:ids", SECRET)
        .with_secret("arn:access", &json!({"backend-1": SECRET}).to_string())
}

fn boot(aws: &StandIn, variables: BTreeMap<&'static str, String>, meter: &Meter) -> Boot {
    let read = move |name: &'static str| variables.get(name).cloned();
    Boot::new(aws.config(), meter.clone(), read)
}

fn warming(table: &str) -> Asked {
    Asked {
        target: "DynamoDB_20120810.Query".to_owned(),
        about: table.to_owned(),
    }
}

fn secret(name: &str) -> Asked {
    Asked {
        target: "secretsmanager.GetSecretValue".to_owned(),
        about: name.to_owned(),
    }
}

#[tokio::test]
async fn secrets_are_read_side_by_side_and_beside_one_request_to_dynamodb() {
    // Nobody is answered before all four have asked.
    let aws = aws().answering_at_once(4);
    let meter = Meter::default();
    let service = boot(&aws, variables(), &meter)
        .log()
        .await
        .expect("a start");
    let mut asked = aws.asked();
    asked.sort();
    let expected = [
        warming("chat"),
        secret("arn:access"),
        secret("arn:ids"),
        secret("arn:signing"),
    ];
    assert_eq!(asked, expected);
    assert!(!service.settings.access_keys.is_empty());
    assert_eq!(meter.take(), Metered::default(), "it is no call's request");
}

#[tokio::test]
async fn a_function_reads_only_the_secrets_that_it_is_told_of() {
    let aws = aws();
    let mut variables = variables();
    variables.remove("ACCESS_KEYS_SECRET");
    variables.remove("SESSION_ID_KEY_SECRET");
    variables.insert("SESSION_ID_KEY", SECRET.to_owned());
    let meter = Meter::default();
    let service = boot(&aws, variables, &meter).live().await.expect("a start");
    let mut asked = aws.asked();
    asked.sort();
    assert_eq!(asked, [warming("chat"), secret("arn:signing")]);
    assert!(service.settings.access_keys.is_empty());
    assert!(service.log.connections.is_some() && service.log.gateway.is_some());
}

#[tokio::test]
async fn one_that_only_delivers_reads_no_secret_and_asks_its_own_table() {
    let aws = aws();
    let boot = boot(&aws, variables(), &Meter::default());
    let live = boot.deliveries().await.expect("a start");
    assert_eq!(aws.asked(), [warming("connections")]);
    assert!(live.connections.is_some() && live.gateway.is_some());
    // Without a table of connections there is nobody to tell, and nothing to ask.
    let aws = StandIn::new();
    let boot = Boot::new(aws.config(), Meter::default(), |_| None);
    let live = boot.deliveries().await.expect("a start");
    assert!(live.connections.is_none() && aws.asked().is_empty());
}

#[tokio::test]
async fn a_function_starts_though_dynamodb_does_not_answer() {
    for (aws, within) in [
        (aws().without_dynamodb(false), Duration::from_secs(1)),
        (aws().without_dynamodb(true), Duration::from_secs(3)),
    ] {
        let begun = Instant::now();
        let meter = Meter::default();
        let service = boot(&aws, variables(), &meter).log().await;
        assert!(begun.elapsed() < within, "{:?}", begun.elapsed());
        let service = service.expect("a start");
        let asked = aws.asked();
        let tries = asked.iter().filter(|asked| **asked == warming("chat"));
        assert_eq!(tries.count(), 1, "{asked:?}");
        assert_eq!(meter.take(), Metered::default());
        drop(service);
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_stops_the_start_and_its_variable_is_named() {
    for (name, variable) in [
        ("arn:signing", "SIGNING_KEYS_SECRET"),
        ("arn:ids", "SESSION_ID_KEY_SECRET"),
        ("arn:access", "ACCESS_KEYS_SECRET"),
    ] {
        for (aws, reason) in [
            (
                aws().without_secret(name),
                "ResourceNotFoundException (HTTP 400)",
            ),
            (aws().with_secret(name, ""), "it holds no text"),
        ] {
            let error = boot(&aws, variables(), &Meter::default()).log().await;
            let expected = format!(
                "the environment variable {variable}: the secret that it names cannot be read: {reason}"
            );
            assert_eq!(error.expect_err(reason).to_string(), expected);
        }
        let aws = aws().with_secret(name, "s3cret");
        let error = boot(&aws, variables(), &Meter::default()).live().await;
        let error = error.expect_err("another form").to_string();
        let told = error.starts_with(&format!("the environment variable {variable}: "));
        assert!(told && !error.contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn a_secret_that_is_given_and_named_stops_the_start_before_anything_is_asked() {
    let aws = aws();
    let mut variables = variables();
    variables.insert("ACCESS_KEYS", format!("one:{SECRET}"));
    let error = boot(&aws, variables, &Meter::default()).log().await;
    let error = error.expect_err("both").to_string();
    assert!(
        error.contains("ACCESS_KEYS and ACCESS_KEYS_SECRET"),
        "{error}"
    );
    assert!(!error.contains(SECRET) && aws.asked().is_empty());
}

#[tokio::test]
async fn what_a_call_asks_afterwards_is_counted() {
    let aws = aws();
    let meter = Meter::default();
    let service = boot(&aws, variables(), &meter)
        .live()
        .await
        .expect("a start");
    let session = domain::contract::FreshSessions::seeded(1).draw();
    let read = domain::Read::newest(domain::SlotRange::ALL, 32, domain::Consistency::Strong);
    service.log.read(&session, read).await.expect("nothing");
    let sockets = domain::Connections::sockets_of(&service.log, &session).await;
    assert_eq!(sockets, Ok(Vec::new()));
    let expected = Metered {
        requests: 2,
        retries: 0,
    };
    assert_eq!(meter.take(), expected, "both tables are counted together");
}
