//! The handler of StartChatContact, the chat that begins or goes on.

use api::operations::start_chat_contact::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, Pause, StartError};

/// Starts a chat, or continues one that has ended.
pub async fn handle<L: Log + Pause>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::StartChatContact, &call, start(service, &call)).await
}

async fn start<L: Log + Pause>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let settings = &service.settings;
    let caller = Caller::of(call, settings)?;
    let request = Request::parse(call, &caller, settings)?;
    let opened = domain::start(&service.log, &request.start, settings.rules, call.now).await;
    // A start that is refused makes no contact that a log line could name.
    if !matches!(opened, Err(StartError::Refused(_))) {
        lambda::note_session(service, &request.start.session);
    }
    Ok(request.reply(call, settings, &opened?))
}
