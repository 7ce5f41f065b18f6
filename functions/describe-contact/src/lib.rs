//! The handler of DescribeContact, how a contact stands.

use api::operations::describe_contact::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, SessionKey, SideLog};

/// Describes a contact, running or ended. Only backends may ask.
pub async fn handle<L: Log + SideLog>(service: &Service<L>, call: Call) -> Reply {
    let operation = Operation::DescribeContact;
    lambda::answer(operation, &call, describe(service, &call)).await
}

async fn describe<L: Log + SideLog>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    Caller::backend(call, settings)?;
    let request = Request::parse(call, settings)?;
    let (instance, contact) = (&request.instance, request.contact);
    lambda::note_session(service, &SessionKey::new(instance, contact.session()));
    let described = domain::describe(&service.log, instance, contact, call.now).await?;
    Ok(request.reply(call, settings, described))
}
