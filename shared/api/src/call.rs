//! A request as every operation sees it, and the answer as every way out of here takes it.

use std::collections::BTreeMap;
use std::fmt;

use domain::Timestamp;
use http::{HeaderMap, Method};

use crate::entropy::Entropy;

/// One HTTP request, with the moment it came and the randomness to answer it.
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path without the query: percent-encoded as it was sent, or decoded by a gateway on the way.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded from base64 where the gateway encoded it.
    pub body: Vec<u8>,
    /// What a gateway's own authorizer verified about the caller.
    pub claims: Option<Claims>,
    /// The id under which the request is found in logs.
    pub request_id: String,
    /// When it came.
    pub now: Timestamp,
    /// Randomness for the ids that it makes.
    pub entropy: Entropy,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and body hold credentials and content.
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// The claims of a token that an authorizer in front of the function has verified.
#[derive(Clone, Default)]
pub struct Claims(pub BTreeMap<String, String>);

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims(…)")
    }
}

/// The answer to a call.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, always JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Reply {
    /// An answer with a JSON body. What is told to one caller is nobody else's, and never stored on the way.
    pub(crate) fn json(status: u16, request_id: &str, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("cache-control", "no-store".to_owned()),
                ("x-amzn-RequestId", request_id.to_owned()),
            ],
            body: body.to_string().into_bytes(),
        }
    }
}

impl Call {
    /// The one value of a header, or none if it is absent, repeated or no text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }
}
