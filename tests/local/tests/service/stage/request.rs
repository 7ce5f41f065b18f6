//! Requests, as clients send them.

use std::collections::BTreeMap;

use api::{Call, Claims, Entropy, Operation};
use domain::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::{Signer, path_to, route};

/// A request that has not been sent.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: Operation,
    method: Method,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    claims: Option<Claims>,
    signer: Option<Signer>,
}

const HOST: &str = "chat.example.org";

impl Request {
    /// A request with a body of any bytes.
    pub(crate) fn raw(operation: Operation, body: impl Into<Vec<u8>>) -> Self {
        let (method, path) = route(operation);
        Self {
            operation,
            method,
            path: path.to_owned(),
            query: String::new(),
            headers: vec![("host".to_owned(), HOST.to_owned())],
            body: body.into(),
            claims: None,
            signer: None,
        }
    }

    pub(crate) fn new(operation: Operation, body: &Value) -> Self {
        Self::raw(operation, body.to_string())
    }

    /// A request without a body, with these ids in its path.
    pub(crate) fn to(operation: Operation, ids: &[&str]) -> Self {
        Self::raw(operation, "").at(&path_to(operation, ids))
    }

    /// The same request at another path, which is sent as it is given.
    pub(crate) fn at(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    /// With a query, which is sent as it is given.
    pub(crate) fn query(self, query: &str) -> Self {
        Self {
            query: query.to_owned(),
            ..self
        }
    }

    /// The same request as the chat widget sends it.
    pub(crate) fn of_widget(self) -> Self {
        let widget = Self {
            method: Method::POST,
            ..self
        };
        widget.header("content-type", "text/plain;charset=UTF-8")
    }

    /// Signed by the backend that the service knows.
    pub(crate) fn signed(self) -> Self {
        self.signed_by(Signer::BACKEND)
    }

    pub(crate) fn signed_by(self, signer: Signer) -> Self {
        Self {
            signer: Some(signer),
            ..self
        }
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("x-amz-bearer", token)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With these claims of a token that a gateway has verified.
    pub(crate) fn claims(self, claims: &[(&str, &str)]) -> Self {
        let claims = claims
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            claims: Some(Claims(BTreeMap::from_iter(claims))),
            ..self
        }
    }

    /// The same request with another body.
    pub(crate) fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..self
        }
    }

    /// The request as its handler gets it. `altered` changes it on its way, after it was signed.
    pub(crate) fn call(
        self,
        now: Timestamp,
        entropy: Entropy,
        altered: impl FnOnce(&mut Call),
    ) -> Call {
        let mut headers = self.headers;
        if let Some(signer) = self.signer {
            let mark = if self.query.is_empty() { "" } else { "?" };
            let uri = format!("https://{HOST}{}{mark}{}", self.path, self.query);
            headers.extend(signer.headers(self.method.as_str(), &uri, &headers, &self.body, now));
        }
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(name).expect("a header name");
            map.append(name, HeaderValue::try_from(value).expect("a header value"));
        }
        let mut call = Call {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: map,
            body: self.body,
            claims: self.claims,
            request_id: entropy.request_id(),
            now,
            entropy,
        };
        altered(&mut call);
        call
    }
}
