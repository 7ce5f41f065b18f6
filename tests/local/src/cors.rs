//! What browsers on other origins may ask of the service: as much as API Gateway lets them in `template.yaml`.

use std::time::Duration;

use axum::http::{HeaderName, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The headers that AWS's SDKs and chatjs send from browsers.
const ALLOWED: [&str; 9] = [
    "authorization",
    "content-type",
    "x-amz-bearer",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
];

/// Any origin, without cookies; the error's type and the request's id can be read.
pub(crate) fn cors() -> CorsLayer {
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names
            .iter()
            .map(|name| HeaderName::from_static(name))
            .collect()
    };
    let mut allowed = names(&ALLOWED);
    allowed.push(HeaderName::from_static("x-api-key"));
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers(allowed)
        .expose_headers(names(&["x-amzn-requestid", "x-amzn-errortype"]))
        .max_age(Duration::from_secs(3600))
}
