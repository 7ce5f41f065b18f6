//! How the SDK speaks to an engine in its own process: an HTTP client that hands it the request, without a port.

use std::io;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tokio::task::{spawn_blocking, yield_now};

use crate::answers::Answer;
use crate::held::Held;

/// The header that names the operation.
pub(crate) const TARGET: &str = "x-amz-target";

/// A client for the SDK whose every request goes to this data.
pub(crate) fn client(held: Arc<Held>) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(held));
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Connector(Arc<Held>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let held = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            // What blocks, blocks a thread of its own, so that the caller's time-outs come true; the call is carried out all
            // the same then, as it would be on a wire.
            let answered = spawn_blocking(move || hand_over(&held, &request));
            // As on a wire, what is asked side by side is all under way before the first of it is answered.
            yield_now().await;
            let answered = answered.await;
            response(answered.map_err(|error| ConnectorError::other(error.into(), None))??)
        })
    }
}

fn hand_over(held: &Held, request: &HttpRequest) -> Result<Answer, ConnectorError> {
    let target = request.headers().get(TARGET).unwrap_or_default();
    let Some(body) = request.body().bytes() else {
        return Err(ConnectorError::user("the body comes in parts".into()));
    };
    let stopped = || ConnectorError::io(io::Error::other("the engine was stopped").into());
    held.answer(target, body).ok_or_else(stopped)
}

fn response(Answer { status, body }: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status);
    let status = status.map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}
