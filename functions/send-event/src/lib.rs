//! The handler of SendEvent, typing and receipts.

use api::operations::send_event::{self, Request};
use api::{Call, Operation, Problem, Reply, Service, live};
use domain::{Connections, Effort, Log, Pause, Post, SideLog};

/// Takes an event: keeps a receipt, checks everything else, and tells the others at once.
pub async fn handle<L>(service: &Service<L>, call: Call) -> Reply
where
    L: Log + Pause + SideLog + Connections + Post,
{
    lambda::answer(Operation::SendEvent, &call, send(service, &call)).await
}

async fn send<L>(service: &Service<L>, call: &Call) -> Result<Reply, Problem>
where
    L: Log + Pause + SideLog + Connections + Post,
{
    let request = Request::parse(call, &service.settings)?;
    let Request { bearer, event, key } = request;
    let (ports, session) = (&service.log, &bearer.session);
    lambda::note_session(service, session);
    let taken =
        domain::send_event(ports, session, bearer.participant, event, key, call.now).await?;
    if let Some(told) = taken.told {
        let parcel = live::parcel(told);
        // What is kept is kept. What is not seen at once is seen later, or was not worth it; and nobody is to be
        // disconnected by what another one types.
        let _ = domain::push(ports, session, &[parcel], Effort::Once).await;
    }
    Ok(send_event::reply(call, &taken.sent))
}
