//! The service's own operations, which no SDK has: signed by AWS's crate, sent as they are.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::people::Backend;

/// What a GET came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    /// The type and status of a refusal.
    pub(crate) fn refusal(&self) -> (&str, u16) {
        (
            self.body["__type"].as_str().unwrap_or_default(),
            self.status,
        )
    }
}

impl Backend {
    /// The chats of a customer: a page, asked for with these parameters.
    pub(crate) async fn chats_of(&self, customer: &str, query: &str) -> Answer {
        let instance = escaped(&self.instance);
        let customer = escaped(customer);
        self.get(&format!("/customers/{instance}/{customer}/chats{query}"))
            .await
    }

    /// The transcript of a contact: a page, asked for with these parameters.
    pub(crate) async fn export(&self, contact: &str, query: &str) -> Answer {
        let instance = escaped(&self.instance);
        self.get(&format!("/contacts/{instance}/{contact}/transcript{query}"))
            .await
    }

    async fn get(&self, path: &str) -> Answer {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        let key = self.key.clone().expect("a known backend");
        for (name, value) in signature(key, &self.url, path) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut connection = TcpStream::connect(host).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = serde_json::from_str(body).unwrap();
        Answer { status, body }
    }
}

/// The headers that sign a GET as the SDKs do.
fn signature(key: Credentials, url: &str, path: &str) -> Vec<(String, String)> {
    let identity = key.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("connect")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let host = url.strip_prefix("http://").unwrap();
    let uri = format!("{url}{path}");
    let headers = [("host", host)].into_iter();
    let request = SignableRequest::new("GET", uri, headers, SignableBody::Bytes(b"")).unwrap();
    let (signed, _) = sign(request, &params).unwrap().into_parts();
    let headers = signed.headers();
    headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// One segment of a path, or one value of a query, as SDKs write it.
pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
