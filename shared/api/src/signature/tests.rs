//! Checks what is accepted and what is refused, with the `aws-sigv4` crate as the signer.

mod paths;
mod properties;
mod refusals;
mod vectors;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::header::{AUTHORIZATION, HOST, HeaderName};
use http::{HeaderMap, HeaderValue};

use super::{AccessKeys, SignatureFault, SignedCall, verify};

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const HOST_NAME: &str = "chat.example.org";

/// 2026-01-15T10:30:00Z.
const SIGNED_AT: u64 = 1_768_473_000;

fn keys() -> AccessKeys {
    let pairs = [("AKIDOTHER", "other"), (ID, SECRET)];
    pairs
        .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
        .into_iter()
        .collect()
}

#[derive(Debug, Clone)]
struct Call {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    fn new(method: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let host = (HOST, HeaderValue::from_static(HOST_NAME));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::from_iter([host]),
            body: body.to_owned(),
        }
    }

    fn start_chat() -> Self {
        let mut call = Self::new("PUT", "/contact/chat", "a=1&b=2", br#"{"InstanceId":"i"}"#);
        call.set("content-type", "application/json");
        call
    }

    fn append(&mut self, name: &str, value: &str) {
        let name = HeaderName::try_from(name).expect("a header name");
        let value = HeaderValue::try_from(value).expect("a header value");
        self.headers.append(name, value);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.headers.remove(name);
        self.append(name, value);
    }

    fn edit_authorization(&mut self, from: &str, to: &str) {
        let text = self.headers[AUTHORIZATION].to_str().expect("ASCII");
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "nothing to edit");
        self.set("authorization", &edited);
    }

    fn seen(&self) -> SignedCall<'_> {
        SignedCall {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn verified_at(&self, now_unix_seconds: u64) -> Result<String, SignatureFault> {
        let keys = keys();
        let id = verify(&self.seen(), &keys, now_unix_seconds)?;
        Ok(id.to_string())
    }

    fn verified(&self) -> Result<String, SignatureFault> {
        self.verified_at(SIGNED_AT)
    }
}

#[derive(Debug, Clone)]
struct Signer {
    id: &'static str,
    secret: &'static str,
    token: Option<&'static str>,
    region: &'static str,
    service: &'static str,
    at: u64,
    sends_hash: bool,
}

impl Default for Signer {
    fn default() -> Self {
        Self {
            id: ID,
            secret: SECRET,
            token: None,
            region: "eu-central-1",
            service: "connect",
            at: SIGNED_AT,
            sends_hash: false,
        }
    }
}

impl Signer {
    fn sign(&self, call: Call) -> Call {
        let body = call.body.clone();
        self.sign_with_body(call, SignableBody::Bytes(&body))
    }

    fn sign_with_body(&self, mut call: Call, body: SignableBody<'_>) -> Call {
        let token = self.token.map(str::to_owned);
        let identity = Credentials::new(self.id, self.secret, token, None, "test").into();
        let mut settings = SigningSettings::default();
        if self.sends_hash {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(self.at))
            .settings(settings)
            .build()
            .expect("all parameters are given")
            .into();
        let signed = sign(signable(&call, body), &params).expect("the request can be signed");
        for (name, value) in signed.output().headers() {
            call.append(name, value);
        }
        call
    }
}

fn signable<'a>(call: &'a Call, body: SignableBody<'a>) -> SignableRequest<'a> {
    let uri = format!("https://{HOST_NAME}{}?{}", call.path, call.query);
    let headers = call.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII")));
    SignableRequest::new(&call.method, uri, headers, body).expect("a request")
}

fn signed() -> Call {
    Signer::default().sign(Call::start_chat())
}

#[test]
fn a_signed_call_is_its_signers() {
    assert_eq!(signed().verified(), Ok(ID.to_owned()));
}

#[test]
fn an_empty_path_is_the_root() {
    let call = Signer::default().sign(Call::new("GET", "", "", b""));
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn any_region_and_both_services_are_in_scope() {
    for service in ["connect", "execute-api"] {
        let signer = Signer {
            region: "mars-1",
            service,
            ..Signer::default()
        };
        assert_eq!(
            signer.sign(Call::start_chat()).verified(),
            Ok(ID.to_owned())
        );
    }
}

#[test]
fn a_signature_holds_for_15_minutes_either_way() {
    for now in [SIGNED_AT - 900, SIGNED_AT + 900] {
        assert_eq!(signed().verified_at(now), Ok(ID.to_owned()));
    }
}

#[test]
fn a_signature_holds_over_midnight() {
    let midnight = SIGNED_AT - SIGNED_AT % 86_400;
    let signer = Signer {
        at: midnight,
        ..Signer::default()
    };
    let call = signer.sign(Call::start_chat());
    assert_eq!(call.verified_at(midnight - 5), Ok(ID.to_owned()));
}

#[test]
fn headers_may_join_a_call_on_its_way() {
    let mut call = signed();
    call.append("x-forwarded-for", "203.0.113.7");
    call.append("x-amz-cf-id", "abc");
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn the_parts_of_an_authorization_may_come_in_any_order_and_spacing() {
    let mut call = signed();
    let text = call.headers[AUTHORIZATION].to_str().expect("ASCII");
    let parts = text.strip_prefix("AWS4-HMAC-SHA256 ").expect("a prefix");
    let reversed: Vec<_> = parts
        .split(", ")
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let edited = format!("AWS4-HMAC-SHA256  {}", reversed.join(","));
    call.set("authorization", &edited);
    assert_eq!(call.verified(), Ok(ID.to_owned()));
}

#[test]
fn ids_are_shown_and_secrets_are_not() {
    let shown = format!("{:?}", keys());
    assert!(shown.contains(ID) && shown.contains("AKIDOTHER"), "{shown}");
    assert!(
        !shown.contains(SECRET) && !shown.contains("\"other\""),
        "{shown}"
    );
}

#[test]
fn keys_that_anyone_has_are_left_out() {
    let pairs = [("", ""), ("", "secret"), ("AKID", "")];
    let keys: AccessKeys = pairs
        .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
        .into_iter()
        .collect();
    assert!(keys.is_empty());
    let one = AccessKeys::from_iter([("AKID".to_owned(), "secret".to_owned())]);
    assert!(!one.is_empty());
}
