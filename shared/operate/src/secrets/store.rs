//! A secret in Secrets Manager, changed so that no change of somebody else is lost.
//!
//! A new version is put aside under a label of its own. Then the label `AWSCURRENT`, by which the functions read, is moved
//! to it, and only from the version that was read before: Secrets Manager refuses if it stands elsewhere by then
//! ([UpdateSecretVersionStage](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html)).

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use super::{Changing, Form, FormError, KeySecret, RandomnessError};

const CURRENT: &str = "AWSCURRENT";
/// The label of a version that is to become the current one.
const ASIDE: &str = "operate";

/// One secret.
#[derive(Debug, Clone)]
pub struct SecretStore {
    client: Client,
    secret: String,
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// The first characters of its name: enough to tell it from the one before.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a secret was not read or changed; never shows it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A call failed.
    #[error("{call}: {code}")]
    Call {
        /// Which one.
        call: &'static str,
        /// Secrets Manager's code.
        code: String,
    },
    /// The secret holds something else.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Somebody else has changed the secret meanwhile.
    #[error(
        "somebody else has changed the secret meanwhile; nothing was changed, run the command again"
    )]
    Changed,
    /// The last call was not answered, and what it came to cannot be read.
    #[error(
        "whether the secret was changed is not known; list its keys. One whose secret was not printed is revoked and issued anew"
    )]
    Unsure,
    /// No name for a version can be made.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl SecretStore {
    /// The secret of this ARN or name, by a client that the caller has set up.
    pub fn new(client: Client, secret: impl Into<String>) -> Self {
        let secret = secret.into();
        Self { client, secret }
    }

    /// The same by the SDK's configuration, with the patience of a person who waits.
    pub fn from_config(config: &SdkConfig, secret: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_timeout(Duration::from_secs(30))
            .build();
        let config = aws_sdk_secretsmanager::config::Builder::from(config)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard())
            .build();
        Self::new(Client::from_conf(config), secret)
    }

    /// What stands in it, and which version that is.
    ///
    /// # Errors
    /// When it cannot be read, or holds something else.
    pub async fn read<F: Form>(&self) -> Result<(F, Version), SecretError> {
        let found = self.client.get_secret_value().secret_id(&self.secret);
        let found = found.send().await;
        let found = found.map_err(|error| failed("GetSecretValue", &error))?;
        let read = F::read(found.secret_string().unwrap_or_default())?;
        let version = found.version_id.unwrap_or_default();
        Ok((read, Version(version)))
    }

    /// Replaces the version `before`, and gives the new one.
    ///
    /// # Errors
    /// [`SecretError::Changed`] where another version has become the current one since.
    pub async fn write<F: Changing>(
        &self,
        keys: &F,
        before: &Version,
    ) -> Result<Version, SecretError> {
        // The version is named here, so that a second attempt of the call makes no second version.
        let version = Version(version_name()?);
        let put = self
            .client
            .put_secret_value()
            .secret_id(&self.secret)
            .client_request_token(&version.0)
            .secret_string(keys.written())
            .version_stages(ASIDE)
            .send();
        put.await
            .map_err(|error| failed("PutSecretValue", &error))?;
        let moved = self
            .client
            .update_secret_version_stage()
            .secret_id(&self.secret)
            .version_stage(CURRENT)
            .move_to_version_id(&version.0)
            .remove_from_version_id(&before.0)
            .send()
            .await;
        match moved {
            Ok(_) => Ok(version),
            // Whatever was answered, or whether anything was: an attempt of this call may have moved it.
            Err(error) => match self.current().await {
                Ok(current) if current == version => Ok(version),
                Ok(current) if current == *before => {
                    Err(failed("UpdateSecretVersionStage", &error))
                }
                // It stands elsewhere, where somebody else moved it.
                Ok(_) => Err(SecretError::Changed),
                Err(_) => Err(SecretError::Unsure),
            },
        }
    }

    /// Which version is the current one.
    async fn current(&self) -> Result<Version, SecretError> {
        let found = self.client.get_secret_value().secret_id(&self.secret);
        let found = found.send().await;
        let found = found.map_err(|error| failed("GetSecretValue", &error))?;
        Ok(Version(found.version_id.unwrap_or_default()))
    }
}

/// A name for a version: 32 to 64 characters, never twice the same.
fn version_name() -> Result<String, RandomnessError> {
    Ok(KeySecret::random()?.reveal()[..32].to_owned())
}

fn failed<E: ProvideErrorMetadata>(call: &'static str, error: &SdkError<E>) -> SecretError {
    let code = error.code().unwrap_or("no answer").to_owned();
    SecretError::Call { call, code }
}
