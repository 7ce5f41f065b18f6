//! The program itself, as it is called: what it prints, and how it ends.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use engine::{AccessKey, Door};

use crate::secrets::{ACCESS, ARN, Manager};
use crate::stage::{Stage, TABLE};

/// Runs the program with this environment beside credentials of nobody.
async fn run(line: String, environment: Vec<(&'static str, String)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_operate"));
    command
        .args(line.split_whitespace())
        .env_clear()
        .envs([
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_REGION", "us-east-1"),
        ])
        .envs(environment);
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.expect("no panic");
    output.expect("it runs")
}

/// A port of the stage's engine, and the variables by which the command finds it and is let in.
fn door_to(stage: &Stage) -> (Door, Vec<(&'static str, String)>) {
    let key = AccessKey::generate().expect("randomness");
    let door = stage.engine.listen(None, &key).expect("a port");
    let variables = vec![
        ("AWS_ENDPOINT_URL_DYNAMODB", door.url()),
        ("AWS_ACCESS_KEY_ID", key.id().to_owned()),
        ("AWS_SECRET_ACCESS_KEY", key.secret().to_owned()),
    ];
    (door, variables)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn a_wrong_command_line_ends_with_2_and_help_with_0() {
    for line in ["", "erase", "erase-customer --table t"] {
        let output = run(line.to_owned(), vec![]).await;
        assert_eq!(output.status.code(), Some(2), "{line}");
        let told = text(&output.stderr);
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.ends_with(" (see operate --help)\n"), "{told}");
        assert_eq!(text(&output.stdout), "");
    }
    let help = run("--help".to_owned(), vec![]).await;
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help.stdout).contains("Usage: operate"));
}

#[tokio::test]
async fn an_issued_secret_is_printed_alone_and_the_way_to_deploy_it_beside() {
    let manager = Manager::with(ACCESS);
    let (_, server) = manager.store().await;
    let elsewhere = vec![("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url.clone())];
    let line = format!("access-keys issue backend-2 --secret {ARN}");
    let output = run(line.clone(), elsewhere.clone()).await;
    assert_eq!(output.status.code(), Some(0));
    let secret = manager.current()["backend-2"].clone();
    let secret = secret.as_str().expect("a secret");
    let expected = format!("AWS_ACCESS_KEY_ID=backend-2\nAWS_SECRET_ACCESS_KEY={secret}\n");
    assert_eq!(text(&output.stdout), expected);
    let told = text(&output.stderr);
    let version = manager.kept().labels["AWSCURRENT"].clone();
    let revision = format!("SecretsRevision,ParameterValue={}", &version[..12]);
    assert!(told.contains(&revision), "{told}");
    assert!(!told.contains(secret) && !told.contains("0123456789abcdef"));

    let again = run(line, elsewhere.clone()).await;
    assert_eq!(again.status.code(), Some(1));
    let told = text(&again.stderr);
    let refused =
        "operate: there is a key backend-2 already; if nobody has its secret, revoke it first\n";
    assert_eq!(told, refused);
    let list = run(format!("access-keys list --secret {ARN}"), elsewhere).await;
    assert_eq!(text(&list.stdout), "backend-1\nbackend-2\n");
}

#[tokio::test]
async fn what_would_be_erased_is_counted_and_a_table_that_is_not_there_ends_with_1() {
    let stage = Stage::new().await;
    stage.chat("here", Some("jane")).await;
    let (_door, elsewhere) = door_to(&stage);
    let line = |table| format!("erase-customer --table {table} --instance here --customer jane");
    let counted = run(format!("{} --dry-run", line(TABLE)), elsewhere.clone()).await;
    assert_eq!(counted.status.code(), Some(0));
    let told = "Would erase: chats 1, of them running 1, items in the table 4\n";
    assert_eq!(text(&counted.stdout), told);
    let failed = run(format!("{} --yes", line("another")), elsewhere).await;
    assert_eq!(failed.status.code(), Some(1));
    let told = text(&failed.stderr);
    assert!(told.contains("ResourceNotFoundException"), "{told}");
    assert!(told.contains("in this region"), "{told}");
    assert!(!told.contains("jane"), "{told}");
}

#[tokio::test]
async fn a_chat_of_nobody_that_is_continued_is_named_in_a_line_of_its_own() {
    let stage = Stage::new().await;
    let source = stage.past_chat("here", None).await;
    stage.continuing(&source, Some("jane")).await;
    let (_door, elsewhere) = door_to(&stage);
    let line = format!("erase-customer --table {TABLE} --instance here --customer jane --dry-run");
    let counted = run(line.clone(), elsewhere.clone()).await;
    let told = text(&counted.stdout);
    let expected = format!("Continued, of nobody: {}\nWould erase", source.contact);
    assert!(told.starts_with(&expected), "{told}");
    assert_eq!(text(&counted.stderr), "");

    let nobody = run(line.replace("jane", "john"), elsewhere).await;
    assert_eq!(nobody.status.code(), Some(0));
    let told = text(&nobody.stderr);
    assert!(told.contains("Nothing was found"), "{told}");
    assert!(!told.contains("john"), "{told}");
}

#[tokio::test]
async fn the_partitions_of_a_contact_are_those_that_its_chat_stands_in() {
    let stage = Stage::new().await;
    let chat = stage.full_chat("here", None).await;
    let contact = domain::ContactId::new(chat.key.session, domain::Ordinal::LAST);
    let line = format!("partitions --instance here --contact {contact}");
    let output = run(line, vec![("AWS_REGION", String::new())]).await;
    let told = text(&output.stdout);
    let told: BTreeSet<&str> = told.lines().collect();
    let everything = stage.everything().await;
    let stand = everything.iter().map(|(partition, _)| partition.as_str());
    assert_eq!(told, stand.collect());
}

#[tokio::test]
async fn an_environment_without_a_region_or_credentials_is_told_so() {
    let line = "access-keys list --secret s".to_owned();
    let nowhere = run(line.clone(), vec![("AWS_REGION", String::new())]).await;
    assert_eq!(nowhere.status.code(), Some(1));
    let told = text(&nowhere.stderr);
    assert!(told.contains("no region is set"), "{told}");
    let nobody = vec![
        ("AWS_ACCESS_KEY_ID", String::new()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ];
    let nobody = run(line, nobody).await;
    assert_eq!(nobody.status.code(), Some(1));
    let told = text(&nobody.stderr);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    let none = "operate: no AWS credentials can be used: there are none in the environment, nor in a profile";
    assert_eq!(lines[0], none);
    assert!(lines[1].contains("export-credentials"), "{told}");
}
