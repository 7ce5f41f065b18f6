//! The account to operate in: region and credentials, as the environment names them.

use std::error::Error;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::config::ProvideCredentials;

/// Why there is no account to operate in.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Nothing says where it is.
    #[error("no region is set; give one as AWS_REGION")]
    NoRegion,
    /// Nothing says who is asking.
    #[error(
        "no AWS credentials can be used: {0}\nThose of a login are given on by: eval \"$(aws configure export-credentials --format env)\""
    )]
    NoCredentials(String),
}

/// The SDK's configuration, once it is known to be enough to make a call: the SDK itself would only say that no request
/// could be sent.
pub(crate) async fn account() -> Result<SdkConfig, AccountError> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    if config
        .region()
        .is_none_or(|region| region.as_ref().is_empty())
    {
        return Err(AccountError::NoRegion);
    }
    let none = || AccountError::NoCredentials(NOT_FOUND.to_owned());
    let credentials = config.credentials_provider().ok_or_else(none)?;
    let found = credentials.provide_credentials().await;
    found.map_err(|error| AccountError::NoCredentials(in_short(&in_full(&error))))?;
    Ok(config)
}

const NOT_FOUND: &str = "there are none in the environment, nor in a profile";

/// What the SDK says of credentials, in one line: where there are none it lists wherever it has looked.
fn in_short(told: &str) -> String {
    if told.contains("no credentials found") {
        return NOT_FOUND.to_owned();
    }
    told.lines().next().unwrap_or_default().to_owned()
}

/// An error with everything that it came of.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
