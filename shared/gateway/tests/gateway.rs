//! What API Gateway answers, and what that comes to: over HTTP, to a gateway of the test's own.

use std::net::{Ipv4Addr, SocketAddr};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use domain::{ConnectionId, Effort, Frame, Heard, Post, Posted};
use gateway::ApiGateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A gateway that gives these answers, one connection each, and then tells what it was asked.
async fn gateway(answers: &'static [&str]) -> (ApiGateway, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let mut request = Vec::new();
            while !is_whole(&request) {
                let mut some = [0; 4_096];
                let read = stream.read(&mut some).await.expect("a request");
                request.extend_from_slice(&some[..read]);
            }
            asked.push(String::from_utf8(request).expect("text"));
            let written = stream.write_all(answer.as_bytes()).await;
            written.expect("the caller waits");
        }
        asked
    });
    (ApiGateway::from_config(&config(), &url(address)), asked)
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/live")
}

fn config() -> SdkConfig {
    let nobody = Credentials::new("local", "local", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .region(Region::from_static("eu-central-1"))
        .build()
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    length.is_none_or(|length| length.parse() == Ok(body.len()))
}

const DONE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const GONE: &str = "HTTP/1.1 410 Gone\r\nconnection: close\r\ncontent-length: 2\r\n\
    x-amzn-ErrorType: GoneException\r\n\r\n{}";
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 20\r\n\
    x-amzn-ErrorType: ForbiddenException\r\n\r\n{\"message\":\"secret\"}";
const BUSY: &str = "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 2\r\n\
    x-amzn-ErrorType: LimitExceededException\r\n\r\n{}";

fn connection() -> ConnectionId {
    ConnectionId::new("L0SM9cOFvHcCIhw=").expect("a connection")
}

fn frame() -> Frame {
    Frame("{\"content\":\"secret\"}".to_owned())
}

#[tokio::test]
async fn a_frame_is_posted_signed_to_its_connection() {
    let (gateway, asked) = gateway(&[DONE]).await;
    let posted = gateway.post(&connection(), &[&frame()], Effort::Full).await;
    assert_eq!(posted, Ok(Posted::Delivered));
    let asked = asked.await.expect("what was asked").remove(0);
    assert!(
        asked.starts_with("POST /live/@connections/L0SM9cOFvHcCIhw%3D HTTP/1.1\r\n")
            || asked.starts_with("POST /live/%40connections/L0SM9cOFvHcCIhw%3D HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(
        asked.contains("/eu-central-1/execute-api/aws4_request"),
        "{asked}"
    );
    assert!(asked.ends_with(&frame().0), "{asked}");
}

#[tokio::test]
async fn a_connection_that_is_gone_is_no_error() {
    let (gateway, asked) = gateway(&[GONE, GONE]).await;
    assert_eq!(
        gateway.post(&connection(), &[&frame()], Effort::Full).await,
        Ok(Posted::Gone)
    );
    assert_eq!(gateway.close(&connection()).await, Ok(()));
    let asked = asked.await.expect("what was asked");
    assert!(asked[1].starts_with("DELETE /live/"), "{}", asked[1]);
}

#[tokio::test]
async fn a_gateway_that_is_busy_for_a_moment_is_asked_again() {
    let (gateway, _) = gateway(&[BUSY, DONE]).await;
    let posted = gateway.post(&connection(), &[&frame()], Effort::Full).await;
    assert_eq!(posted, Ok(Posted::Delivered));
}

#[tokio::test]
async fn a_failure_tells_its_kind_and_nothing_of_what_was_posted() {
    let (gateway, _) = gateway(&[FORBIDDEN]).await;
    let failed = gateway.post(&connection(), &[&frame()], Effort::Full).await;
    let told = failed.expect_err("refused").to_string();
    assert_eq!(told, "the gateway failed: ForbiddenException (HTTP 403)");
    let nobody = ApiGateway::from_config(&config(), "http://127.0.0.1:1/live");
    let told = nobody.close(&connection()).await.expect_err("nobody");
    assert!(!told.to_string().contains("secret"), "{told}");
}

#[tokio::test]
async fn frames_are_posted_in_order_until_one_is_not_taken() {
    let (gateway, asked) = gateway(&[DONE, GONE]).await;
    let frames = ["1", "2", "3"].map(|text| Frame(text.to_owned()));
    let frames: Vec<&Frame> = frames.iter().collect();
    let posted = gateway.post(&connection(), &frames, Effort::Full).await;
    assert_eq!(posted, Ok(Posted::Gone));
    let asked = asked.await.expect("what was asked");
    let bodies: Vec<_> = asked.iter().map(|it| it.ends_with('1')).collect();
    assert_eq!(bodies, [true, false]);
}

#[tokio::test]
async fn one_quick_try_is_not_repeated() {
    let (gateway, _) = gateway(&[BUSY, DONE]).await;
    let posted = gateway.post(&connection(), &[&frame()], Effort::Once).await;
    assert!(posted.is_err());
    // A gateway that never answers is not waited for.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let address = silent.as_ref().expect("a port").local_addr();
    let url = format!("http://{}/live", address.expect("an address"));
    let gateway = ApiGateway::from_config(&config(), &url);
    let began = std::time::Instant::now();
    let posted = gateway.post(&connection(), &[&frame()], Effort::Once).await;
    assert!(posted.is_err());
    assert!(began.elapsed() < gateway::ATTEMPT_TIMEOUT * 3);
}

#[tokio::test]
async fn it_is_known_when_a_client_was_last_heard() {
    const HEARD: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 99\r\n\r\n\
        {\"connectedAt\": \"2026-11-22T10:00:00.000Z\", \"lastActiveAt\": \"2026-11-22T10:00:01.500Z\"            }";
    let (gateway, asked) = gateway(&[HEARD, GONE, FORBIDDEN]).await;
    let heard = gateway.heard(&connection()).await;
    let expected = domain::Timestamp::from_millis(1_795_341_601_500);
    assert_eq!(heard, Ok(Heard::At(expected)));
    assert_eq!(gateway.heard(&connection()).await, Ok(Heard::Gone));
    assert!(gateway.heard(&connection()).await.is_err());
    let asked = asked.await.expect("what was asked");
    assert!(asked[0].starts_with("GET /live/"), "{}", asked[0]);
}
