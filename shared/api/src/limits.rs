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
/// Of an event
/// ([SendEvent](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendEvent.html)
/// says 1 to 16,384; that of a typing event, which says nothing, some clients leave empty).
pub(crate) const EVENT_CONTENT_LENGTH: std::ops::RangeInclusive<usize> = 0..=16_384;
pub(crate) const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 1..=1_000;
pub(crate) const ATTRIBUTE_KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=32_767;
pub(crate) const ATTRIBUTE_VALUE_LENGTH: std::ops::RangeInclusive<usize> = 0..=32_767;

/// The lengths that a deployment may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest `text/plain` or `text/markdown` message, in characters. Connect's API reference says
    /// 1,024, its administrator guide 16,384; the default is the former.
    pub text_characters: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_characters: 1_024,
        }
    }
}

impl Limits {
    /// The longest content of a type, in characters
    /// ([SendMessage](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_SendMessage.html)).
    pub(crate) fn content_characters(&self, kind: domain::ContentType) -> usize {
        use domain::ContentType;
        match kind {
            ContentType::Plain | ContentType::Markdown => self.text_characters,
            ContentType::Json | ContentType::Interactive => 12_000,
            ContentType::InteractiveResponse => 12_288,
        }
    }
}
