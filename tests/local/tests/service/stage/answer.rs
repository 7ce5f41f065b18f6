//! Answers: what every one of them must have is checked when it comes; the rest is for the test to read.

use api::Reply;
use serde_json::Value;

/// An error's status and type.
pub(crate) type Kind = (u16, &'static str);

pub(crate) const REQUEST: Kind = (400, "InvalidRequestException");
pub(crate) const PARAMETER: Kind = (400, "InvalidParameterException");
pub(crate) const VALIDATION: Kind = (400, "ValidationException");
pub(crate) const DENIED: Kind = (403, "AccessDeniedException");
pub(crate) const NOT_FOUND: Kind = (404, "ResourceNotFoundException");
pub(crate) const QUOTA: Kind = (402, "ServiceQuotaExceededException");
pub(crate) const CONFLICT: Kind = (409, "ConflictException");
pub(crate) const GONE: Kind = (410, "ContactNotFoundException");

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Answer {
    /// The answer that a handler gave to the request of this id.
    pub(crate) fn of(reply: Reply, request_id: &str) -> Self {
        let body = serde_json::from_slice(&reply.body).expect("every answer is JSON");
        let answer = Self {
            status: reply.status,
            headers: reply.headers,
            body,
        };
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-amzn-RequestId"), Some(request_id));
        if answer.status == 200 {
            assert_eq!(answer.header("x-amzn-ErrorType"), None);
        } else {
            assert_eq!(
                answer.header("x-amzn-ErrorType"),
                answer.body["__type"].as_str()
            );
            assert_eq!(answer.body["message"], answer.body["Message"]);
            assert_eq!(answer.body.as_object().map(serde_json::Map::len), Some(3));
        }
        answer
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(each, _)| *each == name);
        let (_, value) = values.next()?;
        assert!(values.next().is_none(), "{name} twice");
        Some(value)
    }

    /// Status, type and message of an error; of a success the type is `None`.
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let text = |name: &str| self.body[name].as_str().unwrap_or("None");
        (self.status, text("__type"), text("message"))
    }

    /// The body of a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn is(&self, (status, kind): Kind, message: &str) {
        assert_eq!(self.error(), (status, kind, message));
    }
}

/// The text at a path such as `a.b` in a body.
#[track_caller]
pub(crate) fn at(body: &Value, path: &str) -> String {
    let found = path.split('.').fold(body, |value, name| &value[name]);
    found
        .as_str()
        .unwrap_or_else(|| panic!("no text at {path} in {body}"))
        .to_owned()
}

/// A body with one member changed, by a path such as `a.b`.
pub(crate) fn set(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let place = path
        .split('.')
        .fold(&mut body, |place, name| &mut place[name]);
    *place = value;
    body
}
