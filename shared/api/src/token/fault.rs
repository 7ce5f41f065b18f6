//! What is wrong with a token: the answer says "Access denied" whatever it is, and a local log says which.

/// Why a token does not let its bearer in.
#[derive(thiserror::Error, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenFault {
    /// There is none.
    #[error(
        "no token is given: calls take it in the header X-Amz-Bearer, a WebSocket in token= of its Url"
    )]
    Missing,
    /// There is none, and an `Authorization` header.
    #[error("a token is taken from the header X-Amz-Bearer, not from Authorization")]
    InAuthorization,
    /// The header is there more than once, or holds bytes that are no text.
    #[error("the header X-Amz-Bearer must be there once, and hold visible ASCII characters only")]
    NotOneText,
    /// The token is empty.
    #[error("the token is empty")]
    Empty,
    /// A UUID, as the ids of contacts and participants are.
    #[error("a ContactId or ParticipantId is given where a token belongs")]
    Id,
    /// No token of this service: too short, too long, other characters, or another version.
    #[error("this is not a token of this service, or it was cut off")]
    Unreadable,
    /// Made with a key that is not among those of this service.
    #[error(
        "the token is signed with a key that this server does not have: another server made it, or its key was retired"
    )]
    UnknownKey,
    /// The signature is not the one of the key that it names.
    #[error(
        "the token was altered, or made by a server with other keys: its signature does not hold"
    )]
    Mismatch,
    /// A genuine ParticipantToken, for what takes another.
    #[error(
        "a ParticipantToken is given: only CreateParticipantConnection takes it, and answers with the ConnectionToken for all other calls"
    )]
    Participant,
    /// A genuine ConnectionToken, for what takes another.
    #[error(
        "a ConnectionToken is given: CreateParticipantConnection takes the ParticipantToken, a WebSocket the token= of its Url"
    )]
    Connection,
    /// A genuine token of a WebSocket's Url, for what takes another.
    #[error("the token of a WebSocket's Url is given: it opens that WebSocket and nothing else")]
    Websocket,
    /// A genuine NextToken, for what takes another.
    #[error("a NextToken is given where the token of a participant belongs")]
    Next,
    /// It was good once.
    #[error("the token has expired: CreateParticipantConnection gives a new one")]
    Expired,
}

impl TokenFault {
    /// Every fault.
    pub const ALL: [TokenFault; 13] = [
        Self::Missing,
        Self::InAuthorization,
        Self::NotOneText,
        Self::Empty,
        Self::Id,
        Self::Unreadable,
        Self::UnknownKey,
        Self::Mismatch,
        Self::Participant,
        Self::Connection,
        Self::Websocket,
        Self::Next,
        Self::Expired,
    ];
}
