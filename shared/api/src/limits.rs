//! The limits of Connect's API, each with the page that states it.

/// The largest request body, in bytes. Connect names none; this one is above every legal request.
pub const MAX_BODY_BYTES: usize = 512 * 1024;
/// The default and the largest number of transcript items on a page
/// ([GetTranscript](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_GetTranscript.html)).
pub(crate) const DEFAULT_PAGE: usize = 10;
pub(crate) const MAX_PAGE: u64 = 100;
/// A connection token is good for one day, whatever the duration of the chat
/// ([CreateParticipantConnection](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_CreateParticipantConnection.html)).
pub(crate) const CONNECTION_SECONDS: u64 = 86_400;
/// A WebSocket's address is good for opening it within so many seconds, and what it opens for so many
/// ([CreateParticipantConnection](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_CreateParticipantConnection.html)
/// names the former; an hour is what clients of Connect count on).
pub(crate) const WEBSOCKET_OPENS_SECONDS: u64 = 100;
pub(crate) const WEBSOCKET_SECONDS: u64 = 3_600;
/// The shortest, the default and the longest duration of a chat, in minutes
/// ([StartChatContact](https://docs.aws.amazon.com/connect/latest/APIReference/API_StartChatContact.html)).
pub(crate) const CHAT_MINUTES: std::ops::RangeInclusive<u64> = 60..=10_080;
pub(crate) const DEFAULT_CHAT_MINUTES: u64 = 1_500;

pub(crate) const ID_LENGTH: std::ops::RangeInclusive<usize> = 1..=256;
pub(crate) const INSTANCE_LENGTH: std::ops::RangeInclusive<usize> = 1..=100;
pub(crate) const ARN_LENGTH: std::ops::RangeInclusive<usize> = 1..=256;
pub(crate) const FLOW_LENGTH: std::ops::RangeInclusive<usize> = 1..=500;
pub(crate) const CLIENT_TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 0..=500;
pub(crate) const DISPLAY_NAME_LENGTH: std::ops::RangeInclusive<usize> = 1..=256;
pub(crate) const CUSTOMER_LENGTH: std::ops::RangeInclusive<usize> = 1..=128;
pub(crate) const CONTENT_TYPE_LENGTH: std::ops::RangeInclusive<usize> = 1..=100;
/// Of an event, where it has one
/// ([SendEvent](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendEvent.html)).
pub(crate) const EVENT_CONTENT_LENGTH: std::ops::RangeInclusive<usize> = 1..=16_384;
pub(crate) const TIME_LENGTH: std::ops::RangeInclusive<usize> = 1..=100;
pub(crate) const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 1..=1_000;
pub(crate) const ATTRIBUTE_KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=32_767;
pub(crate) const ATTRIBUTE_VALUE_LENGTH: std::ops::RangeInclusive<usize> = 0..=32_767;

/// The lengths that a deployment may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest content of a message, of whichever type, in bytes of UTF-8: at most, and by default,
    /// [`Limits::MOST_CONTENT_BYTES`].
    pub content_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            content_bytes: Self::MOST_CONTENT_BYTES,
        }
    }
}

impl Limits {
    /// The longest content that Connect takes
    /// ([SendMessage](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendMessage.html)
    /// and [StartChatContact](https://docs.aws.amazon.com/connect/latest/APIReference/API_ChatMessage.html) say 16,384, and
    /// the [feature limits](https://docs.aws.amazon.com/connect/latest/adminguide/feature-limits.html) that bytes are meant;
    /// their 1,024 characters are those of a bot of Amazon Lex).
    pub const MOST_CONTENT_BYTES: usize = 16_384;
}
