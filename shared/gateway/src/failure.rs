//! What a failed call comes to: its kind, and nothing of what was posted.

use aws_sdk_apigatewaymanagement::error::{ProvideErrorMetadata, SdkError};
use domain::PostError;

/// The reason of a failed call. Never the error's message, which may quote the request.
pub(crate) fn failure<E: ProvideErrorMetadata>(error: &SdkError<E>) -> PostError {
    PostError(match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::ServiceError(refused) => format!(
            "{} (HTTP {})",
            refused.err().code().unwrap_or("error without a code"),
            refused.raw().status().as_u16()
        ),
        SdkError::ResponseError(answer) => {
            format!(
                "unreadable answer (HTTP {})",
                answer.raw().status().as_u16()
            )
        }
        _ => "the request could not be sent".to_owned(),
    })
}
