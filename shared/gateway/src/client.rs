//! How long a call waits for API Gateway, and how often it tries.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::Builder;

/// The longest wait for the answer to one attempt.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest that one call takes: one connection that does not answer must not hold the others up for long.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);
/// How many attempts one call makes at most.
pub const ATTEMPTS: u32 = 3;
/// After this long no further frame is posted to a connection, which is as good as lost. What is posted then may take
/// [`OPERATION_TIMEOUT`] more.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// The longest wait where one quick try is enough.
pub const QUICK: Duration = Duration::from_millis(500);

/// One quick try instead of all that.
pub(crate) fn once() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(QUICK)
        .operation_timeout(QUICK)
        .build();
    Builder::new()
        .timeout_config(timeouts)
        .retry_config(RetryConfig::disabled())
}

/// A client for the gateway at `url`, with region and credentials from `config`.
pub(crate) fn client(config: &SdkConfig, url: &str) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    Client::from_conf(
        Builder::from(config)
            .endpoint_url(url)
            .timeout_config(timeouts)
            .retry_config(retries)
            .build(),
    )
}
