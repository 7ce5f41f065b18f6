//! The handler of CreateParticipant, somebody else who takes part.

use api::operations::create_participant::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, SessionKey};

/// Adds a participant to a chat: an agent, a bot, a supervisor. Only backends may.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    let operation = Operation::CreateParticipant;
    lambda::answer(operation, &call, add(service, &call)).await
}

async fn add<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    Caller::backend(call, settings)?;
    let request = Request::parse(call, settings)?;
    let (instance, invitation) = (&request.instance, request.invitation.clone());
    lambda::note_session(
        service,
        &SessionKey::new(instance, invitation.contact.session()),
    );
    let added =
        domain::add_participant(&service.log, instance, invitation, request.key, call.now).await?;
    Ok(request.reply(call, settings, &added))
}
