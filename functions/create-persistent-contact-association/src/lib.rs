//! The handler of CreatePersistentContactAssociation, a past for a chat that is running.

use api::operations::create_persistent_contact_association::{self, Request};
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, SessionKey};

/// Links a past to a running chat. Only backends may.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    let operation = Operation::CreatePersistentContactAssociation;
    lambda::answer(operation, &call, associate(service, &call)).await
}

async fn associate<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    Caller::backend(call, settings)?;
    let Request {
        instance,
        association,
        key,
    } = Request::parse(call, settings)?;
    let chat = association.contact.session();
    lambda::note_session(service, &SessionKey::new(&instance, chat));
    let associate = domain::associate(&service.log, &instance, association, key, call.now);
    let continued = associate.await?;
    Ok(create_persistent_contact_association::reply(
        call, continued,
    ))
}
