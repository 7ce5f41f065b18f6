//! A port of the engine lets in the holder of its key, and no page, no other machine and nobody with another key.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use engine::{AccessKey, Door, Engine, EngineError, create_table, sdk_config};

fn opened() -> (Engine, Door, AccessKey) {
    let engine = Engine::memory().expect("an engine");
    let key = AccessKey::generate().expect("randomness");
    let door = engine.listen(None, &key).expect("a port");
    (engine, door, key)
}

/// The SDK's client for a port, with a key.
fn client(door: &Door, id: &str, secret: &str) -> Client {
    let holder = Credentials::new(id, secret, None, None, "test");
    let config = sdk_config(&door.url()).into_builder();
    let config = config.credentials_provider(SharedCredentialsProvider::new(holder));
    dynamodb::client(&config.build())
}

/// What a raw request is answered: head and body.
fn asked(door: &Door, request: &str) -> String {
    let mut stream = connected(door);
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn connected(door: &Door) -> TcpStream {
    TcpStream::connect(door.url().replace("http://", "")).expect("a connection")
}

#[tokio::test]
async fn the_holder_of_the_key_is_let_in_and_nobody_else() {
    let (engine, door, key) = opened();
    let ours = client(&door, key.id(), key.secret());
    create_table(&ours, "chat").await.expect("a table");
    let listed = ours.list_tables().send().await.expect("an answer");
    assert_eq!(listed.table_names(), ["chat"]);
    // What is made here is what stands there.
    let inside = dynamodb::client(&engine.sdk_config()).list_tables().send();
    assert_eq!(inside.await.expect("an answer").table_names(), ["chat"]);
    for (id, secret, code) in [
        ("made-up", "made-up", "UnrecognizedClientException"),
        ("made-up", key.secret(), "UnrecognizedClientException"),
        (key.id(), "made-up", "InvalidSignatureException"),
    ] {
        let refused = client(&door, id, secret)
            .delete_table()
            .table_name("chat")
            .send()
            .await;
        let refused = refused.expect_err("another key");
        assert_eq!(refused.code(), Some(code));
        let raw = refused.raw_response().expect("an answer");
        assert_eq!(raw.status().as_u16(), 400);
    }
    assert_eq!(
        ours.list_tables()
            .send()
            .await
            .expect("an answer")
            .table_names(),
        ["chat"]
    );
}

#[tokio::test]
async fn a_web_page_is_refused_even_with_the_key() {
    let (_engine, door, key) = opened();
    let ours = client(&door, key.id(), key.secret());
    for origin in ["https://www.example.com", "http://localhost:3000", "null"] {
        let page = ours
            .list_tables()
            .customize()
            .mutate_request(move |request| {
                request.headers_mut().insert("origin", origin);
            });
        let refused = page.send().await.expect_err("a page");
        let raw = refused.raw_response().expect("an answer");
        assert_eq!(raw.status().as_u16(), 403, "{origin}");
        let names: Vec<&str> = raw.headers().iter().map(|(name, _)| name).collect();
        assert!(
            !names.iter().any(|name| name.starts_with("access-control")),
            "{names:?}"
        );
    }
    let preflight = "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://www.example.com\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n";
    let answer = asked(&door, preflight);
    assert!(
        answer.starts_with("HTTP/1.1 403") && !answer.to_lowercase().contains("access-control"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_foreign_host_an_unsigned_call_and_what_is_no_call_are_refused() {
    let (_engine, door, key) = opened();
    let post = |lines: &str| {
        format!("POST / HTTP/1.1\r\n{lines}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}")
    };
    let stale = format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={}/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature={}\r\nX-Amz-Date: 20200101T000000Z\r\n",
        key.id(),
        "0".repeat(64)
    );
    for (request, status, word) in [
        (post("Host: www.example.com\r\n"), 403, "AccessDeniedException"),
        (post("Host: 127.0.0.1.example.com:80\r\n"), 403, "AccessDeniedException"),
        (post("Host: 10.0.0.1\r\n"), 403, "AccessDeniedException"),
        (post(""), 403, "AccessDeniedException"),
        (post("Host: 127.0.0.1\r\n"), 400, "MissingAuthenticationTokenException"),
        (post("Host: localhost\r\nAuthorization: Bearer x\r\n"), 400, "UnrecognizedClientException"),
        (post("Host: LocalHost.:8000\r\nAuthorization: Bearer x\r\n"), 400, "UnrecognizedClientException"),
        (post(&format!("Host: localhost\r\n{stale}")), 400, "InvalidSignatureException"),
        ("GET / HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n".to_owned(), 404, "UnknownOperationException"),
        ("POST /shell HTTP/1.1\r\nHost: chat.localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(), 404, "UnknownOperationException"),
    ] {
        let answer = asked(&door, &request);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(word), "{request}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_without_being_read() {
    let (_engine, door, key) = opened();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential={}/x\r\nContent-Length: 16777217\r\n\r\n",
        key.id()
    );
    let answer = asked(&door, &head);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

/// Ten seconds for a head and for a body, each.
#[tokio::test]
async fn who_sends_too_slowly_is_let_go() {
    let (_engine, door, key) = opened();
    let half_a_body = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential={}/x\r\nContent-Length: 10\r\n\r\n{{",
        key.id()
    );
    let starts = ["POST / HTTP/1.1\r\nHost: loc", &half_a_body];
    let waited = thread::scope(|scope| {
        let slow = starts.map(|start| {
            let mut stream = connected(&door);
            scope.spawn(move || {
                let begun = Instant::now();
                stream
                    .set_read_timeout(Some(Duration::from_secs(30)))
                    .expect("a time-out");
                stream.write_all(start.as_bytes()).expect("it is sent");
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer).expect("it is let go");
                begun.elapsed()
            })
        });
        slow.map(|each| each.join().expect("no panic"))
    });
    for each in waited {
        assert!(
            (Duration::from_secs(9)..Duration::from_secs(20)).contains(&each),
            "{each:?}"
        );
    }
}

#[tokio::test]
async fn a_stop_frees_the_port_whoever_stands_still_and_a_taken_one_is_refused() {
    let (engine, door, key) = opened();
    let address = door.url().replace("http://", "");
    let (_, port) = address.rsplit_once(':').expect("a port");
    let port = port.parse().ok();
    let second = engine.listen(port, &key);
    assert!(
        matches!(second, Err(EngineError::Port { .. })),
        "{second:?}"
    );
    let mut stuck = connected(&door);
    let half = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Credential={}/\r\nContent-Length: 99\r\n\r\nhalf",
        key.id()
    );
    stuck.write_all(half.as_bytes()).expect("half a request");
    let idle = connected(&door);
    let begun = Instant::now();
    door.stop().await.expect("a clean stop");
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    assert!(TcpStream::connect(&address).is_err());
    drop((stuck, idle));
    let again = engine.listen(port, &key).expect("the port is free");
    assert!(again.url().ends_with(&address));
}

#[test]
fn it_answers_whatever_the_callers_runtime_is_busy_with() {
    let (_engine, door, key) = opened();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    };
    let ours = client(&door, key.id(), key.secret());
    let there = thread::spawn(move || runtime().block_on(ours.list_tables().send()).is_ok());
    assert!(there.join().expect("no panic"));
}
