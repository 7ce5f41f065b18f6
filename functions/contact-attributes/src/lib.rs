//! The handler of GetContactAttributes and UpdateContactAttributes, what is known about a chat.

use api::operations::{get_contact_attributes, update_contact_attributes};
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, SessionKey, SideLog};

/// Reads a contact's attributes (GET) or changes them (any other method). Only backends may.
pub async fn handle<L: Log + Pause + SideLog>(service: &Service<L>, call: Call) -> Reply {
    if call.method == "GET" {
        lambda::answer(Operation::GetContactAttributes, &call, read(service, &call)).await
    } else {
        let operation = Operation::UpdateContactAttributes;
        lambda::answer(operation, &call, update(service, &call)).await
    }
}

async fn read<L: Log + SideLog>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    Caller::backend(call, &service.settings)?;
    let request = get_contact_attributes::Request::parse(call, &service.settings)?;
    let (instance, contact) = (&request.instance, request.contact);
    lambda::note_session(service, &SessionKey::new(instance, contact.session()));
    let read = domain::contact_attributes(&service.log, instance, contact, call.now);
    let attributes = read.await?;
    Ok(get_contact_attributes::reply(call, &attributes))
}

async fn update<L: Log + Pause + SideLog>(
    service: &Service<L>,
    call: &Call,
) -> Result<Reply, Problem> {
    Caller::backend(call, &service.settings)?;
    let request = update_contact_attributes::Request::parse(call, &service.settings)?;
    let (instance, contact) = (&request.instance, request.contact);
    lambda::note_session(service, &SessionKey::new(instance, contact.session()));
    domain::update_contact_attributes(
        &service.log,
        instance,
        contact,
        &request.changes,
        call.entropy.key(),
        call.now,
    )
    .await?;
    Ok(update_contact_attributes::reply(call))
}
