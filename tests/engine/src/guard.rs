//! Who may call at a port of the engine: the holder of its key, from this machine, and no web page.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{AccessKeys, SignatureFault, SignedCall, verify_for};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::access::AccessKey;
use crate::answers::{Answer, refused};
use crate::connector::TARGET;
use crate::held::Held;

/// The longest request of DynamoDB's.
const LONGEST_BODY: usize = 16 * 1024 * 1024;
/// How long a client may take for a request's body.
const BODY_IN: Duration = Duration::from_secs(10);

/// What stands between a port and the data.
pub(crate) struct Guard {
    held: Arc<Held>,
    keys: AccessKeys,
    id: String,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Page,
    ForeignHost,
    NoCall,
    NotSigned,
    UnknownKey,
    WrongSignature,
    TooLong,
    TooSlow,
}

impl Guard {
    pub(crate) fn new(held: Arc<Held>, key: &AccessKey) -> Self {
        Self {
            held,
            keys: key.keys(),
            id: key.id().to_owned(),
        }
    }

    /// Answers a request, if it may be asked here.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let answer = match self.admit(request).await {
            Ok((target, body)) => self.carry_out(target, body).await,
            Err(refusal) => refusal.answer(),
        };
        let mut response = Response::new(Full::new(Bytes::from(answer.body)));
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = http::HeaderValue::from_static("application/x-amz-json-1.0");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    /// Lets a request in: all that its head tells is looked at before its body is read.
    async fn admit(&self, request: Request<Incoming>) -> Result<(String, Bytes), Refusal> {
        let (head, body) = request.into_parts();
        self.check_head(&head.method, head.uri.path(), &head.headers)?;
        if body.size_hint().lower() > LONGEST_BODY as u64 {
            return Err(Refusal::TooLong);
        }
        let body = timeout(BODY_IN, Limited::new(body, LONGEST_BODY).collect()).await;
        let body = body.map_err(|_| Refusal::TooSlow)?;
        let body = body.map_err(|_| Refusal::TooLong)?.to_bytes();
        let call = SignedCall {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body: &body,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| now.as_secs());
        match verify_for(&["dynamodb"], &call, &self.keys, now) {
            Ok(_) => {}
            Err(SignatureFault::UnknownKey) => return Err(Refusal::UnknownKey),
            Err(SignatureFault::Incomplete) => return Err(Refusal::NotSigned),
            Err(_) => return Err(Refusal::WrongSignature),
        }
        let target = head.headers.get(TARGET).and_then(|name| name.to_str().ok());
        Ok((target.unwrap_or_default().to_owned(), body))
    }

    fn check_head(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        if headers.contains_key(ORIGIN) {
            return Err(Refusal::Page);
        }
        if !headers
            .get(HOST)
            .is_some_and(|host| host.to_str().is_ok_and(is_this_machine))
        {
            return Err(Refusal::ForeignHost);
        }
        if method != Method::POST || path != "/" {
            return Err(Refusal::NoCall);
        }
        let signed = headers.get(AUTHORIZATION).ok_or(Refusal::NotSigned)?;
        let ours = format!("Credential={}/", self.id);
        let by_us = signed.to_str().is_ok_and(|signed| signed.contains(&ours));
        by_us.then_some(()).ok_or(Refusal::UnknownKey)
    }

    async fn carry_out(&self, target: String, body: Bytes) -> Answer {
        let held = Arc::clone(&self.held);
        let turn = held.turn().await;
        let answered = spawn_blocking(move || {
            let _turn = turn;
            held.answer(&target, &body)
        });
        let answered = answered.await;
        match answered {
            Ok(Some(answer)) => answer,
            _ => refused(
                500,
                "com.amazonaws.dynamodb.v20120810#InternalServerError",
                "the engine was stopped",
            ),
        }
    }
}

/// Whether a request was meant for this machine. A name that only seems to be another machine's leads here where somebody
/// makes it: its pages would be of no other origin.
fn is_this_machine(host: &str) -> bool {
    host.parse::<Authority>().is_ok_and(|host| {
        let name = host.host().to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
    })
}

impl Refusal {
    fn answer(self) -> Answer {
        let say = |status, kind: &str, message| {
            refused(status, &format!("com.amazon.coral.service#{kind}"), message)
        };
        match self {
            Self::Page => say(
                403,
                "AccessDeniedException",
                "Web pages may not call this engine.",
            ),
            Self::ForeignHost => say(
                403,
                "AccessDeniedException",
                "The Host is none of this machine's names: localhost, 127.0.0.1, [::1].",
            ),
            Self::NoCall => say(404, "UnknownOperationException", ""),
            Self::NotSigned => say(
                400,
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token",
            ),
            Self::UnknownKey => say(
                400,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Self::WrongSignature => say(
                400,
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided.",
            ),
            Self::TooLong => say(
                413,
                "RequestEntityTooLargeException",
                "A request has 16 MiB at most.",
            ),
            Self::TooSlow => say(
                408,
                "RequestTimeoutException",
                "The body did not come within 10 seconds.",
            ),
        }
    }
}
