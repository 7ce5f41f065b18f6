//! Everything that can go wrong with a call, and the one table that says what the caller is told.

use std::fmt;

use domain::transcript::PageError;
use domain::{
    AppendError, AssociateError, EventError, LogError, OpenError, Refusal, SourceRefusal,
    StartError, StartRefusal, UpdateError,
};
use serde_json::json;

use crate::call::Reply;
use crate::caller::CallerFault;
use crate::limits::MAX_BODY_BYTES;
use crate::operation::Operation;
use crate::signature::SignatureFault;
use crate::token::TokenFault;

mod reason;

/// Connect's error types, and AWS's common ones for signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// The caller may not.
    AccessDeniedException,
    /// What was asked cannot be done as things are.
    ConflictException,
    /// StopContact knows no such contact.
    ContactNotFoundException,
    /// The signature lacks a part.
    IncompleteSignature,
    /// The participant API failed.
    InternalServerException,
    /// The Connect API failed.
    InternalServiceException,
    /// A member's value is out of its range.
    InvalidParameterException,
    /// The request makes no sense as a whole.
    InvalidRequestException,
    /// The signature is wrong.
    InvalidSignatureException,
    /// There is no such thing.
    ResourceNotFoundException,
    /// There is as much of something as there may be.
    ServiceQuotaExceededException,
    /// The service is overloaded.
    ThrottlingException,
    /// The same, of Connect operations without a type of their own for it.
    TooManyRequestsException,
    /// Neither Connect nor this service has an operation there.
    UnknownOperationException,
    /// The access key is unknown.
    UnrecognizedClientException,
    /// The participant API does not take the request.
    ValidationException,
}

impl ErrorType {
    /// The HTTP status that goes with the type in Connect's model.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidParameterException
            | Self::InvalidRequestException
            | Self::ValidationException => 400,
            Self::ServiceQuotaExceededException => 402,
            Self::AccessDeniedException
            | Self::IncompleteSignature
            | Self::InvalidSignatureException
            | Self::UnrecognizedClientException => 403,
            Self::ResourceNotFoundException | Self::UnknownOperationException => 404,
            Self::ConflictException => 409,
            Self::ContactNotFoundException => 410,
            Self::ThrottlingException | Self::TooManyRequestsException => 429,
            Self::InternalServerException | Self::InternalServiceException => 500,
        }
    }
}

impl fmt::Display for ErrorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What is wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The request as a whole.
    Malformed(String),
    /// One member's value.
    InvalidMember {
        /// Which, as a path.
        member: String,
        /// What it must be.
        reason: String,
    },
    /// The call is neither signed nor otherwise known.
    Unknown(CallerFault),
    /// The signature.
    Signature(SignatureFault),
    /// The participant or connection token.
    Token(TokenFault),
    /// The instance does not exist.
    NoInstance,
    /// A chat that was not started.
    Start(StartRefusal),
    /// A session that does not do what was asked.
    Refused(Refusal),
    /// A receipt in a chat of more than two active participants.
    TooManyRecipients,
    /// A WebSocket of a participant who has as many as there may be.
    TooManySockets,
    /// With a change of attributes, more of them than a contact may have.
    AttributesTooLong,
    /// The caller is a customer, and asks for what is another's.
    NotYours,
    /// The session or contact does not exist.
    NoSession,
    /// Too much at once; surely nothing was written.
    Throttled,
    /// Our own fault; something may have been written.
    Internal(Fault),
}

/// A fault of ours, for the operator's log and never for the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

impl From<TokenFault> for Problem {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Throttled => Self::Throttled,
            LogError::Unavailable(_) | LogError::Corrupt(_) => {
                Self::Internal(Fault(error.to_string()))
            }
        }
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::NotFound => Self::NoSession,
            AppendError::Refused(refusal) => Self::Refused(refusal),
            AppendError::Contended => Self::Throttled,
            AppendError::Log(error) => error.into(),
        }
    }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Refused(refusal) => Self::Start(refusal),
            StartError::Append(error) => error.into(),
        }
    }
}

impl From<AssociateError> for Problem {
    fn from(error: AssociateError) -> Self {
        match error {
            // Told in the words of a start: what is wrong with the source is the same.
            AssociateError::Source(refusal) => Self::Start(StartRefusal::Source(refusal)),
            AssociateError::Append(error) => error.into(),
        }
    }
}

impl From<UpdateError> for Problem {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::TooLong => Self::AttributesTooLong,
            UpdateError::Append(error) => error.into(),
        }
    }
}

impl From<EventError> for Problem {
    fn from(error: EventError) -> Self {
        match error {
            EventError::TooManyRecipients => Self::TooManyRecipients,
            EventError::Append(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::TooMany => Self::TooManySockets,
            OpenError::Append(error) => error.into(),
        }
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Self::NoSession,
            PageError::Ended => Self::Refused(Refusal::Ended),
            PageError::NotAParticipant => Self::Refused(Refusal::NotAParticipant),
            PageError::Log(error) => error.into(),
        }
    }
}

impl Problem {
    /// A body that is larger than [`MAX_BODY_BYTES`].
    pub fn body_too_large() -> Self {
        Self::Malformed(format!(
            "the request body is larger than {MAX_BODY_BYTES} bytes"
        ))
    }

    /// What the caller of `operation` is told: the one place where a problem becomes a type and a message.
    pub fn told(&self, operation: Operation) -> (ErrorType, String) {
        use ErrorType as E;
        let participant = operation.is_participant();
        let pick = |ours: E, theirs: E| if participant { ours } else { theirs };
        let request = operation.on_request();
        let say = |kind: E, text: &str| (kind, text.to_owned());
        match self {
            Self::Malformed(reason) => (request, capitalized(reason)),
            Self::InvalidMember { member, reason } => {
                (operation.on_member(), format!("{member} {reason}"))
            }
            Self::Unknown(_) => say(E::AccessDeniedException, "The caller is not known"),
            Self::Signature(fault) => match fault {
                SignatureFault::Incomplete => {
                    say(E::IncompleteSignature, "The signature is incomplete")
                }
                SignatureFault::UnknownKey => say(
                    E::UnrecognizedClientException,
                    "The access key of the signature is not known",
                ),
                SignatureFault::WrongScope => say(
                    E::InvalidSignatureException,
                    "The signature must be made for the service connect or execute-api",
                ),
                SignatureFault::Expired => say(
                    E::InvalidSignatureException,
                    "The signature's date is more than 15 minutes from the time of this service",
                ),
                SignatureFault::Mismatch => say(
                    E::InvalidSignatureException,
                    "The signature does not match the request",
                ),
                SignatureFault::BodyUnsigned => say(
                    E::InvalidSignatureException,
                    "The signature must cover the body",
                ),
                SignatureFault::BodyAltered => say(
                    E::InvalidSignatureException,
                    "The body does not match the hash that was signed",
                ),
            },
            Self::Token(_) => say(E::AccessDeniedException, "Access denied"),
            Self::NoInstance => say(E::ResourceNotFoundException, "The instance was not found"),
            Self::Start(StartRefusal::TokenOfAnotherRequest) => say(
                request,
                "The ClientToken was used for a request with other parameters",
            ),
            Self::Start(StartRefusal::TokenSpent) => {
                say(request, "The ClientToken was used for a chat that is over")
            }
            Self::Start(StartRefusal::Source(refusal)) => match refusal {
                SourceRefusal::NotFound => say(
                    E::ResourceNotFoundException,
                    "The contact of SourceContactId was not found",
                ),
                SourceRefusal::NotInitial { initial } => (
                    request,
                    format!(
                        "ENTIRE_PAST_SESSION takes the initial contact of a session: SourceContactId must be {initial}"
                    ),
                ),
                SourceRefusal::StillActive { active } => (
                    request,
                    format!(
                        "Only a chat session that has ended can be continued: contact {active} is still active"
                    ),
                ),
                SourceRefusal::AttributesTooLong => say(
                    request,
                    "Attributes, together with those of the source, must not exceed 32768 bytes",
                ),
            },
            Self::Refused(refusal) => match refusal {
                Refusal::Ended | Refusal::NotAParticipant if participant => {
                    say(E::AccessDeniedException, "Access denied")
                }
                Refusal::Ended => say(request, "The contact has ended"),
                Refusal::ContactEnded { active } => (
                    request,
                    format!("The contact has ended: its session goes on in contact {active}"),
                ),
                Refusal::NotAParticipant => say(request, "The participant is not part of the chat"),
                Refusal::ContentTypeNotSupported(kind) => (
                    request,
                    format!(
                        "ContentType {} is not supported by this chat",
                        kind.as_str()
                    ),
                ),
                Refusal::UnknownContact => Self::NoSession.told(operation),
                Refusal::TooManyContacts => {
                    say(operation.on_quota(), "The session has too many contacts")
                }
                Refusal::TooManyParticipants => {
                    say(operation.on_quota(), "The chat has too many participants")
                }
                Refusal::AlreadyLinked => say(request, "The chat already continues a past one"),
                // What others keep writing first passes, as any contention does.
                Refusal::AttributesMoved => Self::Throttled.told(operation),
                Refusal::NotExpired => Self::Internal(Fault(String::new())).told(operation),
            },
            Self::TooManyRecipients => say(
                E::ConflictException,
                "Receipts are not supported with more than two active participants",
            ),
            Self::TooManySockets => say(
                E::AccessDeniedException,
                "The participant has too many WebSockets",
            ),
            Self::AttributesTooLong => say(
                operation.on_member(),
                "Attributes, together with those that the contact has, must not exceed 32768 bytes",
            ),
            Self::NotYours => say(
                E::AccessDeniedException,
                "CustomerId must be that of the caller's own token",
            ),
            Self::NoSession => match operation {
                Operation::StopContact => {
                    say(E::ContactNotFoundException, "The contact was not found")
                }
                _ if participant => say(E::AccessDeniedException, "Access denied"),
                _ => say(E::ResourceNotFoundException, "The contact was not found"),
            },
            Self::Throttled => say(
                operation.on_throttling(),
                "Too many requests: try again later",
            ),
            Self::Internal(_) => say(
                pick(E::InternalServerException, E::InternalServiceException),
                "The service failed: try again",
            ),
        }
    }

    /// The answer.
    pub fn reply(&self, operation: Operation, request_id: &str) -> Reply {
        let (kind, message) = self.told(operation);
        let mut reply = error(kind, &message, request_id);
        if matches!(self, Self::Throttled) {
            reply.headers.push(("retry-after", "1".to_owned()));
        }
        reply
    }
}

/// An error's answer, in every shape in which a client looks for its type and message.
pub(crate) fn error(kind: ErrorType, message: &str, request_id: &str) -> Reply {
    let body = json!({"__type": kind.to_string(), "message": message, "Message": message});
    let mut reply = Reply::json(kind.status(), request_id, &body);
    reply.headers.push(("x-amzn-ErrorType", kind.to_string()));
    reply
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests;
