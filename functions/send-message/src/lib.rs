//! The handler of SendMessage, exactly once.

use api::operations::send_message::{self, Request};
use api::{Call, Operation, Problem, Reply, Service};
use domain::{Log, Pause};

/// Sends a message, exactly once for each ClientToken.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::SendMessage, &call, send(service, &call)).await
}

async fn send<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let request = Request::parse(call, &service.settings)?;
    let session = &request.bearer.session;
    lambda::note_session(service, session);
    let sent = domain::send(
        &service.log,
        session,
        request.message,
        request.key,
        call.now,
    )
    .await?;
    Ok(send_message::reply(call, &sent))
}
