//! The handler of ExportTranscript, one contact's transcript as Connect writes it to S3.

use api::operations::export_transcript::Request;
use api::{Call, Caller, Operation, Problem, Reply, Service};
use domain::{Log, SessionKey};

/// Exports a contact's transcript, running or ended. Only backends may.
pub async fn handle<L: Log>(service: &Service<L>, call: Call) -> Reply {
    lambda::answer(Operation::ExportTranscript, &call, export(service, &call)).await
}

async fn export<L: Log>(service: &Service<L>, call: &Call) -> Result<Reply, Problem> {
    Caller::backend(call, &service.settings)?;
    let request = Request::parse(call, &service.settings)?;
    let session = SessionKey::new(&request.instance, request.contact.session());
    lambda::note_session(service, &session);
    let part = domain::export(
        &service.log,
        &request.instance,
        request.contact,
        request.from,
        request.limit,
        call.now,
    )
    .await?;
    Ok(request.reply(call, &service.settings, &part))
}
