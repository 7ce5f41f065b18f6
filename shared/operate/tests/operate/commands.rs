//! The program itself, as it is called: what it prints, and how it ends.

use std::process::{Command, Output};

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

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn a_wrong_command_line_ends_with_2_and_help_with_0() {
    for line in ["", "erase", "erase-customer --table t"] {
        let output = run(line.to_owned(), vec![]).await;
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(text(&output.stderr).contains("Usage: operate"), "{line}");
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
    assert_eq!(told, "operate: there is a key backend-2 already\n");
    let list = run(format!("access-keys list --secret {ARN}"), elsewhere).await;
    assert_eq!(text(&list.stdout), "backend-1\nbackend-2\n");
}

#[tokio::test]
async fn what_would_be_erased_is_counted_and_a_table_that_is_not_there_ends_with_1() {
    let stage = Stage::new().await;
    stage.chat("here", Some("jane")).await;
    let elsewhere = vec![("AWS_ENDPOINT_URL_DYNAMODB", stage.engine.url())];
    let line = |table| format!("erase-customer --table {table} --instance here --customer jane");
    let counted = run(format!("{} --dry-run", line(TABLE)), elsewhere.clone()).await;
    assert_eq!(counted.status.code(), Some(0));
    let told = "Would erase: chats 1, of them running 1, items in the table 4\n";
    assert_eq!(text(&counted.stdout), told);
    let failed = run(format!("{} --yes", line("another")), elsewhere).await;
    assert_eq!(failed.status.code(), Some(1));
    let told = text(&failed.stderr);
    assert!(told.contains("ResourceNotFoundException"), "{told}");
    assert!(!told.contains("jane"), "{told}");
}
