//! A table of DynamoDB that says what it is told to: the SDK's own client with an answer in the place of the network.

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// What the table is asked, and what it says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table(Arc<Mutex<Exchanged>>);

#[derive(Debug, Default)]
struct Exchanged {
    answer: String,
    asked: Vec<Value>,
}

impl Table {
    /// Says this from now on, and forgets what it was asked.
    pub(crate) fn says(&self, answer: &Value) {
        let mut exchanged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanged.answer = answer.to_string();
        exchanged.asked.clear();
    }

    /// What it was asked since.
    pub(crate) fn asked(&self) -> Vec<Value> {
        let exchanged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanged.asked.clone()
    }

    /// The configuration that leads to this table.
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("local", "local", None, None, "fuzz");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(SharedAsyncSleep::new(Never))
            .build()
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let asked = serde_json::from_slice(body).expect("the SDK asks in JSON");
        let mut exchanged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanged.asked.push(asked);
        let answer = SdkBody::from(exchanged.answer.clone());
        let status = 200.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, answer)))
    }
}

/// No time passes: no call times out.
#[derive(Debug)]
struct Never;

impl AsyncSleep for Never {
    fn sleep(&self, _: std::time::Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}
