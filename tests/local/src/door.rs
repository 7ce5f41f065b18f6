//! The server's door: where it listens, under which names it answers, and which pages may call.
//!
//! The access key is known to everybody, so a page anywhere could call this server through its visitor's browser. Its
//! origin gives it away. Where a name was made to lead here, the page is of the same origin, and the name gives it away.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use lambda::{shown, shown_path};
use tracing::warn;

use crate::cors::{self, Origins};
use crate::hosts::{self, Hosts, is_this_machine};
use crate::routes::plain;

/// The header of an answer that says why a call was refused: here alone, never on AWS.
pub(crate) const REASON: HeaderName = HeaderName::from_static("x-local-reason");

/// Where the server listens, and who is let in.
#[derive(Debug, Clone)]
pub struct Door {
    /// The address and the port; port 0 is any free one.
    pub address: SocketAddr,
    /// Which pages may call.
    pub origins: Origins,
    /// The names under which it answers.
    pub hosts: Hosts,
}

impl Door {
    /// A port of this machine alone, for its own pages.
    pub fn here(port: u16) -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            origins: Origins::default(),
            hosts: Hosts::default(),
        }
    }

    /// What `localhost` means to clients of this server.
    pub(crate) fn loopback(&self) -> IpAddr {
        match self.address.ip() {
            IpAddr::V6(own) if own.is_loopback() => own.into(),
            _ => Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// Whether a page of this origin may call, under the name with which it calls.
    pub(crate) fn admits(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let Ok(origin) = origin.to_str() else {
            return false;
        };
        let uri = origin.parse::<Uri>().ok();
        let web = uri.filter(|uri| {
            let user = uri.authority().is_some_and(|it| it.as_str().contains('@'));
            matches!(uri.scheme_str(), Some("http" | "https")) && !user
        });
        let of_this_machine = web
            .as_ref()
            .and_then(Uri::host)
            .is_some_and(is_this_machine);
        // A page that this server has served itself, under a name that is allowed.
        let own = web
            .as_ref()
            .and_then(Uri::authority)
            .is_some_and(|page| host_of(headers).is_ok_and(|host| host == *page));
        of_this_machine || own || self.origins.list(origin)
    }

    /// Why a call is not let in, with the option that would let it in where there is one.
    fn refusal(&self, headers: &HeaderMap) -> Option<String> {
        let host = match host_of(headers) {
            Ok(host) if self.hosts.allow(&host) => None,
            Ok(host) => Some(refused_name(host.host())),
            Err(reason) => Some(reason.to_owned()),
        };
        let mut origins = headers.get_all(ORIGIN).iter();
        host.or_else(|| {
            let foreign = origins.find(|origin| !self.admits(origin, headers))?;
            Some(refused_origin(foreign.to_str().unwrap_or_default()))
        })
    }
}

fn refused_name(name: &str) -> String {
    if hosts::fault_of(name).is_some() || shown(name) != name {
        return "what the Host header names is no name of a host".to_owned();
    }
    format!("this server does not answer to the name {name}: --allow-host {name} lets it")
}

fn refused_origin(origin: &str) -> String {
    if cors::fault_of(origin).is_some() || shown(origin) != origin {
        let no_origin = "what the Origin header names is no origin of a page: a browser sends a scheme, a host and a port that is not the scheme's own, or null";
        return no_origin.to_owned();
    }
    format!("pages of the origin {origin} may not call: --allow-origin {origin} lets them")
}

/// The one host that a call names.
fn host_of(headers: &HeaderMap) -> Result<Authority, &'static str> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse().ok()),
        _ => None,
    }
    .filter(|host: &Authority| !host.as_str().contains('@'))
    .ok_or("a call must have one Host header, with a name in it")
}

/// What is still to be said of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Nothing: the call has its line in the log.
    InTheLog,
    /// Why it is no better one.
    Because(&'static str),
}

/// Lets in who may come in, and logs what was refused before any function was asked.
pub(crate) async fn from_here(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (mut response, reason) = match door.refusal(request.headers()) {
        Some(reason) => {
            let message = serde_json::json!({"message": &reason}).to_string();
            (plain(StatusCode::FORBIDDEN, message), reason)
        }
        None => {
            let response = next.run(request).await;
            let status = response.status();
            let reason = match response.extensions().get() {
                Some(Said::Because(reason)) => *reason,
                None if status.is_client_error() => "no function answers this method and path",
                None if status.is_server_error() => "the system gives no time or no randomness",
                Some(Said::InTheLog) | None => return response,
            };
            (response, reason.to_owned())
        }
    };
    let status = response.status().as_u16();
    warn!(%method, path = shown_path(&path), status, reason, "refused");
    explain(&mut response, &reason);
    response
}

/// Writes a reason into an answer.
pub(crate) fn explain(response: &mut Response, reason: &str) {
    let legal = |letter: char| letter == ' ' || letter.is_ascii_graphic();
    let reason: String = reason
        .chars()
        .map(|letter| if legal(letter) { letter } else { ' ' })
        .collect();
    if let Ok(reason) = HeaderValue::from_str(&reason) {
        response.headers_mut().insert(REASON, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(door: &Door, headers: &[(HeaderName, &str)]) -> Option<String> {
        let value = |value| HeaderValue::from_str(value).expect("a header");
        let headers = headers.iter().map(|(name, it)| (name.clone(), value(it)));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        door.refusal(&map)
    }

    fn with(hosts: &[&str], origins: &[&str]) -> Door {
        let owned = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        Door {
            origins: Origins::parse(owned(origins)).expect("origins"),
            hosts: Hosts::parse(Ipv4Addr::LOCALHOST.into(), owned(hosts)).expect("hosts"),
            ..Door::here(0)
        }
    }

    const LOCAL: (HeaderName, &str) = (HOST, "localhost:9000");

    #[test]
    fn pages_of_this_machine_may_call_and_no_others() {
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:9000",
            "https://[::1]:1",
            "http://shop.localhost",
            "http://LOCALHOST:3000",
            "http://localhost.:3000",
        ] {
            assert_eq!(refusal(&with(&[], &[]), &[LOCAL, (ORIGIN, origin)]), None);
        }
        for origin in [
            "https://evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://notlocalhost",
            "null",
            "file://",
            "file://localhost",
            "capacitor://localhost",
        ] {
            let refused = refusal(&with(&[], &[]), &[LOCAL, (ORIGIN, origin)]);
            let option = format!("--allow-origin {origin} lets them");
            assert!(refused.is_some_and(|it| it.ends_with(&option)), "{origin}");
            // And so it is.
            let door = with(&[], &[origin]);
            assert_eq!(refusal(&door, &[LOCAL, (ORIGIN, origin)]), None);
        }
    }

    #[test]
    fn no_option_is_named_that_is_refused() {
        let long = format!("https://{}.example", "x".repeat(300));
        for origin in [
            "",
            "http://localhost@evil.example",
            "http://evil.example@localhost",
            "http://shop.example:80",
            "https://evil.example/path",
            &long,
        ] {
            let refused = refusal(&with(&[], &[]), &[LOCAL, (ORIGIN, origin)]).expect(origin);
            assert!(!refused.contains("--allow"), "{origin}: {refused}");
            assert!(refused.contains("is no origin of a page"), "{refused}");
        }
        for host in ["", "user@localhost", "*.example", ".example", "a..b:1"] {
            let refused = refusal(&with(&[], &[]), &[(HOST, host)]).expect(host);
            assert!(!refused.contains("--allow"), "{host}: {refused}");
        }
    }

    #[test]
    fn one_host_and_every_origin_must_be_allowed() {
        let foreign = (ORIGIN, "https://evil.example");
        let own = (ORIGIN, "http://localhost:3000");
        for headers in [
            &[][..],
            &[(HOST, "")],
            &[LOCAL, LOCAL],
            &[LOCAL, (HOST, "evil.example")],
            &[(HOST, "evil.example")],
            &[LOCAL, own.clone(), foreign],
        ] {
            assert!(refusal(&with(&[], &[]), headers).is_some(), "{headers:?}");
        }
        assert_eq!(refusal(&with(&[], &[]), &[LOCAL, own]), None);
    }

    #[test]
    fn a_name_is_opened_by_its_own_option_which_the_refusal_names() {
        let chat = (HOST, "chat:9000");
        let refused = refusal(
            &with(&[], &["http://chat:9000"]),
            std::slice::from_ref(&chat),
        );
        assert!(refused.is_some_and(|it| it.contains("--allow-host chat lets it")));
        let door = with(&["chat"], &[]);
        assert_eq!(refusal(&door, std::slice::from_ref(&chat)), None);
        // The page that is served under that name, and no other page of its host.
        let page = (ORIGIN, "http://chat:9000");
        assert_eq!(refusal(&door, &[chat.clone(), page.clone()]), None);
        assert!(refusal(&door, &[LOCAL, page]).is_some());
        assert!(refusal(&door, &[chat, (ORIGIN, "http://chat:1")]).is_some());
    }
}
