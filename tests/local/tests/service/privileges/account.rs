//! An AWS account that notes what each function asks of it: an HTTP client under the SDK's own clients.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use engine::Engine;
use serde_json::{Value, json};

use super::template::{ACCOUNT, Grant, REGION};

/// What was asked, by function.
type Noted = Arc<Mutex<BTreeMap<String, BTreeSet<Grant>>>>;

/// The account: the engine in place of DynamoDB, secrets that it holds, and WebSockets of which some are gone or fail.
#[derive(Clone)]
pub(super) struct Account {
    config: SdkConfig,
    noted: Noted,
}

impl Account {
    /// An account whose DynamoDB is this engine.
    pub(super) fn over(engine: &Engine) -> Self {
        Self {
            config: engine.sdk_config(),
            noted: Noted::default(),
        }
    }

    /// The SDK's configuration for a function.
    pub(super) fn config(&self, function: &str) -> SdkConfig {
        let client = Client {
            function: function.to_owned(),
            noted: Arc::clone(&self.noted),
            engine: self.config.http_client().expect("the engine's own"),
        };
        let config = self.config.clone().into_builder();
        config.http_client(SharedHttpClient::new(client)).build()
    }

    /// What a function has asked.
    pub(super) fn asked(&self, function: &str) -> BTreeSet<Grant> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(function).cloned().unwrap_or_default()
    }
}

#[derive(Debug)]
struct Client {
    function: String,
    noted: Noted,
    engine: SharedHttpClient,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            function: self.function.clone(),
            noted: Arc::clone(&self.noted),
            engine: self.engine.http_connector(settings, components),
        })
    }
}

#[derive(Debug)]
struct Connector {
    function: String,
    noted: Noted,
    engine: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let grant = grant(&request);
        let answer = answer(&grant, &request);
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted
            .entry(self.function.clone())
            .or_default()
            .insert(grant);
        match answer {
            None => self.engine.call(request),
            Some(Answer(status, error, body)) => {
                let status = status.try_into().expect("a status");
                let body = SdkBody::from(body.to_string());
                let mut response = HttpResponse::new(status, body);
                response.headers_mut().insert("x-amzn-errortype", error);
                HttpConnectorFuture::ready(Ok(response))
            }
        }
    }
}

/// The grant that a request needs
/// ([DynamoDB](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html)).
fn grant(request: &HttpRequest) -> Grant {
    let uri: http::Uri = request.uri().parse().expect("an address");
    let path = uri.path().replace("%40", "@");
    if let Some((stage, _)) = path.split_once("/@connections/") {
        let host = uri.host().expect("a host");
        let (api, rest) = host.split_once('.').expect("an API's host");
        assert!(rest.starts_with("execute-api."), "{host}");
        let api = format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}");
        let connections = format!("{api}{stage}/*/@connections/*");
        return ("execute-api:ManageConnections".to_owned(), connections);
    }
    let body = body(request);
    let named = |member: &str| body[member].as_str().map(str::to_owned);
    let target = request.headers().get("x-amz-target").expect("a target");
    let (service, action) = target.split_once('.').expect("an action");
    match service {
        "secretsmanager" => {
            let secret = named("SecretId").expect("a secret");
            (format!("secretsmanager:{action}"), secret)
        }
        "DynamoDB_20120810" => {
            let table = named("TableName").expect("a table");
            let index = named("IndexName").map(|index| format!("/index/{index}"));
            let resource = format!("{table}.Arn{}", index.unwrap_or_default());
            (format!("dynamodb:{action}"), resource)
        }
        other => panic!("{other} is no service of the functions'"),
    }
}

fn body(request: &HttpRequest) -> Value {
    let body = request.body().bytes().expect("a body in memory");
    serde_json::from_slice(body).expect("JSON")
}

/// A status, the type of an error, and a body.
struct Answer(u16, &'static str, Value);

/// What the account answers by itself; none of DynamoDB.
fn answer(grant: &Grant, request: &HttpRequest) -> Option<Answer> {
    const SECRET: &str = "s3cret-of-thirty-two-letters-or-more";
    let (action, resource) = grant;
    match &**action {
        "secretsmanager:GetSecretValue" => {
            let text = match &**resource {
                "SigningKeys" => json!({"signs_with": "1", "1": SECRET}).to_string(),
                "SessionIdKey" => SECRET.to_owned(),
                "AccessKeys" => json!({"local": "local"}).to_string(),
                other => panic!("there is no secret {other}"),
            };
            Some(Answer(200, "", json!({"SecretString": text})))
        }
        "execute-api:ManageConnections" => Some(match request.uri() {
            uri if uri.contains("gone") => Answer(410, "GoneException", json!({})),
            uri if uri.contains("fails") => Answer(403, "ForbiddenException", json!({})),
            _ => Answer(200, "", json!({})),
        }),
        _ => None,
    }
}
