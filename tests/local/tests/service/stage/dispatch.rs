//! Which function answers which operation.

use api::{Call, Operation, Reply, Service};
use domain::{Connections, CustomerIndex, Log, Pause, Post, SideLog};

/// Gives a call to the function of its operation.
pub(crate) async fn dispatch<L>(service: &Service<L>, operation: Operation, call: Call) -> Reply
where
    L: Log + Pause + SideLog + CustomerIndex + Connections + Post,
{
    // On the heap: all functions' futures in one are more than a test's stack holds.
    match operation {
        Operation::StartChatContact => Box::pin(start_chat::handle(service, call)).await,
        Operation::StopContact => Box::pin(end_chat::handle(service, call)).await,
        Operation::TransferContact => Box::pin(transfer_contact::handle(service, call)).await,
        Operation::CreateParticipant => Box::pin(create_participant::handle(service, call)).await,
        Operation::DescribeContact => Box::pin(describe_contact::handle(service, call)).await,
        Operation::GetContactAttributes | Operation::UpdateContactAttributes => {
            Box::pin(contact_attributes::handle(service, call)).await
        }
        Operation::CreatePersistentContactAssociation => {
            Box::pin(create_persistent_contact_association::handle(service, call)).await
        }
        Operation::ListCustomerChats => Box::pin(list_customer_chats::handle(service, call)).await,
        Operation::ExportTranscript => Box::pin(export_transcript::handle(service, call)).await,
        Operation::CreateParticipantConnection => {
            Box::pin(create_participant_connection::handle(service, call)).await
        }
        Operation::GetTranscript => Box::pin(get_transcript::handle(service, call)).await,
        Operation::SendMessage => Box::pin(send_message::handle(service, call)).await,
        Operation::SendEvent => Box::pin(send_event::handle(service, call)).await,
        Operation::DisconnectParticipant => {
            Box::pin(disconnect_participant::handle(service, call)).await
        }
    }
}
