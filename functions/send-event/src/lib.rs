//! The handler of SendEvent, typing and receipts.

use api::operations::send_event::{self, Request};
use api::{Call, Operation, Problem, Reply, Service};
use domain::{Log, SideLog};

/// Takes an event: keeps a receipt, and checks everything else.
pub async fn handle<L: Log + SideLog>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::SendEvent, &call, send(service, &call)).await
}

async fn send<L: Log + SideLog>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let request = Request::parse(call, &service.settings)?;
    let Request { bearer, event, key } = request;
    let (log, session) = (&service.log, &bearer.session);
    lambda::note_session(service, session);
    let sent = domain::send_event(log, session, bearer.participant, event, key, call.now).await?;
    Ok(send_event::reply(call, &sent))
}
