//! Which token services may be asked. A registry names its own, and could name one that must not see the credentials, or a
//! server inside the network that a request from outside would not reach.

use std::net::{IpAddr, Ipv4Addr};

use crate::transport::http::Address;
use crate::transport::{Origin, Url};

/// From where a host can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// From this machine.
    Loopback,
    /// From a private network.
    Private,
    /// Neither that nor a public address, such as that of a metadata service.
    Special,
    /// From everywhere, or a name that may be resolved to a public address.
    Public,
}

/// Who may be asked for tokens on behalf of a registry.
#[derive(Clone, Debug)]
pub(super) struct Realms {
    registry: Origin,
    reach: Reach,
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
        let (registry, reach) = (address.origin.clone(), Reach::of(&address.origin.host));
        Self { registry, reach, allowed: allowed.to_vec() }
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
        let reach = Reach::of(&origin.host);
        let is_near = matches!(
            (self.reach, reach),
            (Reach::Loopback, Reach::Loopback | Reach::Private) | (Reach::Private, Reach::Private)
        );
        let refused = |why: &str| {
            Err(format!("the registry names the token service {origin}, which {why}; credentials were not sent there"))
        };
        match () {
            () if is_own_host => Ok(Realm { url, is_public: false }),
            () if is_named && !is_weaker => Ok(Realm { url, is_public: false }),
            () if is_weaker => refused("is not reached over TLS although the registry is"),
            () if is_near => Ok(Realm { url, is_public: false }),
            () if self.reach != Reach::Public => {
                refused("is on another network than the registry and was not allowed by name")
            }
            () if reach != Reach::Public => refused("is on a private or loopback address and was not allowed by name"),
            () if origin.is_tls != self.registry.is_tls => refused("is on another scheme and was not allowed by name"),
            () => Ok(Realm { url, is_public: true }),
        }
    }
}

fn shown(realm: &str) -> String {
    crate::foreign::bounded(&crate::error::redacted(realm), 200)
}

impl Reach {
    fn of(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        let Ok(address) = bare.parse::<IpAddr>() else { return Self::of_name(bare) };
        match address.to_canonical() {
            address if address.is_loopback() => Self::Loopback,
            address if is_public(address) => Self::Public,
            IpAddr::V4(v4) if v4.is_private() => Self::Private,
            IpAddr::V6(v6) if v6.is_unique_local() => Self::Private,
            _ => Self::Special,
        }
    }

    fn of_name(name: &str) -> Self {
        let is_number = |part: &str| part.starts_with("0x") || part.bytes().all(|b| b.is_ascii_digit());
        match name.rsplit('.').next() {
            Some("localhost") => Self::Loopback,
            // Numbers in other forms could be read as any address.
            Some(last) if !last.is_empty() && is_number(last) => Self::Special,
            _ => Self::Public,
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
            // 192.0.0.0/24, 198.18.0.0/15 and 240.0.0.0/4 are set aside for protocols, benchmarks and the future.
            let is_reserved = v4.octets().starts_with(&[192, 0, 0]) || a == 198 && b & 0xfe == 18 || a >= 240;
            !(is_special || is_shared || is_reserved || v4.is_multicast() || v4.is_documentation() || a == 0)
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(v4.into()),
            None => {
                let [first, second, third, .., seventh, eighth] = v6.segments();
                let v4 = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)).into();
                match (first, second) {
                    // Translated (NAT64) and tunnelled (6to4) addresses contain one of IPv4.
                    (0x64, 0xff9b) => is_public(v4(seventh, eighth)),
                    (0x2002, _) => is_public(v4(second, third)),
                    (0x2001, 0xdb8) => false,
                    _ => first & 0xe000 == 0x2000,
                }
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
            ("https://[::127.0.0.1]/token", "private"),
            ("https://[64:ff9b::a00:1]/token", "private"),
            ("https://[2002:7f00:1::]/token", "private"),
            ("https://[fec0::1]/token", "private"),
            ("https://198.18.0.1/token", "private"),
            ("https://255.255.255.255/token", "private"),
            ("https://127%2e0.0.1/token", "loopback"),
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
        assert_eq!(allow(public, "https://[2606:4700::1]/token", &[]), Ok(true));
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
        assert_eq!(allow(local, "http://10.0.0.1/token", &[]), Ok(false));
        let private = "http://10.0.0.1:5000/r";
        assert_eq!(allow(private, "http://192.168.1.1/token", &[]), Ok(false));
        for (registry, realm) in [
            (private, "http://127.0.0.1/token"),
            (private, "http://[::ffff:127.0.0.1]/token"),
            (private, "http://169.254.169.254/token"),
            (local, "http://169.254.169.254/token"),
            (local, "http://192.0.2.1/token"),
            (local, "http://2852039166/token"),
        ] {
            let refused = allow(registry, realm, &[]).expect_err(realm);
            assert!(refused.contains("another network"), "{realm}: {refused}");
        }
        assert!(allow(local, "https://auth.invalid/token", &[]).is_err_and(|why| why.contains("another network")));
        assert_eq!(allow(local, "https://auth.invalid/token", &["auth.invalid"]), Ok(false));
    }
}
