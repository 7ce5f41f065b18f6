//! Secrets from Secrets Manager.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use dynamodb::{ATTEMPT_TIMEOUT, ATTEMPTS, CONNECT_TIMEOUT, OPERATION_TIMEOUT};

/// Why a secret cannot be had: its kind, and nothing of what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(String);

/// Secrets Manager, as patient as DynamoDB's client: Lambda gives a start ten seconds.
#[derive(Debug, Clone)]
pub(crate) struct SecretsManager(Client);

impl SecretsManager {
    pub(crate) fn from_config(config: &SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let settings = Builder::from(config)
            .timeout_config(timeouts)
            .retry_config(retries);
        Self(Client::from_conf(settings.build()))
    }

    /// The text of the secret of this name or ARN, in its current version.
    pub(crate) async fn read(&self, name: &str) -> Result<String, SecretError> {
        let read = self.0.get_secret_value().secret_id(name).send().await;
        let secret = read.map_err(|error| SecretError(kind(&error)))?;
        let text = secret.secret_string.filter(|text| !text.is_empty());
        text.ok_or_else(|| SecretError("it holds no text".to_owned()))
    }
}

/// The error's code, or its kind where no answer came; never its message.
fn kind<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::ServiceError(refused) => format!(
            "{} (HTTP {})",
            refused.err().code().unwrap_or("error without a code"),
            refused.raw().status().as_u16()
        ),
        SdkError::ResponseError(answer) => {
            let status = answer.raw().status().as_u16();
            format!("unreadable answer (HTTP {status})")
        }
        _ => "the request could not be sent".to_owned(),
    }
}
