//! What browsers may ask of the service: pages on this machine as much as API Gateway lets any page in `template.yaml`, and
//! other pages nothing.

use std::time::Duration;

use axum::http::{HeaderName, Method, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::door::{Door, REASON};
use crate::hosts::{is_address, is_name};

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
    /// When one is neither `*` nor an origin as browsers and the shells of apps send it.
    pub fn parse(origins: Vec<String>) -> Result<Self, &'static str> {
        let wrong = |origin: &String| (origin != "*").then(|| fault_of(origin)).flatten();
        match origins.iter().find_map(wrong) {
            Some(fault) => Err(fault),
            None => Ok(Self(origins)),
        }
    }

    /// Whether it is among them.
    pub(crate) fn list(&self, origin: &str) -> bool {
        let same = |one: &String| one == "*" || one.eq_ignore_ascii_case(origin);
        self.0.iter().any(same)
    }
}

/// Why `--allow-origin` does not take it, where it does not: it takes a scheme, a host and at most a port, and the two
/// origins without a host, `null` and the `file://` of older shells of apps.
///
/// <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
pub(crate) fn fault_of(origin: &str) -> Option<&'static str> {
    const FORM: &str = "--allow-origin must be an origin, without a path or a slash at its end, such as https://www.example.com or capacitor://localhost, or null, or file://, or *";
    if matches!(origin, "null" | "file://") {
        return None;
    }
    let uri = origin.parse::<Uri>().ok();
    let parts = uri
        .as_ref()
        .and_then(|uri| uri.scheme_str().zip(uri.authority()));
    let Some((scheme, authority)) = parts else {
        return Some(FORM);
    };
    if authority.as_str().contains('@') {
        return Some("--allow-origin must be without user and password: browsers never send them");
    }
    let host = authority.host();
    let port = authority.port_u16();
    let written = port.map_or(host.to_owned(), |port| format!("{host}:{port}"));
    let whole = origin == format!("{scheme}://{written}")
        && scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && (is_name(host) || is_address(host));
    match (scheme, port) {
        _ if !whole => Some(FORM),
        ("http", Some(80)) | ("https", Some(443)) => Some(
            "--allow-origin must be without the port that its scheme has by itself: browsers never send it",
        ),
        _ => None,
    }
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
            "https://shop.example:80",
            "null",
            "file://",
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
            "https://shop.example:",
            "https://shop.example:0444",
            "https://*.example",
        ] {
            assert!(origins(&[wrong]).is_err(), "{wrong}");
        }
        for (never_sent, says) in [
            ("http://shop.example:80", "without the port"),
            ("https://shop.example:443", "without the port"),
            ("http://localhost@evil.example", "without user and password"),
        ] {
            let fault = origins(&[never_sent]).expect_err(never_sent);
            assert!(fault.contains(says), "{never_sent}: {fault}");
        }
    }

    #[test]
    fn others_may_be_allowed() {
        let shop = origins(&["https://shop.example", "null"]).expect("legal");
        assert!(shop.list("https://shop.example") && shop.list("null"));
        let large = origins(&["https://Shop.Example"]).expect("legal");
        assert!(large.list("https://shop.example"));
        assert!(!shop.list("http://shop.example") && !shop.list("https://any.example"));
        assert!(origins(&["*"]).expect("legal").list("https://any.example"));
    }
}
