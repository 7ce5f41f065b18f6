//! The handler of DisconnectParticipant, a participant goes.

use api::operations::disconnect_participant::{self, Request};
use api::{Call, Operation, Problem, Reply, Service};
use domain::{Log, Pause};

/// Disconnects a participant; when the customer leaves, the chat ends or goes on to its disconnect flow.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(
        Operation::DisconnectParticipant,
        &call,
        leave(service, &call),
    )
    .await
}

async fn leave<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let Request { bearer, key } = Request::parse(call, &service.settings)?;
    lambda::note_session(service, &bearer.session);
    domain::leave(
        &service.log,
        &bearer.session,
        bearer.participant,
        service.settings.disconnect_flow.as_ref(),
        key,
        call.now,
    )
    .await?;
    Ok(disconnect_participant::reply(call))
}
