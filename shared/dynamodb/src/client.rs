//! How long a call waits for DynamoDB, and how often it tries.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;

use crate::meter::Meter;

/// The longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest wait for the answer to one attempt, its connection included.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that one call takes, all attempts and the pauses between them included.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// How many attempts one call makes at most.
pub const ATTEMPTS: u32 = 3;

/// A client for the functions, with region, credentials and address from `config`.
///
/// DynamoDB answers in milliseconds, so an answer that takes [`ATTEMPT_TIMEOUT`] is lost, and another
/// attempt is the better bet; the standard retries leave a pause between two. One call ends within
/// [`OPERATION_TIMEOUT`], and so before a function loses patience with whatever it was asked. Of two calls that are
/// both slow the second may be given up then; that is safe, as a crash between any two calls is.
pub fn client(config: &SdkConfig) -> Client {
    Client::from_conf(settings(config).build())
}

/// The same, whose requests the meter counts.
pub fn metered_client(config: &SdkConfig, meter: &Meter) -> Client {
    Client::from_conf(settings(config).interceptor(meter.clone()).build())
}

fn settings(config: &SdkConfig) -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    Builder::from(config)
        .timeout_config(timeouts)
        .retry_config(retries)
}
