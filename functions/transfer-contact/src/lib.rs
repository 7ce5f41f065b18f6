//! The handler of TransferContact, a chat that is handed on.

use api::operations::transfer_contact::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, SessionKey};

/// Closes a contact and opens the next of its session. Only backends may.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    let operation = Operation::TransferContact;
    lambda::answer(operation, &call, transfer(service, &call)).await
}

async fn transfer<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    Caller::backend(call, settings)?;
    let request = Request::parse(call, settings)?;
    let (instance, transfer) = (&request.instance, request.transfer.clone());
    lambda::note_session(
        service,
        &SessionKey::new(instance, transfer.contact.session()),
    );
    let transferred =
        domain::transfer(&service.log, instance, transfer, request.key, call.now).await?;
    Ok(request.reply(call, settings, transferred))
}
