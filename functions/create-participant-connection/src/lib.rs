//! The handler of CreateParticipantConnection, a participant comes.

use api::operations::create_participant_connection::Request;
use api::{Call, Operation, Problem, Reply, Service};
use domain::{Log, Pause};

/// Connects a participant, for the first time or again.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    let operation = Operation::CreateParticipantConnection;
    lambda::answer(operation, &call, connect(service, &call)).await
}

async fn connect<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let request = Request::parse(call, &service.settings)?;
    let bearer = &request.bearer;
    lambda::note_session(service, &bearer.session);
    let key = call.entropy.key();
    let joined = domain::join(
        &service.log,
        &bearer.session,
        bearer.participant,
        key,
        call.now,
    )
    .await?;
    Ok(request.reply(call, &service.settings, &joined))
}
