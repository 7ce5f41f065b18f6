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
            let turn = held.turn().await;
            // What blocks, blocks a thread of its own, so that the caller's time-outs come true; the call is carried out all
            // the same then, as it would be on a wire.
            let answered = spawn_blocking(move || {
                let _turn = turn;
                hand_over(&held, &request)
            });
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use dynoxide::Database;
    use serde_json::{Value, json};
    use tokio::task::JoinSet;
    use tokio::time::timeout;

    use super::*;
    use crate::held::AT_ONCE;

    fn answered(held: &Held, operation: &str, body: &Value) -> Value {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = held.answer(&target, body.to_string().as_bytes());
        let answer = answer.expect("it runs");
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).expect("JSON")
    }

    #[tokio::test]
    async fn who_loses_patience_before_its_turn_has_asked_for_nothing() {
        let held = Arc::new(Held::new(Database::memory().expect("an engine")));
        let table = json!({
            "TableName": "table",
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        answered(&held, "CreateTable", &table);
        let (begun, has_begun) = mpsc::channel();
        let (free, is_free) = mpsc::channel::<()>();
        let busy = thread::spawn({
            let held = Arc::clone(&held);
            move || {
                held.alone(|| {
                    begun.send(()).expect("it is waited for");
                    is_free.recv().expect("a word");
                });
            }
        });
        has_begun.recv().expect("it is busy");
        let connector = Connector(Arc::clone(&held));
        let mut calls = JoinSet::new();
        for n in 0..AT_ONCE * 5 {
            let put = json!({"TableName": "table", "Item": {"k": {"S": n.to_string()}}});
            let mut request = HttpRequest::new(SdkBody::from(put.to_string()));
            request
                .headers_mut()
                .insert(TARGET, "DynamoDB_20120810.PutItem");
            calls.spawn(timeout(Duration::from_millis(200), connector.call(request)));
        }
        while let Some(call) = calls.join_next().await {
            assert!(call.expect("no panic").is_err(), "it was busy");
        }
        free.send(()).expect("it is waited for");
        busy.join().expect("no panic");
        // Those whose turn had come are carried out, as on a wire.
        let count = || answered(&held, "Scan", &json!({"TableName": "table"}))["Count"].clone();
        for _ in 0..100 {
            if count() == json!(AT_ONCE) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(count(), json!(AT_ONCE));
    }
}
