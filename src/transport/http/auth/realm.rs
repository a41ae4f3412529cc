//! Which token services may be asked. A registry names its own, and could name one that must not see the credentials, or a
//! server inside the network that a request from outside would not reach.

use std::net::IpAddr;

use crate::transport::http::Address;
use crate::transport::{Origin, Url};

/// Who may be asked for tokens on behalf of a registry.
#[derive(Clone, Debug)]
pub(super) struct Realms {
    registry: Origin,
    is_local: bool,
    /// Hosts that the user allowed by name.
    allowed: Vec<String>,
}

/// A token service that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::transport::http) struct Realm {
    pub url: Url,
    /// Whether its name must resolve to a public address.
    pub is_public: bool,
}

impl Realms {
    pub fn new(address: &Address, allowed: &[String]) -> Self {
        let is_local = address.is_loopback() || is_private_host(&address.origin.host);
        Self { registry: address.origin.clone(), is_local, allowed: allowed.to_vec() }
    }

    /// The token service at this URL.
    ///
    /// Fails with the reason if it may not be asked.
    pub fn allow(&self, realm: &str) -> Result<Realm, String> {
        let url =
            Url::parse(realm).map_err(|why| format!("the token service `{}` is not a URL: {why}", shown(realm)))?;
        let origin = &url.origin;
        let is_own_host = origin.host == self.registry.host && (origin.is_tls || !self.registry.is_tls);
        let is_named = self.allowed.iter().any(|name| origin.is_named_by(name) || *name == origin.host);
        let is_weaker = self.registry.is_tls && !origin.is_tls;
        let is_private = is_private_host(&origin.host);
        let refused = |why: &str| {
            Err(format!("the registry names the token service {origin}, which {why}; credentials were not sent there"))
        };
        match () {
            () if is_own_host => Ok(Realm { url, is_public: false }),
            () if is_named && !is_weaker => Ok(Realm { url, is_public: false }),
            () if is_weaker => refused("is not reached over TLS although the registry is"),
            () if self.is_local && is_private => Ok(Realm { url, is_public: false }),
            () if self.is_local => refused("is on another network than the registry and was not allowed by name"),
            () if is_private => refused("is on a private or loopback address and was not allowed by name"),
            () if origin.is_tls != self.registry.is_tls => refused("is on another scheme and was not allowed by name"),
            () => Ok(Realm { url, is_public: true }),
        }
    }
}

fn shown(realm: &str) -> String {
    crate::foreign::bounded(&crate::error::redacted(realm), 200)
}

/// Whether a host is an address that is not public, or a name of this machine.
fn is_private_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match bare.parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        // Names that resolve to this machine or, like numbers in other forms, could be read as its address.
        Err(_) => {
            let is_number = |part: &str| part.starts_with("0x") || part.bytes().all(|b| b.is_ascii_digit());
            bare == "localhost"
                || bare.ends_with(".localhost")
                || bare.rsplit('.').next().is_some_and(|last| !last.is_empty() && is_number(last))
        }
    }
}

/// Whether an address is one of the public internet.
pub(in crate::transport::http) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_special = v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified();
            !(is_special || is_shared || v4.is_broadcast() || v4.is_multicast() || v4.is_documentation() || a == 0)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(v4.into()),
            None => {
                let first = v6.segments()[0];
                let is_local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
                !(v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || is_local)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(registry: &str, realm: &str, allowed: &[&str]) -> Result<bool, String> {
        let address = Address::parse(registry).expect("an address");
        let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        Realms::new(&address, &allowed).allow(realm).map(|realm| realm.is_public)
    }

    #[test]
    fn a_realm_elsewhere_is_refused_with_the_reason() {
        let public = "https://registry.invalid/r";
        assert_eq!(allow(public, "https://registry.invalid/token", &[]), Ok(false));
        assert_eq!(allow(public, "https://auth.invalid/token", &[]), Ok(true), "its address is checked, too");
        for (realm, why) in [
            ("http://registry.invalid/token", "not reached over TLS"),
            ("http://auth.invalid/token", "not reached over TLS"),
            ("https://127.0.0.1/token", "loopback"),
            ("https://10.1.2.3/token", "private"),
            ("https://169.254.169.254/latest", "private"),
            ("https://[::1]/token", "loopback"),
            ("https://[::ffff:10.0.0.1]/token", "private"),
            ("https://localhost./token", "loopback"),
            ("https://0x7f000001/token", "loopback"),
            ("https://2130706433/token", "loopback"),
            ("file:///etc/passwd", "not a URL"),
            ("gopher://a.invalid/", "not a URL"),
            ("/token", "not a URL"),
        ] {
            let refused = allow(public, realm, &[]).expect_err(realm);
            assert!(refused.contains(why), "{realm}: {refused}");
        }
        assert_eq!(allow(public, "https://10.1.2.3/token", &["10.1.2.3"]), Ok(false));
        assert!(allow(public, "http://auth.invalid/token", &["auth.invalid"]).is_err(), "never from TLS to plain HTTP");
        assert!(
            allow("http://a.invalid/r", "https://auth.invalid/t", &[]).is_err_and(|why| why.contains("another scheme"))
        );
    }

    #[test]
    fn a_registry_on_loopback_may_name_a_token_service_there() {
        let local = "http://127.0.0.1:5000/r";
        assert_eq!(allow(local, "http://127.0.0.1:5001/token", &[]), Ok(false));
        assert_eq!(allow(local, "https://localhost:5001/token", &[]), Ok(false));
        assert!(allow(local, "https://auth.invalid/token", &[]).is_err_and(|why| why.contains("another network")));
        assert_eq!(allow(local, "https://auth.invalid/token", &["auth.invalid"]), Ok(false));
    }
}
