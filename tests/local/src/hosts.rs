//! The names under which the server answers: this machine's, and those that `--allow-host` lists.

use std::net::IpAddr;

use axum::http::uri::Authority;

/// The names under which the server answers besides this machine's own.
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
    /// When one is neither `*` nor a name or an address without a port.
    pub fn parse(address: IpAddr, listed: Vec<String>) -> Result<Self, &'static str> {
        let bare = |host: &String| {
            let parsed = host.parse::<Authority>();
            parsed.is_ok_and(|it| it.host() == host && it.port().is_none() && !host.is_empty())
        };
        let reason =
            "--allow-host must be a name such as chat.internal, without scheme and port, or *";
        if !listed.iter().all(|host| host == "*" || bare(host)) {
            return Err(reason);
        }
        Ok(Self {
            listed,
            addresses: !address.is_loopback(),
        })
    }

    pub(crate) fn allow(&self, host: &Authority) -> bool {
        let name = host.host();
        let listed = |one: &String| one == "*" || one.eq_ignore_ascii_case(name);
        is_this_machine(name)
            || self.addresses && is_address(name)
            || self.listed.iter().any(listed)
    }
}

/// Whether it is a name of this machine to itself.
pub(crate) fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

fn is_address(host: &str) -> bool {
    let inner = host.trim_start_matches('[').trim_end_matches(']');
    inner.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

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
        ] {
            assert!(allows(here, &[], host), "{host}");
        }
        for host in [
            "evil.example:9000",
            "chat",
            "localhost.evil.example",
            "10.0.0.7",
        ] {
            assert!(!allows(here, &[], host), "{host}");
        }
        assert!(allows(here, &["chat.test"], "Chat.test:9000"));
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
        for wrong in ["", "http://chat", "chat:9000", "chat/", "a b", "user@chat"] {
            let parsed = Hosts::parse(Ipv4Addr::LOCALHOST.into(), vec![wrong.to_owned()]);
            assert!(parsed.is_err(), "{wrong}");
        }
    }
}
