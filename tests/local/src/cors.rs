//! What browsers may ask of the service: pages on this machine as much as API Gateway lets any page in `template.yaml`, and
//! other pages nothing, since the access key is known to everybody.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::routes::plain;

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

/// The origins beside this machine's own whose pages may call: `https://www.example.com`, or `*` for all.
#[derive(Debug, Clone, Default)]
pub struct Origins(Vec<String>);

impl Origins {
    /// These, or what is wrong with one of them.
    ///
    /// # Errors
    /// When one is neither `*` nor `null` nor a scheme and a host.
    pub fn parse(origins: Vec<String>) -> Result<Self, &'static str> {
        let legal = |origin: &String| {
            let page = |uri: Uri| host_of(&uri).is_some() && matches!(uri.path(), "" | "/");
            matches!(&**origin, "*" | "null")
                || !origin.ends_with('/') && origin.parse().is_ok_and(page)
        };
        let reason = "--allow-origin must be an origin such as https://www.example.com, null or *";
        origins
            .iter()
            .all(legal)
            .then_some(Self(origins))
            .ok_or(reason)
    }

    fn allow(&self, origin: &HeaderValue) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let here = origin.parse::<Uri>().ok();
        self.0.iter().any(|one| one == "*" || one == origin)
            || here.is_some_and(|origin| host_of(&origin).is_some_and(is_this_machine))
    }

    /// A name that only seems to be another machine's leads here where somebody makes it: its pages would be of no
    /// other origin.
    fn allow_host(&self, host: &HeaderValue) -> bool {
        let Some(host) = host
            .to_str()
            .ok()
            .and_then(|host| host.parse::<Authority>().ok())
        else {
            return false;
        };
        let listed = |one: &String| {
            let uri = one.parse::<Uri>();
            one == "*" || uri.is_ok_and(|uri| host_of(&uri) == Some(host.host()))
        };
        is_this_machine(host.host()) || self.0.iter().any(listed)
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        headers.get(HOST).is_none_or(|host| self.allow_host(host))
            && headers.get(ORIGIN).is_none_or(|origin| self.allow(origin))
    }
}

fn host_of(uri: &Uri) -> Option<&str> {
    uri.scheme_str()
        .filter(|scheme| matches!(*scheme, "http" | "https"))?;
    uri.host()
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

/// Refuses what other pages ask, before anything is done.
pub(crate) async fn from_here(
    State(origins): State<Origins>,
    request: Request,
    next: Next,
) -> Response {
    if origins.allows(request.headers()) {
        return next.run(request).await;
    }
    let message =
        r#"{"message":"Pages of this origin may not call: allow it with --allow-origin"}"#;
    plain(StatusCode::FORBIDDEN, message)
}

/// The origins that may call, without cookies; the error's type and the request's id can be read.
pub(crate) fn cors(origins: Origins) -> CorsLayer {
    let names = |names: &[&'static str]| -> Vec<HeaderName> {
        names
            .iter()
            .map(|name| HeaderName::from_static(name))
            .collect()
    };
    let mut allowed = names(&ALLOWED);
    allowed.push(HeaderName::from_static("x-api-key"));
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            origins.allow(origin)
        }))
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers(allowed)
        .expose_headers(names(&["x-amzn-requestid", "x-amzn-errortype"]))
        .max_age(Duration::from_secs(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(listed: &[&str]) -> Result<Origins, &'static str> {
        Origins::parse(listed.iter().map(|one| (*one).to_owned()).collect())
    }

    fn allows(listed: &[&str], name: HeaderName, value: &str) -> bool {
        let value = HeaderValue::from_str(value).expect("a header");
        let headers = HeaderMap::from_iter([(name, value)]);
        origins(listed).expect("origins").allows(&headers)
    }

    #[test]
    fn pages_of_this_machine_may_call_and_no_others() {
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:9000",
            "https://[::1]:1",
            "http://shop.localhost",
        ] {
            assert!(allows(&[], ORIGIN, origin), "{origin}");
        }
        for origin in [
            "https://evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://notlocalhost",
            "null",
            "",
            "file://localhost",
        ] {
            assert!(!allows(&[], ORIGIN, origin), "{origin}");
        }
    }

    #[test]
    fn a_name_that_leads_here_is_not_this_machine() {
        assert!(allows(&[], HOST, "localhost:9000"));
        assert!(allows(&[], HOST, "127.0.0.1"));
        assert!(!allows(&[], HOST, "evil.example:9000"));
        assert!(allows(&["http://chat.test:9000"], HOST, "chat.test:9000"));
    }

    #[test]
    fn others_may_be_allowed() {
        let shop = "https://shop.example";
        assert!(allows(&[shop], ORIGIN, shop));
        assert!(!allows(&[shop], ORIGIN, "http://shop.example"));
        assert!(allows(&["null"], ORIGIN, "null"));
        assert!(allows(&["*"], ORIGIN, "https://any.example"));
        for wrong in [
            "",
            "shop.example",
            "https://shop.example/",
            "https://a.example/b",
            "ftp://a",
        ] {
            assert!(origins(&[wrong]).is_err(), "{wrong}");
        }
    }
}
