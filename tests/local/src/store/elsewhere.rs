//! A DynamoDB that is not in this process.

use std::error::Error;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::ProvideCredentials;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::error::plainly;
use super::{StoreError, TABLE};

/// How the DynamoDB at `url` is called: with the credentials of the environment, if there are any, since engines take
/// whatever they get.
pub(super) async fn config(url: &str) -> Result<SdkConfig, StoreError> {
    let has = |name| std::env::var_os(name).is_some();
    if !has("AWS_ACCESS_KEY_ID") && !has("AWS_PROFILE") {
        return Ok(engine::sdk_config(url));
    }
    let loader = aws_config::defaults(BehaviorVersion::latest());
    let config = loader.endpoint_url(url).load().await;
    let provider = config.credentials_provider();
    let provider = provider.ok_or(StoreError::NoCredentials)?;
    let found = provider.provide_credentials().await;
    found.map_err(|_| StoreError::NoCredentials)?;
    if config.region().is_some() {
        return Ok(config);
    }
    // Which engines assume.
    let here = Region::from_static("us-east-1");
    Ok(config.into_builder().region(here).build())
}

/// Whether there are chats in the DynamoDB at `url`: it is asked for one record.
pub(super) async fn holds_data(url: &str) -> Result<bool, StoreError> {
    let client = dynamodb::client(&config(url).await?);
    match client.scan().table_name(TABLE).limit(1).send().await {
        Ok(found) => Ok(found.count() > 0),
        Err(error) => {
            let of_service = error.as_service_error();
            if of_service.is_some_and(|error| error.is_resource_not_found_exception()) {
                return Ok(false);
            }
            Err(refused(url, &error))
        }
    }
}

/// Why the DynamoDB at `url` does not serve, in words of our own where there are any.
fn refused<E, R>(url: &str, error: &SdkError<E, R>) -> StoreError
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    let url = url.to_owned();
    let unreachable = |reason: String| StoreError::Unreachable {
        url: url.clone(),
        reason,
    };
    match error {
        SdkError::TimeoutError(_) => unreachable("it does not answer in time".to_owned()),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unreachable("it does not answer in time".to_owned())
        }
        SdkError::ServiceError(refusal) => {
            let code = refusal.err().code();
            let reason = code
                .unwrap_or("its answer is none of DynamoDB's")
                .to_owned();
            StoreError::Refuses { url, reason }
        }
        SdkError::ResponseError(_) => StoreError::Refuses {
            url,
            reason: "its answer is none of DynamoDB's".to_owned(),
        },
        other => unreachable(innermost(other)),
    }
}

/// What an error came of.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    match error.downcast_ref() {
        Some(of_system) => plainly(of_system),
        None => error.to_string(),
    }
}
