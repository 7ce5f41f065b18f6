//! How the SDK reaches a local engine: its address, and credentials that are none.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// The SDK's configuration for the engine at `url`, as `aws_config` would load it on a real deployment.
///
/// It reads no environment and no file. Engines check that a request is signed, not by whom, so the
/// credentials are fixed words; the region is `us-east-1`, which they all assume.
pub fn sdk_config(url: &str) -> SdkConfig {
    let nobody = Credentials::new("local", "local", None, None, "engine");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(nobody))
        .endpoint_url(url)
        .region(Region::from_static("us-east-1"))
        .build()
}
