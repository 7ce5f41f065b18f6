//! The handler of StopContact, the end from outside.

use api::operations::stop_contact::{self, Request};
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, SessionKey};

/// Stops a contact, and with it its session. Only backends may.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::StopContact, &call, stop(service, &call)).await
}

async fn stop<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    Caller::backend(call, &service.settings)?;
    let Request { instance, contact } = Request::parse(call, &service.settings)?;
    let session = SessionKey::new(&instance, contact.session());
    lambda::note_session(service, &session);
    let key = call.entropy.key();
    domain::stop(&service.log, &instance, contact, key, call.now).await?;
    Ok(stop_contact::reply(call))
}
