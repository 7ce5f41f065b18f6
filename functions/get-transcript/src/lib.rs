//! The handler of GetTranscript, page by page.

use api::operations::get_transcript::Request;
use api::{Call, Operation, Problem, Reply, Service};
use domain::{Log, SideLog};

/// Reads a page of a chat's transcript, or of the past that the chat shows.
pub async fn handle<L: Log + SideLog>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::GetTranscript, &call, page(service, &call)).await
}

async fn page<L: Log + SideLog>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    let request = Request::parse(call, &service.settings)?;
    lambda::note_session(service, &request.query.session);
    // Boxed: what a page awaits is nested deeper than the compiler wants to look through.
    let page = Box::pin(domain::transcript::page(
        &service.log,
        &request.query,
        call.now,
    ))
    .await?;
    Ok(request.reply(call, &service.settings, page))
}
