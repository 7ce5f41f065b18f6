//! Secrets Manager and an empty DynamoDB, as an HTTP client that answers by itself.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::sync::Barrier;

/// One request: what was asked, and about which table or secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) target: String,
    pub(crate) about: String,
}

/// How DynamoDB does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    Broken,
    Silent,
}

/// The stand-in. Clones are one.
#[derive(Debug, Clone)]
pub(crate) struct StandIn {
    secrets: BTreeMap<String, String>,
    health: Health,
    /// Where so many must have asked before anybody is answered.
    together: Option<Arc<Barrier>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    pub(crate) fn new() -> Self {
        Self {
            secrets: BTreeMap::new(),
            health: Health::Well,
            together: None,
            asked: Arc::default(),
        }
    }

    pub(crate) fn with_secret(mut self, name: &str, text: &str) -> Self {
        self.secrets.insert(name.to_owned(), text.to_owned());
        self
    }

    pub(crate) fn without_secret(mut self, name: &str) -> Self {
        self.secrets.remove(name);
        self
    }

    /// With a DynamoDB that fails, or never answers at all.
    pub(crate) fn without_dynamodb(mut self, silent: bool) -> Self {
        self.health = match silent {
            true => Health::Silent,
            false => Health::Broken,
        };
        self
    }

    /// Answers when so many have asked, and not before.
    pub(crate) fn answering_at_once(mut self, many: usize) -> Self {
        self.together = Some(Arc::new(Barrier::new(many)));
        self
    }

    /// What was asked, in that order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.heard().clone()
    }

    /// The SDK's configuration for it.
    pub(crate) fn config(&self) -> SdkConfig {
        let nobody = Credentials::new("local", "local", None, None, "test");
        let connector = SharedHttpConnector::new(self.clone());
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(nobody))
            .region(Region::from_static("eu-central-1"))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    fn heard(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, asked: &Asked) -> Option<(u16, Value)> {
        if asked.target.starts_with("DynamoDB") {
            return match self.health {
                Health::Well => Some((200, json!({"Items": []}))),
                Health::Broken => Some((500, json!({"__type": "InternalServerError"}))),
                Health::Silent => None,
            };
        }
        Some(match self.secrets.get(&asked.about) {
            Some(text) if text.is_empty() => (200, json!({"SecretBinary": "c2VjcmV0"})),
            Some(text) => (200, json!({"SecretString": text})),
            None => (
                400,
                json!({"__type": "ResourceNotFoundException", "Message": "s3cret"}),
            ),
        })
    }
}

impl HttpConnector for StandIn {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let about = ["TableName", "SecretId"].map(|member| body[member].as_str());
        let asked = Asked {
            target: request
                .headers()
                .get("x-amz-target")
                .unwrap_or_default()
                .to_owned(),
            about: about.into_iter().flatten().collect(),
        };
        self.heard().push(asked.clone());
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            if let Some(together) = &this.together {
                together.wait().await;
            }
            let Some((status, answer)) = this.answer(&asked) else {
                return pending().await;
            };
            let status = status.try_into().expect("a status");
            Ok(HttpResponse::new(status, SdkBody::from(answer.to_string())))
        })
    }
}
