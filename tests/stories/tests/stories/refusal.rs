//! Refusals as a caller of the SDK sees them.

use std::fmt::Debug;

use aws_sdk_connect::config::http::HttpResponse;
use aws_sdk_connect::error::{ProvideErrorMetadata, SdkError};

/// A typed refusal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The variant of the operation's error enum: `Unhandled` if the operation's model has no such error.
    pub(crate) kind: String,
    /// The error's code, which stands there in any case.
    pub(crate) code: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What the caller is told.
    pub(crate) message: String,
}

impl Refusal {
    /// Kind and status.
    pub(crate) fn is(&self) -> (&str, u16) {
        (&self.kind, self.status)
    }
}

/// The refusal that `answer` must be.
pub(crate) fn refused<T, E>(answer: Result<T, SdkError<E, HttpResponse>>) -> Refusal
where
    T: Debug,
    E: Debug + ProvideErrorMetadata,
{
    match answer.expect_err("this must be refused") {
        SdkError::ServiceError(refused) => Refusal {
            kind: variant(refused.err()),
            code: refused.err().code().unwrap_or_default().to_owned(),
            status: refused.raw().status().as_u16(),
            message: refused.err().message().unwrap_or_default().to_owned(),
        },
        other => panic!("the service must refuse, but this happened: {other:?}"),
    }
}

fn variant(error: &impl Debug) -> String {
    let text = format!("{error:?}");
    let name = text.split(|letter: char| !letter.is_alphanumeric()).next();
    name.unwrap_or_default().to_owned()
}

/// The access was denied, by a typed 403.
pub(crate) const DENIED: (&str, u16) = ("AccessDeniedException", 403);
/// The participant API does not take it.
pub(crate) const INVALID: (&str, u16) = ("ValidationException", 400);
/// The request as a whole makes no sense, or the state forbids it.
pub(crate) const BAD_REQUEST: (&str, u16) = ("InvalidRequestException", 400);
/// One value is out of its range.
pub(crate) const BAD_PARAMETER: (&str, u16) = ("InvalidParameterException", 400);
/// There is no such thing.
pub(crate) const NOT_FOUND: (&str, u16) = ("ResourceNotFoundException", 404);
