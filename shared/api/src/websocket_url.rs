//! The address at which participants open their WebSockets.

use std::net::IpAddr;

use http::uri::Authority;

use crate::call::Call;

/// The address of the WebSockets, without a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsocketUrl(String);

/// Why an address is none for WebSockets.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error(
    "a WebSocket's address is wss://… or ws://127.0.0.1:…, without a query, and no longer than 900 characters"
)]
pub struct WebsocketUrlError;

/// The longest address, so that the longest token has room behind it in the 2,000 characters of a Websocket's Url
/// ([Websocket](https://docs.aws.amazon.com/connect/latest/APIReference/API_connect-participant_Websocket.html)).
const LONGEST: usize = 900;
/// The query before a token.
const QUERY: &str = "?token=";

impl WebsocketUrl {
    /// The address, if clients take it: `amazon-connect-chatjs` refuses every other one, `ws://localhost` included.
    ///
    /// # Errors
    /// When it is of another form, or there is no room for a token behind it.
    pub fn parse(url: &str) -> Result<Self, WebsocketUrlError> {
        let known = ["wss://", "ws://127.0.0.1:"];
        let legal = known.iter().any(|start| url.starts_with(start))
            && url.bytes().all(|byte| byte.is_ascii_graphic())
            && !url.contains(['?', '#'])
            && url.len() <= LONGEST;
        legal.then(|| Self(url.to_owned())).ok_or(WebsocketUrlError)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address at which the gateway takes what is to be posted: the same, but for its scheme
    /// ([@connections](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html)).
    pub fn management(&self) -> String {
        match self.0.strip_prefix("wss://") {
            Some(rest) => format!("https://{rest}"),
            None => self.0.replacen("ws://", "http://", 1),
        }
    }

    /// The address to open a WebSocket at, with a token, which needs no encoding there.
    pub(crate) fn with_token(&self, token: &str) -> String {
        format!("{}{QUERY}{token}", self.0)
    }
}

/// Where the clients of a deployment open their WebSockets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Websockets {
    /// Nowhere: they poll.
    #[default]
    Nowhere,
    /// At one address, wherever they call.
    At(WebsocketUrl),
    /// At `/websocket` of the host that they call, under the name that the server has checked: behind the mapped port of a
    /// container no other address leads to it.
    WhereCalled {
        /// What `localhost` means: `amazon-connect-chatjs` takes the address and not the name.
        loopback: IpAddr,
    },
}

impl Websockets {
    /// The address to open a WebSocket at, with the token; none where there are no WebSockets.
    pub(crate) fn url(&self, call: &Call, token: &str) -> Option<String> {
        match self {
            Self::Nowhere => None,
            Self::At(url) => Some(url.with_token(token)),
            Self::WhereCalled { loopback } => {
                let host = call.header("host")?.parse::<Authority>().ok()?;
                let url = WebsocketUrl(here(&host, *loopback));
                (url.0.len() <= LONGEST).then(|| url.with_token(token))
            }
        }
    }
}

fn here(host: &Authority, loopback: IpAddr) -> String {
    let port = host.port_u16().unwrap_or(80);
    // The name that is said is `localhost` too as LOCALHOST and as localhost., with the dot of the root.
    let name = host.host().to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let local = name == "localhost" || name.ends_with(".localhost");
    let name = match loopback {
        IpAddr::V4(address) if local => address.to_string(),
        IpAddr::V6(address) if local => format!("[{address}]"),
        _ => name.to_owned(),
    };
    format!("ws://{name}:{port}/websocket")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_client_calls_is_where_it_opens_its_websocket() {
        let v4 = IpAddr::from([127, 0, 0, 1]);
        let v6 = IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]);
        for (host, loopback, url) in [
            ("127.0.0.1:9000", v4, "ws://127.0.0.1:9000/websocket"),
            ("localhost:19000", v4, "ws://127.0.0.1:19000/websocket"),
            ("shop.localhost", v4, "ws://127.0.0.1:80/websocket"),
            ("LOCALHOST:9000", v4, "ws://127.0.0.1:9000/websocket"),
            ("Localhost.:9000", v4, "ws://127.0.0.1:9000/websocket"),
            ("localhost:9000", v6, "ws://[::1]:9000/websocket"),
            ("[::1]:9000", v6, "ws://[::1]:9000/websocket"),
            ("chat:9000", v4, "ws://chat:9000/websocket"),
            ("192.168.1.5:80", v4, "ws://192.168.1.5:80/websocket"),
        ] {
            let host = host.parse().expect("an authority");
            assert_eq!(here(&host, loopback), url);
        }
    }

    #[test]
    fn trap_1_only_addresses_that_chatjs_takes_are_given() {
        for url in [
            "ws://127.0.0.1:9000/websocket",
            "wss://a1b2c3.execute-api.eu-central-1.amazonaws.com/live",
        ] {
            let parsed = WebsocketUrl::parse(url).expect(url);
            assert_eq!(parsed.as_str(), url);
            assert_eq!(parsed.with_token("t"), format!("{url}?token=t"));
        }
        for url in [
            "",
            "ws://localhost:9000/websocket",
            "ws://127.0.0.1",
            "ws://127.0.0.2:9000",
            "http://127.0.0.1:9000",
            "https://a1b2c3.execute-api.eu-central-1.amazonaws.com/live",
            "wss://example.com/?a=b",
            "wss://example.com/#a",
            "wss://example.com/a b",
            &format!("wss://{}", "x".repeat(900)),
        ] {
            assert_eq!(WebsocketUrl::parse(url), Err(WebsocketUrlError), "{url}");
        }
    }

    #[test]
    fn what_is_posted_goes_to_the_same_place_over_http() {
        for (url, management) in [
            ("wss://example.com/live", "https://example.com/live"),
            ("ws://127.0.0.1:1/ws://", "http://127.0.0.1:1/ws://"),
        ] {
            let url = WebsocketUrl::parse(url).expect("legal");
            assert_eq!(url.management(), management);
        }
    }
}
