//! The operations of the service, and which of Connect's error types each may answer with.

use crate::problem::ErrorType;

/// The operations of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `PUT /contact/chat`, and the chat widget's `POST`.
    StartChatContact,
    /// `POST /contact/stop`
    StopContact,
    /// `POST /contact/transfer`
    TransferContact,
    /// `POST /contact/create-participant`
    CreateParticipant,
    /// `GET /contacts/{InstanceId}/{ContactId}`
    DescribeContact,
    /// `GET /contact/attributes/{InstanceId}/{InitialContactId}`
    GetContactAttributes,
    /// `POST /contact/attributes`
    UpdateContactAttributes,
    /// `POST /contact/persistent-contact-association/{InstanceId}/{InitialContactId}`
    CreatePersistentContactAssociation,
    /// `GET /customers/{InstanceId}/{CustomerId}/chats`, which Connect does not have.
    ListCustomerChats,
    /// `GET /contacts/{InstanceId}/{ContactId}/transcript`, which Connect does not have.
    ExportTranscript,
    /// `POST /participant/connection`
    CreateParticipantConnection,
    /// `POST /participant/transcript`
    GetTranscript,
    /// `POST /participant/message`
    SendMessage,
    /// `POST /participant/event`
    SendEvent,
    /// `POST /participant/disconnect`
    DisconnectParticipant,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Operation; 15] = [
        Self::StartChatContact,
        Self::StopContact,
        Self::TransferContact,
        Self::CreateParticipant,
        Self::DescribeContact,
        Self::GetContactAttributes,
        Self::UpdateContactAttributes,
        Self::CreatePersistentContactAssociation,
        Self::ListCustomerChats,
        Self::ExportTranscript,
        Self::CreateParticipantConnection,
        Self::GetTranscript,
        Self::SendMessage,
        Self::SendEvent,
        Self::DisconnectParticipant,
    ];

    /// Whether it belongs to the participant API, which has error types of its own.
    pub const fn is_participant(self) -> bool {
        match self {
            Self::StartChatContact
            | Self::StopContact
            | Self::TransferContact
            | Self::CreateParticipant
            | Self::DescribeContact
            | Self::GetContactAttributes
            | Self::UpdateContactAttributes
            | Self::CreatePersistentContactAssociation
            | Self::ListCustomerChats
            | Self::ExportTranscript => false,
            Self::CreateParticipantConnection
            | Self::GetTranscript
            | Self::SendMessage
            | Self::SendEvent
            | Self::DisconnectParticipant => true,
        }
    }

    /// What the operation answers a request that makes no sense as a whole.
    pub(crate) const fn on_request(self) -> ErrorType {
        if self.is_participant() {
            ErrorType::ValidationException
        } else {
            ErrorType::InvalidRequestException
        }
    }

    /// What it answers where one member is wrong: three operations have no type of their own for that.
    pub(crate) const fn on_member(self) -> ErrorType {
        match self {
            Self::TransferContact | Self::CreateParticipant | Self::GetContactAttributes => {
                self.on_request()
            }
            _ if self.is_participant() => self.on_request(),
            _ => ErrorType::InvalidParameterException,
        }
    }

    /// What it answers where too much is asked at once: its own type if Connect's model has one, else the
    /// one that Connect documents for its whole API.
    pub(crate) const fn on_throttling(self) -> ErrorType {
        match self {
            // LimitExceededException, which StartChatContact has, is of too many active chats.
            Self::StartChatContact
            | Self::StopContact
            | Self::GetContactAttributes
            | Self::UpdateContactAttributes => ErrorType::TooManyRequestsException,
            Self::TransferContact
            | Self::CreateParticipant
            | Self::DescribeContact
            | Self::CreatePersistentContactAssociation
            | Self::ListCustomerChats
            | Self::ExportTranscript
            | Self::CreateParticipantConnection
            | Self::GetTranscript
            | Self::SendMessage
            | Self::SendEvent
            | Self::DisconnectParticipant => ErrorType::ThrottlingException,
        }
    }

    /// What it answers where a session has as many of something as it may have.
    pub(crate) const fn on_quota(self) -> ErrorType {
        match self {
            Self::TransferContact | Self::CreateParticipant => {
                ErrorType::ServiceQuotaExceededException
            }
            _ => self.on_request(),
        }
    }
}
