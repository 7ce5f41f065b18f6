//! What browsers may ask of the service: pages on this machine as much as API Gateway lets any page in `template.yaml`, and
//! other pages nothing.

use std::time::Duration;

use axum::http::{HeaderName, Method, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::door::{Door, REASON};

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

/// The origins besides this machine's own that may call: `https://www.example.com`, `capacitor://localhost`, or `*`
/// for all.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// These, or what is wrong with one of them.
    ///
    /// # Errors
    /// When one is neither `*` nor `null` nor a scheme and a host.
    pub fn parse(origins: Vec<String>) -> Result<Self, &'static str> {
        let legal = |origin: &String| matches!(&**origin, "*" | "null") || is_origin(origin);
        let reason = "--allow-origin must be an origin, without a path or a slash at its end, such as https://www.example.com or capacitor://localhost, or null, or *";
        origins
            .iter()
            .all(legal)
            .then_some(Self(origins))
            .ok_or(reason)
    }

    /// Whether it is among them.
    pub(crate) fn list(&self, origin: &str) -> bool {
        self.0.iter().any(|one| one == "*" || one == origin)
    }
}

/// A scheme, a host and at most a port, as browsers and the shells of apps write it into `Origin`.
///
/// <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    text == format!("{scheme}://{authority}")
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !authority.as_str().contains('@')
}

/// The origins that may call, without cookies; the error's type, the request's id and the local reason can be read.
pub(crate) fn cors(door: Door) -> CorsLayer {
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names
            .iter()
            .map(|name| HeaderName::from_static(name))
            .collect()
    };
    let mut allowed = names(&ALLOWED);
    allowed.push(HeaderName::from_static("x-api-key"));
    let mut exposed = names(&["x-amzn-requestid", "x-amzn-errortype"]);
    exposed.push(REASON);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, request| {
            door.admits(origin, &request.headers)
        }))
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers(allowed)
        .expose_headers(exposed)
        .max_age(Duration::from_secs(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(listed: &[&str]) -> Result<Origins, &'static str> {
        Origins::parse(listed.iter().map(|one| (*one).to_owned()).collect())
    }

    #[test]
    fn rule_93_any_scheme_that_is_an_origin_may_be_named() {
        for origin in [
            "https://shop.example",
            "http://shop.example:8080",
            "http://[::1]:3000",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://obsidian.md",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "null",
            "*",
        ] {
            let listed = origins(&[origin]).expect(origin);
            assert!(listed.list(origin), "{origin}");
        }
        for wrong in [
            "",
            "shop.example",
            "localhost:3000",
            "https://shop.example/",
            "https://a.example/b",
            "https://a.example?b",
            "https://user@a.example",
            "https://",
            "://a",
            "capacitor:",
            "file:///x",
        ] {
            assert!(origins(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn others_may_be_allowed() {
        let shop = origins(&["https://shop.example", "null"]).expect("legal");
        assert!(shop.list("https://shop.example") && shop.list("null"));
        assert!(!shop.list("http://shop.example") && !shop.list("https://any.example"));
        assert!(origins(&["*"]).expect("legal").list("https://any.example"));
    }
}
