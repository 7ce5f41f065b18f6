//! The names under which the server answers: this machine's, and those that `--allow-host` lists.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::uri::Authority;

/// The names under which the server answers besides this machine's own, without case and without the dot of the root.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    listed: Vec<String>,
    /// Whether any address is a good name: a name can be made to lead here, an address cannot.
    addresses: bool,
}

impl Hosts {
    /// These, or what is wrong with one of them, for a server that listens at `address`.
    ///
    /// # Errors
    /// When one is neither `*` nor a whole name or an address without a port.
    pub fn parse(address: IpAddr, listed: Vec<String>) -> Result<Self, &'static str> {
        let wrong = |host: &String| (host != "*").then(|| fault_of(host)).flatten();
        match listed.iter().find_map(wrong) {
            Some(fault) => Err(fault),
            None => Ok(Self {
                listed: listed.iter().map(|host| plain_name(host)).collect(),
                addresses: !address.is_loopback(),
            }),
        }
    }

    pub(crate) fn allow(&self, host: &Authority) -> bool {
        let name = plain_name(host.host());
        let listed = |one: &String| one == "*" || *one == name;
        is_this_machine(host.host())
            || self.addresses && is_address(&name)
            || self.listed.iter().any(listed)
    }
}

/// Why `--allow-host` does not take it, where it does not.
pub(crate) fn fault_of(host: &str) -> Option<&'static str> {
    if host.starts_with('.') || host.starts_with("*.") {
        let whole =
            "--allow-host takes whole names: name each one below a domain by itself, or * for any";
        return Some(whole);
    }
    let form = "--allow-host must be a name such as chat.internal, without scheme and port, or *";
    (!is_name(host) && !is_address(host)).then_some(form)
}

/// Whether it is a name as the domain name system and the networks of containers have them.
pub(crate) fn is_name(host: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| !label.is_empty() && label.bytes().all(legal);
    host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

/// The one form of a name's many: in small letters, without the dot of the root.
fn plain_name(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Whether it is a name of this machine to itself.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = plain_name(host);
    matches!(&*host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

/// Whether it is an address, of which one of IPv6 stands in brackets.
pub(crate) fn is_address(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inner.map_or_else(
        || host.parse::<Ipv4Addr>().is_ok(),
        |inner| inner.parse::<Ipv6Addr>().is_ok(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(address: impl Into<IpAddr>, listed: &[&str], host: &str) -> bool {
        let listed = listed.iter().map(|one| (*one).to_owned()).collect();
        let hosts = Hosts::parse(address.into(), listed).expect("hosts");
        host.parse().is_ok_and(|host| hosts.allow(&host))
    }

    #[test]
    fn a_name_that_leads_here_is_not_this_machine() {
        let here = Ipv4Addr::LOCALHOST;
        for host in [
            "localhost:9000",
            "127.0.0.1",
            "[::1]:9000",
            "shop.localhost",
            "LOCALHOST:9000",
            "localhost.",
            "Shop.Localhost.:9000",
        ] {
            assert!(allows(here, &[], host), "{host}");
        }
        for host in [
            "evil.example:9000",
            "chat",
            "localhost.evil.example",
            "10.0.0.7",
            "localhost..",
        ] {
            assert!(!allows(here, &[], host), "{host}");
        }
        assert!(allows(here, &["chat.test"], "Chat.test:9000"));
        assert!(allows(here, &["chat.test"], "chat.test.:9000"));
        assert!(allows(here, &["Chat.test."], "chat.test:9000"));
        assert!(!allows(here, &["chat.test"], "x.chat.test"));
        assert!(allows(here, &["*"], "evil.example"));
    }

    #[test]
    fn beyond_this_machine_an_address_is_good_and_a_name_is_not() {
        for open in [
            IpAddr::from(Ipv4Addr::UNSPECIFIED),
            Ipv6Addr::UNSPECIFIED.into(),
        ] {
            for host in ["10.0.0.7:9000", "[fd00::7]:9000", "localhost:19000"] {
                assert!(allows(open, &[], host), "{host}");
            }
            assert!(!allows(open, &[], "evil.example"));
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let parse = |wrong: &str| Hosts::parse(Ipv4Addr::LOCALHOST.into(), vec![wrong.to_owned()]);
        for wrong in [
            "",
            "http://chat",
            "chat:9000",
            "chat/",
            "a b",
            "a..b",
            "chat..",
            "user@chat",
        ] {
            let fault = parse(wrong).expect_err(wrong);
            assert!(fault.contains("must be a name"), "{wrong}: {fault}");
        }
        for wrong in ["*.example", ".example", "."] {
            let fault = parse(wrong).expect_err(wrong);
            assert!(fault.contains("whole names"), "{wrong}: {fault}");
        }
        for right in ["chat", "my_chat-1.internal.", "10.0.0.7", "[fd00::7]", "*"] {
            assert!(parse(right).is_ok(), "{right}");
        }
    }
}
